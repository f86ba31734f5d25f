"""What annotations show of values that are not known: that one is a tensor, a tensor or None, or a module."""

from __future__ import annotations

import ast
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from torchlint.model.interpreter.identities import is_one_object
from torchlint.model.interpreter.values import class_checks
from torchlint.model.interpreter.values.modules import MODULE
from torchlint.model.interpreter.values.symbolic import Symbolic, held, optional
from torchlint.syntax.tree import parse_text

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope

_PLAIN = frozenset("bool dict float int list set str tuple".split())
"""Annotations that need not be looked up."""
_OPTIONAL = frozenset(("typing.Optional", "Optional"))


class _Said(Enum):
    """What an annotation says of a value."""

    NOTHING = auto()
    TENSOR = auto()
    OPTIONAL = auto()
    MODULE = auto()
    NONE = auto()


def heeded(
    machine: Interpreter, scope: Scope, annotation: ast.expr, value: object, *, is_optional: bool = False
) -> object:
    """A value as an annotation says that it is; ``is_optional``: unless it is None."""
    if not isinstance(value, Symbolic):
        return value
    said = _said(machine, scope, annotation)
    if said is _Said.MODULE:
        return held(value)
    if said not in (_Said.TENSOR, _Said.OPTIONAL):
        return value
    if not is_one_object(value.key):
        value = replace(value, key=machine.unknown().key)
    return machine.prove(value, annotation) if said is _Said.TENSOR and not is_optional else optional(value)


def _said(machine: Interpreter, scope: Scope, node: ast.expr) -> _Said:
    match node:
        case ast.Constant(value=None):
            return _Said.NONE
        case ast.Constant(value=str(text)):
            return _said_in_text(machine, scope, text)
        case ast.Name(id=name) if name in _PLAIN:
            return _Said.NOTHING
        case ast.Name() | ast.Attribute():
            kind = machine.evaluate(scope, node)
            if class_checks.is_tensor_type(kind):
                return _Said.TENSOR
            return _Said.MODULE if getattr(kind, "name", "") == MODULE else _Said.NOTHING
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _either(_said(machine, scope, left), _said(machine, scope, right))
        case ast.Subscript(value=ast.Name() | ast.Attribute() as kind, slice=inner):
            is_known = getattr(machine.evaluate(scope, kind), "name", "") in _OPTIONAL
            return _either(_said(machine, scope, inner), _Said.NONE) if is_known else _Said.NOTHING
    return _Said.NOTHING


def _said_in_text(machine: Interpreter, scope: Scope, text: str) -> _Said:
    try:
        body = parse_text(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _Said.NOTHING
    match body:
        case [ast.Expr(value=node)]:
            return _said(machine, scope, node)
    return _Said.NOTHING


def _either(one: _Said, other: _Said) -> _Said:
    if one is other:
        return one
    return _Said.OPTIONAL if {one, other} <= {_Said.TENSOR, _Said.OPTIONAL, _Said.NONE} else _Said.NOTHING
