"""All that one path of a program carries along beside its values."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from torchlint.model.autograd.fault_log import FaultLog
from torchlint.model.autograd.grad_mode import GradMode
from torchlint.model.autograd.history import Fates, Feeders, GraphHistory
from torchlint.model.interpreter.identities import Count, Fresh, Shape
from torchlint.model.interpreter.limits import MAX_KEY, MAX_WORK, Budget
from torchlint.model.interpreter.path_condition import PathCondition
from torchlint.model.interpreter.trace import Trace
from torchlint.model.interpreter.values.symbolic import Symbolic

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Hashable, Mapping

    from torchlint.model.autograd.tensor import Node, Tensor
    from torchlint.model.interpreter.side_effects import Quiet
    from torchlint.model.interpreter.values.modules import Module


@dataclass(slots=True)
class LoopStack:
    """The loops that are running.

    ``iteration`` are the iterations of each, with its number, ``depth`` how many loops there are. ``lengths`` says by
    key how long they are at least, and where they are taken to end; ``measured`` is what they run over, with the key of
    its length, ``items`` says by key which item of which loop something is, ``sources`` what is enumerated, by number;
    ``open`` are the containers of which more items may be than are known, by identity, each with a number of its own;
    ``cut`` is how many loops are running of which iterations are left out.
    """

    iteration: tuple[tuple[int, int], ...] = ()
    depth: int = 0
    lengths: dict[Hashable, tuple[int, int]] = field(default_factory=dict)
    measured: list[tuple[object, Hashable]] = field(default_factory=list)
    items: dict[Hashable, tuple[Hashable, int]] = field(default_factory=dict)
    sources: dict[int, object] = field(default_factory=dict)
    open: dict[int, tuple[object, int]] = field(default_factory=dict)
    cut: int = 0

    def let_go(self) -> None:
        """Hold no value any more."""
        for each in (self.lengths, self.measured, self.items, self.sources, self.open):
            each.clear()


@dataclass(slots=True)
class Speculation:
    """What is taken for likely of values that are not known.

    ``tensors`` are those that such values most likely are, by key (None: nobody asks), ``optimized`` the keys of the
    unknown modules that an optimizer trains, ``proven`` the nodes from which backwards went, and ``unsure`` the
    backwards that may have had a graph. ``holders`` are the modules one of which has an unknown parameter, by key,
    ``whole`` the keys of such as stand for all parameters of these that are not known. ``given`` is what code that is
    not seen was given. ``settings`` are the keys of what is read from the command line, the environment and the like,
    which holds no tensor. ``appended`` is what lists that are not known were given last, by key.
    """

    tensors: dict[tuple[Hashable, ...], Tensor] | None = None
    optimized: set[object] = field(default_factory=set)
    proven: list[Node] = field(default_factory=list)
    unsure: set[ast.AST] = field(default_factory=set)
    holders: dict[Hashable, list[Module]] = field(default_factory=dict)
    whole: set[Hashable] = field(default_factory=set)
    given: list[Tensor] = field(default_factory=list)
    settings: set[Hashable] = field(default_factory=set)
    appended: dict[Hashable, object] = field(default_factory=dict)

    def doubt(self, parameter: Hashable) -> None:
        """An unknown parameter of this key may be frozen, and so may the module that has it."""
        for each in self.holders.get(parameter, ()):
            each.doubt()

    def let_go(self) -> None:
        """Hold no tensor and no node any more."""
        self.proven.clear()
        self.holders.clear()
        self.given.clear()
        self.appended.clear()
        if self.tensors is not None:
            self.tensors.clear()


class PathState:
    """One path of a program: the decisions that make it, and what happened on it.

    ``budget`` is how many steps it may take and what these may cost, ``quiet`` tells which branches do not matter,
    ``shapes`` are those of tensors of which they are not known, ``traced`` the names of operations to be recorded,
    ``wanted`` the conditions that go one way.
    """

    def __init__(
        self,
        choices: Mapping[Hashable, bool],
        budget: int,
        *,
        work: int = MAX_WORK,
        default: bool = True,
        exits: bool = True,
        guesses: bool = False,
        quiet: Quiet | None = None,
        traced: Collection[str] = (),
        wanted: Mapping[ast.AST, bool] = MappingProxyType({}),
    ) -> None:
        self.mode = GradMode()
        self.path = PathCondition(dict(choices), default, exits, wanted)
        self.loops = LoopStack()
        self.history = GraphHistory()
        self.speculation = Speculation({} if guesses else None)
        self.log = FaultLog()
        self.trace = Trace(traced, self.log)
        self.budget = Budget(budget, work)
        self.quiet = quiet
        self.shapes: dict[Tensor, Shape] = {}
        self._order = 0
        self._fresh = 0

    @property
    def speculates(self) -> bool:
        """Whether anybody asks what values that are not known most likely are."""
        return self.speculation.tensors is not None

    @property
    def iteration(self) -> tuple[tuple[int, int], ...]:
        """The loop iterations of this moment."""
        return self.loops.iteration

    def let_go(self) -> None:
        """Hold no tensor, no node and no value any more; what is told of them stays."""
        self.history.let_go()
        self.loops.let_go()
        self.speculation.let_go()
        self.log.watched.clear()
        self.trace.let_go()
        self.shapes.clear()

    def next_order(self) -> int:
        """A number greater than all before: the order in which nodes were recorded."""
        self._order += 1
        return self._order

    def fresh(self) -> int:
        """A key for a value that nothing else equals; the same on every path up to its first choice."""
        self._fresh += 1
        return self._fresh

    def shortened(self, key: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
        """The key of an unknown value to be part of another one; what was computed from much is like nothing else.

        Hashing a key goes through all of its parts, each as often as it is met.
        """
        parts, waiting = 0, [key]
        while waiting and parts <= MAX_KEY:
            each = waiting.pop()
            parts += len(each)
            waiting += [inner for inner in each if isinstance(inner, tuple)]
        return key if parts <= MAX_KEY else Fresh(self.fresh())

    def shape_of(self, tensor: Tensor) -> Shape:
        """The shape of a tensor of which it is not known, the same each time."""
        if tensor not in self.shapes:
            self.shapes[tensor] = Shape(self.fresh())
        return self.shapes[tensor]

    def size_of(self, tensor: Tensor, dim: int) -> int | Symbolic:
        """How many elements a tensor has along a dimension."""
        known = tensor.sizes.at(dim)
        if isinstance(known, int):
            return known
        key = known or Count(self.shape_of(tensor).number, dim)
        if known is None and tensor.sizes.place(dim) is not None:
            tensor.sizes = tensor.sizes.having(dim, key, tensor.sizes.source)
        return Symbolic(key)

    def shape_value(self, tensor: Tensor) -> tuple[object, ...] | Symbolic:
        """What the shape of a tensor is to the program."""
        rank = tensor.sizes.rank
        if rank is None:
            return Symbolic(self.shape_of(tensor))
        return tuple(self.size_of(tensor, dim) for dim in range(rank))

    def so_far(self) -> tuple[int, int]:
        """How much has gone wrong, and how much has happened, for ``forgive``."""
        return len(self.log.faults), len(self.trace.events)

    def forgive(self, since: tuple[int, int]) -> None:
        """What went wrong since was expected."""
        faults, events = since
        del self.log.faults[faults:]
        self.trace.forgive(events)

    def note_fates(self, fates: Fates, fed: Mapping[Feeders, int], at: ast.AST) -> None:
        """Note what becomes at a place of the gradients of some backwards, for the indices of the leaves that each fed.

        Raises: OutOfBudget.
        """
        for feeders, indices in fed.items():
            self.budget.spend(len(feeders))
            for each in feeders:
                fates[each, at] = fates.get((each, at), 0) | indices
