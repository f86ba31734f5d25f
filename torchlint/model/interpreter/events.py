"""The events of a trace: places of the program and numbers. They hold no tensor, so that the many paths of a file can
be read together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from torchlint.model.interpreter.kept_states import StateRead, StateUsed
from torchlint.model.interpreter.read_once import ReadAgain

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from torchlint.model.api.operation import Answer


@dataclass(frozen=True, slots=True)
class Argument:
    """What an operation was given: how it is written, its value where that is a constant, whether it is None, whether
    it is a tensor, with its shape and dtype where they are known, and the recorded operation whose result it has the
    values of (None: another one, or not known). ``is_result``: it is that very result, of the same shape. ``grad``:
    whether gradients go to it."""

    written: ast.AST
    constant: object
    is_none: bool
    is_tensor: bool
    shape: tuple[int, ...] | None
    dtype: str | None
    producer: Operation | None
    is_result: bool
    grad: Answer


@dataclass(frozen=True, slots=True)
class Operation:
    """A call of an operation of PyTorch: ``name`` is the last part of its qualified name, ``label`` what the user calls
    it. The ``arguments`` of a layer are also those that it was built with, at ``built``."""

    at: ast.AST
    name: str
    label: str
    arguments: Mapping[str, Argument] = field(compare=False)
    built: ast.AST | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Built:
    """A layer was built."""

    at: ast.AST
    name: str
    label: str
    arguments: Mapping[str, Argument] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Backward:
    """A backward: of the leaves that it reaches those that held no gradient, as none was there or it was cleared, and
    those that still hold what this very backward left there before. ``is_seen``: no others get gradients."""

    at: ast.AST
    fresh: frozenset[int]
    again: frozenset[int]
    is_seen: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an optimizer, by its number: the leaves whose gradients it ``uses``. ``is_seen``: these are all that it
    owns."""

    at: ast.AST
    uses: frozenset[int]
    is_seen: bool
    optimizer: int


@dataclass(frozen=True, slots=True)
class Owned:
    """An optimizer was given leaves, or ``modules`` that have them; ``is_all``: no others."""

    at: ast.AST
    optimizer: int
    leaves: frozenset[int]
    modules: frozenset[int]
    is_all: bool


@dataclass(frozen=True, slots=True)
class Replaced:
    """``leaves`` came to stand in the place of others that some ``optimizers`` have, or beside them in a module.
    ``is_seen``: it is known of all of them which a backward reaches."""

    at: ast.AST
    optimizers: frozenset[int]
    leaves: frozenset[int]
    is_seen: bool


@dataclass(frozen=True, slots=True)
class SchedulerStep:
    """A step of a scheduler to the next rate of an optimizer, by its number; None: of whichever there is."""

    at: ast.AST
    optimizer: int | None


@dataclass(frozen=True, slots=True)
class BareStep:
    """A scheduler that follows a metric was stepped without one; it was ``made`` at some place."""

    at: ast.AST
    made: ast.AST


@dataclass(frozen=True, slots=True)
class Scaling:
    """A call of a method of a gradient scaler that may be enabled: ``scale``, ``unscale_``, ``step`` or ``update``.
    ``is_sure``: it is enabled where its device is there. Scaler and ``optimizer`` by their numbers (None: the method
    takes none, or it is not known)."""

    at: ast.AST
    method: str
    is_sure: bool
    scaler: int
    optimizer: int | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """Gradients of ``leaves``, if these held any, were cleared or set to zero."""

    at: ast.AST
    leaves: frozenset[int]


@dataclass(frozen=True, slots=True)
class Clip:
    """Gradients of ``leaves``, or of any that are not seen, were clipped to a norm or a value."""

    at: ast.AST
    leaves: frozenset[int]


@dataclass(frozen=True, slots=True)
class Handed:
    """Modules, optimizers or parameters were given to code that is not seen, which may clear or change gradients."""

    at: ast.AST


@dataclass(frozen=True, slots=True)
class Gathered:
    """A sum or list holds on to a graph of an earlier iteration that ``backward`` has freed: ``written`` is what is
    added to it, which ``is_spent`` where its own graph is freed as well. ``kept`` is where that is done, if ``at`` only
    calls the function that does it."""

    at: ast.AST
    written: ast.AST
    backward: ast.AST
    is_spent: bool
    kept: ast.AST | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A sum or list holds on to a graph of an earlier iteration that no backward has freed yet, and ``written`` is
    added to it with its graph."""

    at: ast.AST
    written: ast.AST


@dataclass(frozen=True, slots=True)
class ModuleFlag:
    """An assignment of ``requires_grad`` to a module, which has no such attribute."""

    at: ast.AST
    value: bool


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """A tensor was given to ``torch.tensor``, which is for data that is none; ``has_graph`` where it requires grad."""

    at: ast.AST
    written: ast.AST
    has_graph: bool = field(compare=False)


@dataclass(frozen=True, slots=True)
class ModeSwitch:
    """A module was put into training mode, or into that of evaluation, and ``modules`` with it, all by their numbers.
    ``heeds``: whether they compute something else then. ``is_seen``: what module it is; else it may hold others."""

    at: ast.AST
    module: int
    modules: frozenset[int]
    trains: bool
    heeds: Answer
    is_seen: bool


@dataclass(frozen=True, slots=True)
class ModeDoubt:
    """Code that is not seen may have switched the mode of some modules (None: of any)."""

    at: ast.AST
    modules: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A module was called, by its number, from outside of any other: whether a graph ``is_recorded``, and whether the
    module is in training mode, as far as that is known by what built it. ``heeds``: whether it computes something else
    then than in evaluation; MAYBE as well where a graph is recorded, or it is not known to be in training mode."""

    at: ast.AST
    module: int
    is_recorded: bool
    training: Answer
    heeds: Answer


@dataclass(frozen=True, slots=True)
class UnseenStep:
    """A step of what most likely is an optimizer, of which nothing is known."""

    at: ast.AST


@dataclass(frozen=True, slots=True)
class Refused:
    """PyTorch refuses the sizes of what an operation is given: what is wrong in words, PyTorch's ``message``, and the
    sizes, each with what gave it. ``is_built``: of a layer that follows on another one, called or not."""

    at: ast.AST
    label: str = field(compare=False)
    text: str = field(compare=False)
    message: str = field(compare=False)
    sizes: tuple[tuple[str, ast.AST | None], ...] = field(compare=False)
    is_built: bool = field(default=False, compare=False)


Event: TypeAlias = (
    Refused
    | Operation
    | Built
    | Backward
    | Step
    | Owned
    | Replaced
    | SchedulerStep
    | BareStep
    | Scaling
    | Cleared
    | Clip
    | Handed
    | Gathered
    | ModuleFlag
    | StateRead
    | StateUsed
    | ReadAgain
    | Rewrapped
    | Kept
    | ModeSwitch
    | ModeDoubt
    | ModuleCall
    | UnseenStep
)

Made: TypeAlias = "Operation | tuple[Made, ...] | dict[object, Made] | None"
"""The recorded operation that gave a value, or each of its parts."""


def operations(events: Iterable[Event], names: Collection[str]) -> Iterator[Operation]:
    """The recorded operations of some names, in their order."""
    return (each for each in events if isinstance(each, Operation) and each.name in names)
