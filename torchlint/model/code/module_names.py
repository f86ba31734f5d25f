"""Names that certainly mean an ``nn.Module``: all that a scope gives them is built from a class of modules."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.code.given_values import given_values
from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from torchlint.model.code.protocol import CodeFacts, Places

_ITSELF = frozenset("to cuda cpu eval train half float double requires_grad_ apply".split())
"""Methods of a module that give it back."""


def is_module(facts: CodeFacts, places: Places, name: ast.Name) -> bool:
    """Whether a name is a module where it is read."""
    if name.id == "self":
        return _is_method_of_module(facts, places, name)
    found = given_values(places, name)
    return bool(found) and all(_builds_module(facts, each, name.id) for each in found)


def _builds_module(facts: CodeFacts, value: ast.AST, name: str) -> bool:
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)) if owner == name:
            return method in _ITSELF
        case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr=method)) if method in _ITSELF:
            return _builds_module(facts, inner, name)
        case ast.Call(func=func):
            return _is_class(facts, dotted(func) or "")
    return False


def _is_class(facts: CodeFacts, name: str) -> bool:
    """Whether a name is a class of modules, the file's own or PyTorch's."""
    if name in facts.outline.class_lines:
        return facts.classes.lineage(facts.outline.class_lines[name]).is_module
    root, dot, rest = name.partition(".")
    meaning = facts.outline.imports.get(root, "")
    full = f"{meaning}{dot}{rest}"
    return full.startswith("torch.nn.") and full.count(".") == 2 and full.rpartition(".")[2][:1].isupper()


def _is_method_of_module(facts: CodeFacts, places: Places, name: ast.Name) -> bool:
    parent = places.parent(places.scope(name))
    return isinstance(parent, ast.ClassDef) and facts.classes.lineage(parent.lineno).is_module
