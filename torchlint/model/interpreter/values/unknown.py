"""What is not known, or only by its name, where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.canonical import canonical
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.interpreter.gradient_flow import is_differentiable, may_be_cut
from torchlint.model.interpreter.identities import (
    Attribute,
    Count,
    Enumerated,
    Item,
    Not,
    Range,
    Shape,
    Truth,
    Zipped,
    is_one_object,
    owners,
)
from torchlint.model.interpreter.loop_bounds import ENOUGH, Items, length_of, line, of_any_number
from torchlint.model.interpreter.values import module_modes, parameters
from torchlint.model.interpreter.values.sort import UNKNOWN
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic
from torchlint.model.interpreter.values.value import Wrapped, as_value, note_replaced, wraps

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Hashable, Iterable

    from torchlint.model.autograd.grad_state import GradState
    from torchlint.model.autograd.tensor import Node, Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.operator import Operator
    from torchlint.model.interpreter.values.sort import Sort

_TRANSPARENT = frozenset(
    ("builtins.staticmethod", "builtins.property", "functools.cached_property", "abc.abstractmethod")
)
"""Decorators that leave a function's body as it is; whoever finds the function heeds them."""
_GRAD_MODES = {
    "torch.no_grad": Mode(ModeKind.GRAD, False),
    "torch.enable_grad": Mode(ModeKind.GRAD, True),
    "torch.inference_mode": Mode(ModeKind.INFERENCE, False),
    "torch.cuda.amp.autocast": Mode(ModeKind.AUTOCAST, True),
}
_NUMBERS = ("builtins.", "numpy.", "math.", "random.", "logging.", "warnings.", "os.", "sys.", "json.")
_SETTINGS = ("argparse.", "configparser.", "logging.", "os.", "pathlib.", "platform.", "sys.", "time.", "yaml.")


@wraps(Symbolic)
class WrappedSymbolic(Wrapped[Symbolic]):
    """What something does of which nothing is known."""

    __slots__ = ()

    @property
    def is_constant(self) -> bool:
        return True

    @property
    def sort(self) -> Sort:
        return UNKNOWN

    @property
    def is_likely_module(self) -> bool:
        return self.of.is_held

    def taken_for_tensor(self, vm: Interpreter, at: ast.AST) -> object:
        return vm.prove(self.of, at) if is_one_object(self.of.key) else self.of

    def holders(self) -> Iterable[object]:
        return owners(self.of.key)

    def before_change(self, vm: Interpreter, settle: Callable[[], None]) -> None:
        if is_one_object(self.of.key):
            vm.visited.setdefault(self.of.key, []).append(settle)

    @property
    def is_undecided(self) -> bool:
        return True

    def equality_key(self, vm: Interpreter) -> Hashable:
        return vm.run.shortened(self.of.key)

    def augmented(self, vm: Interpreter, at: ast.AugAssign, operator: Operator, right: object) -> object:
        proven = vm.proven_by_now(self.of, right, at.target)
        if proven is self.of:
            return vm.note_change(self.of, vm.binary(at, operator.kind, self.of, right))
        found = as_value(proven).augmented(vm, at, operator, right)
        return vm.binary(at, operator.kind, proven, right) if found is NotImplemented else found

    def edges(self, run: GradState) -> tuple[Node | Tensor, ...]:
        return tuple(each for each in self.of.flow if not may_be_cut(run, each))

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        if self.of.is_optional and is_one_object(self.of.key):  # None has no attributes
            return as_value(vm.prove(self.of, at)).attribute(vm, name, at)
        kept = vm.heap.get((self.of.key, name))
        if name == "training":  # whoever asks for the mode most likely restores it
            module_modes.doubt(vm, at, [self.of])
        flow = self.of.flow if self.of.flow and is_differentiable(name) else ()
        return kept if kept is not None else Symbolic(Attribute(vm.run.shortened(self.of.key), name), flow)

    def set_attribute(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        note_replaced(vm, at, self.of, value)
        vm.heap[self.of.key, name] = value
        vm.stored(at, self.of, name, value)
        if name == "grad":
            vm.run.trace.clear_unseen(at, is_any=True)
        if name == "requires_grad":
            vm.run.speculation.doubt(self.of.key)
            vm.note_flag(self.of)

    def delete_attribute(self, vm: Interpreter, name: str) -> None:
        vm.heap.pop((self.of.key, name), None)

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        if isinstance(self.of.key, Shape) and isinstance(index, int):
            return Symbolic(Count(self.of.key.number, index))
        kept = vm.heap.get((self.of.key, repr(index))) if isinstance(index, (int, str)) else None
        found = Symbolic(Item(vm.run.shortened(self.of.key), vm.run.fresh()), self.of.flow)
        return kept if kept is not None else vm.note_part(found, self.of)

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        match self.of.key:
            case Range(start=start, stop=stop):
                return _counted(start, stop)
            case Enumerated(number=number, start=start):
                return _enumerated(vm, at, number, start)
            case Zipped(number=number):
                return _zipped(vm, at, number)
        vm.run.trace.generators.read(at, self.of)
        parts = parameters.items(self.of, vm.run.fresh, ENOUGH)
        return Wrapped.items(self, vm, at) if parts is None else of_any_number(vm.run, parts, self.of)

    def length(self, vm: Interpreter) -> object:
        found = length_of(vm.run, self.of)
        counted = vm.run.shortened(self.of.key)
        return found or Symbolic(Count(vm.run.fresh(), counted=counted))

    def question(self, fresh: Callable[[], int]) -> Hashable | None:
        return self.of.key

    def negated(self, vm: Interpreter) -> object:
        key = self.of.key
        return Symbolic(key.condition if isinstance(key, Not) else Not(key))

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        note_replaced(vm, at, self.of, value)
        vm.run.trace.states.change(self.of)
        vm.stored(at, self.of, "", value)
        if isinstance(index, (int, str)):
            vm.heap[self.of.key, repr(index)] = value


@wraps(Symbol)
class WrappedSymbol(Wrapped[Symbol]):
    """What something does that is imported."""

    __slots__ = ()

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        return Symbol(canonical(f"{self.of.name}.{name}"), self.of.home)

    @property
    def is_constant(self) -> bool:
        return True

    @property
    def imported_name(self) -> str | None:
        return self.of.name

    def plain(self, vm: Interpreter) -> object:
        return self.of

    def call_key(self) -> Hashable:
        return self.of

    @property
    def decorating(self) -> tuple[Mode, ...] | None:
        if self.of.name in _TRANSPARENT:
            return ()
        mode = _GRAD_MODES.get(self.of.name)
        return None if mode is None else (mode,)

    def equality_key(self, vm: Interpreter) -> Hashable:
        return self.of.name

    def question(self, fresh: Callable[[], int]) -> Hashable | None:
        return Truth(self.of.name)

    def negated(self, vm: Interpreter) -> object:
        return Symbolic(Not(Truth(self.of.name)))

    @property
    def gives_no_tensor(self) -> bool:
        return self.of.name.startswith(_NUMBERS)

    @property
    def gives_settings(self) -> bool:
        return self.of.name.startswith(_SETTINGS)

    def call(self, vm: Interpreter, site: Site) -> object:
        return vm.call_named(site, self.of)


def _counted(start: int, stop: tuple[Hashable, ...] | None) -> Items:
    """What ``range`` gives up to something unknown."""
    length, _ = line(stop)
    counted = length.counted if isinstance(length, Count) else None
    source = Symbolic(counted) if counted is not None else None
    return Items(list(range(start, start + ENOUGH)), False, stop, start, source)


def _enumerated(vm: Interpreter, at: ast.AST, number: int, start: int | None) -> Items:
    """What ``enumerate`` gives of something whose length is not known."""
    inner = as_value(vm.run.loops.sources[number]).items(vm, at)
    indices = [vm.unknown() if start is None else start + each for each in range(len(inner.values))]
    values: list[object] = list(zip(indices, inner.values, strict=True))
    return Items(values, inner.exact, inner.length, source=inner.source, is_cut=inner.is_cut)


def _zipped(vm: Interpreter, at: ast.AST, number: int) -> Items:
    """What ``zip`` gives of things whose lengths are not known."""
    columns = vm.run.loops.sources[number]
    assert isinstance(columns, list)
    found = [as_value(each).items(vm, at) for each in columns]
    return of_any_number(vm.run, zip(*(each.values for each in found), strict=False), None)
