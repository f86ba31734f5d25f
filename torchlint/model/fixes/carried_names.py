"""What code reads before it binds it, in the order of evaluation, and how what it carries over is detached."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torchlint.model.fixes.editor import Layout


def carried_by(body: Sequence[ast.stmt], around: ast.AST) -> Iterator[str]:
    """The names, and attributes of ``self``, that code reads before it binds them, where ``around`` it binds them."""
    bound: set[str] = set()
    seen: set[str] = set()
    stored = {name for each in ast.walk(around) if (name := written(each))}
    for node in _in_order(body):
        name = _read(node)
        if name in stored and name not in bound and name not in seen:
            seen.add(name)
            yield name
        target = written(node)
        if target:
            bound.add(target)


def changed_by(body: Iterable[ast.stmt]) -> Iterator[str]:
    """The names, and attributes of ``self``, that code changes in place, or a part of them."""
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name.endswith("_") and name[:1] != "_":
                    yield from filter(None, (_read(_owner(owner)),))
                case ast.Subscript(value=owner, ctx=ast.Store()):
                    yield from filter(None, (_read(_owner(owner)),))


def _owner(node: ast.expr) -> ast.expr:
    """What a chain of calls and subscripts begins with."""
    while isinstance(node, ast.Subscript) or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        node = node.value if isinstance(node, ast.Subscript) else node.func.value  # type: ignore[attr-defined]
    return node


def _in_order(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes in the order in which they are evaluated, about: values before their targets."""
    for statement in body:
        yield from _evaluated(statement)


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Assign):
        children = [node.value, *node.targets]
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        children = [node.value, node.target]
    elif isinstance(node, ast.AugAssign):
        loaded = (
            ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
            if isinstance(node.target, ast.Name)
            else node.target
        )
        children = [loaded, node.value, node.target]
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        return
    for each in children:
        yield from _evaluated(each)
    yield node


def _read(node: ast.AST) -> str:
    if isinstance(node, (ast.Name, ast.Attribute)) and (isinstance(node.ctx, ast.Load)):
        name = dotted(node) or ""
        return name if isinstance(node, ast.Name) or name.count(".") == 1 else ""
    return ""


def written(node: ast.AST) -> str:
    """The name, or attribute of something named, that a node binds; else an empty text."""
    if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
        name = dotted(node) or ""
        return name if isinstance(node, ast.Name) or name.count(".") == 1 else ""
    return ""


TENSOR = "{0} = {0}.detach()"
TUPLE = "{0} = tuple(each.detach() for each in {0})"
FORMS = (TENSOR, TUPLE)


def form(layout: Layout, value: ast.expr | None) -> str:
    """How what began as a value is detached: a recurrent layer decides where it begins as nothing."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return TUPLE
    text = layout.source.text
    if "LSTM" not in text or _is_made(value):
        return TENSOR
    if value is not None and not isinstance(value, ast.Constant):
        return ""
    return TUPLE if not _TENSOR_STATES.search(text) else ""


def _is_made(value: ast.expr | None) -> bool:
    """Whether a value is the result of a function of torch."""
    return isinstance(value, ast.Call) and (dotted(value.func) or "").partition(".")[0] in ("torch", "th")


_TENSOR_STATES = re.compile(r"\b(?:GRU|RNN|GRUCell|RNNCell|LSTMCell)\(")
