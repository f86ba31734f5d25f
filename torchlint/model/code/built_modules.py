"""Calls that build modules, by what a file's text says of their classes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.api.operations import layer
from torchlint.model.code.named_calls import public_name
from torchlint.model.interpreter.values.modules import CONTAINERS, is_module
from torchlint.syntax.tree import dotted, walk

if TYPE_CHECKING:
    from torchlint.model.code.protocol import CodeFacts


def builds_module(node: ast.AST, facts: CodeFacts) -> bool:
    """Whether an expression builds a layer, a container or a module of the program's own."""
    if not isinstance(node, ast.Call):
        return False
    name = dotted(node.func)
    return is_module(public_name(node.func, facts)) or (name is not None and facts.classes.named(name).is_module)


def builds_parameters(node: ast.AST, facts: CodeFacts) -> bool:
    """Whether an expression builds a module that certainly has parameters of its own."""
    if not isinstance(node, ast.Call):
        return False
    name = public_name(node.func, facts)
    if name in CONTAINERS:
        return any(builds_parameters(each, facts) for each in walk(node) if each is not node)
    known = layer(name) if name.startswith("torch.nn.") else None
    if known is not None:
        return any(each.trained and not each.given for each in known.state)
    own = dotted(node.func)
    lineage = facts.classes.named(own) if own is not None else None
    return lineage is not None and lineage.is_module and facts.classes.has_parameters(lineage)
