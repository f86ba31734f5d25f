"""Dataclasses: what their fields are, and what the ``__init__`` that Python writes for them does.

Source: the ``dataclasses`` documentation ("the fields of base classes come first", ``field``, ``__post_init__``).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.values.callables import Bound
from torchlint.model.interpreter.values.classes import Field, ObjectValue
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope


_DATACLASS = "dataclasses.dataclass"
_FIELD = "dataclasses.field"
_NO_FIELDS = ("ClassVar", "InitVar", "KW_ONLY")


def is_dataclass(machine: Interpreter, scope: Scope, node: ast.ClassDef) -> bool:
    """Whether ``dataclass``, with the ``__init__`` that it writes, is all that decorates a class."""
    if len(node.decorator_list) != 1:
        return False
    decorator = node.decorator_list[0]
    options = decorator.keywords if isinstance(decorator, ast.Call) else []
    if isinstance(decorator, ast.Call):
        decorator = decorator.func
    if any(each.arg in (None, "init", "kw_only") for each in options) or not _has_plain_fields(node):
        return False
    return as_value(machine.evaluate(scope, decorator)).imported_name == _DATACLASS


def _has_plain_fields(node: ast.ClassDef) -> bool:
    """Whether each annotated name of a class is a field, and its instances have no other."""
    return not any(word in ast.unparse(each.annotation) for each in _annotated(node) for word in _NO_FIELDS)


def _annotated(node: ast.ClassDef) -> Iterator[ast.AnnAssign]:
    return (each for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name))


def fields_of(machine: Interpreter, scope: Scope, node: ast.ClassDef) -> tuple[Field, ...]:
    """The fields that a dataclass adds to those of its bases; ``scope`` is that of its body, which has been run."""
    return tuple(_field(machine, scope, each) for each in _annotated(node))


def _field(machine: Interpreter, scope: Scope, node: ast.AnnAssign) -> Field:
    assert isinstance(node.target, ast.Name)
    name, value = node.target.id, node.value
    if not isinstance(value, ast.Call) or as_value(machine.evaluate(scope, value.func)).imported_name != _FIELD:
        return Field(name, scope.names.get(name, MISSING) if value is not None else MISSING)
    scope.unbind(name)  # what ``field`` gives is gone when the class is made
    given = {each.arg: machine.evaluate(scope, each.value) for each in value.keywords}
    if given.get("init") is False or None in given:
        return Field(name, machine.unknown())
    return Field(name, given.get("default", MISSING), given.get("default_factory", MISSING))


def initialise(machine: Interpreter, site: Site, made: ObjectValue, fields: tuple[Field, ...]) -> None:
    """Give a new instance of a dataclass its fields. Raises: Raised, OutOfBudget."""
    for number, each in enumerate(fields):
        made.attributes[each.name] = _given(machine, site, number, each)
    method = made.kind.function("__post_init__")
    if method is not None:
        Bound(made, method).call(machine, Site(site.at, "", [], {}))


def _given(machine: Interpreter, site: Site, number: int, field: Field) -> object:
    found = site.argument(number, field.name, MISSING)
    if site.is_open or site.is_cut:
        return machine.unknown()
    if found is MISSING and field.factory is not MISSING:
        return as_value(field.factory).call(machine, Site(site.at, "", [], {}))
    if found is MISSING:
        found = field.default
    return machine.unknown() if found is MISSING else found
