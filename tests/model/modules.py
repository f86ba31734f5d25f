"""Modules of a few lines, for the tests of what is known of them."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

from torchlint.model.facts import Facts
from torchlint.syntax.gate import Gate
from torchlint.syntax.library import Library
from torchlint.syntax.outline import Outline
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from torchlint.model.modules.module_class import ModuleClass

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def modules(code: str) -> list[ModuleClass]:
    """Every module of a program, nothing left out by the gate."""
    source = Source(textwrap.dedent(code), "example.py")
    tree = ast.parse(source.text)
    facts = Facts(source, Outline.of(tree, source.text, Gate.open()), Library(Gate.open()), lambda: tree)
    return [each for outline in facts.outline.regions for each in facts._modules(outline)]


def module(init: str, forward: str = "return x", around: str = "") -> ModuleClass:
    """A module with statements in its constructor and in ``forward``; ``around`` are other members and functions."""
    before, _, members = around.partition("---\n")
    return modules(
        f"{HEAD}{textwrap.dedent(before)}"
        f"class A(nn.Module):\n    def __init__(self, given, size: int = 3, device=None):\n        super().__init__()\n"
        f"{textwrap.indent(textwrap.dedent(init), ' ' * 8)}\n"
        f"    def forward(self, x, mask=None):\n{textwrap.indent(textwrap.dedent(forward), ' ' * 8)}\n"
        f"{textwrap.indent(textwrap.dedent(members), ' ' * 4)}"
    )[-1]
