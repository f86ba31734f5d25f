"""Operators: what ``left op right`` and comparisons give, for numbers, tensors, containers and what is not known."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Raised
from torchlint.model.autograd.shapes import FLOATING
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter import loop_bounds, texts
from torchlint.model.interpreter.gradient_flow import passed
from torchlint.model.interpreter.identities import Comparison, Computed, Constant, Fresh, Not, Truth
from torchlint.model.interpreter.limits import MAX_BITS, MAX_CHARACTERS, MAX_ITEMS, MAX_KEY
from torchlint.model.interpreter.open_containers import is_open, leave_open
from torchlint.model.interpreter.python import calls
from torchlint.model.interpreter.speculation import note_end, note_operation
from torchlint.model.interpreter.values.numbers import Number
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic, is_tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from torchlint.model.interpreter.protocol import Interpreter

_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...), slice, range)
_NO_OPERANDS = (list, tuple, dict)
"""What no tensor computes with."""
OPERATORS: Mapping[type[ast.operator], tuple[str, str, Callable[[object, object], object]]] = {
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
_COMPARISONS: Mapping[type[ast.cmpop], tuple[str, Callable[..., object]]] = {
    ast.Eq: ("eq", operator.eq),
    ast.NotEq: ("ne", operator.ne),
    ast.Lt: ("lt", operator.lt),
    ast.LtE: ("le", operator.le),
    ast.Gt: ("gt", operator.gt),
    ast.GtE: ("ge", operator.ge),
}


def binary(
    machine: Interpreter, at: ast.expr | ast.stmt, kind: type[ast.operator], left: object, right: object
) -> object:
    """``left op right``. Raises: Raised, OutOfBudget."""
    name, sign, function = OPERATORS[kind]
    if _is_refused(kind, left, right) or _is_refused(kind, right, left):
        raise Raised  # a TypeError
    if isinstance(left, Tensor):
        return calls.tensor_operation(machine, at, name, sign, left, [right])
    if isinstance(right, Tensor):
        return _reflected(machine, at, kind, left, right)
    if _is_number(left, right) or _is_number(right, left):
        cut = next((each.cut for each in (left, right) if isinstance(each, Number) and each.cut), None)
        return Number(Fresh(machine.run.fresh()), cut)
    if kind is ast.Mod and isinstance(left, str) and (text := texts.interpolated(left, right)) is not None:
        return text
    if isinstance(left, (list, tuple)) or isinstance(right, (list, tuple)):
        return _sequence(machine, kind, left, right)
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        return _computed(machine, kind, function, left, right)
    found = Symbolic(Computed(sign, key(machine, left), key(machine, right)), passed(machine.run, at, (left, right)))
    return note_operation(machine.run, at, sign, (left, right), found)


def _is_refused(kind: type[ast.operator], value: object, other: object) -> bool:
    """Whether a value is one that a tensor does not compute with, and the other certainly is a tensor; one integer
    repeats a list."""
    if not isinstance(value, _NO_OPERANDS) or is_tensor(other) is not Answer.YES:
        return False
    return kind is not ast.Mult or getattr(other, "dtype", None) in FLOATING


def _is_number(value: object, other: object) -> bool:
    """Whether a value is a number taken from a tensor, and what it is combined with is no tensor."""
    return isinstance(value, Number) and not isinstance(other, Symbolic)


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


def _reflected(
    machine: Interpreter, at: ast.expr | ast.stmt, kind: type[ast.operator], left: object, right: Tensor
) -> object:
    """A number and a tensor: PyTorch's reflected operators."""
    name, sign, _ = OPERATORS[kind]
    if kind in (ast.Add, ast.Mult):
        return calls.tensor_operation(machine, at, name, sign, right, [left], reflected=True)
    if kind is ast.Sub:
        return calls.torch_operation(machine, at, "torch.rsub", sign, [right, left], reflected=True)
    if kind is ast.Div:
        inverse = calls.tensor_operation(machine, at, "reciprocal", sign, right, [], reflected=True)
        return binary(machine, at, ast.Mult, inverse, left)
    return calls.torch_operation(machine, at, f"torch.{name}", sign, [left, right])


def negated(machine: Interpreter, value: object) -> object:
    """``not value``."""
    if isinstance(value, Symbolic):
        return Symbolic(value.key.condition if isinstance(value.key, Not) else Not(value.key))
    if isinstance(value, Symbol):
        return Symbolic(Not(Truth(value.name)))
    if isinstance(value, (Tensor, Number)):
        return machine.unknown()
    return not machine.truth(value, ast.Pass())


def compared(machine: Interpreter, node: ast.expr, kind: ast.cmpop, left: object, right: object) -> object:
    """What a comparison of two values comes to."""
    if isinstance(kind, (ast.Is, ast.IsNot)):
        return _identity(machine, left, right, isinstance(kind, ast.IsNot))
    if isinstance(kind, (ast.In, ast.NotIn)):
        return _membership(machine, left, right, isinstance(kind, ast.NotIn))
    name, function = _COMPARISONS[type(kind)]
    if isinstance(left, Tensor):
        return calls.tensor_operation(machine, node, name, name, left, [right])
    if isinstance(right, Tensor):
        return calls.tensor_operation(machine, node, name, name, right, [left])
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        try:
            return function(left, right)
        except TypeError:
            return machine.unknown()
    asked = loop_bounds.compared(machine.run, name, left, right)
    if asked is not None:
        return asked
    found: object
    if name in ("eq", "ne"):
        found = _equality(machine, "eq", left, right, negative=name == "ne")
    else:
        found = Symbolic(Comparison(name, key(machine, left), key(machine, right)))
    return note_end(machine.run, node, name, found) if isinstance(found, Symbolic) else found


def _identity(machine: Interpreter, left: object, right: object, negative: bool) -> object:
    if isinstance(left, Symbolic) or isinstance(right, Symbolic):
        return _equality(machine, "is", left, right, negative)
    same = left is right or (isinstance(left, _PLAIN) and isinstance(right, _PLAIN) and left == right)
    return same is not negative


def _equality(machine: Interpreter, name: str, left: object, right: object, negative: bool) -> object:
    found: object = None
    if isinstance(left, Symbolic) and isinstance(right, Symbolic):
        found = loop_bounds.is_item(machine.run, left, right)
    if found is None:
        found = Symbolic(Comparison(name, key(machine, left), key(machine, right)))
    return negated(machine, found) if negative else found


def _membership(machine: Interpreter, left: object, right: object, negative: bool) -> object:
    if isinstance(left, _PLAIN) and isinstance(right, (str, list, tuple, dict)):
        try:
            is_known = isinstance(right, str) or all(isinstance(each, _PLAIN) for each in right)
            if is_known and (left in right or not is_open(machine.run, right)):
                return (left in right) is not negative
        except TypeError:
            pass
    found: object = Symbolic(Comparison("in", key(machine, left), key(machine, right)))
    return negated(machine, found) if negative else found


def key(machine: Interpreter, value: object) -> Hashable:
    """What makes two values of the same key equal; a value of which that cannot be told gets a key of its own."""
    if isinstance(value, Symbolic):
        return machine.run.shortened(value.key)
    if isinstance(value, _PLAIN) and not isinstance(value, (slice, range)):
        return Constant(type(value).__name__, value)
    if (
        isinstance(value, (list, tuple))
        and len(value) <= MAX_KEY
        and all(isinstance(each, (str, int)) for each in value)
    ):
        return Constant("values", tuple(value))
    if isinstance(value, Symbol):
        return value.name
    return Fresh(machine.run.fresh())


def is_usual(value: object) -> bool:
    """Whether a number or string is small enough to compute with."""
    if isinstance(value, int):
        return value.bit_length() <= MAX_BITS
    return not isinstance(value, (str, bytes)) or len(value) <= MAX_CHARACTERS
