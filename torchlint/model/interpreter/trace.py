"""What happened on one path, in order: what a rule reads that asks for more than what goes wrong by itself.

Operations are recorded where a rule asks for them by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter.events import (
    Argument,
    Backward,
    BareStep,
    Built,
    Cleared,
    Clip,
    Event,
    Handed,
    Made,
    ModeDoubt,
    ModeSwitch,
    ModuleCall,
    ModuleFlag,
    Operation,
    Owned,
    Refused,
    Replaced,
    Rewrapped,
    Scaling,
    SchedulerStep,
    Step,
    UnseenStep,
)
from torchlint.model.interpreter.kept_states import KeptStates
from torchlint.model.interpreter.read_once import ReadOnce
from torchlint.model.interpreter.values.symbolic import identity

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

    from torchlint.model.autograd.call import Call
    from torchlint.model.autograd.fault_log import FaultLog
    from torchlint.model.autograd.sizes import Mismatch
    from torchlint.model.autograd.tensor import Storage, Tensor
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.modules import LayerValue
    from torchlint.model.interpreter.values.symbolic import Symbolic

_COPYING = frozenset(
    (
        "clone",
        "contiguous",
        "reshape",
        "flatten",
        "cat",
        "concat",
        "stack",
        "index_select",
        "masked_select",
        "index",
    )
)
"""Operations that may be no views, and whose result has values of their first argument."""


@dataclass(slots=True)
class _Held:
    """What an optimizer has: the ``modules`` of the parameters that are not seen (None: not known), and all of it."""

    modules: Collection[object] | None
    all: set[object] = field(default_factory=set)


class Trace:
    """The events of one path. ``wanted`` are the names of the operations that are recorded, ``entered`` says for places
    in other files by which call the program had come there, as its ``log`` has it.

    Leaves are numbered as they are met. What an optimizer owns that is not seen counts as one leaf, which every
    backward may reach.
    """

    def __init__(self, wanted: Collection[str], log: FaultLog) -> None:
        self.events: list[Event] = []
        self.entered: dict[ast.AST, ast.AST] = {}
        self._log = log
        self.wanted = wanted
        self._producers: dict[Storage, tuple[Operation | Callable[[], Made] | None, int]] = {}
        self._results: set[Tensor] = set()
        self._unproven: dict[Hashable, Callable[[], Made]] = {}
        self._numbers: dict[object, int] = {}
        self._unseen: dict[object, set[ast.AST]] = {}
        self.states = KeptStates(self.add, self.numbered)
        self.generators = ReadOnce(self.add)
        self._owned: dict[object, _Held] = {}

    def let_go(self) -> None:
        """Hold no tensor and no optimizer any more."""
        for each in (self._producers, self._results, self._unproven, self._numbers, self._unseen, self._owned):
            each.clear()
        self.states.let_go()
        self.generators.let_go()

    def add(self, event: Event) -> None:
        """Something happened."""
        self.events.append(event)
        if self._log.entered is not None:
            self.entered.setdefault(event.at, self._log.entered)

    # Operations.

    def operation(self, call: Call, results: Sequence[object]) -> None:
        """An operation gave some results."""
        made = self._copied(call) if self._producers else None
        if call.name in self.wanted:
            given = {**call.settings, **call.arguments}
            made = Operation(call.at, call.name, call.label, self._arguments(given, call.texts, call.at), call.built)
            self.add(made)
            self._results.update(tensors_in(list(results)))
        if made is not None:
            self._producers.update((each.storage, (made, each.storage.version)) for each in tensors_in(list(results)))

    def built(self, site: Site, layer: LayerValue) -> None:
        """A layer was built."""
        name = layer.name.rpartition(".")[2]
        if name in self.wanted:
            texts = {**dict(zip(layer.arguments, site.texts, strict=False)), **site.keyword_texts}
            label = layer.name.removeprefix("torch.")
            self.add(Built(site.at, name, label, self._arguments(layer.arguments, texts, site.at)))

    def refuse(self, call: Call, mismatch: Mismatch, *, is_built: bool = False) -> None:
        """PyTorch refuses the sizes of what an operation is given; that of a layer inside another one is at fault where
        it was built."""
        is_inner = call.built is not None and not call.texts
        self._refuse(call.built if is_inner and call.built else call.at, call.label, mismatch, is_built=is_built)

    def refuse_at(self, site: Site, mismatch: Mismatch) -> None:
        """PyTorch refuses the sizes of what a method is given."""
        self._refuse(site.at, site.label, mismatch)

    def _refuse(self, at: ast.AST, label: str, mismatch: Mismatch, *, is_built: bool = False) -> None:
        sizes = tuple((str(each), each.source) for each in mismatch.of)
        self.add(Refused(at, label, mismatch.text, mismatch.message, sizes, is_built))

    def forgive(self, since: int) -> None:
        """What was refused since was expected."""
        self.events[since:] = [each for each in self.events[since:] if not isinstance(each, Refused)]

    def _arguments(
        self, given: Mapping[str, object], texts: Mapping[str, ast.AST], at: ast.AST
    ) -> Mapping[str, Argument]:
        return {name: self._argument(value, texts.get(name, at)) for name, value in given.items()}

    def _argument(self, value: object, written: ast.AST) -> Argument:
        tensors = tensors_in(value, 0)
        constant = value if isinstance(value, (bool, int, float, str)) else None
        shape, dtype = (tensors[0].shape, tensors[0].dtype) if tensors else (None, None)
        is_result = any(each in self._results for each in tensors)
        grad = requires_grad(tensors[0]) if tensors else Answer.NO
        made = self.producer(value)
        return Argument(written, constant, value is None, bool(tensors), shape, dtype, made, is_result, grad)

    def produced(self, tensor: Tensor, find: Callable[[], Made]) -> None:
        """Code that is not looked into gave a tensor; ``find`` says by which operation, where somebody asks."""
        if self.wanted:
            self._producers[tensor.storage] = find, tensor.storage.version

    def parted(self, whole: Tensor, index: object, part: Tensor | Symbolic) -> None:
        """A part was taken of what code that is not looked into gave."""
        made, version = self._producers.get(whole.storage, (None, 0))
        if made is None or whole.storage.version != version:
            return
        find = partial(_part_made, made, index)
        for tensor in tensors_in(part):
            self.produced(tensor, find)
        if (key := identity(part)) is not None:
            self._unproven[key] = find

    def prove(self, value: Symbolic, tensor: Tensor) -> None:
        """Something that was not known is a tensor."""
        if value.key in self._unproven:
            self.produced(tensor, self._unproven[value.key])

    def forget(self, keys: Collection[Hashable]) -> None:
        """Some of what is not known may have changed."""
        for each in self._unproven.keys() & keys:
            del self._unproven[each]

    def made(self, value: object) -> Made:
        """The operation that gave a value, or those that gave its parts."""
        if isinstance(value, (list, tuple)):
            return tuple(map(self.made, value))
        if isinstance(value, dict):
            return {name: self.made(each) for name, each in value.items()}
        return self.producer(value)

    def producer(self, value: object) -> Operation | None:
        """The operation whose result a value, or what it is a view of, has had since; not if that was changed."""
        tensors = tensors_in(value)
        if len(tensors) != 1:
            return None
        storage = tensors[0].storage
        made, version = self._producers.get(storage, (None, 0))
        if storage.version != version:
            return None
        if made is None or isinstance(made, Operation):
            return made
        found = made()
        return found if isinstance(found, Operation) else None

    def _copied(self, call: Call) -> Operation | None:
        """The operation of whose result a call makes a copy."""
        if call.name not in _COPYING or not call.arguments:
            return None
        producers = {self.producer(each) for each in tensors_in(next(iter(call.arguments.values())))}
        return producers.pop() if len(producers) == 1 else None

    # Gradients.

    def own(
        self, at: ast.AST, optimizer: object, parameters: Collection[Tensor], modules: Collection[object] | None
    ) -> None:
        """An optimizer was made, or given more parameters; those that are not seen, modules have (None: not known)."""
        if optimizer not in self._owned and not parameters:
            self._unseen.setdefault(optimizer, set())
        self._owned.setdefault(optimizer, _Held(modules)).all.update(parameters, modules or ())
        leaves, others = (self.numbered(each) for each in (parameters, modules or ()))
        self.add(Owned(at, self._number(optimizer), leaves, others, modules is not None))

    def open_group(self, at: ast.AST) -> None:
        """The list of an optimizer's parameters was read, which may be to give it others."""
        self.add(Owned(at, -1, frozenset(), frozenset(), False))

    def replace(
        self, at: ast.AST, before: Callable[[], Iterable[object]], after: Callable[[], Iterable[object]]
    ) -> None:
        """Something has another value than before, or a module has one more part: what had its parameters, and what
        waits for gradients now."""
        if not self._owned:
            return
        new = {*after()}
        old = {*before()} if new else set()
        optimizers = [each for each, held in self._owned.items() if not held.all.isdisjoint(old)]
        if optimizers and (new := new - old):
            is_seen = len(tensors_in([*old, *new])) == len(old) + len(new)
            self.add(Replaced(at, self.numbered(optimizers), self.numbered(new), is_seen))

    def backward(
        self, at: ast.AST, fresh: Iterable[Tensor] = (), again: Iterable[Tensor] = (), *, is_seen: bool = False
    ) -> None:
        """A backward reached leaves without gradient, and some that hold what it left there before."""
        numbers = set(map(self._number, fresh)), set(map(self._number, again))
        for optimizer, fed in self._unseen.items():
            if not fed or at in fed:
                numbers[at in fed].add(self._number(optimizer))
            fed.add(at)
        self.add(Backward(at, frozenset(numbers[0]), frozenset(numbers[1]), is_seen))

    def step(self, at: ast.AST, optimizer: object, parameters: Iterable[Tensor]) -> None:
        """An optimizer used the gradients of some parameters."""
        is_seen = optimizer not in self._unseen
        uses = self.numbered(parameters if is_seen else [optimizer])
        self.add(Step(at, uses, is_seen, self._number(optimizer)))

    def schedule(self, at: ast.AST, optimizer: object) -> None:
        """A scheduler went on to the next rate of an optimizer, None: of whichever there is."""
        self.add(SchedulerStep(at, None if optimizer is None else self._number(optimizer)))

    def schedule_bare(self, at: ast.AST, made: ast.AST) -> None:
        """A scheduler that follows a metric was not given it."""
        self.add(BareStep(at, made))

    def scaling(self, at: ast.AST, method: str, scaler: object, optimizer: object, *, is_sure: bool) -> None:
        """A method of a gradient scaler was called; for an optimizer, None where it takes none that is known."""
        number = self._number(optimizer) if optimizer is not None else None
        self.add(Scaling(at, method, is_sure, self._number(scaler), number))

    def clip(self, at: ast.AST, parameters: Collection[Tensor], *, is_all: bool) -> None:
        """Gradients of some parameters were clipped; ``is_all``: of no others."""
        self.add(Clip(at, self.numbered([*parameters, *(() if is_all else self._unseen)])))

    def clear_known(self, at: ast.AST, fed: Iterable[Tensor], optimizer: object = None) -> None:
        """Gradients of some leaves certainly were cleared, and those of an optimizer's."""
        cleared = self.numbered([*fed, *((optimizer,) if optimizer in self._unseen else ())])
        self.clear(optimizer)
        if cleared:
            self.add(Cleared(at, cleared))

    def clear_unknown(self, at: ast.AST, owner: object) -> None:
        """``zero_grad`` of something unknown, which is an optimizer if it ever steps."""
        if owner not in self._unseen:
            self._unseen[owner] = {each.at for each in self.events if isinstance(each, Backward)}
        self.add(Cleared(at, self.numbered((owner,))))
        self.clear_unseen(at, is_any=True)

    def step_unknown(self, at: ast.AST, owner: object, *, is_usual: bool = False) -> None:
        """``step`` of something unknown, which is an optimizer if it has cleared gradients, or is called so."""
        if is_usual and owner not in self._unseen:
            self._unseen[owner] = {each.at for each in self.events if isinstance(each, Backward)}
        if owner in self._unseen:
            if owner not in self._owned:
                self.own(at, owner, (), None)
            self.step(at, owner, ())

    def clear(self, optimizer: object = None) -> None:
        """The gradients of an optimizer's parameters were cleared, or (None) of any that are not seen."""
        for other, fed in self._unseen.items():
            if optimizer is None or optimizer is other or self._may_share(optimizer, other):
                fed.clear()

    def _may_share(self, one: object, other: object) -> bool:
        """Whether two optimizers whose parameters are not seen may have some in common."""
        ones, others = self._modules_of(one), self._modules_of(other)
        return ones is None or others is None or any(each in others for each in ones)

    def _modules_of(self, optimizer: object) -> Collection[object] | None:
        """The modules that have all parameters of an optimizer that are not seen, None where there may be others."""
        if optimizer not in self._unseen:
            return ()
        return self._owned[optimizer].modules if optimizer in self._owned else None

    def clear_unseen(self, at: ast.AST, *, is_any: bool) -> None:
        """Something that is not seen may have cleared gradients: any, or only what code that is not seen has."""
        self.clear()
        if is_any or any(isinstance(each, Handed) for each in self.events):
            self.hand(at)

    def hand(self, at: ast.AST) -> None:
        """Code that is not seen was given what holds gradients."""
        self.add(Handed(at))

    def flag_module(self, at: ast.AST, value: bool) -> None:
        """A module was given an attribute ``requires_grad``."""
        self.add(ModuleFlag(at, value))

    def rewrap(self, at: ast.AST, written: ast.AST, *, has_graph: bool) -> None:
        """A tensor was made of a tensor."""
        self.add(Rewrapped(at, written, has_graph))

    def numbered(self, holders: Iterable[object]) -> frozenset[int]:
        """The numbers of leaves, or of what has them."""
        return frozenset(map(self._number, holders))

    # Modes of modules.

    @property
    def follows_modes(self) -> bool:
        """Whether a rule asks for the modes of modules."""
        return "eval" in self.wanted

    def switch(
        self,
        at: ast.AST,
        modules: Sequence[object],
        *,
        trains: bool,
        heeds: Answer = Answer.MAYBE,
        is_seen: bool = False,
    ) -> None:
        """The first of some modules, or what identifies one of which nothing is known, was switched with the others."""
        numbers = list(map(self._number, modules))
        self.add(ModeSwitch(at, numbers[0], frozenset(numbers), trains, heeds, is_seen))

    def doubt_modes(self, at: ast.AST, is_within: Callable[[object], bool] | None = None) -> None:
        """Code that is not seen may have switched any module, or (``is_within``) some of those met so far."""
        if is_within is None:
            self.add(ModeDoubt(at, None))
        elif touched := frozenset(number for holder, number in self._numbers.items() if is_within(holder)):
            self.add(ModeDoubt(at, touched))

    def call_module(
        self,
        at: ast.AST,
        module: object,
        *,
        is_recorded: bool,
        training: Answer = Answer.MAYBE,
        heeds: Answer = Answer.MAYBE,
    ) -> None:
        """A module is called, or what identifies one of which nothing is known."""
        self.add(ModuleCall(at, self._number(module), is_recorded, training, heeds))

    def step_unseen(self, at: ast.AST) -> None:
        """Something of which nothing is known took a step."""
        self.add(UnseenStep(at))

    def _number(self, holder: object) -> int:
        return self._numbers.setdefault(holder, len(self._numbers))


def _part_made(whole: Operation | Callable[[], Made], index: object) -> Made:
    """What gave a part of what an operation gave, or several did."""
    made = whole if isinstance(whole, Operation) else whole()
    if isinstance(made, tuple):
        return made[index] if isinstance(index, int) and -len(made) <= index < len(made) else None
    if isinstance(made, dict):
        return made.get(index) if isinstance(index, (str, int)) else None
    return made
