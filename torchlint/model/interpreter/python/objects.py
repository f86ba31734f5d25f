"""Classes of the program and their instances: modules above all, whose methods run with what is known of ``self``."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter import summaries, unknown_calls
from torchlint.model.interpreter.identities import TRAINING, Attribute, Instance, Single
from torchlint.model.interpreter.library import layer_subclass, layers, modules
from torchlint.model.interpreter.python import functions
from torchlint.model.interpreter.scope import MISSING, Scope
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.values import parameters
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue, Super, attributes_of
from torchlint.model.interpreter.values.functions import Bound, FunctionValue, Method
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic, held

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter

_PLAIN_BASES = frozenset(("builtins.object", layers.MODULE, "abc.ABC"))


def define(machine: Interpreter, scope: Scope, node: ast.ClassDef) -> object:
    """The value of a class statement; one with a metaclass is not known, nor is a decorated one, except in library
    code, where a decorator most likely only registers it."""
    values = [machine.evaluate(scope, each) for each in node.bases]
    bases = list(map(machine.imported, values))
    if (node.decorator_list and not machine.is_library) or node.keywords:
        return Symbolic(Single("class", (node.lineno, node.name)))
    inner = Scope(scope)
    machine.execute(inner, node.body)
    for value in inner.names.values():
        if isinstance(value, FunctionValue) and value.scope is inner:
            value.scope = scope
    made = ClassValue(node.name, node.lineno, bases, inner.names, scope.module.home)
    if "__init_subclass__" in made.specials:
        prepare = get_from_super(machine, Super(made, made), "__init_subclass__", node)  # type: ignore[arg-type]
        machine.call(node, prepare, [made], {})  # type: ignore[arg-type]
    return made


def is_module(value: ClassValue) -> bool:
    """Whether a class certainly is an ``nn.Module``."""
    return any(isinstance(each, Symbol) and layers.is_module(each.name) for each in value.ancestry())


def is_open(value: ClassValue) -> bool:
    """Whether a base is not seen, so that an instance may have more than is seen."""
    return not all(isinstance(each, ClassValue) or _is_plain(each) for each in value.ancestry())


def _is_plain(base: object) -> bool:
    return isinstance(base, Symbol) and base.name in _PLAIN_BASES


def find(value: ClassValue, name: str) -> object:
    """What a class or its bases define under a name, MISSING where nothing seen does."""
    classes = (each for each in value.ancestry() if isinstance(each, ClassValue))
    return next((each.names[name] for each in classes if name in each.names), MISSING)


def build(machine: Interpreter, site: Site, value: ClassValue) -> object:
    """Make an instance, whose ``__init__`` runs unless it is a module that is not looked into."""
    if "__new__" in value.specials:
        return unknown_calls.call_unknown(machine, site, value)
    is_here = value.home == machine.module.home
    if machine.project.trained is not None and (
        is_module(value) or (is_here and machine.project.is_module(value.line))
    ):
        return ObjectValue(value, {}, site.at, is_module=True, is_open=True, given=site)
    return make(machine, site, value)


def make(machine: Interpreter, site: Site, value: ClassValue) -> ObjectValue:
    """Make an instance and run its ``__init__``."""
    made = ObjectValue(value, {}, site.at, is_module=is_module(value), is_open=is_open(value))
    method = find(value, "__init__")
    if isinstance(method, FunctionValue):
        call_method(machine, site, made, method)
    elif (layer := layer_subclass.base_layer(value)) is not None:
        layer_subclass.initialise(machine, site, made, layer)
    return made


def is_foreign_module(machine: Interpreter, symbol: Symbol) -> bool:
    """Whether what is imported certainly is an ``nn.Module`` of another file of the project."""
    is_class = symbol.home is not None and symbol.name.rpartition(".")[2][:1].isupper()
    return is_class and machine.project.foreign is not None and machine.project.foreign(symbol) is not None


def import_opaque(machine: Interpreter, site: Site, symbol: Symbol) -> ObjectValue:
    """An instance of a class of another file, which is not looked into."""
    machine.forget(symbol, site)
    kind = ClassValue(symbol.name.rpartition(".")[2], 0, [symbol], {}, imported=symbol)
    return ObjectValue(kind, {}, site.at, is_module=True, is_open=True, given=site)


def call_method(machine: Interpreter, site: Site, owner: object, method: FunctionValue) -> object:
    """Call a function of a class on an instance."""
    site.arguments.insert(0, owner)
    site.texts.insert(0, site.owner or site.at)
    return functions.call(machine, site, method)


def call(machine: Interpreter, site: Site, owner: ObjectValue) -> object:
    """Call an instance: a module's ``forward``, or ``__call__``."""
    if owner.is_opaque and machine.project.trained is not None:
        return _call_opaque(machine, site, owner)
    method = find(owner.kind, "__call__")
    if method is MISSING and owner.is_module:
        method = owner.attributes.get("forward", find(owner.kind, "forward"))
    if isinstance(method, FunctionValue):
        return call_method(machine, site, owner, method)
    if layer_subclass.base_layer(owner.kind) is not None:
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


def get(machine: Interpreter, owner: ObjectValue, name: str, at: ast.expr) -> object:
    """``owner.name`` of an instance."""
    if "__getattribute__" in owner.kind.specials:
        return machine.unknown()
    if name in owner.attributes:
        return owner.attributes[name]
    found = find(owner.kind, name)
    if isinstance(found, FunctionValue):
        return _bound(machine, owner, found, at)
    if found is not MISSING:
        return found
    if owner.is_module:
        if name == "training":
            return owner.training is Answer.YES if owner.training is not Answer.MAYBE else Symbolic(TRAINING)
        if name in modules.METHODS:
            return Method(owner, name)
        if owner.kind.home == machine.module.home and name in machine.project.registered(owner.kind.line):
            return parameters.registered(owner.number or machine.run.fresh(), name)
    if owner.number:
        return Symbolic(Attribute(Instance(owner.number), name))
    return Symbolic(Attribute(None, name, machine.run.fresh()))


def _bound(machine: Interpreter, owner: object, found: FunctionValue, at: ast.expr) -> object:
    """A function found on a class as an instance sees it: its decorators decide."""
    names = decorators(found.node)
    if "staticmethod" in names:
        return found
    if names & {"setter", "deleter"}:
        return machine.unknown()  # the property that it belongs to has another function to read it
    if not names & {"property", "cached_property"}:
        return Bound(owner, found)
    value = machine.call(at, Bound(owner, found), [], {})
    if "cached_property" in names:
        attributes_of(owner)[found.node.name] = value  # type: ignore[union-attr]
    return value


def decorators(node: ast.AST) -> set[str]:
    """The last names of what decorates a function."""
    return {
        each.id if isinstance(each, ast.Name) else each.attr
        for each in getattr(node, "decorator_list", ())
        if isinstance(each, (ast.Name, ast.Attribute))
    }


def put(machine: Interpreter, at: ast.AST, owner: ObjectValue, name: str, value: object) -> None:
    """``owner.name = value`` on an instance, which a property may do in its own way."""
    if "__setattr__" in owner.kind.specials:
        value = machine.unknown()
    setter = find(owner.kind, name)
    if "setter" in decorators(getattr(setter, "node", at)):
        machine.call_site(Site(at, name, [owner, value], {}), replace(setter, modes=()))  # type: ignore[type-var]
        return
    if isinstance(value, Tensor) and value.name == "":
        value.name = name
    machine.stored(at, owner, name, value)
    owner.attributes[name] = held(value) if owner.is_module else value


def get_from_class(machine: Interpreter, owner: ClassValue, name: str) -> object:
    """``Class.name``."""
    found = find(owner, name)
    return found if found is not MISSING else Symbolic(Single("class", (owner.name, name, machine.run.fresh())))


def get_from_super(machine: Interpreter, owner: Super, name: str, at: ast.expr) -> object:
    """``super().name``: what the bases define."""
    for base in owner.behind():
        if isinstance(base, ClassValue) and name in base.names:
            found = base.names[name]
            return _bound(machine, owner.instance, found, at) if isinstance(found, FunctionValue) else found
    return Method(owner, name)


def owner_of(value: ClassValue, node: ast.AST) -> ClassValue | None:
    """The class among a class and its bases in which a function is defined."""
    classes = (each for each in value.ancestry() if isinstance(each, ClassValue))
    return next((each for each in classes if _defines(each, node)), None)


def _defines(value: ClassValue, node: ast.AST) -> bool:
    return any(isinstance(each, FunctionValue) and each.node is node for each in value.names.values())


def super_of(machine: Interpreter, site: Site) -> object:
    """``super()`` inside a method that is running, or ``super(Class, self)``."""
    if len(site.arguments) == 2:
        kind, instance = site.arguments
        return Super(kind, instance) if isinstance(kind, ClassValue) else machine.unknown()
    if not machine.calls.active or not machine.calls.selves:
        return machine.unknown()
    instance = machine.calls.selves[-1]
    kind = owner_of(instance.kind, machine.calls.active[-1]) if isinstance(instance, ObjectValue) else None
    return Super(kind, instance) if kind is not None else machine.unknown()
