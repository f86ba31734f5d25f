"""Names that share the memory of a tensor, and copies in their place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix, Span
from torchlint.syntax.tree import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Edit
    from torchlint.model.fixes.editor import Layout

COPY = ".detach().clone()"


def copied(layout: Layout, at: ast.AST) -> Fix | None:
    """Give the alias that is changed at a node memory of its own, where a name is bound to it by one assignment."""
    name = _root(_changed(at))
    if name is None:
        return None
    scope = layout.scope(at)
    bound = [each for each in ast.walk(scope) if isinstance(each, ast.Name) and each.id == name and _is_store(each)]
    made = [layout.parent(each) for each in bound]
    assigned = [each for each in made if isinstance(each, ast.Assign)]
    if not assigned or any(not isinstance(each, (ast.Assign, ast.AugAssign)) for each in made):
        return None
    edits = [_copy(layout, each.value) for each in assigned if each.lineno <= layout.statement(at).lineno]
    if len(edits) != 1 or edits[0] is None:
        return None
    return Fix(Applicability.UNSAFE, f"Make `{name}` a copy", (edits[0],))


def _copy(layout: Layout, value: ast.expr) -> Edit | None:
    """Put ``.detach().clone()`` where the memory begins to be shared unseen."""
    shared = [each for each in ast.walk(value) if _is_shared(each)]
    arrays = [each for each in ast.walk(value) if isinstance(each, ast.Call) and last_name(each.func) == "numpy"]
    if not shared and len(arrays) == 1 and not any(_is_copy(each) for each in ast.walk(value)):
        return layout.insert(layout.span(arrays[0]).end, ".copy()")
    if len(shared) != 1 or any(_is_copy(each) for each in ast.walk(value)):
        return None
    end = layout.span(shared[0]).end
    if isinstance(shared[0], ast.Attribute):
        span = Span(end - len(".data"), end)
        return layout.edit(span, COPY) if layout.source.slice(span) == ".data" else None
    return layout.insert(end, ".clone()")


def _is_shared(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="data", ctx=ast.Load()):
            return True
        case ast.Call(func=ast.Attribute(attr="detach"), args=[], keywords=[]):
            return True
    return False


def _is_copy(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("clone", "copy")


def _changed(at: ast.AST) -> ast.AST:
    """The expression that a change is made through."""
    match at:
        case ast.AugAssign(target=target):
            return target
        case ast.Call(func=ast.Attribute(value=receiver, attr=name)) if name.endswith("_") or name == "fill":
            return receiver
        case ast.Call(args=[first, *_]):
            return first
    return at


def _root(node: ast.AST) -> str | None:
    """The name that an expression begins with; not where it leaves the memory that is shared, or shares it itself."""
    for each in _chain(node):
        if _is_shared(each):
            return None
        node = each
    return node.id if isinstance(node, ast.Name) else None


def _chain(node: ast.AST) -> Iterator[ast.AST]:
    while True:
        yield node
        match node:
            case ast.Subscript(value=inner) | ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case ast.Attribute(value=inner):
                node = inner
            case _:
                return


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
