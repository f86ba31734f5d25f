"""Operators: what ``left op right`` and comparisons give, for numbers, tensors, containers and what is not known."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.scalar_types import SCALAR_TYPES
from torchlint.model.autograd.faults import Raised
from torchlint.model.autograd.shapes import FLOATING
from torchlint.model.interpreter import loop_bounds, texts
from torchlint.model.interpreter.gradient_flow import passed
from torchlint.model.interpreter.identities import Comparison, Computed
from torchlint.model.interpreter.limits import MAX_BITS, MAX_CHARACTERS, MAX_ITEMS
from torchlint.model.interpreter.open_containers import is_open, leave_open
from torchlint.model.interpreter.speculation import note_end, note_operation
from torchlint.model.interpreter.values.operator import Operator
from torchlint.model.interpreter.values.symbolic import Symbolic, identity, is_tensor
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.values.value import Value

_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...), slice, range)
_NO_OPERANDS = (list, tuple, dict)
"""What no tensor computes with."""
_OPERATORS: Mapping[type[ast.operator], tuple[str, str, Callable[[object, object], object]]] = {
    ast.Add: ("add", "+", operator.add),
    ast.Sub: ("sub", "-", operator.sub),
    ast.Mult: ("mul", "*", operator.mul),
    ast.Div: ("div", "/", operator.truediv),
    ast.MatMult: ("matmul", "@", operator.matmul),
    ast.Pow: ("pow", "**", operator.pow),
    ast.Mod: ("remainder", "%", operator.mod),
    ast.FloorDiv: ("floor_divide", "//", operator.floordiv),
    ast.BitAnd: ("bitwise_and", "&", operator.and_),
    ast.BitOr: ("bitwise_or", "|", operator.or_),
    ast.BitXor: ("bitwise_xor", "^", operator.xor),
    ast.LShift: ("bitwise_left_shift", "<<", operator.lshift),
    ast.RShift: ("bitwise_right_shift", ">>", operator.rshift),
}
OPERATORS = {kind: Operator(kind, name, sign) for kind, (name, sign, _) in _OPERATORS.items()}
_COMPARISONS: Mapping[type[ast.cmpop], tuple[str, Callable[..., object]]] = {
    ast.Eq: ("eq", operator.eq),
    ast.NotEq: ("ne", operator.ne),
    ast.Lt: ("lt", operator.lt),
    ast.LtE: ("le", operator.le),
    ast.Gt: ("gt", operator.gt),
    ast.GtE: ("ge", operator.ge),
}


def binary(machine: Interpreter, at: ast.AST, kind: type[ast.operator], left: object, right: object) -> object:
    """``left op right``. Raises: Raised, OutOfBudget."""
    if _is_refused(kind, left, right) or _is_refused(kind, right, left):
        raise Raised  # a TypeError
    one, other = as_value(left), as_value(right)
    found = one.operated(machine, at, OPERATORS[kind], right)
    if found is NotImplemented:
        found = other.reflected(machine, at, OPERATORS[kind], left)
    return found if found is not NotImplemented else _combined(machine, at, kind, one, other)


def _combined(machine: Interpreter, at: ast.AST, kind: type[ast.operator], one: Value, other: Value) -> object:
    """What an operator gives of Python's own values, and of what is not known."""
    _, sign, function = _OPERATORS[kind]
    left, right = one.itself, other.itself
    if kind is ast.Mod and isinstance(left, str) and (text := texts.interpolated(left, right)) is not None:
        return text
    if isinstance(left, (list, tuple)) or isinstance(right, (list, tuple)):
        return _sequence(machine, kind, left, right)
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        return _computed(machine, kind, function, left, right)
    found = Symbolic(
        Computed(sign, one.equality_key(machine), other.equality_key(machine)), passed(machine.run, at, (left, right))
    )
    return note_operation(machine.run, at, sign, (left, right), found)


def _is_refused(kind: type[ast.operator], value: object, other: object) -> bool:
    """Whether a value is one that a tensor does not compute with, and the other certainly is a tensor; one integer
    repeats a list."""
    if not isinstance(value, _NO_OPERANDS) or is_tensor(other) is not Answer.YES:
        return False
    return kind is not ast.Mult or getattr(other, "dtype", None) in FLOATING


def _sequence(machine: Interpreter, kind: type[ast.operator], left: object, right: object) -> object:
    if kind is ast.Add and type(left) is type(right) and _fits(len(left) + len(right)):  # type: ignore[arg-type]
        return left + right  # type: ignore[operator]
    if kind is ast.Mult and isinstance(left, (list, tuple)) and isinstance(right, int) and _fits(len(left) * right):
        return left * right
    if kind is ast.Mult and isinstance(left, list) and not isinstance(right, _PLAIN):
        repeated = list(left)
        leave_open(machine.run, repeated)
        return repeated
    return machine.unknown()


def _fits(items: int) -> bool:
    return items < MAX_ITEMS


def _computed(
    machine: Interpreter,
    kind: type[ast.operator],
    function: Callable[[object, object], object],
    left: object,
    right: object,
) -> object:
    """Python's own result for numbers and strings, unless it is an error or huge."""
    if kind in (ast.Pow, ast.LShift, ast.Mult, ast.Mod) and not _is_small(left, right):
        return machine.unknown()
    try:
        result = function(left, right)
    except Exception:  # whatever a wrong program raises here
        return machine.unknown()
    return result if is_usual(result) else machine.unknown()


def _is_small(*operands: object) -> bool:
    return all(isinstance(each, (int, float)) and abs(each) <= 10**4 for each in operands)


_MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
"""What holds of the right operand and the left one."""


def compared(machine: Interpreter, node: ast.expr, kind: ast.cmpop, left: object, right: object) -> object:
    """What a comparison of two values comes to."""
    if isinstance(kind, (ast.Is, ast.IsNot)):
        return _identity(machine, left, right, isinstance(kind, ast.IsNot))
    if isinstance(kind, (ast.In, ast.NotIn)):
        return _membership(machine, left, right, isinstance(kind, ast.NotIn))
    name, function = _COMPARISONS[type(kind)]
    answer = as_value(left).compared(machine, node, name, right)
    if answer is NotImplemented:
        answer = as_value(right).compared(machine, node, _MIRRORED.get(name, name), left, reflected=True)
    if answer is not NotImplemented:
        return answer
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        try:
            return function(left, right)
        except TypeError:
            return machine.unknown()
    asked = loop_bounds.compared(machine.run, name, left, right)
    if asked is not None:
        return asked
    one, other = as_value(left).imported_name, as_value(right).imported_name
    same = _is_same_dtype(one, other) if one is not None and other is not None else None
    if same is not None and name in ("eq", "ne"):
        return same is (name == "eq")
    if name in ("eq", "ne"):
        found = _equality(machine, "eq", left, right, negative=name == "ne")
    else:
        found = _compared(machine, name, left, right)
    note_end(machine.run, node, name, found)
    return found


def _identity(machine: Interpreter, left: object, right: object, negative: bool) -> object:
    if identity(left) is not None or identity(right) is not None:
        return _equality(machine, "is", left, right, negative)
    one, other = as_value(left).imported_name, as_value(right).imported_name
    if one is not None and other is not None:
        known = _is_same_import(one, other)
        return _equality(machine, "is", left, right, negative) if known is None else known is not negative
    same = left is right or (isinstance(left, _PLAIN) and isinstance(right, _PLAIN) and left == right)
    return same is not negative


def _is_same_import(one: str, other: str) -> bool | None:
    """Whether two names are those of one thing, None where that may be in two modules."""
    if one == other:
        return True
    known = _is_same_dtype(one, other)
    return known if known is not None or one.rpartition(".")[2] == other.rpartition(".")[2] else False


def _is_same_dtype(one: str, other: str) -> bool | None:
    """Whether two names are those of one dtype, None where they are none."""
    kinds = SCALAR_TYPES.get(one), SCALAR_TYPES.get(other)
    return None if None in kinds else kinds[0] == kinds[1]


def _equality(machine: Interpreter, name: str, left: object, right: object, negative: bool) -> object:
    found = loop_bounds.is_item(machine.run, identity(left), identity(right))
    if found is None:
        found = _compared(machine, name, left, right)
    return as_value(found).negated(machine) if negative else found


def _membership(machine: Interpreter, left: object, right: object, negative: bool) -> object:
    if isinstance(left, _PLAIN) and isinstance(right, (str, list, tuple, dict)):
        try:
            is_known = isinstance(right, str) or all(isinstance(each, _PLAIN) for each in right)
            if is_known and (left in right or not is_open(machine.run, right)):
                return (left in right) is not negative
        except TypeError:
            pass
    found = _compared(machine, "in", left, right)
    return as_value(found).negated(machine) if negative else found


def _compared(machine: Interpreter, name: str, left: object, right: object) -> Symbolic:
    """A comparison whose answer is not known."""
    keys = as_value(left).equality_key(machine), as_value(right).equality_key(machine)
    return Symbolic(Comparison(name, *keys))


def is_usual(value: object) -> bool:
    """Whether a number or string is small enough to compute with."""
    if isinstance(value, int):
        return value.bit_length() <= MAX_BITS
    return not isinstance(value, (str, bytes)) or len(value) <= MAX_CHARACTERS
