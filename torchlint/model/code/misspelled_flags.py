"""Attributes, arguments and methods that are ``requires_grad`` or ``requires_grad_`` by a wrong name."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Span
from torchlint.model.code.named_calls import public_name
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

_WRONG = re.compile(
    r"\b(?:requires?_?grads?|required_grads?|requires?_gradients?|(?:reqires|requries|rquires)_grad)_?\b"
)
_RIGHT = frozenset({"requires_grad", "requires_grad_"})


@dataclass(frozen=True, slots=True)
class MisspelledFlag:
    """A wrong ``name``, which stands at ``span``: the attribute ``at`` is assigned, or a method that is called, or else
    ``at`` is called with it."""

    at: ast.expr
    name: str
    span: Span
    is_assigned: bool


def misspelled_flags(facts: CodeFacts) -> Iterator[MisspelledFlag]:
    """Every misspelled flag, those apart whose name the file has for something of its own."""
    names = set(_WRONG.findall(facts.source.text)) - _RIGHT
    if not names:
        return
    nodes = list(walk(facts.tree()))
    names -= {own for each in nodes for own in _own_names(each)}
    for node in nodes:
        match node:
            case ast.Attribute(value=owner, attr=name, ctx=ast.Store()) if name in names and not name.endswith("_"):
                if isinstance(owner, (ast.Name, ast.Attribute, ast.Subscript)):
                    yield MisspelledFlag(node, name, _end(facts, node), is_assigned=True)
            case ast.Call(func=ast.Attribute(attr=name) as method) if name in names and name.endswith("_"):
                yield MisspelledFlag(method, name, _end(facts, method), is_assigned=False)
            case ast.Call(func=func, keywords=keywords) if public_name(func, facts).startswith("torch."):
                for each in keywords:
                    if each.arg is not None and each.arg in names:
                        start = facts.source.offset_of_bytes(each.lineno, each.col_offset)
                        span = Span(start, start + len(each.arg.encode()))
                        yield MisspelledFlag(node, each.arg, span, is_assigned=False)


def _end(facts: CodeFacts, node: ast.Attribute) -> Span:
    """Where the name of an attribute stands."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    end = facts.source.offset_of_bytes(node.end_lineno, node.end_col_offset)
    return Span(end - len(node.attr.encode()), end)


def _own_names(node: ast.AST) -> Iterator[str]:
    """The names that code reads as attributes, or that a class gives its instances."""
    match node:
        case ast.Attribute(attr=name, ctx=ast.Load()) if not name.endswith("_"):
            yield name
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
            yield name
        case ast.FunctionDef(name=name):
            yield name
        case ast.ClassDef(body=body):
            for each in body:
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                    yield each.target.id
                elif isinstance(each, ast.Assign):
                    yield from (target.id for target in each.targets if isinstance(target, ast.Name))
