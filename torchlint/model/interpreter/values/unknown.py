"""What is not known, or only by its name, where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.canonical import canonical
from torchlint.model.interpreter.gradient_flow import is_differentiable
from torchlint.model.interpreter.identities import Attribute, Count, Item, Shape, is_one_object
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic
from torchlint.model.interpreter.values.value import Wrapped, as_value, wraps

if TYPE_CHECKING:
    import ast

    from torchlint.model.autograd.grad_state import GradState
    from torchlint.model.autograd.tensor import Node, Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_NUMBERS = ("builtins.", "numpy.", "math.", "random.", "logging.", "warnings.", "os.", "sys.", "json.")


@wraps(Symbolic)
class WrappedSymbolic(Wrapped[Symbolic]):
    """What something does of which nothing is known."""

    __slots__ = ()

    def edges(self, run: GradState) -> tuple[Node | Tensor, ...]:
        return self.of.flow

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        if self.of.is_optional and is_one_object(self.of.key):  # None has no attributes
            return as_value(vm.prove(self.of, at)).attribute(vm, name, at)
        kept = vm.heap.get((self.of.key, name))
        flow = self.of.flow if self.of.flow and is_differentiable(name) else ()
        return kept if kept is not None else Symbolic(Attribute(vm.run.shortened(self.of.key), name), flow)

    def set_attribute(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        vm.heap[self.of.key, name] = value
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

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        if isinstance(index, (int, str)):
            vm.heap[self.of.key, repr(index)] = value


@wraps(Symbol)
class WrappedSymbol(Wrapped[Symbol]):
    """What something does that is imported."""

    __slots__ = ()

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        return Symbol(canonical(f"{self.of.name}.{name}"), self.of.home)

    @property
    def gives_no_tensor(self) -> bool:
        return self.of.name.startswith(_NUMBERS)

    def call(self, vm: Interpreter, site: Site) -> object:
        return vm.call_named(site, self.of)
