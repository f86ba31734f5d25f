"""Values that ``torch.where`` leaves out, and whose gradients it cannot leave out. Source: as run with 2.13."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.interpreter.events import operations
from torchlint.syntax.tree import is_same_tree, last_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchlint.model.interpreter.events import Argument, Event, Operation

CHOOSING = "where"
COMPARING: Mapping[str, tuple[str, bool]] = {
    "gt": ("input", True),
    "ge": ("input", False),
    "ne": ("input", True),
    "lt": ("other", False),
    "le": ("other", True),
    "eq": ("other", True),
}
"""Which branch a comparison with a number keeps away from that number and what is below, and whether it does so for the
number itself; ``ne`` and ``eq`` only for that."""
INFINITE = frozenset("log log2 log10 rsqrt reciprocal sqrt".split())
"""What has no finite derivative at zero."""


@dataclass(frozen=True, slots=True)
class MaskedInfinity:
    """``at`` chooses by ``test`` not to take ``infinite``, which is computed of ``given`` all the same. ``is_other``:
    it takes it where the test does not hold."""

    at: ast.AST
    infinite: ast.expr
    given: ast.expr
    test: ast.AST
    is_other: bool


def masked_infinities(events: Sequence[Event]) -> Iterator[MaskedInfinity]:
    """Every choice by a comparison of a tensor that gradients go to, with what is infinite where it is not taken."""
    for choice in operations(events, (CHOOSING,)):
        condition = choice.arguments.get("condition")
        test = condition.producer if condition is not None else None
        if test is None or test.name not in COMPARING or not _keeps_from_zero(test):
            continue
        compared = test.arguments["self"] if "self" in test.arguments else test.arguments["input"]
        side, _ = COMPARING[test.name]
        taken = choice.arguments.get(side, choice.arguments.get("self"))
        if compared.grad is Answer.YES and isinstance(compared.written, ast.expr) and taken is not None:
            infinite = _infinite(taken, compared.written)
            if infinite is not None:
                yield MaskedInfinity(choice.at, *infinite, test.at, side == "other")


def _keeps_from_zero(test: Operation) -> bool:
    """Whether a comparison is with a number, and keeps one branch away from zero."""
    other = test.arguments.get("other")
    bound = other.constant if other is not None else None
    if not isinstance(bound, (int, float)) or isinstance(bound, bool):
        return False
    return bound == 0 if test.name in ("ne", "eq") else bound > 0 or (bound == 0 and COMPARING[test.name][1])


def _infinite(taken: Argument, compared: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """What is computed of a tensor on the way to an argument and is infinite where it is zero, and how the tensor is
    written there."""
    places = [taken.written, *([taken.producer.at] if taken.producer is not None else [])]
    for node in (each for place in places for each in walk(place, (ast.Lambda,))):
        match node:
            case ast.Call(func=func, args=[given], keywords=[]) if last_name(func) in INFINITE:
                pass
            case ast.Call(func=ast.Attribute(value=given, attr=name), args=[], keywords=[]) if name in INFINITE:
                pass
            case ast.BinOp(op=ast.Div(), right=given):
                pass
            case _:
                continue
        if is_same_tree(given, compared) and isinstance(node, ast.expr):
            return node, given
    return None
