"""Classes of the program and their instances, where they are used."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Raised
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.identities import TRAINING, Attribute, Instance, Single, Truth
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.spent_graphs import note_replacement
from torchlint.model.interpreter.values import parameters
from torchlint.model.interpreter.values.callables import Bound
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.functions import decorators
from torchlint.model.interpreter.values.module_methods import METHODS
from torchlint.model.interpreter.values.symbolic import Symbolic, held
from torchlint.model.interpreter.values.torch_modules import WrappedModule
from torchlint.model.interpreter.values.value import Method, Value, Wrapped, as_value, deep_copy, note_replaced, wraps

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from torchlint.model.interpreter.protocol import Block, Interpreter, Signal
    from torchlint.model.interpreter.values.value import Copies


@wraps(ClassValue)
class WrappedClass(Wrapped[ClassValue]):
    """What a class of the program does."""

    __slots__ = ()

    @property
    def is_of_program(self) -> bool:
        return True

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        found = self.of.find(name)
        if found is MISSING and name == "apply" and self.of.is_function:
            return Method(self.of, name)
        return found if found is not MISSING else Symbolic(Single("class", (self.of.name, name, vm.run.fresh())))

    def set_attribute(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        self.of.names[name] = value

    def call(self, vm: Interpreter, site: Site) -> object:
        return vm.build(site, self.of)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        return vm.apply_function(site, self.of) if name == "apply" else vm.call_unknown(site, self.of)

    def leads_to(self) -> Iterator[object]:
        for each in dict.values(self.of.names):
            yield from as_value(each).leads_to()

    def plain(self, vm: Interpreter) -> object:
        return self.of

    def call_key(self) -> Hashable:
        return id(self.of)

    def super_of(self, instance: Value) -> Value | None:
        return Super(self.of, instance)


def _is_of_self(target: ast.AST) -> bool:
    """Whether an attribute is one of ``self``, which a class may have for its own use."""
    return isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"


@wraps(ObjectValue)
class WrappedObject(WrappedModule[ObjectValue]):
    """What an instance of a class of the program does."""

    __slots__ = ()

    @property
    def likeness(self) -> Hashable:
        return id(self.of.kind)

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        if "__getattribute__" in self.of.kind.specials:
            return vm.unknown()
        if name in self.of.attributes:
            return self.of.attributes[name]
        found = self.of.kind.find(name)
        if found is not MISSING:
            return as_value(found).found_on(vm, self, at)
        if self.of.is_module:
            if name == "training":
                return self.of.training is Answer.YES if self.of.training is not Answer.MAYBE else Symbolic(TRAINING)
            if name in METHODS:
                return Method(self.of, name)
            if self.of.kind.home == vm.module.home and name in vm.project.registered(self.of.kind.line):
                return parameters.registered(self.of.number or vm.run.fresh(), name)
        if self.of.number:
            return Symbolic(Attribute(Instance(self.of.number), name))
        return Symbolic(Attribute(None, name, vm.run.fresh()))

    def set_attribute(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        """Write an attribute, which a property may do in its own way."""
        if "__setattr__" in self.of.kind.specials:
            value = vm.unknown()
        setter = self.of.kind.find(name)
        if "setter" in decorators(getattr(setter, "node", at)):
            vm.call_site(Site(at, name, [self.of, value], {}), replace(setter, modes=()))  # type: ignore[type-var]
            return
        if isinstance(value, Tensor) and value.name == "":
            value.name = name
        vm.stored(at, self.of, name, value)
        if self.of.is_module and setter is MISSING and name not in self.of.attributes and not _is_of_self(at):
            self.note_flag(vm, name, value, at)
        before = self.of.attributes.get(name, self.of if self.of.is_module else None)
        note_replaced(vm, at, before, value)
        note_replacement(vm.run, before, value)
        if isinstance(before, Tensor):
            vm.run.history.reach.replaced.add(before)
        self.of.attributes[name] = held(value) if self.of.is_module else value

    def delete_attribute(self, vm: Interpreter, name: str) -> None:
        self.of.attributes.pop(name, None)

    def keep(self, name: str, value: object) -> None:
        self.of.attributes[name] = value

    def question(self, fresh: Callable[[], int]) -> Hashable | None:
        has_a_say = not self.of.kind.specials.isdisjoint(("__bool__", "__len__"))
        return Truth(fresh()) if has_a_say else None

    @property
    def has_state(self) -> bool:
        return True

    def copied(self, known: Copies) -> object:
        made = replace(self.of, attributes={}, buffers=set(self.of.buffers))
        known[id(self.of)] = self.of, made
        made.attributes.update({name: deep_copy(each, known) for name, each in self.of.attributes.items()})
        return made

    def managing(self, vm: Interpreter, at: ast.AST) -> Callable[[Block], Signal | None] | None:
        """``__enter__``, the block, ``__exit__``, which may keep an error of the block to itself."""
        enter, leave = (self.of.kind.function(name) for name in ("__enter__", "__exit__"))
        if enter is None or leave is None or enter.modes is None or leave.modes is None:
            return None

        def manage(block: Block) -> Signal | None:
            given = vm.call(at, Bound(self.of, enter), [], {})
            before = vm.run.so_far()
            try:
                signal = block(given)
            except Raised:
                if not vm.call(at, Bound(self.of, leave), [vm.unknown() for _ in range(3)], {}):
                    raise
                vm.run.forgive(before)
                return None
            vm.call(at, Bound(self.of, leave), [None, None, None], {})
            return signal

        return manage

    def super_in(self, function: ast.AST) -> Value | None:
        kind = self.of.kind.definer(function)
        return Super(kind, self) if kind is not None else None

    def forward(self, vm: Interpreter, site: Site) -> object:
        with vm.looking_inside(site):
            return vm.call_instance(site, self.of)

    def call_inherited(self, vm: Interpreter, site: Site, kind: ClassValue, name: str) -> object:
        return vm.call_inherited(site, self.of, kind, name)


@dataclass(frozen=True, slots=True)
class Super(Value):
    """``super()``: the bases of ``kind`` on an instance."""

    kind: ClassValue
    instance: Value

    def behind(self) -> Sequence[object]:
        """The classes in which to look, which the class of the instance orders."""
        instance = self.instance.itself
        order = instance.kind.order if isinstance(instance, ObjectValue) else self.kind.order
        return order[order.index(self.kind) + 1 :] if self.kind in order else self.kind.bases

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        """What the bases define."""
        for base in self.behind():
            if isinstance(base, ClassValue) and name in base.names:
                return as_value(base.names[name]).found_on(vm, self.instance, at)
        return Method(self, name)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        return self.instance.call_inherited(vm, site, self.kind, name)
