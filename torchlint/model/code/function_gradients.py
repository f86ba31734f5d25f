"""How many gradients the ``backward`` of a ``torch.autograd.Function`` returns, and how many inputs ``forward`` takes.

PyTorch wants one for each, None where there is none; what is more than that may only be None. Source: as run.
"""

from __future__ import annotations

import ast
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.code.function_saves import functions_of
from torchlint.syntax.tree import Function, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from torchlint.model.code.protocol import CodeFacts

_OF_TENSORS = (ast.Sub, ast.Div, ast.MatMult, ast.Pow, ast.Mult)
"""Operators that no tuple has, but for the last one, with a number."""


@dataclass(frozen=True, slots=True)
class Miscount:
    """``at`` returns so many gradients where ``forward`` takes so many ``inputs``."""

    at: ast.Return
    gradients: int
    inputs: int
    forward: Function


def miscounts(facts: CodeFacts) -> Iterator[Miscount]:
    """The first ``return`` of each ``backward`` of the file that gives too few gradients, or too many."""
    for node in functions_of(facts):
        methods = {each.name: each for each in node.body if isinstance(each, Function)}
        forward, backward = methods.get("forward"), methods.get("backward")
        inputs = _inputs(forward, has_context="setup_context" not in methods) if forward is not None else None
        if forward is None or backward is None or inputs is None:
            continue
        for each in _returns(backward):
            gradients = _gradients(each.value, inputs, _given(backward))
            if gradients is not None:
                yield Miscount(each, gradients, inputs, forward)
                break


def _inputs(forward: Function, *, has_context: bool) -> int | None:
    """How many inputs ``forward`` is always given, its context aside; None where that depends on the call."""
    arguments = forward.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
        return None
    return len(arguments.posonlyargs) + len(arguments.args) - has_context


def _returns(function: Function) -> Iterator[ast.Return]:
    """The ``return`` statements of a function, those of functions in it aside."""
    waiting = deque[ast.AST](function.body)
    while waiting:
        node = waiting.popleft()
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, (Function, ast.ClassDef, ast.expr)):
            waiting += ast.iter_child_nodes(node)


def _given(backward: Function) -> frozenset[str]:
    """The names of the gradients that ``backward`` is given, which hold one tensor each, unless they are bound anew."""
    bound = {each.id for each in walk(backward) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return frozenset(each.arg for each in backward.args.args[1:]) - bound


def _gradients(value: ast.expr | None, inputs: int, given: Collection[str]) -> int | None:
    """How many gradients a ``return`` gives, where that certainly is wrong."""
    if not isinstance(value, ast.Tuple):
        return 1 if value is not None and inputs > 1 and _is_tensor(value, given) else None
    if any(isinstance(each, ast.Starred) for each in value.elts):
        return None
    if len(value.elts) < inputs or any(_is_tensor(each, given) for each in value.elts[inputs:]):
        return len(value.elts)
    return None


def _is_tensor(value: ast.expr, given: Collection[str]) -> bool:
    """Whether an expression gives one tensor, as gradients are tensors or tuples of such."""
    match value:
        case ast.Name(id=name):
            return name in given
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return not isinstance(inner, ast.Constant)
        case ast.BinOp(left=left, op=operator, right=right):
            is_repeated = isinstance(operator, ast.Mult) and any(map(_may_repeat, (left, right)))
            return isinstance(operator, _OF_TENSORS) and not is_repeated
    return False


def _may_repeat(operand: ast.expr) -> bool:
    """Whether an operand of ``*`` may be a tuple, or the number of times that one is repeated."""
    return isinstance(operand, (ast.Tuple, ast.List, ast.Call)) or (
        isinstance(operand, ast.Constant) and isinstance(operand.value, int)
    )
