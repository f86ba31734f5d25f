"""Views that name the sizes of a tensor in another order, as if that swapped its dimensions.

Sizes are known by their names alone: those that ``b, c, h, w = x.shape`` gives to the dimensions of ``x``, as long as
neither the tensor nor the name is bound anew.
"""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.named_calls import calls_of
from torchlint.syntax.tree import Function, blocks, names_bound, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.model.code.protocol import CodeFacts

_VIEWS = frozenset(("view", "reshape"))
_SAME_LAYOUT = frozenset(
    "contiguous clone detach float half double to cuda cpu abs exp log neg relu sigmoid tanh type".split()
)
"""Methods that give a tensor with the dimensions of the one that they are called on."""
_CLOSED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class SwappedView(NamedTuple):
    """``at`` lays out the elements of ``tensor`` in a shape whose dimensions are, in ``order``, groups of those that it
    has. ``read`` names its sizes (None: the view itself reads them)."""

    at: ast.Call
    tensor: ast.expr
    order: tuple[tuple[int, ...], ...]
    read: ast.stmt | None

    @property
    def permutation(self) -> tuple[int, ...] | None:
        """The order of the dimensions, where none are joined."""
        joined = tuple(dim for group in self.order for dim in group)
        return joined if all(len(group) == 1 for group in self.order) else None


class _Shape(NamedTuple):
    """The shape of the tensor of a name, as a statement read it: how many dimensions, and the names of their sizes."""

    rank: int
    names: dict[str, int]
    read: ast.stmt


def swapped_views(facts: CodeFacts) -> Iterator[SwappedView]:
    """Every view of all of a tensor in which dimensions do not come in their order."""
    if not any(f"{each}(" in facts.source.text for each in _VIEWS):
        return
    functional = {call for call, _ in calls_of(facts, ("torch.reshape",))}
    for scope in [facts.tree(), *(each for each in walk(facts.tree()) if isinstance(each, Function))]:
        views = [*_Reading(functional).of(scope.body)]
        sheared = _sheared(scope) if views else ()
        yield from (each for each in views if each.at not in sheared)


class _Reading:
    """What the names of a body stand for, statement after statement."""

    def __init__(self, functional: set[ast.Call], shapes: dict[str, _Shape] | None = None) -> None:
        self._functional = functional
        self._shapes = dict(shapes or {})

    def of(self, body: Sequence[ast.stmt]) -> Iterator[SwappedView]:
        for statement in body:
            if isinstance(statement, _CLOSED):
                continue
            inner = list(blocks(statement))
            if isinstance(statement, _LOOPS):
                self._forget(statement)
            for expression in (each for each in ast.iter_child_nodes(statement) if not isinstance(each, ast.stmt)):
                if isinstance(expression, (ast.expr, ast.withitem)):
                    yield from self._views(expression)
            for each in inner:
                yield from _Reading(self._functional, self._shapes).of(each)
            self._forget(statement)
            self._learn(statement)

    def _forget(self, statement: ast.stmt) -> None:
        """What a statement binds stands for something else behind it."""
        bound = names_bound(statement)
        self._shapes = {
            name: shape._replace(names={size: dim for size, dim in shape.names.items() if size not in bound})
            for name, shape in self._shapes.items()
            if name not in bound
        }

    def _learn(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=value) if tensor := _shape_of(value):
                sizes = [each.id if isinstance(each, ast.Name) else "" for each in names]
                if all(sizes) and tensor not in sizes:
                    named = {size: dim for dim, size in enumerate(sizes) if sizes.count(size) == 1}
                    self._shapes[tensor] = _Shape(len(sizes), named, statement)

    def _views(self, expression: ast.AST) -> Iterator[SwappedView]:
        for call in walk(expression, _CLOSED):
            if isinstance(call, ast.Call) and (parts := self._parts(call)) is not None:
                tensor, given = parts
                name = _named(tensor)
                order = self._order(name, given) if name else None
                if name and order and _is_swapped(order):
                    shape = self._shapes.get(name)
                    yield SwappedView(call, tensor, order, shape.read if shape else None)

    def _parts(self, call: ast.Call) -> tuple[ast.expr, Sequence[ast.expr]] | None:
        """The tensor and the sizes of a view."""
        match call:
            case ast.Call(func=ast.Attribute(value=tensor, attr=name), args=given, keywords=[]) if name in _VIEWS:
                if call in self._functional:
                    tensor, *given = given if len(given) == 2 else [tensor]
            case _:
                return None
        if len(given) == 1 and isinstance(given[0], (ast.Tuple, ast.List)):
            given = given[0].elts
        return (tensor, given) if len(given) > 1 else None

    def _order(self, name: str, given: Sequence[ast.expr]) -> tuple[tuple[int, ...], ...] | None:
        """The dimensions of a tensor that each size of a view stands for, None where one is not known."""
        shape = self._shapes.get(name)
        groups = [self._group(each, name, shape) for each in given]
        known = [dim for group in groups if group is not None for dim in group]
        rest = [each for each, group in zip(given, groups, strict=True) if group is None]
        if len(set(known)) != len(known) or len(rest) > 1 or not all(map(_is_rest, rest)):
            return None
        rank = shape.rank if shape is not None else len(known)
        missing = tuple(dim for dim in range(rank) if dim not in known)
        if (missing and not rest) or max(known, default=0) >= rank or (rest and shape is None):
            return None
        return tuple(group for each in groups if (group := missing if each is None else each))

    def _group(self, size: ast.expr, name: str, shape: _Shape | None) -> tuple[int, ...] | None:
        """The dimensions whose sizes are multiplied to give one size."""
        match size:
            case ast.Name(id=called) if shape is not None and called in shape.names:
                return (shape.names[called],)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                one, other = self._group(left, name, shape), self._group(right, name, shape)
                return tuple(sorted((*one, *other))) if one is not None and other is not None else None
            case ast.Constant(value=1):
                return ()
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=owner), attr="size"), args=[ast.Constant(value=int(dim))]
            ):
                return (dim,) if owner == name else None
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=owner), attr="shape"), slice=ast.Constant(value=int(dim))
            ):
                return (dim,) if owner == name else None
        return None


def _sheared(scope: Function | ast.Module) -> set[ast.expr]:
    """What gives a tensor of which a part is taken to be viewed again: so rows are shifted against each other."""
    given = {}
    for each in walk(scope):
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                given[value] = name
    cut = {_part_of(each) for each in walk(scope)}
    return {value for value, target in given.items() if target in cut}


def _part_of(node: ast.AST) -> str | None:
    """The name of a tensor of which a node takes all but some rows or columns."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=index):
            is_cut = any(isinstance(each, ast.Slice) and (each.lower or each.upper) for each in walk(index))
            return name if is_cut else None
    return None


def _is_rest(size: ast.expr) -> bool:
    """Whether a size is -1."""
    match size:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)):
            return True
    return False


def _shape_of(value: ast.expr) -> str | None:
    """The name of the tensor whose whole shape an expression is."""
    match value:
        case ast.Attribute(value=ast.Name(id=name), attr="shape"):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="size"), args=[], keywords=[]):
            return name
    return None


def _named(tensor: ast.expr) -> str | None:
    """The name of the tensor whose dimensions an expression has, in their order."""
    while isinstance(tensor, ast.Call) and isinstance(tensor.func, ast.Attribute) and tensor.func.attr in _SAME_LAYOUT:
        tensor = tensor.func.value
    return tensor.id if isinstance(tensor, ast.Name) else None


def _is_swapped(order: Sequence[Sequence[int]]) -> bool:
    """Whether some dimension comes before one that it stands behind."""
    return any(max(one) > min(other) for one, other in pairwise(order))
