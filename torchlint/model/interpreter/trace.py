"""What happened on one path, in order: what a rule reads that asks for more than what goes wrong by itself.

Events name places of the program and numbers; they hold no tensor, so that the many paths of a file can be read
together. Operations are recorded where a rule asks for them by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from torchlint.model.autograd.results import tensors_in
from torchlint.model.interpreter.values.symbolic import identity

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence

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


@dataclass(frozen=True, slots=True)
class Argument:
    """What an operation was given: how it is written, its value where that is a constant, whether it is None, whether
    it is a tensor, with its shape and dtype where they are known, and the recorded operation whose result it has the
    values of (None: another one, or not known). ``is_result``: it is that very result, of the same shape."""

    written: ast.AST
    constant: object
    is_none: bool
    is_tensor: bool
    shape: tuple[int, ...] | None
    dtype: str | None
    producer: Operation | None
    is_result: bool


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
    those that still hold what this very backward left there before."""

    at: ast.AST
    fresh: frozenset[int]
    again: frozenset[int]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an optimizer, by its number: the leaves whose gradients it ``uses``. ``is_seen``: these are all that it
    owns."""

    at: ast.AST
    uses: frozenset[int]
    is_seen: bool
    optimizer: int


@dataclass(frozen=True, slots=True)
class SchedulerStep:
    """A step of a scheduler to the next rate of an optimizer, by its number."""

    at: ast.AST
    optimizer: int


@dataclass(frozen=True, slots=True)
class Scaling:
    """A call of a method of a gradient scaler that may be enabled: ``scale``, ``unscale_``, ``step`` or ``update``.
    ``is_sure``: it is enabled where its device is there."""

    at: ast.AST
    method: str
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Clip:
    """Gradients were clipped to a norm or a value."""

    at: ast.AST


@dataclass(frozen=True, slots=True)
class Handed:
    """Modules, optimizers or parameters were given to code that is not seen, which may clear or change gradients."""

    at: ast.AST


@dataclass(frozen=True, slots=True)
class Gathered:
    """A sum or list holds on to a graph of an earlier iteration that ``backward`` has freed: ``written`` is what is
    added to it, which ``is_spent`` where its own graph is freed as well."""

    at: ast.AST
    written: ast.AST
    backward: ast.AST
    is_spent: bool


@dataclass(frozen=True, slots=True)
class ModuleFlag:
    """An assignment of ``requires_grad`` to a module, which has no such attribute."""

    at: ast.AST
    value: bool


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
    Refused | Operation | Built | Backward | Step | SchedulerStep | Scaling | Clip | Handed | Gathered | ModuleFlag
)

Made: TypeAlias = "Operation | tuple[Made, ...] | dict[object, Made] | None"
"""The recorded operation that gave a value, or each of its parts."""


def operations(events: Iterable[Event], names: Collection[str]) -> Iterator[Operation]:
    """The recorded operations of some names, in their order."""
    return (each for each in events if isinstance(each, Operation) and each.name in names)


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
        self._owned: dict[object, Collection[object] | None] = {}

    def let_go(self) -> None:
        """Hold no tensor and no optimizer any more."""
        for each in (self._producers, self._results, self._unproven, self._numbers, self._unseen, self._owned):
            each.clear()

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
        return Argument(written, constant, value is None, bool(tensors), shape, dtype, self.producer(value), is_result)

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

    def own(self, optimizer: object, modules: Collection[object] | None) -> None:
        """An optimizer was made whose parameters are not seen, but for the modules that have them (None: not known)."""
        self._unseen[optimizer] = set()
        self._owned[optimizer] = modules

    def backward(self, at: ast.AST, fresh: Iterable[Tensor] = (), again: Iterable[Tensor] = ()) -> None:
        """A backward reached leaves without gradient, and some that hold what it left there before."""
        numbers = set(map(self._number, fresh)), set(map(self._number, again))
        for optimizer, fed in self._unseen.items():
            if not fed or at in fed:
                numbers[at in fed].add(self._number(optimizer))
            fed.add(at)
        self.add(Backward(at, *map(frozenset, numbers)))

    def step(self, at: ast.AST, optimizer: object, parameters: Iterable[Tensor]) -> None:
        """An optimizer used the gradients of some parameters."""
        is_seen = optimizer not in self._unseen
        uses = map(self._number, parameters if is_seen else [optimizer])
        self.add(Step(at, frozenset(uses), is_seen, self._number(optimizer)))

    def schedule(self, at: ast.AST, optimizer: object) -> None:
        """A scheduler went on to the next rate of an optimizer."""
        self.add(SchedulerStep(at, self._number(optimizer)))

    def scaling(self, at: ast.AST, method: str, *, is_sure: bool) -> None:
        """A method of a gradient scaler was called."""
        self.add(Scaling(at, method, is_sure))

    def clip(self, at: ast.AST) -> None:
        """Gradients were clipped."""
        self.add(Clip(at))

    def clear(self, optimizer: object = None) -> None:
        """The gradients of an optimizer's parameters were cleared, or (None) of any that are not seen."""
        for other, fed in self._unseen.items():
            if optimizer is None or optimizer is other or self._may_share(optimizer, other):
                fed.clear()

    def _may_share(self, one: object, other: object) -> bool:
        """Whether two optimizers whose parameters are not seen may have some in common."""
        ones, others = self._owned.get(one, ()), self._owned.get(other, ())
        return ones is None or others is None or any(each in others for each in ones)

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
