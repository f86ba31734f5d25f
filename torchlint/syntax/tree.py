"""The few questions asked of the standard library's ``ast`` nodes in more than one place."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from contextlib import contextmanager
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")

Function = ast.FunctionDef | ast.AsyncFunctionDef
NEWLINE = re.compile(r"\r\n|\r|\n")
"""What ends a line of Python; ``str.splitlines`` would also split at form feeds."""
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


_PLAIN = frozenset(("ctx", "id", "attr", "arg", "asname", "module", "level", "kind", "type_comment", "conversion"))
"""Fields of nodes that hold no code, the most frequent ones."""

_ROOM = 1 << 17
"""Slots of the stack, 8 bytes each: as many again are left for what is called, and untouched ones cost nothing."""


def with_many_frames(call: Callable[[], T]) -> T:
    """Call with room for recursion over what Python's parser accepts: a thousand levels, some frames each.

    From 3.11 on, Python keeps frames in chunks of 16 KB and gives a chunk back when its first frame ends: a loop at
    such a depth would ask the system for memory at each call. One big frame makes one big chunk, which stays.
    """
    with _recursion_limit(max(sys.getrecursionlimit(), 12_000)):
        result: T = _roomy(call)
        return result


def _call(call: Callable[[], T]) -> T:
    return call()


_roomy = FunctionType(_call.__code__.replace(co_stacksize=_ROOM + 1), globals())


def parse_text(text: str) -> ast.Module:
    """The ``ast`` of a program. Raises: what ``ast.parse`` does, RecursionError for what is nested too deeply.

    The parser recurses in C, where a raised limit could end the process; an invalid escape in somebody's string is no
    concern of ours.
    """
    with _recursion_limit(1000), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


@contextmanager
def _recursion_limit(limit: int) -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def split_lines(text: str) -> list[str]:
    """The lines of a program without what ends them."""
    return NEWLINE.split(text) if "\r" in text else text.split("\n")


def is_same_tree(one: ast.AST, other: ast.AST) -> bool:
    """Whether two trees are the same but for their positions, however deep they are."""
    waiting: list[tuple[object, object]] = [(one, other)]
    while waiting:
        left, right = waiting.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, ast.AST) and isinstance(right, ast.AST):
            waiting += [(getattr(left, each, None), getattr(right, each, None)) for each in left._fields]
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            waiting += zip(left, right, strict=True)
        elif left != right or (isinstance(left, (float, complex)) and repr(left) != repr(right)):  # -0.0 is not 0.0
            return False
    return True


def walk(node: ast.AST, closed: tuple[type[ast.AST], ...] = ()) -> Iterator[ast.AST]:
    """A node and all that are in it but expression contexts, in no particular order; twice as fast as ``ast.walk``.

    What is in a node of one of the ``closed`` types is passed over.
    """
    waiting = [node]
    while waiting:
        each = waiting.pop()
        kind: type = type(each)
        fields = _fields(kind)
        if fields is None:  # the name of a ``global``, the missing key of ``{**x}``
            continue
        yield each
        if closed and isinstance(each, closed):
            continue
        for name in fields:
            value = getattr(each, name, None)
            if type(value) is list:  # several times faster than isinstance of a node
                waiting += value
            elif value is not None:
                waiting.append(value)


@cache
def _fields(kind: type) -> tuple[str, ...] | None:
    """The fields of a kind of node that can hold nodes; None for what is no node."""
    if not issubclass(kind, ast.AST):
        return None
    return tuple(each for each in kind._fields if each not in _PLAIN and (kind, each) != (ast.Constant, "value"))


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


def imported_name(node: ast.expr, imports: Mapping[str, str]) -> str | None:
    """The absolute dotted name that an expression means by what a file imports, or None."""
    root, dot, rest = (dotted(node) or "").partition(".")
    meaning = imports.get(root)
    return None if meaning is None else f"{meaning}{dot}{rest}"


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


def names_read(node: ast.AST) -> set[str]:
    """The names that code reads."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def names_bound(node: ast.AST) -> set[str]:
    """The names that code binds by assignments, loops and the like."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
