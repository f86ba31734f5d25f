"""What modules do: layers and containers of ``torch.nn``, and what may be called like one."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from torchlint.model.api.operation import Answer, Relation, Takes
from torchlint.model.autograd.call import Call
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.shapes import result_sizes
from torchlint.model.autograd.sizes import ANY, Mismatch, Sizes
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter import open_containers
from torchlint.model.interpreter.identities import Single
from torchlint.model.interpreter.loop_bounds import Items
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.values import module_methods, module_modes
from torchlint.model.interpreter.values.constants import looked_up
from torchlint.model.interpreter.values.modules import (
    DISTRIBUTED,
    SEQUENTIAL,
    LayerValue,
    Module,
    SequenceValue,
    argument_is,
)
from torchlint.model.interpreter.values.symbolic import Symbolic, held, identity, optional
from torchlint.model.interpreter.values.value import Method, Wrapped, as_value, deep_copy, note_replaced, wraps

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from torchlint.model.api.operation import Parameter
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.values.classes import ObjectValue
    from torchlint.model.interpreter.values.operator import Operator
    from torchlint.model.interpreter.values.value import Copies

M = TypeVar("M", bound=Module)
_BOOLEANS = {"True": True, "False": False}
"""Defaults that every layer keeps as they are."""


class WrappedModule(Wrapped[M]):
    """What a module does, or an instance that may be one."""

    __slots__ = ()

    @property
    def is_lasting(self) -> bool:
        return True

    def holders(self) -> Iterable[object]:
        return (*self.of.parameters(), *self.of.hidden())

    def trained_with(self) -> Iterable[object]:
        return (*(each for each in self.of.parameters() if requires_grad(each) is Answer.YES), *self.of.hidden())

    @property
    def reaches_modules(self) -> bool:
        return True

    def havoc(self, vm: Interpreter) -> int:
        owned = self.of.named_state().values()
        for _, each in self.of.tree():
            each.forget_kept(vm.unknown)
        for tensor in owned:
            tensor.requires_grad = Answer.MAYBE
        return len(owned)

    def note_flag(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        """An attribute is set that a module does not have: its parameters never hear of ``requires_grad``."""
        if name == "requires_grad" and isinstance(value, bool):
            vm.run.trace.flag_module(at, value)

    def initialise(self, instance: ObjectValue) -> None:
        instance.attributes.update(self.of.parts)
        instance.layer = self.of

    def call(self, vm: Interpreter, site: Site) -> object:
        """Call it, then its forward hooks, each of which may give another result."""
        given = tuple(site.arguments)
        module_modes.call(vm, site.at, self.of)
        with vm.calls.of_module():
            result = self.forward(vm, site)
        for hook in self.of.hooks:
            changed = vm.call_site(Site(site.at, "", [self.of, given, result], {}), hook)
            result = changed if changed is not None and identity(changed) is None else result
        return result

    def forward(self, vm: Interpreter, site: Site) -> object:
        """What it computes. Raises: Raised, OutOfBudget."""
        return vm.unknown()

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        return module_methods.call(vm, site, self.of, name)


@wraps(LayerValue)
class WrappedLayer(WrappedModule[LayerValue]):
    """What a layer of ``torch.nn`` does."""

    __slots__ = ()

    def forward(self, vm: Interpreter, site: Site) -> object:
        return vm.call_layer(site, self.of)

    def give_sizes(self, vm: Interpreter, sizes: Sizes, depth: int = 8) -> Sizes:
        module, operation = self.of, self.of.layer.calls[0]
        if operation.outputs and operation.outputs[0].relation is Relation.SELF:
            return sizes
        given = {operation.parameters[0].name: Tensor(module.made, sizes=sizes)}
        label, name = module.name.removeprefix("torch."), module.name.rpartition(".")[2]
        settings, made = module.settings, module.made
        call = Call(made, label, name, operation, given, {}, module.state, settings=settings, built=made)
        try:
            found = result_sizes(call)
        except Mismatch as mismatch:
            vm.run.trace.refuse(call, mismatch, is_built=True)
            return ANY
        return found[0] if len(found) == 1 else ANY

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        if name in self.of.state:
            return self.of.state[name]
        if name in self.of.others:
            return self.of.others[name]
        if name == "training":
            return self.of.training is Answer.YES if self.of.training is not Answer.MAYBE else vm.unknown()
        if any(each.name == name for each in self.of.layer.state):
            return self._unbuilt(vm, name)
        setting = next((each for each in self.of.layer.constructor if each.name == name), None)
        return Method(self.of, name) if setting is None else self._kept(vm, setting)

    def _kept(self, vm: Interpreter, setting: Parameter) -> object:
        """What a layer keeps of an argument of its constructor. A size may have become one for each dimension, and
        transformers build layers of their arguments."""
        given = self.of.arguments.get(setting.name, _BOOLEANS.get(setting.default or "", MISSING))
        is_size = setting.takes is Takes.OTHER and isinstance(given, int) and not isinstance(given, bool)
        return vm.unknown() if given is MISSING or is_size or "Transformer" in self.of.name else given

    def _unbuilt(self, vm: Interpreter, name: str) -> object:
        """What is in the place of a tensor that layers of its kind may have: None if it was built without."""
        given = next(each.given for each in self.of.layer.state if each.name == name)
        answers = [argument_is(self.of.layer, self.of.arguments, key, text) for key, text in given]
        return None if Answer.NO in answers else optional(vm.unknown())

    def set_attribute(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        self.note_flag(vm, name, value, at)
        self.of.others.pop(name, None)
        if name in self.of.state:
            note_replaced(vm, at, self.of.state[name], value)
            vm.run.history.reach.replaced.add(self.of.state[name])
        if isinstance(value, Tensor):
            self.of.state[name] = value
        elif name == "training":
            self.of.training = Answer.MAYBE
        else:
            self.of.state.pop(name, None)
            self.of.others[name] = value

    @property
    def likeness(self) -> Hashable:
        return self.of.name

    def forward_of(self, vm: Interpreter, site: Site, instance: ObjectValue) -> object:
        held = {name: instance.attributes.get(name) for name in self.of.state}
        state = {name: value for name, value in held.items() if isinstance(value, Tensor)}
        return vm.call_layer(site, replace(self.of, state=state, training=instance.training))

    def closed_over(self) -> Iterator[Tensor]:
        return iter(self.of.state.values())

    def copied(self, known: Copies) -> object:
        copies: dict[str, Tensor] = {}
        for name, each in self.of.state.items():
            copy = deep_copy(each, known)
            if isinstance(copy, Tensor):
                copy.name, copies[name] = name, copy  # named by what the copy is bound to
        return replace(self.of, state=copies)

    def bind(self, name: str) -> None:
        for key, tensor in self.of.state.items():
            if tensor.name == key:
                tensor.name = f"{name}.{key}"

    def assume(self, what: str) -> None:
        self.of.assumed = what


@wraps(SequenceValue)
class WrappedSequence(WrappedModule[SequenceValue]):
    """What a container of modules does."""

    __slots__ = ()

    def give_sizes(self, vm: Interpreter, sizes: Sizes, depth: int = 8) -> Sizes:
        if self.of.kind != SEQUENTIAL or not depth or open_containers.is_open(vm.run, self.of.modules):
            return ANY
        for each in self.of.modules.values():
            sizes = as_value(each).give_sizes(vm, sizes, depth - 1)
        return sizes

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        if name == "training":
            return self.of.training is Answer.YES
        return self.of.modules[name] if name in self.of.modules else Method(self.of, name)

    def set_attribute(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        self.note_flag(vm, name, value, at)

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        if isinstance(index, slice):
            names = looked_up(vm, list(self.of.modules), index)
            if isinstance(names, list):
                return replace(self.of, modules={name: self.of.modules[name] for name in names})
            return names
        if identity(index) is not None:
            return self._any(vm)
        return looked_up(vm, self.of.modules if self.of.is_by_name else list(self.of.modules.values()), index)

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        modules = self.of.modules
        return Items(list(modules if self.of.is_by_name else modules.values()), True)

    def length(self, vm: Interpreter) -> object:
        return open_containers.length(vm.run, self.of.modules)

    def augmented(self, vm: Interpreter, at: ast.AugAssign, operator: Operator, right: object) -> object:
        if operator.kind is not ast.Add:
            return NotImplemented
        for each in vm.items(at, right):
            self.of.append(each)
        return self.of

    def forward_of(self, vm: Interpreter, site: Site, instance: ObjectValue) -> object:
        return vm.call_site(site, self.of)

    def copied(self, known: Copies) -> object:
        return replace(self.of, modules={name: deep_copy(each, known) for name, each in self.of.modules.items()})

    def _any(self, vm: Interpreter) -> object:
        """The module at an index that is not known, where all are alike."""
        modules = list(self.of.modules.values())
        is_alike = len({as_value(each).likeness for each in modules}) == 1 and identity(modules[0]) is None
        return modules[0] if is_alike else held(vm.unknown())

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        """Replace a module; where it is not known which, any may be another one."""
        names = list(self.of.modules)
        if isinstance(index, int) and -len(names) <= index < len(names):
            note_replaced(vm, at, self.of.modules[names[index]], value)
            self.of.modules[names[index]] = value
        elif isinstance(index, str):
            note_replaced(vm, at, self.of.modules.get(index), value)
            self.of.modules[index] = value
        else:
            self.of.modules = dict.fromkeys(names, Symbolic(Single("module", id(self.of))))

    def forward(self, vm: Interpreter, site: Site) -> object:
        if self.of.kind == DISTRIBUTED:
            return vm.call_site(site, self.of.modules["module"])
        if self.of.kind != SEQUENTIAL or len(site.arguments) != 1:
            return vm.unknown()
        value, texts = site.arguments[0], site.texts
        is_cut = open_containers.is_open(vm.run, self.of.modules)
        with vm.looking_inside(site):
            for number, each in enumerate(self.of.modules.values()):
                for tensor in tensors_in(value, 0) if is_cut and number else ():
                    tensor.sizes = ANY  # between two that are known there may be others
                value = vm.call_site(Site(site.at, site.label, [value], {}, texts), each)
                texts = []
        return value
