"""The few questions asked of the standard library's ``ast`` nodes in more than one place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS = ("body", "orelse", "finalbody")
_PARTS = ("handlers", "cases")
_SIMPLE = (
    ast.Assign,
    ast.Expr,
    ast.Return,
    ast.AugAssign,
    ast.AnnAssign,
    ast.Raise,
    ast.Assert,
    ast.Import,
    ast.ImportFrom,
)


def blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The statement lists inside a compound statement, in order; those of a function or class included."""
    if isinstance(node, _SIMPLE):
        return
    for name in _BLOCKS:
        if inner := getattr(node, name, None):
            yield inner
    for name in _PARTS:
        for part in getattr(node, name, ()):
            yield part.body


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement of a body, those of compound statements included, those of nested functions and classes not."""
    for node in body:
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            for inner in blocks(node):
                yield from statements(inner)


def lines_of(node: ast.stmt) -> tuple[int, int]:
    """The first and last 1-based line of a statement, its decorators included."""
    decorators = getattr(node, "decorator_list", None)
    first = min(node.lineno, *(each.lineno for each in decorators)) if decorators else node.lineno
    return first, node.end_lineno or node.lineno


def is_indented(line: str) -> bool:
    """Whether a line of code is indented; indentation starts anew after a form feed."""
    blank = line[: len(line) - len(line.lstrip(" \t\f"))]
    return bool(blank.rpartition("\f")[2])


def last_name(node: ast.expr) -> str | None:
    """The last part of a dotted name, or the name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def dotted(node: ast.expr) -> str | None:
    """``a.b.c`` as text, or None for anything else; the subscript of a generic base is dropped."""
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])
