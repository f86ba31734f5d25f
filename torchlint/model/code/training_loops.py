"""Loops that train, and what each of their iterations comes to."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.model.code.protocol import CodeFacts

Loop = ast.For | ast.AsyncFor | ast.While
_CLOSED = (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
"""Loops, and what runs at another time than where it stands."""
_ACCELERATED = re.compile(r"(?i)cuda|\bdevice\b|gpu|\baccelerat|\bxpu\b|\bmps\b")


def is_accelerated(facts: CodeFacts) -> bool:
    """Whether a file says anything of another device than the CPU."""
    return _ACCELERATED.search(facts.source.text) is not None


def loops(facts: CodeFacts) -> Iterator[Loop]:
    """Every loop of a file."""
    return (each for each in walk(facts.tree()) if isinstance(each, Loop))


def innermost_training(facts: CodeFacts) -> Iterator[Loop]:
    """The loops that go backward themselves, and not in a loop inside of them."""
    if "backward" in facts.source.text:
        yield from (each for each in loops(facts) if any(map(is_backward, inside(each))))


def is_backward(node: ast.AST) -> bool:
    """Whether a node is a call of ``backward``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "backward"


def inside(loop: Loop) -> Iterator[ast.AST]:
    """The nodes of a loop's body, those of loops and functions in it left out."""
    return (each for part in loop.body for each in walk(part, _CLOSED))


def each_iteration(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """The statements and expressions that every iteration of a loop comes to, whatever its conditions are, unless one
    before leaves it; loops in it left out."""
    for statement in body:
        if isinstance(statement, _CLOSED):
            continue
        yield statement
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, (ast.expr, ast.withitem)):
                yield from _evaluated(child)
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            yield from each_iteration(statement.body)
        elif isinstance(statement, ast.Try):
            yield from each_iteration([*statement.body, *statement.finalbody])


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of an expression that are evaluated whenever it is."""
    match node:
        case ast.Lambda():
            return
        case ast.IfExp(test=first) | ast.BoolOp(values=[first, *_]):
            yield node
            yield from _evaluated(first)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield node
            yield from _evaluated(node.generators[0].iter)
        case _:
            yield node
            for child in ast.iter_child_nodes(node):
                yield from _evaluated(child)
