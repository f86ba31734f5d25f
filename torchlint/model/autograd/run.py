"""One run of the program in one world: grad modes, the choices that make the world, and what went wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from torchlint.model.autograd.faults import Fault, Kind, Raised

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from torchlint.model.autograd.graph import Node
    from torchlint.model.autograd.quiet import Quiet
    from torchlint.model.autograd.values import Mode, Name, ObjectValue, Tensor

from contextlib import contextmanager
from dataclasses import dataclass, replace

from torchlint.model.autograd.limits import MAX_KEY, MAX_WORK, TOO_MANY_STEPS, TOO_MUCH_WORK, OutOfBudget
from torchlint.model.autograd.values import ModeKind, Unknown

Fates = dict[tuple["ast.AST", "ast.AST"], int]
"""What became of gradients: two places, and for which indices, as the bits of a number."""


Feeders = frozenset["ast.AST"]
"""The backwards whose gradients a leaf holds."""


def note_fates(run: Run, fates: Fates, fed: Mapping[Feeders, int], at: ast.AST) -> None:
    """Note what becomes at a place of the gradients of some backwards, for the indices of the leaves that each fed."""
    for feeders, indices in fed.items():
        run.spend(len(feeders))
        for each in feeders:
            fates[each, at] = fates.get((each, at), 0) | indices


@dataclass(frozen=True, slots=True)
class Retained:
    """A backward that kept the graph: its nodes, how it was written, whether it recorded its own graph, and how many
    backwards there had been."""

    at: ast.AST
    nodes: frozenset[object]
    name: Name
    creates: bool
    number: int


def _asked_before(key: Hashable, choices: Mapping[Hashable, bool]) -> list[bool]:
    """Where a key asks if a value is some constant: whether it was other ones that were asked for before."""
    if not (isinstance(key, tuple) and key[0] == "eq" and _is_constant(key[2])):
        return []
    return [
        value
        for other, value in choices.items()
        if isinstance(other, tuple) and other[:2] == key[:2] and _is_constant(other[2])
    ]


def _is_word(key: Hashable) -> bool:
    return isinstance(key, tuple) and isinstance(key[2], tuple) and key[2][0] == "str"


def _is_constant(key: object) -> bool:
    return isinstance(key, tuple) and key[:1] in (("str",), ("int",))


class Run:
    """The state of one world that is no value: what ``torch`` keeps globally, and what the interpreter counts.

    ``choices`` are the decisions that make this world; those that it met without an answer go the ``default`` way and
    are appended to ``met``; unless it ``exits`` where it can, none goes the way to an early return, and ``exited`` is
    whether there was one. ``budget`` is how many steps it may take, ``work`` how much these may cost. ``assumed`` is
    what the current code takes for granted (None: nothing). ``quiet`` tells which branches do not matter.

    ``passed`` are the backwards that ran through some graph, ``needless`` tells at the end which of the ``retained``
    ones kept it for nothing. ``feeders`` are those whose gradients a leaf holds; ``trained`` says which backward
    went into which step, for the parameters at which indices of the optimizer, and ``mixed`` to which backward's
    gradient another one added its own, for the leaves at which indices of those that it reached; the indices are the
    bits of a number.

    ``guesses`` are the tensors that values that are not known most likely are, by key (None: nobody asks),
    ``optimized`` the keys of the unknown modules that an optimizer trains, ``proven`` the nodes from which backwards
    went, and ``unsure`` the backwards that may have had a graph.

    ``lengths`` are those of the loops that are running: how long they are at least, and where they are taken to end;
    ``measured`` is what they run over, with the key of its length, ``items`` says by key which item of which loop
    something is, ``sources`` what is enumerated, by number, and ``shapes`` those of tensors of which they are not
    known. ``holders`` are the modules one of which has an unknown parameter, by key.
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
    ) -> None:
        self.quiet = quiet
        self.grad = True
        self.inference = False
        self.mode_known = True
        self.mode_chosen = False
        self.choices = dict(choices)
        self.default = default
        self.exits = exits
        self.exited = False
        self.met: list[Hashable] = []
        self.conditions: dict[Hashable, tuple[ast.AST, bool]] = {}
        self.budget = budget
        self.work = work
        self.faults: list[Fault] = []
        self.retained: list[Retained] = []
        self.needless: list[Fault] = []
        self.backwards: list[frozenset[object]] = []
        self.passed: set[ast.AST] = set()
        self.feeders: dict[Tensor, frozenset[ast.AST]] = {}
        self.trained: Fates = {}
        self.mixed: Fates = {}
        self.unseen_backward = False
        self.escaped: list[Tensor] = []
        self.assumed: str | None = None
        self.iteration: tuple[tuple[int, int], ...] = ()
        self.depth = 0
        self.watched: list[tuple[object, Fault]] = []
        self.guesses: dict[tuple[Hashable, ...], Tensor] | None = {} if guesses else None
        self.optimized: set[object] = set()
        self.proven: list[Node] = []
        self.unsure: set[ast.AST] = set()
        self.lengths: dict[Hashable, tuple[int, int]] = {}
        self.measured: list[tuple[object, Hashable]] = []
        self.items: dict[Hashable, tuple[Hashable, int]] = {}
        self.sources: dict[int, object] = {}
        self.shapes: dict[Tensor, Unknown] = {}
        self.holders: dict[Hashable, list[ObjectValue]] = {}
        self._order = 0
        self._fresh = 0

    def step(self) -> None:
        """Count a step. Raises: OutOfBudget."""
        self.budget -= 1
        if self.budget < 0:
            raise OutOfBudget(TOO_MANY_STEPS)

    def spend(self, work: int) -> None:
        """Count the work of a step. Raises: OutOfBudget."""
        self.work -= work
        if self.work < 0:
            raise OutOfBudget(TOO_MUCH_WORK)

    def next_order(self) -> int:
        """A number greater than all before: the order in which nodes were recorded."""
        self._order += 1
        return self._order

    def fresh(self) -> int:
        """A key for a value that nothing else equals; the same in every world up to its first choice."""
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
        return key if parts <= MAX_KEY else ("value", self.fresh())

    def shape_of(self, tensor: Tensor) -> Unknown:
        """The shape of a tensor of which it is not known, the same each time."""
        if tensor not in self.shapes:
            self.shapes[tensor] = Unknown(("shape", self.fresh()))
        return self.shapes[tensor]

    def doubt(self, parameter: Hashable) -> None:
        """An unknown parameter of this key may be frozen, and so may the module that has it."""
        for each in self.holders.get(parameter, ()):
            each.is_doubtful = True

    def size_of(self, tensor: Tensor, dim: int) -> int | Unknown:
        """How many elements a tensor has along a dimension."""
        if tensor.shape is not None and -len(tensor.shape) <= dim < len(tensor.shape):
            return tensor.shape[dim]
        return Unknown(("count", self.shape_of(tensor).key[1], dim))

    def decide(self, key: Hashable, at: ast.AST, *, positive: bool = True, is_exit: bool = False) -> bool:
        """Which way a condition of this key goes in this world; ``positive``: ``at`` does not ask for its opposite.

        ``is_exit``: where it holds, the function returns early.
        """
        if isinstance(key, tuple) and key and key[0] == "not":
            return not self.decide(key[1], at, positive=not positive, is_exit=is_exit)
        if key not in self.choices:
            asked = _asked_before(key, self.choices)
            if any(asked):
                return False  # it is another constant
            usual = self.default or (bool(asked) and _is_word(key))  # a third word is unlikely
            self.choices[key] = not positive if is_exit and not self.exits else usual
            self.exited = self.exited or is_exit
            self.met.append(key)
            self.conditions[key] = at, positive
        return self.choices[key]

    def is_decided(self, key: Hashable) -> bool:
        """Whether it was asked before which way a condition of this key goes."""
        while isinstance(key, tuple) and key and key[0] == "not":
            key = key[1]
        return key in self.choices

    def settle(self, key: Hashable, known: int, *, holds: bool) -> None:
        """A condition must go one way (key None: it is no single choice); what was chosen after the first ``known``
        choices is undone."""
        for each in self.met[known:]:
            del self.choices[each]
        del self.met[known:]
        while isinstance(key, tuple) and key and key[0] == "not":
            key, holds = key[1], not holds
        if key is not None:
            self.choices.setdefault(key, holds)

    @property
    def is_mode_sure(self) -> bool:
        """Whether it is known whether gradients are recorded, and no condition decided it."""
        return self.mode_known and not self.mode_chosen

    def report(self, fault: Fault) -> None:
        """Record a fault that does not end the world."""
        self.faults.append(replace(fault, assumed=fault.assumed or self.assumed))

    def fail(self, fault: Fault) -> NoReturn:
        """Record a fault that raises. Raises: Raised."""
        self.report(fault)
        raise Raised

    def read(self, tensor: Tensor, at: ast.AST) -> None:
        """A tensor is looked at by name: if an alias of it was changed, that shows here."""
        for source, fault in self.watched:
            if source is tensor:
                self.report(replace(fault, surfaces=at))
        self.watched = [each for each in self.watched if each[0] is not tensor]

    def note_receiver(self, call: ast.Call, value: object, proven: Callable[[object], object]) -> None:
        """A method of a value is called; ``proven`` tells at the end of this world what the value must have been."""

    def read_activated(self, tensor: Tensor, at: ast.Name) -> None:
        """A tensor that was activated in place is read by a name that it had before."""
        seen = tensor.activated
        assert seen is not None
        self.report(Fault(Kind.ALIASED, seen.at, at, "", seen.target, seen.operation, source=at.id))
        tensor.activated = None

    @contextmanager
    def within(self, modes: tuple[Mode, ...]) -> Iterator[None]:
        """Run a block in grad modes, as their ``with`` does."""
        grad, inference, known = self.grad, self.inference, self.mode_known
        for mode in modes:
            self.enter(mode)
        try:
            yield
        finally:
            self.grad, self.inference, self.mode_known = grad, inference, known
            for mode in modes:
                if mode.before is not None:
                    self.grad = mode.before

    def enter(self, mode: Mode) -> None:
        """Switch a grad mode: inference mode also records nothing."""
        self.grad = mode.enabled
        self.mode_known = True
        if mode.kind is ModeKind.INFERENCE:
            self.inference = not mode.enabled
