"""What is known of an operation, a layer and an optimizer of PyTorch: what it takes, gives, keeps and changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Answer(Enum):
    """A fact of three values; MAYBE is what depends on something that the entry does not say."""

    NO = 0
    YES = 1
    MAYBE = 2


class Takes(Enum):
    """What a parameter accepts: a tensor only, a list of tensors, a number or a tensor's number, anything else."""

    TENSOR = "tensor"
    TENSORS = "tensors"
    NUMBER = "number"
    OTHER = "other"


class Relation(Enum):
    """What an output is to the tensor ``Output.of``.

    FRESH: new memory. SELF: that very tensor (in-place operations). VIEW: a view. MULTI_VIEW: one of several views made
    at once, which must not be changed in place. DETACHED: the same memory and version counter, outside the graph.
    MAYBE_SELF: that tensor or a copy of it (``contiguous``, ``to``). MAYBE_VIEW: a view or a copy (``reshape``).
    """

    FRESH = "fresh"
    SELF = "self"
    VIEW = "view"
    MULTI_VIEW = "multi-view"
    DETACHED = "detached"
    MAYBE_SELF = "maybe-self"
    MAYBE_VIEW = "maybe-view"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a call. ``default`` is its source text (without spaces), None where it must be given.

    ``variadic``: it takes either one argument, or all further positional ones (``x.view(2, 3)``, ``x.view((2, 3))``).
    """

    name: str
    takes: Takes
    default: str | None = None
    keyword_only: bool = False
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A tensor that the operation's node keeps for backward.

    ``what`` is a parameter's name, a piece of the layer's state (``self.weight``; ``self`` for all of it, where the
    pieces depend on the constructor's arguments, as in ``Transformer``), or ``result``, ``result.1`` ... for an output.
    ``when`` are the parameters (or state) of which one must require grad for it to be kept; empty: whenever there is a
    node. ``sure`` is False where it also depends on something that the entry does not say. ``unless`` is what makes the
    node keep a copy instead: ``layout`` (the tensor is not contiguous), ``broadcast`` (its shape is not the one of the
    other operand).
    """

    what: str
    when: frozenset[str] = frozenset()
    sure: bool = True
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Output:
    """One tensor that a call gives. ``grad``: whether it requires grad once some differentiable input does."""

    name: str = ""
    grad: Answer = Answer.YES
    relation: Relation = Relation.FRESH
    of: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One overload of a function or method, or one way of calling a layer.

    ``given`` are the values that arguments (or, of a layer, constructor arguments and ``training``) must have for this
    overload, as source text; ``0.0`` stands for zero, however it is written. ``differentiable`` are the parameters
    through which gradient can flow. ``outputs`` is empty where the call gives no tensor; ``nesting`` says how they are
    packed: ``"0"`` one tensor, ``"(0,1)"``, ``"(0,(1,2))"``, ``"(0,-)"`` a tensor and something else, ``"[0]"`` a
    sequence of unknown length of tensors like output 0, ``""`` no tensor. ``keeps`` is whether the node keeps anything
    at all, hidden temporaries and wrapped scalars included: a second backward through it raises. ``keeps_when`` are the
    parameters of which one must require grad for that, as in ``Kept``. ``writes`` are the parameters (or state) changed
    in place in a way that autograd sees: BatchNorm updates its statistics unseen; what ``out=`` names is written as
    well, and not listed. ``creates``: a factory that takes ``requires_grad=``.
    """

    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...] = (Output(),)
    nesting: str = "0"
    kept: tuple[Kept, ...] = ()
    keeps: Answer = Answer.NO
    keeps_when: frozenset[str] = frozenset()
    differentiable: frozenset[str] = frozenset()
    writes: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    creates: bool = False

    @property
    def gives_several(self) -> bool:
        """Whether a call gives several values and not one tensor."""
        return self.nesting.startswith(("(", "["))


@dataclass(frozen=True, slots=True)
class State:
    """A parameter or buffer of a layer.

    ``given`` are the constructor arguments (source text) with which it exists; ``...`` is any tensor. Where a recurrent
    layer has several layers, there are more, with other numbers at the end (``weight_ih_l1``).
    """

    name: str
    trained: bool
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """A module of ``torch.nn``: its constructor, its state, and what calling it does."""

    constructor: tuple[Parameter, ...]
    state: tuple[State, ...]
    calls: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer: whether ``fused=True`` exists, and whether its step runs a closure that must be given."""

    constructor: tuple[Parameter, ...]
    has_fused: bool
    needs_closure: bool


def either(answers: list[Answer]) -> Answer:
    """YES if one is, NO if none is, else MAYBE."""
    if Answer.YES in answers:
        return Answer.YES
    return Answer.MAYBE if Answer.MAYBE in answers else Answer.NO
