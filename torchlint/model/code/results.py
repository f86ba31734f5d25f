"""What leaves a function or a block, and whether it can be a tensor that was made there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NUMBER_METHODS = frozenset(
    "item tolist numpy size dim numel nelement data_ptr format join split strip lower upper".split()
)
_NUMBER_FUNCTIONS = frozenset("len int float bool str repr range print isinstance format time".split())
_NUMBER_ATTRIBUTES = frozenset("shape dtype device ndim".split())
_OF_ARGUMENTS = frozenset("sum min max abs round list tuple dict sorted zip enumerate set".split())
_KEEPING = frozenset("append extend insert add update put setdefault".split())
_SOMETHING = ast.Name("?", ast.Load())
_NUMBER_MODULES = frozenset("np numpy math os json time random".split())


class Results:
    """What the statements of one function, or of a module, do with values.

    A **number** here is whatever cannot hold a tensor made by the code: Python's numbers and text, NumPy arrays, and
    containers of them.
    """

    def __init__(self, body: Sequence[ast.stmt]) -> None:
        self._body = body
        self._numbers = self._find_numbers()

    def is_number(self, node: ast.expr) -> bool:
        """Whether an expression certainly is no tensor and holds none."""
        return _is_number(node, self._numbers)

    def leave_as_numbers(self) -> bool:
        """Whether all that is returned, or stored outside, is a number."""
        return all(self.is_number(value) for value in self._leaving())

    def bound_in(self, block: ast.stmt) -> set[str]:
        """The names that a block binds to what may be a tensor."""
        return {name for name, _ in _bindings([block]) if name not in self._numbers}

    def reads_outside(self, block: ast.stmt) -> set[str]:
        """The names that are read outside of a block."""
        return {each.id for each in _walk(self._body, block) if isinstance(each, ast.Name) and _is_load(each)}

    def _find_numbers(self) -> frozenset[str]:
        """The names that are only ever bound to numbers: all are taken to be until one is not."""
        bindings = list(_bindings(self._body))
        numbers = frozenset(name for name, _ in bindings)
        while True:
            kept = numbers - {name for name, value in bindings if value is None or not _is_number(value, numbers)}
            if kept == numbers:
                return numbers
            numbers = kept

    def _leaving(self) -> Iterator[ast.expr]:
        for each in _walk(self._body):
            match each:
                case ast.Return(value=value) | ast.Yield(value=value) | ast.YieldFrom(value=value) if value is not None:
                    yield value
                case ast.Assign(targets=targets, value=value):
                    if any(not isinstance(part, ast.Name) for part in _targets(targets)):
                        yield value
                case ast.Global() | ast.Nonlocal():
                    yield _SOMETHING
                case ast.Call(func=ast.Attribute(value=receiver, attr=name), args=args):
                    if name in _KEEPING and not isinstance(receiver, ast.Name):
                        yield from args


def _is_number(node: ast.expr | None, numbers: frozenset[str]) -> bool:
    match node:
        case None | ast.Constant() | ast.JoinedStr() | ast.Slice():
            return True
        case ast.Name(id=name):
            return name in numbers
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod()):
            return True
        case ast.BinOp(left=left, right=right):
            return _is_number(left, numbers) and _is_number(right, numbers)
        case ast.UnaryOp(operand=value) | ast.Starred(value=value) | ast.Subscript(value=value):
            return _is_number(value, numbers)
        case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values) | ast.Set(elts=values):
            return all(_is_number(each, numbers) for each in values)
        case ast.Dict(values=values):
            return all(_is_number(each, numbers) for each in values)
        case ast.Compare(left=left, ops=ops, comparators=others):
            settled = all(isinstance(op, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for op in ops)
            return settled or all(_is_number(each, numbers) for each in (left, *others))
        case ast.IfExp(body=one, orelse=other):
            return _is_number(one, numbers) and _is_number(other, numbers)
        case ast.ListComp(elt=value) | ast.SetComp(elt=value) | ast.GeneratorExp(elt=value) | ast.DictComp(value=value):
            return _is_number(value, numbers)
        case ast.Attribute(attr=name, value=value):
            return name in _NUMBER_ATTRIBUTES or (isinstance(value, ast.Name) and value.id in _NUMBER_MODULES)
        case ast.Call():
            return _is_call_number(node, numbers)
    return False


def _is_call_number(node: ast.Call, numbers: frozenset[str]) -> bool:
    match node.func:
        case ast.Name(id=name) if name in _NUMBER_FUNCTIONS:
            return True
        case ast.Name(id=name) if name in _OF_ARGUMENTS:
            return all(_is_number(each, numbers) for each in node.args)
        case ast.Attribute(attr=name, value=value):
            root = value
            while isinstance(root, ast.Attribute):
                root = root.value
            return name in _NUMBER_METHODS or (isinstance(root, ast.Name) and root.id in _NUMBER_MODULES)
    return False


def _bindings(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """Names with what they are bound to, or what is put into them; None for what is not known."""
    for each in _walk(body):
        match each:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _bound(target, value)
            case (
                ast.AugAssign(target=ast.Name(id=name), value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                yield name, value
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                yield from _bound(target, _elements(value))
            case ast.comprehension(target=target, iter=value):
                yield from _bound(target, _elements(value))
            case ast.withitem(optional_vars=target) if target is not None:
                yield from _bound(target, None)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=args) if method in _KEEPING:
                for value in args:
                    yield name, value


def _elements(iterable: ast.expr) -> ast.expr:
    """What stands for the elements of an iterable: a count and something else for ``enumerate``."""
    match iterable:
        case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
            return ast.Tuple([ast.Constant(0), inner], ast.Load())
    return iterable


def _bound(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    match target:
        case ast.Name(id=name):
            yield name, value
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            values: Sequence[ast.expr | None] = [value] * len(targets)
            if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(targets):
                values = value.elts
            for each, part in zip(targets, values, strict=True):
                yield from _bound(each, part)
        case ast.Starred(value=inner):
            yield from _bound(inner, value)
        case ast.Subscript(value=ast.Name(id=name)):
            yield name, value


def _targets(targets: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """What an assignment writes to; an element of a name's value counts as the name."""
    for each in targets:
        if isinstance(each, (ast.Tuple, ast.List)):
            yield from _targets(each.elts)
        else:
            yield each.value if isinstance(each, ast.Subscript) else each


def _is_load(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _walk(body: Sequence[ast.stmt], without: ast.stmt | None = None) -> Iterator[ast.AST]:
    """Every node of some statements, one of them and functions and classes left out."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if node is without:
            continue
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))
