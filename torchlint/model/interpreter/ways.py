"""Which way conditions must go for a path to come to an expression."""

from __future__ import annotations

import ast
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_BLOCKS = ("body", "orelse", "finalbody")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def way_to(around: Sequence[ast.AST]) -> Mapping[ast.AST, bool]:
    """Which way each condition goes on the way to the last of some nodes, each of which stands in the one before."""
    found: dict[ast.AST, bool] = {}
    for parent, child in pairwise(around):
        for test, holds in _tests(parent, child):
            _want(test, found, holds=holds)
    return found


def _tests(parent: ast.AST, child: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """The conditions that decide whether a part of a node runs."""
    for name in _BLOCKS:
        block = getattr(parent, name, None)
        if isinstance(block, list) and child in block:
            for each in block[: block.index(child)]:
                yield from _leaving(each)
    match parent:
        case ast.If(test=test, body=body) if child is not test:
            yield test, child in body
        case ast.While(test=test, body=body) if child in body:
            yield test, True
        case ast.IfExp(test=test, body=inner) if child is not test:
            yield test, child is inner
        case ast.BoolOp(op=operator, values=values):
            before = takewhile(lambda each: each is not child, values)
            yield from ((each, isinstance(operator, ast.And)) for each in before)
        case ast.Match(cases=cases) if child in cases:
            yield from ((each.pattern, each is child) for each in cases[: cases.index(child) + 1])
        case ast.match_case(guard=ast.expr() as guard, body=body) if child in body:
            yield guard, True
        case _ if isinstance(parent, _COMPREHENSIONS) and not isinstance(child, ast.comprehension):
            yield from ((test, True) for each in parent.generators for test in each.ifs)


def _leaving(node: ast.stmt) -> Iterator[tuple[ast.AST, bool]]:
    """The conditions of a statement that would leave the block that it stands in, each with its other way."""
    if not isinstance(node, ast.If):
        return
    if isinstance(node.body[-1], _LEAVING):
        yield node.test, False
        for each in node.orelse:
            yield from _leaving(each)
    elif node.orelse and isinstance(node.orelse[-1], _LEAVING):
        yield node.test, True


def _want(test: ast.AST, found: dict[ast.AST, bool], *, holds: bool) -> None:
    """Let a condition hold or not, by the parts that it is put together from."""
    found.setdefault(test, holds)
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            _want(inner, found, holds=not holds)
        case ast.BoolOp(values=values):
            for each in values:
                _want(each, found, holds=holds)
        case ast.pattern():
            for part in ast.iter_child_nodes(test):
                if isinstance(part, ast.pattern):
                    _want(part, found, holds=holds)
