"""What functions and loops declare, bind and mention, looked for once a node, however often it is run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from torchlint.syntax.tree import Function, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Loop = ast.For | ast.AsyncFor | ast.While
Found = TypeVar("Found")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
"""What has a scope of its own."""


class FunctionUse(NamedTuple):
    """Whether a call of a function runs nothing yet, and the names that it declares global or nonlocal."""

    is_generator: bool
    shared: frozenset[str]


class LoopUse(NamedTuple):
    """The names that a loop mentions, those that only some of its iterations may bind, those that each iteration may
    bind to something else, as it has to do with the loop's item, and whether it calls anything, or may be left by
    ``break``."""

    names: frozenset[str]
    bound: frozenset[str]
    varied: frozenset[str]
    calls: bool
    breaks: bool


_FUNCTIONS: WeakKeyDictionary[ast.AST, FunctionUse] = WeakKeyDictionary()
_LOOPS: WeakKeyDictionary[ast.AST, LoopUse] = WeakKeyDictionary()


def function_use(node: Function | ast.Lambda) -> FunctionUse:
    """What the body of a function does that its callers need to know."""
    return _once(_FUNCTIONS, node, _use_of_function)


def loop_use(node: Loop) -> LoopUse:
    """What the body of a loop does, nested functions included."""
    return _once(_LOOPS, node, _use_of_loop)


def _once(
    known: WeakKeyDictionary[ast.AST, Found], node: Loop | Function | ast.Lambda, find: Callable[..., Found]
) -> Found:
    found = known.get(node)
    if found is None:
        found = known[node] = find(node)
    return found


def _use_of_function(node: Function | ast.Lambda) -> FunctionUse:
    body = [] if isinstance(node, ast.Lambda) else node.body
    own = [each for statement in body for each in walk(statement, _SCOPES)]
    kinds = {type(each) for each in own}
    declaring = own if kinds & {ast.Global, ast.Nonlocal} else []
    shared = (name for each in declaring if isinstance(each, (ast.Global, ast.Nonlocal)) for name in each.names)
    return FunctionUse(not kinds.isdisjoint((ast.Yield, ast.YieldFrom)), frozenset(shared))


def _use_of_loop(node: Loop) -> LoopUse:
    body = [each for statement in node.body for each in walk(statement)]
    mentioned = body if isinstance(node, ast.While) else [*body, *walk(node.target)]
    branches = [each for each in body if isinstance(each, (ast.If, ast.Try, ast.Match))]
    return LoopUse(
        frozenset(each.id for each in mentioned if isinstance(each, ast.Name)),
        frozenset(name for each in branches for name in _bound_names(each)),
        _varied_names(node, body),
        any(isinstance(each, ast.Call) for each in body),
        any(isinstance(each, ast.Break) for each in body),
    )


def _varied_names(node: Loop, body: list[ast.AST]) -> frozenset[str]:
    """What a loop counts, and what it binds to anything that is computed with that, or with the loop's item."""
    items = set() if isinstance(node, ast.While) else set(_bound_names(node.target))
    varied = set(items)
    bindings: list[tuple[set[str], set[str]]] = []
    for each in body:
        match each:
            case ast.AugAssign(target=ast.Name(id=name), value=ast.Constant()):
                varied.add(name)
            case ast.Assign() | ast.AnnAssign(value=ast.expr()) | ast.AugAssign() | ast.NamedExpr():
                bindings.append((set(_bound_names(each)), _read_names(each.value)))
            case ast.For(target=target, iter=source) | ast.AsyncFor(target=target, iter=source):
                bindings.append((set(_bound_names(target)), _read_names(source)))
    while more := {name for bound, read in bindings if read & varied for name in bound - varied}:
        varied |= more
    return frozenset(varied - items)


def _read_names(node: ast.AST | None) -> set[str]:
    found = walk(node) if node is not None else ()
    return {each.id for each in found if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def _bound_names(node: ast.AST) -> Iterator[str]:
    yield from (each.id for each in walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
