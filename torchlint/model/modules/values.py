"""What a value is, as must-facts: tensor, parameter, module, container of those, something else, or UNKNOWN."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst


class Kind(Enum):
    UNKNOWN = "unknown"
    OTHER = "other"
    TENSOR = "tensor"
    PARAMETER = "parameter"
    BUFFER = "buffer"
    MODULE = "module"
    CONTAINER = "container"


class Dims(Enum):
    """How many dimensions a tensor has: none (it mixes with tensors of any device), some, or not known."""

    NONE = 0
    SOME = 1
    UNKNOWN = 2


class DType(Enum):
    """The class of a tensor's dtype; FLOAT is what PyTorch makes of float literals and by default."""

    UNKNOWN = 0
    BOOL = 1
    INT = 2
    FLOAT = 3
    COMPLEX = 4


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
class Value:
    """What is known of a value.

    ``origin`` is the expression that made it, its identity. ``sure`` is False where another branch gives something
    else. Of a tensor, ``rank``: how many dimensions it has at least, 0 where nobody counted; ``random``: drawn from a
    random generator; ``placed``: its device was chosen explicitly; ``device``: where it is, as written in the call that
    last moved it, "" where that is not known; ``delicate``: a complex or trigonometric table that must keep its dtype;
    ``lost``: the result of an operation on a Parameter, kept in its stead; ``copied``: that operation always makes a
    new tensor. Of a module, ``qualified`` is its class, ``stateful`` whether it has parameters or buffers (None: not
    known), ``has_mode`` whether it minds ``train()`` and ``eval()``.
    """

    kind: Kind
    origin: cst.BaseExpression | None = None
    dims: Dims = Dims.UNKNOWN
    rank: int = 0
    dtype: DType = DType.UNKNOWN
    grad: Grad = Grad.UNKNOWN
    random: bool = False
    placed: bool = False
    device: str = ""
    delicate: bool = False
    lost: bool = False
    copied: bool = False
    stateful: bool | None = False
    has_mode: bool = False
    qualified: str | None = None
    sure: bool = True

    @property
    def least_dims(self) -> int:
        """How many dimensions a tensor has at least."""
        return max(self.rank, 1 if self.dims is Dims.SOME else 0)

    @property
    def is_tensor(self) -> bool:
        """Whether it certainly is a tensor, registered or not."""
        return self.kind in (Kind.TENSOR, Kind.PARAMETER, Kind.BUFFER)


UNKNOWN = Value(Kind.UNKNOWN)
OTHER = Value(Kind.OTHER)


def join(one: Value, other: Value) -> Value:
    """What is known where a value is one of two."""
    if one == other:
        return one
    if one.kind is other.kind and one.kind is not Kind.UNKNOWN:
        return replace(
            one,
            dims=one.dims if one.dims is other.dims else Dims.UNKNOWN,
            rank=min(one.rank, other.rank),
            dtype=one.dtype if one.dtype is other.dtype else DType.UNKNOWN,
            grad=one.grad if one.grad is other.grad else Grad.UNKNOWN,
            random=one.random and other.random,
            placed=one.placed or other.placed,
            device=one.device if one.device == other.device else "",
            delicate=one.delicate or other.delicate,
            lost=one.lost and other.lost,
            copied=one.copied and other.copied,
            stateful=one.stateful if one.stateful == other.stateful else None,
            has_mode=one.has_mode or other.has_mode,
            sure=False,
        )
    for kept, dropped in ((one, other), (other, one)):
        if kept.kind is Kind.CONTAINER and dropped.kind in (Kind.OTHER, Kind.UNKNOWN):
            return replace(kept, sure=False)
    return UNKNOWN


def computed(values: tuple[Value, ...], origin: cst.BaseExpression, *, keeps: bool = False) -> Value:
    """The result of an operation that makes a new tensor out of values, at least one of them a tensor; whether it
    certainly ``keeps`` something for its backward."""
    tensors = [value for value in values if value.is_tensor]
    if not tensors:
        return UNKNOWN
    return Value(
        Kind.TENSOR,
        origin,
        dims=_wider(tensors),
        rank=max(value.rank for value in tensors),
        dtype=max((value.dtype for value in tensors), key=lambda each: each.value)
        if all(value.dtype is not DType.UNKNOWN for value in tensors)
        else DType.UNKNOWN,
        grad=_joined_grad(tensors, keeps),
        random=any(value.random for value in tensors),
        placed=any(value.placed for value in tensors),
        device=tensors[0].device if len({value.device for value in tensors}) == 1 else "",
        delicate=any(value.delicate for value in tensors),
        copied=True,
    )


def _wider(tensors: list[Value]) -> Dims:
    """Broadcasting keeps the dimensions of the operand that has more."""
    kinds = {value.dims for value in tensors}
    if Dims.SOME in kinds:
        return Dims.SOME
    return Dims.UNKNOWN if Dims.UNKNOWN in kinds else Dims.NONE


def _joined_grad(tensors: list[Value], keeps: bool) -> Grad:
    found = {value.grad for value in tensors}
    if Grad.SPENT in found:
        return Grad.SPENT
    if found & {Grad.LEAF, Grad.GRAPH}:
        return Grad.SPENT if keeps else Grad.GRAPH
    return Grad.NO if found == {Grad.NO} else Grad.UNKNOWN
