"""What an attribute of a module keeps, as must-facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from torchlint.model.interpreter.values.kept import Kind


class Grad(Enum):
    """Whether a tensor takes part in autograd: a leaf that requires grad, the result of operations on one, or no.

    SPENT: one of these operations keeps something, which the first backward frees.
    """

    UNKNOWN = 0
    NO = 1
    LEAF = 2
    GRAPH = 3
    SPENT = 4


class Trained(Enum):
    """Whether a tensor ought to be trained: not that is seen; yes, and no optimizer gets it; it is computed from a
    parameter, once for all, or so that only one backward can go through it; yes, but something else may see to it."""

    NO = "no"
    NEVER = "never"
    GRAPH = "graph"
    SPENT = "spent"
    HANDLED = "handled"


class UseKind(Enum):
    """What a use does with the value.

    MIXED: an operation together with data that moves with the module. MOVED: brought to a device, or its device is
    looked at. NUMBER: a size, a Python number, a test. INDEX: an index or a value written into another tensor, which
    PyTorch allows across devices. CHANGED: assigned or changed in place. PASSED: given to something unknown.
    """

    MIXED = "mixed"
    MOVED = "moved"
    NUMBER = "number"
    INDEX = "index"
    CHANGED = "changed"
    PASSED = "passed"
    ITERATED = "iterated"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a value that is kept.

    ``origin`` is the expression that made it. ``sure`` is False where another path gives something else; ``escaped``:
    it was handed to something that may register or move it; ``holders`` are the attributes that keep a container with
    it. Of a tensor, ``least`` is how many dimensions it has at least, ``is_scalar`` whether it has none, ``whole``
    whether it is of integers or booleans; ``random``: drawn from a random generator; ``placed``: its device was chosen
    explicitly; ``delicate``: a complex or trigonometric table that must keep its dtype; ``lost``: the result of an
    operation on a Parameter, kept in its stead; ``copied``: that operation always makes a new tensor. Of a module,
    ``qualified`` is its class, ``stateful`` whether it has parameters or buffers (None: not known), ``has_mode``
    whether it minds ``train()`` and ``eval()``. ``contents`` are what a container certainly holds.
    """

    kind: Kind
    origin: object = None
    sure: bool = True
    escaped: bool = False
    holders: frozenset[str] = frozenset()
    least: int = 0
    is_scalar: bool = False
    whole: bool = False
    grad: Grad = Grad.UNKNOWN
    random: bool = False
    placed: bool = False
    delicate: bool = False
    lost: bool = False
    copied: bool = False
    qualified: str = ""
    stateful: bool | None = False
    has_mode: bool = False
    contents: tuple[Kept, ...] = ()


UNKNOWN = Kept(Kind.UNKNOWN)


def join(one: Kept, other: Kept) -> Kept:
    """What is known where a value is one of two."""
    if one == other:
        return one
    if one.kind is other.kind and one.kind is not Kind.UNKNOWN:
        return replace(
            one,
            sure=one.sure and other.sure and one.origin is other.origin,
            escaped=one.escaped or other.escaped,
            holders=one.holders | other.holders,
            least=min(one.least, other.least),
            is_scalar=one.is_scalar and other.is_scalar,
            whole=one.whole and other.whole,
            grad=one.grad if one.grad is other.grad else Grad.UNKNOWN,
            random=one.random and other.random,
            placed=one.placed or other.placed,
            delicate=one.delicate or other.delicate,
            lost=one.lost and other.lost,
            copied=one.copied and other.copied,
            stateful=one.stateful if one.stateful == other.stateful else None,
            has_mode=one.has_mode or other.has_mode,
            contents=_either(one.contents, other.contents),
        )
    for kept, dropped in ((one, other), (other, one)):
        if kept.kind is Kind.CONTAINER and dropped.kind in (Kind.OTHER, Kind.UNKNOWN):
            return replace(kept, sure=False)
    return UNKNOWN


def _either(one: tuple[Kept, ...], other: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """What one of two containers holds; what only one of them does, is not sure."""
    both = frozenset(one).intersection(other)
    return tuple(each if each in both else replace(each, sure=False) for each in dict.fromkeys((*one, *other)))
