"""Classes of the program and their instances: modules above all, whose methods run with what is known of ``self``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.interpreter import summaries, unknown_calls
from torchlint.model.interpreter.identities import Single
from torchlint.model.interpreter.library import layer_subclass
from torchlint.model.interpreter.python import records
from torchlint.model.interpreter.scope import Scope
from torchlint.model.interpreter.values import module_methods, module_modes
from torchlint.model.interpreter.values.callables import Bound
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.instances import Super
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    import ast

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


def define(machine: Interpreter, scope: Scope, node: ast.ClassDef) -> object:
    """The value of a class statement; one with a metaclass is not known, nor is a decorated one that is no dataclass,
    except in library code, where a decorator most likely only registers it."""
    values = [machine.evaluate(scope, each) for each in node.bases]
    bases = list(map(machine.imported, values))
    is_record = bool(node.decorator_list) and records.is_dataclass(machine, scope, node)
    if (node.decorator_list and not is_record and not machine.is_library) or node.keywords:
        return Symbolic(Single("class", (node.lineno, node.name)))
    inner = Scope(scope)
    machine.execute(inner, node.body)
    fields = records.fields_of(machine, inner, node) if is_record else None
    for value in inner.names.values():
        as_value(value).leave(inner)
    made = ClassValue(node.name, node.lineno, bases, inner.names, scope.module.home, own_fields=fields)
    if "__init_subclass__" in made.specials:
        machine.call(node, Super(made, as_value(made)).attribute(machine, "__init_subclass__", node), [made], {})
    return made


def build(machine: Interpreter, site: Site, value: ClassValue) -> object:
    """Make an instance, whose ``__init__`` runs unless it is a module that is not looked into."""
    if "__new__" in value.specials:
        return unknown_calls.call_unknown(machine, site, value)
    is_here = value.home == machine.module.home
    if machine.project.trained is not None and (value.is_module or (is_here and machine.project.is_module(value.line))):
        return ObjectValue(value, {}, site.at, is_module=True, is_open=True, given=site)
    return make(machine, site, value)


def make(machine: Interpreter, site: Site, value: ClassValue) -> ObjectValue:
    """Make an instance and run its ``__init__``."""
    made = ObjectValue(value, {}, site.at, is_module=value.is_module, is_open=value.is_open)
    method, fields = value.function("__init__"), value.fields
    if fields is not None:
        records.initialise(machine, site, made, fields)
    elif method is not None:
        Bound(made, method).call(machine, site)
    elif value.base_layer is not None:
        layer_subclass.initialise(machine, site, made, value.base_layer)
    if made.is_module and not machine.is_library:
        machine.run.history.reach.ownership.built.append((site.at, made.parameters()))
    return made


def is_foreign_module(machine: Interpreter, symbol: Symbol) -> bool:
    """Whether what is imported certainly is an ``nn.Module`` of another file of the project."""
    is_class = symbol.home is not None and symbol.name.rpartition(".")[2][:1].isupper()
    return is_class and machine.project.foreign is not None and machine.project.foreign(symbol) is not None


def import_opaque(machine: Interpreter, site: Site, symbol: Symbol) -> ObjectValue:
    """An instance of a class of another file, which is not looked into."""
    machine.forget(symbol, site)
    module_modes.call_unseen(machine, symbol, site)
    kind = ClassValue(symbol.name.rpartition(".")[2], 0, [symbol], {}, imported=symbol)
    return ObjectValue(kind, {}, site.at, is_module=True, is_open=True, given=site)


def call(machine: Interpreter, site: Site, owner: ObjectValue) -> object:
    """Call an instance: a module's ``forward``, or ``__call__``."""
    if owner.is_opaque and machine.project.trained is not None:
        return _call_opaque(machine, site, owner)
    method = owner.called()
    if method is not None:
        return Bound(owner, method).call(machine, site)
    if owner.kind.base_layer is not None:
        return layer_subclass.forward(machine, site, owner)
    return unknown_calls.call_unknown(machine, site, Symbolic(Single("method", "forward"), is_held=True))


def _call_opaque(machine: Interpreter, site: Site, owner: ObjectValue) -> object:
    """Call a module that is not looked into, unless it shows no parameters."""
    if not machine.run.mode.grad:
        return machine.unknown()
    trained = _has_parameters(machine, owner.kind) and not owner.is_doubtful
    gives = Answer.YES if trained else summaries.gives_graph(machine, site, owner)
    if owner.is_doubtful:
        gives = Answer.MAYBE
    if gives is Answer.NO:
        return machine.unknown()
    return summaries.note(machine, site, owner, unknown_calls.loose(machine, site, trained=gives is Answer.YES))


def _has_parameters(machine: Interpreter, kind: ClassValue) -> bool:
    if kind.imported is not None:
        return machine.project.foreign is not None and machine.project.foreign(kind.imported) is True
    return (
        machine.project.trained is not None and kind.home == machine.module.home and machine.project.trained(kind.line)
    )


def call_inherited(machine: Interpreter, site: Site, owner: ObjectValue, kind: ClassValue, name: str) -> object:
    """Call a method that no base of ``kind`` that is seen defines: one of a layer of ``torch.nn``, or of every
    module."""
    layer = kind.base_layer
    if layer is not None and name == "__init__":
        layer_subclass.initialise(machine, site, owner, layer)
        return None
    if layer is not None and name == "forward":
        return layer_subclass.forward(machine, site, owner)
    return module_methods.call(machine, site, owner, name) if name in module_methods.METHODS else machine.unknown()


def super_of(machine: Interpreter, site: Site) -> object:
    """``super()`` inside a method that is running, or ``super(Class, self)``."""
    if len(site.arguments) == 2:
        kind, instance = map(as_value, site.arguments)
        return kind.super_of(instance) or machine.unknown()
    if not machine.calls.active or not machine.calls.sites:
        return machine.unknown()
    return as_value(machine.calls.sites[-1].argument(0, "")).super_in(machine.calls.active[-1]) or machine.unknown()
