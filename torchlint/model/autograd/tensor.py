"""Tensors, their memory and version counters, and the nodes that operations on them record.

What is not certain of a tensor is ``Answer.MAYBE`` or None.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.sizes import ANY, Sizes

if TYPE_CHECKING:
    from collections.abc import Callable


Name = str | ast.AST
"""What the user calls a value: text, or the node that names it, whose text is read only where it is shown."""


class How(Enum):
    """By what means the content of a tensor changed."""

    INPLACE = "inplace"
    DATA = "data"
    STEP = "step"
    RENORM = "renorm"
    NUMPY = "numpy"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a tensor's content: the expression that names the tensor, the operation, and where it stands; and
    the ``tensor`` itself where it is one. ``recorded``: it happened where gradients are recorded."""

    at: ast.AST
    target: Name
    operation: str
    how: How
    tensor: Tensor | None = field(default=None, compare=False)
    recorded: bool = field(default=True, compare=False)


@dataclass(eq=False, slots=True)
class Counter:
    """A version counter: PyTorch compares it at backward. Detached tensors and views share it, ``.data`` does not.

    ``pending`` is to be called before the next change: it finds out who kept what is counted here.
    """

    changes: list[Change] = field(default_factory=list)
    pending: list[Callable[[], None]] = field(default_factory=list)

    def settle(self) -> None:
        """Find out who kept what is counted here."""
        while self.pending:
            self.pending.pop()()

    @property
    def version(self) -> int:
        return len(self.changes)


@dataclass(eq=False, slots=True)
class Storage:
    """Memory: what really changes, whether a version counter sees it or not."""

    changes: list[Change] = field(default_factory=list)

    @property
    def version(self) -> int:
        return len(self.changes)


class ViewKind(Enum):
    """How a view was made, which decides whether it may be changed in place."""

    PLAIN = "plain"
    NO_GRAD = "no_grad"
    INFERENCE = "inference_mode"
    MULTI = "multi"


class CutKind(Enum):
    """What took a value out of the graph of a tensor that required grad."""

    DETACH = "detach"
    NUMBER = "number"
    REWRAP = "rewrap"
    NO_GRAD = "no_grad"
    INTEGER = "integer"


@dataclass(frozen=True, slots=True)
class Cut:
    """Where, and by which operation, a graph was left; ``is_sure``: there certainly was one."""

    kind: CutKind
    at: ast.AST
    operation: str
    source: Name
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Activated:
    """An in-place activation: what it is told as, and the names that were given to the tensor before.

    ``given`` is the name by which a module was given the tensor that it then activated inside, ``within`` the function
    whose name that is (None: the module's own code).
    """

    at: ast.AST
    target: Name
    operation: str
    names: frozenset[str]
    given: str = ""
    within: ast.AST | None = None


@dataclass(eq=False, slots=True)
class Tensor:
    """A tensor.

    ``node`` is its gradient function, None for a leaf. A view has the ``base`` that PyTorch would give it and the
    ``epoch`` of the base at which its node was made; the base counts in ``epoch`` how often its own graph was rebased.
    ``grad`` is None, a tensor, or not known. ``replaced`` is the last ``.data =``. ``inference``: of inference mode;
    ``thawed``: a detached alias, which PyTorch lets be changed. ``frozen`` is a parameter without gradient that it was
    computed from. ``names`` are those bound to it, ``activated`` tells of an in-place activation that other names see.
    ``is_loose``: what a module that is not looked into gave, a tensor unless it is used as something else. ``flow``:
    where its gradient flows if it requires grad, which is not known. ``is_data``: it is an item of something unknown
    that a loop runs over, which most likely has no graph. ``is_used``: something of a graph was computed from it.
    ``sizes`` may be known in part; ``dtype`` and ``contiguous`` are None or MAYBE where not known.
    """

    made: ast.AST
    name: Name = ""
    storage: Storage = field(default_factory=Storage)
    counter: Counter = field(default_factory=Counter)
    requires_grad: Answer = Answer.NO
    node: Node | None = None
    base: Tensor | None = None
    view: ViewKind = ViewKind.PLAIN
    epoch: int = 0
    grad: object = None
    inference: bool = False
    thawed: bool = False
    is_loose: bool = False
    flow: tuple[Node | Tensor, ...] = ()
    is_data: bool = False
    expanded: Answer = Answer.NO
    contiguous: Answer = Answer.YES
    dtype: str | None = None
    sizes: Sizes = ANY
    is_parameter: bool = False
    alias_of: Tensor | None = None
    alias_by: str = ""
    cut: Cut | None = None
    frozen: Tensor | None = None
    made_by: str = ""
    replaced: Change | None = None
    names: frozenset[str] = frozenset()
    activated: Activated | None = None
    is_used: bool = False

    @property
    def root(self) -> Tensor:
        """The tensor whose graph an in-place change of this one rewrites."""
        return self.base or self

    @property
    def shape(self) -> tuple[int, ...] | None:
        """All of its sizes, None where one is not known."""
        return self.sizes.exact


@dataclass(frozen=True, slots=True)
class Saved:
    """A tensor that a node kept: its counter's version and its memory's at that time.

    ``holds_tensor``: the tensor object itself is kept, whose memory ``.data =`` can replace; not so for an output, or
    for what is kept as a view. ``written`` is the expression that gave it, None where that is more than the tensor.
    """

    tensor: Tensor
    counter: Counter
    version: int
    storage: Storage
    writes: int
    holds_tensor: bool
    name: Name
    written: ast.AST | None = None

    @classmethod
    def of(cls, tensor: Tensor, name: Name, *, holds_tensor: bool, written: ast.AST | None = None) -> Saved:
        counter, storage = tensor.counter, tensor.storage
        return cls(tensor, counter, counter.version, storage, storage.version, holds_tensor, name, written)

    def counted_change(self) -> Change | None:
        """The first change that the version counter saw."""
        changes = self.counter.changes
        return changes[self.version] if len(changes) > self.version else None

    def silent_change(self) -> Change | None:
        """The first change of the content that the version counter did not see."""
        changes = self.storage.changes
        if len(changes) > self.writes:
            return changes[self.writes]
        is_replaced = self.holds_tensor and self.tensor.storage is not self.storage
        return self.tensor.replaced if is_replaced else None


@dataclass(eq=False, slots=True)
class Node:
    """A recorded operation.

    ``operation`` is what the user calls it, ``name`` what PyTorch does. ``inputs`` are nodes, and leaves that
    accumulate. ``keeps``: whether it keeps anything at all, so that a second backward through it raises. ``iteration``
    are the loop iterations it was recorded in. ``freed`` is the backward that freed it. ``assumed`` names
    what was taken for granted to know the operation.

    Where it is not known what requires grad, ``possible`` are the further inputs that may, with their nodes, and
    ``sure`` says whether it is known by now that this node was recorded. ``through``: it stands for code that is not
    seen, for the unknown module of that key, () for other code. ``passed`` are those that the backward that freed it
    had to pass; ``ended`` is where the graphs of other inputs were left. ``is_open``: it was also computed from
    something that is not seen and may have a graph.
    """

    operation: str
    name: str
    at: ast.AST
    order: int
    inputs: tuple[Node | Tensor, ...]
    kept: list[Saved] = field(default_factory=list)
    keeps: Answer = Answer.NO
    iteration: tuple[tuple[int, int], ...] = ()
    freed: ast.AST | None = None
    assumed: str = ""
    possible: tuple[tuple[Tensor, Node | None], ...] = ()
    sure: bool = True
    through: tuple[object, ...] | None = None
    passed: frozenset[object] = frozenset()
    ended: tuple[Cut, ...] = ()
    is_open: bool = False
