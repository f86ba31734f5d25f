"""Reads of what the device has computed, for which the program waits in every iteration of a training loop."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.training_loops import each_iteration, innermost_training, inside, is_accelerated, is_backward
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts
    from torchlint.model.code.training_loops import Loop

_READING = frozenset(("item", "cpu", "tolist", "numpy"))
"""Methods of a tensor that wait until its values are there."""
_NUMBERS = frozenset(("float", "int", "print", "str", "repr", "format"))


class Synchronization(NamedTuple):
    """``at`` reads the values of ``read``, in every iteration of ``loop``."""

    at: ast.expr
    read: ast.expr
    loop: Loop


def synchronizations(facts: CodeFacts) -> Iterator[Synchronization]:
    """Every read in a training loop that each iteration comes to; of one value, the first one. What is called is a
    module, which has a ``cpu`` as well."""
    if not is_accelerated(facts):
        return
    for loop in innermost_training(facts):
        losses = _losses(loop)
        told = {ast.dump(each.func) for each in inside(loop) if isinstance(each, ast.Call)}
        for node in each_iteration(loop.body):
            for read in _read_by(node, losses):
                what = ast.dump(read)
                if isinstance(node, ast.expr) and what not in told:
                    told.add(what)
                    yield Synchronization(node, read, loop)


def _losses(loop: Loop) -> set[str]:
    """The names that the loop goes backward from, and never gives a number to."""
    found = set()
    for each in inside(loop):
        match each:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if is_backward(each):
                found.add(name)
    for each in inside(loop):
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if any(map(_reads, walk(value))):
                found.discard(name)
    return found


def _reads(node: ast.AST) -> bool:
    """Whether a node is a call of a method that waits."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[], keywords=[]) if name in _READING:
            return not any(map(_reads, walk(owner)))
    return False


def _read_by(node: ast.AST, losses: set[str]) -> Iterator[ast.expr]:
    """What a node reads the values of."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner)) if _reads(node):
            yield owner
        case ast.Call(func=ast.Name(id=name), args=given) if name in _NUMBERS:
            yield from (each for each in given if isinstance(each, ast.Name) and each.id in losses)
        case ast.JoinedStr(values=parts):  # what stands in it has no place of its own before Python 3.12
            values = [each.value for each in parts if isinstance(each, ast.FormattedValue)]
            yield from (each for each in values if isinstance(each, ast.Name) and each.id in losses)
