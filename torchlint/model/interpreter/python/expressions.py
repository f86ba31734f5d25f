"""Expressions: operators, attributes, subscripts, displays and comprehensions."""

from __future__ import annotations

import ast
import builtins
import operator
from typing import TYPE_CHECKING

from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter import texts
from torchlint.model.interpreter.identities import Computed, Named
from torchlint.model.interpreter.limits import ITEMS_OF_WORK, MAX_ITEMS
from torchlint.model.interpreter.loop_bounds import MOST
from torchlint.model.interpreter.open_containers import leave_open
from torchlint.model.interpreter.python import calls, imports, iteration, operators
from torchlint.model.interpreter.scope import MISSING, Scope
from torchlint.model.interpreter.speculation import note_operation
from torchlint.model.interpreter.values.constants import is_key
from torchlint.model.interpreter.values.containers import Stream, extent
from torchlint.model.interpreter.values.functions import FunctionValue
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic
from torchlint.model.interpreter.values.value import as_value
from torchlint.syntax.outline import USUAL

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

    from torchlint.model.interpreter.protocol import Interpreter

_BUILTINS = frozenset(dir(builtins))

_UNARY: Mapping[type[ast.unaryop], tuple[str, Callable[..., object]]] = {
    ast.USub: ("neg", operator.neg),
    ast.UAdd: ("positive", operator.pos),
    ast.Invert: ("bitwise_not", operator.invert),
}


def evaluate(machine: Interpreter, scope: Scope, node: ast.expr) -> object:
    """The value of an expression."""
    machine.run.budget.spend(1)
    handler = _HANDLERS.get(type(node))
    value = handler(machine, scope, node) if handler is not None else _unseen(machine, scope, node)
    if isinstance(value, (list, tuple, dict)):
        return _followed(machine, value)
    return machine.as_proven(value) if machine.proven else value


def _followed(machine: Interpreter, value: list[object] | tuple[object, ...] | dict[object, object]) -> object:
    """A container, unless it is too large to look into each time that it is used."""
    items = extent(value)
    machine.run.budget.spend(items // ITEMS_OF_WORK)
    if items < MAX_ITEMS:
        return value
    machine.run.history.unseen_backward = True
    return machine.unknown()


def _unseen(machine: Interpreter, scope: Scope, node: ast.expr) -> object:
    """``await``, ``yield`` and the like: what is inside runs, what comes out is not known."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            machine.evaluate(scope, child)
    return machine.unknown()


def _yield(machine: Interpreter, scope: Scope, node: ast.Yield) -> object:
    value = machine.evaluate(scope, node.value) if node.value is not None else None
    block = machine.calls.blocks[-1] if machine.calls.blocks else None
    if block is not None:
        block(value)
        return None
    _hand_out(machine, [value])
    return machine.unknown()


def _yield_from(machine: Interpreter, scope: Scope, node: ast.YieldFrom) -> object:
    _hand_out(machine, iteration.over(machine, node, machine.evaluate(scope, node.value)).values)
    return machine.unknown()


def _hand_out(machine: Interpreter, values: Iterable[object]) -> None:
    if machine.calls.yielded:
        known = machine.calls.yielded[-1] or []
        machine.calls.yielded[-1] = [*known, *values][:MOST]


def _constant(machine: Interpreter, scope: Scope, node: ast.Constant) -> object:
    return node.value if operators.is_usual(node.value) else machine.unknown()


def _name(machine: Interpreter, scope: Scope, node: ast.Name) -> object:
    value = scope.find(node.id)
    if value is MISSING:
        return _missing(machine, scope, node.id)
    if isinstance(value, Tensor):
        if machine.run.log.watched:
            machine.run.log.read(value, node)
        if value.activated is not None and node.id in value.activated.names:
            machine.run.log.read_activated(value, node)
    return value


def _missing(machine: Interpreter, scope: Scope, name: str) -> object:
    """What a name means that nothing seen binds."""
    if name in _BUILTINS:
        return Symbol(f"builtins.{name}")
    brought = imports.by_star(machine, scope, name) if scope.module.stars else None
    return brought or (Symbol(USUAL[name]) if name in USUAL else Symbolic(Named(name)))


def _attribute(machine: Interpreter, scope: Scope, node: ast.Attribute) -> object:
    return as_value(machine.evaluate(scope, node.value)).attribute(machine, node.attr, node)


def _call(machine: Interpreter, scope: Scope, node: ast.Call) -> object:
    machine.run.budget.step()
    return calls.evaluate_call(machine, scope, node)


def _binary(machine: Interpreter, scope: Scope, node: ast.BinOp) -> object:
    left = machine.evaluate(scope, node.left)
    right = machine.evaluate(scope, node.right)
    return operators.binary(machine, node, type(node.op), left, right)


def _unary(machine: Interpreter, scope: Scope, node: ast.UnaryOp) -> object:
    value = machine.evaluate(scope, node.operand)
    if isinstance(node.op, ast.Not):
        return as_value(value).negated(machine)
    name, function = _UNARY[type(node.op)]
    signed = as_value(value).negative(machine, node, name, "-" if name == "neg" else "~")
    if signed is not NotImplemented:
        return signed
    if isinstance(value, (bool, int, float, complex)):
        try:
            return function(value)
        except TypeError:
            return machine.unknown()
    known = as_value(value)
    found = Symbolic(Computed(name, known.equality_key(machine)), known.edges(machine.run))
    return note_operation(machine.run, node, name, (value,), found)


def _bool(machine: Interpreter, scope: Scope, node: ast.BoolOp) -> object:
    stops = isinstance(node.op, ast.Or)
    value: object = None
    for each in node.values:
        value = machine.evaluate(scope, each)
        if each is node.values[-1]:
            return value
        if machine.truth(value, each) is stops:
            return as_value(value).taken_for(stops)
    return value


def _compare(machine: Interpreter, scope: Scope, node: ast.Compare) -> object:
    left = machine.evaluate(scope, node.left)
    result: object = True
    for kind, right_node in zip(node.ops, node.comparators, strict=True):
        right = machine.evaluate(scope, right_node)
        result = operators.compared(machine, node, kind, left, right)
        if len(node.ops) > 1 and not machine.truth(result, node):
            return False
        left = right
    return result


def _conditional(machine: Interpreter, scope: Scope, node: ast.IfExp) -> object:
    chosen = node.body if machine.truth(machine.evaluate(scope, node.test), node.test) else node.orelse
    return machine.evaluate(scope, chosen)


def _subscript(machine: Interpreter, scope: Scope, node: ast.Subscript) -> object:
    value = machine.evaluate(scope, node.value)
    index = machine.evaluate(scope, node.slice)
    return as_value(value).item(machine, index, node)


def _slice(machine: Interpreter, scope: Scope, node: ast.Slice) -> object:
    parts = [machine.evaluate(scope, each) if each else None for each in (node.lower, node.upper, node.step)]
    return slice(*parts)


def _tuple(machine: Interpreter, scope: Scope, node: ast.Tuple) -> object:
    found, is_all = _elements(machine, scope, node.elts)
    return _as_far(machine, tuple(found), is_all=is_all)


def _list(machine: Interpreter, scope: Scope, node: ast.List) -> object:
    found, is_all = _elements(machine, scope, node.elts)
    return _as_far(machine, found, is_all=is_all)


def _as_far(machine: Interpreter, made: object, *, is_all: bool) -> object:
    if not is_all:
        leave_open(machine.run, made)
    return made


def _elements(machine: Interpreter, scope: Scope, nodes: list[ast.expr]) -> tuple[list[object], bool]:
    """The elements of a display, and whether these are all: of what is unpacked there may be any number."""
    found: list[object] = []
    is_all = True
    for each in nodes:
        if type(each) is ast.Constant and operators.is_usual(each.value):
            found.append(each.value)
        elif isinstance(each, ast.Starred):
            unpacked = iteration.over(machine, each, machine.evaluate(scope, each.value))
            found += unpacked.values
            is_all = is_all and unpacked.is_all
        else:
            found.append(machine.evaluate(scope, each))
    return found, is_all


def _set(machine: Interpreter, scope: Scope, node: ast.Set) -> object:
    found, is_all = _elements(machine, scope, node.elts)
    return _as_far(machine, tuple(_different(found)), is_all=is_all)


def _different(items: Iterable[object]) -> Iterator[object]:
    """Each item once; what is no number and no text equals only itself."""
    seen: set[Hashable] = set()
    for each in items:
        mark = (True, each) if isinstance(each, (str, int, float)) else (False, id(each))
        if mark not in seen:
            seen.add(mark)
            yield each


def _dict(machine: Interpreter, scope: Scope, node: ast.Dict) -> object:
    found: dict[object, object] = {}
    for name, value_node in zip(node.keys, node.values, strict=True):
        value = machine.evaluate(scope, value_node)
        if name is None:
            found.update(value if isinstance(value, dict) else {})
            continue
        index = machine.evaluate(scope, name)
        found[_dict_key(machine, index)] = value
    return found


def _dict_key(machine: Interpreter, index: object) -> object:
    """A key that can be looked up again, or one that nothing equals."""
    return index if is_key(index) else machine.unknown()


def _generator(machine: Interpreter, scope: Scope, node: ast.GeneratorExp) -> object:
    """Only what it runs over is evaluated at once."""
    given = machine.evaluate(scope, node.generators[0].iter)
    return Stream(lambda: _comprehension(machine, scope, node, given))


def _comprehension(
    machine: Interpreter, scope: Scope, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, given: object = MISSING
) -> object:
    inner = Scope(scope, is_comprehension=True)
    found: list[object] = []
    for is_all in iteration.generators(machine, inner, node.generators, given):
        found.append(machine.evaluate(inner, node.elt))
        if not is_all:
            leave_open(machine.run, found)
    return found


def _dict_comprehension(machine: Interpreter, scope: Scope, node: ast.DictComp) -> object:
    inner = Scope(scope, is_comprehension=True)
    found: dict[object, object] = {}
    for is_all in iteration.generators(machine, inner, node.generators):
        index = machine.evaluate(inner, node.key)
        value = machine.evaluate(inner, node.value)
        found[_dict_key(machine, index)] = value
        if not is_all:
            leave_open(machine.run, found)
    return found


def _text(machine: Interpreter, scope: Scope, node: ast.JoinedStr) -> object:
    parts: list[object] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            value = machine.evaluate(scope, part.value)
            parts.append(value if part.conversion == -1 and part.format_spec is None else None)
        else:
            parts.append(machine.evaluate(scope, part))
    found = texts.joined(parts)
    return machine.unknown() if found is None else found


def _lambda(machine: Interpreter, scope: Scope, node: ast.Lambda) -> object:
    return FunctionValue(node, scope, calls.defaults(machine, scope, node.args))


def _walrus(machine: Interpreter, scope: Scope, node: ast.NamedExpr) -> object:
    value = machine.evaluate(scope, node.value)
    scope.bind(node.target.id, value, binds_outside=True)
    return value


def _starred(machine: Interpreter, scope: Scope, node: ast.Starred) -> object:
    return machine.evaluate(scope, node.value)


_HANDLERS: Mapping[type[ast.expr], Callable[..., object]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _generator,
    ast.DictComp: _dict_comprehension,
    ast.JoinedStr: _text,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Starred: _starred,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
}
