"""A compiled library that whoever calls the program names.

What it does
    Finds ``torch.ops.load_library`` and ``torch.classes.load_library`` of a path that comes from a parameter of the
    function around, the command line, the environment or a question.

Why
    The library's constructors run as it is loaded, as the program itself.

Example
    ``torch.ops.load_library(sys.argv[1])``.

Fix safety
    There is no fix: who names the path is not seen.

What it misses
    Paths that are built in several steps. Those beside the file itself, and constants, are left alone.

Source
    ``ctypes.CDLL``, which they call; that a library's constructors run cannot be shown by running an example without a
    compiler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.outside_paths import outside_source
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_LOADS = frozenset(("torch.ops.load_library", "torch.classes.load_library"))

RULE = Rule(
    code="TLC912",
    slug="given-library",
    since="0.1.0",
    message="a compiled library that whoever calls the program names",
    triggers=(Trigger(Sign.REFERENCE, _LOADS),),
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.SECURITY}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every library whose path comes from outside."""
    for reference in facts.references.of(_LOADS):
        call = reference.call
        if call is not None and len(call.args) == 1 and (source := outside_source(facts.layout, call.args[0])):
            text = f"the path of this library comes from {source}, and what is in it runs as it is loaded"
            effect = Effect(EffectKind.INSECURE, "the library may do anything")
            yield RULE.finding_at(facts.source, facts.layout.span(call.args[0]), text, Certainty.ADVICE, effect)


EXAMPLES = (
    Example(
        "from the command line",
        """
import os
import sys
import torch

def load(name):
    torch.ops.load_library(⟦os.path.join("plugins", name)⟧)
    torch.classes.load_library(⟦sys.argv[1]⟧)
""",
        Certainty.ADVICE,
    ),
    Example(
        "beside the file",
        """
import os
import torch

def load():
    torch.ops.load_library("libkernels.so")
    torch.ops.load_library(os.path.join(os.path.dirname(__file__), "_C.so"))
""",
    ),
)
