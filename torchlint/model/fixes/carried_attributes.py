"""What an object carries from one call into the next together with its graph, and where to let go of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.fixes.carried_names import TENSOR, carried_by, form, written
from torchlint.model.fixes.editor import Function
from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Edit
    from torchlint.model.fixes.editor import Layout

_MOST = 4
"""Attributes that one method carries at most."""


def let_go(layout: Layout, backward: ast.AST) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    """What cuts a graph that an object keeps, each with a message: at the head of the method that goes on with it, or
    after the backward."""
    for kind in ast.walk(layout.tree):
        if isinstance(kind, ast.ClassDef):
            methods = [each for each in kind.body if isinstance(each, Function)]
            for method in methods:
                for name in _read_then_written(method):
                    edits = _cut_in_method(layout, methods, method, name, backward)
                    if edits is not None:
                        yield f"Detach `{name}`", edits
    for name in _lists(layout, backward):
        edits = layout.after(layout.statement(backward), f"{name}.clear()")
        if edits is not None:
            yield f"Clear `{name}` after the backward", edits


def _read_then_written(method: Function) -> Sequence[str]:
    """The attributes of ``self`` that a method reads before it binds them, the first few."""
    names = [name for name in carried_by(method.body, method) if name.startswith("self.")]
    return names[:_MOST] if method.name != "__init__" else ()


def _cut_in_method(
    layout: Layout, methods: Sequence[Function], method: Function, name: str, backward: ast.AST
) -> tuple[Edit, ...] | None:
    """Detach an attribute at the head of a method, not yet where it is None; behind its backward if it was a number."""
    begun = list(_beginnings(methods, method, name))
    kinds = {form(layout, each) for each in begun}
    head = next((each for each in method.body if not _is_text(each)), None)
    if len(kinds) != 1 or "" in kinds or head is None or head.lineno <= method.lineno:
        return None
    cut = kinds.pop().format(name)
    constants = [each.value for each in begun if isinstance(each, ast.Constant)]
    if not constants:
        return layout.before(head, cut)
    if None in constants:
        return layout.before(head, f"if {name} is not None:", f"{layout.unit(head)}{cut}")
    statement = layout.statement(backward)
    before = [each for each in method.body if each.lineno < statement.lineno]
    is_bound = any(written(target) == name for each in before for target in _targets(each))
    return layout.after(statement, TENSOR.format(name)) if statement in method.body and is_bound else None


def _beginnings(methods: Sequence[Function], method: Function, name: str) -> Iterator[ast.expr]:
    """What an attribute is bound to by the other methods; by what a method returns where that is called."""
    returned = {
        f"self.{other.name}": [each.value for each in ast.walk(other) if isinstance(each, ast.Return) and each.value]
        for other in methods
    }
    for other in methods:
        for each in ast.walk(other) if other is not method else ():
            if isinstance(each, ast.Assign) and any(written(target) == name for target in each.targets):
                called = dotted(each.value.func) if isinstance(each.value, ast.Call) else None
                yield from returned.get(called or "", [each.value]) or [each.value]


def _lists(layout: Layout, backward: ast.AST) -> Iterator[str]:
    """The lists that are filled somewhere and that the loss is made of, where nothing reads them after its backward."""
    function = layout.function(backward)
    if function is None:
        return
    filled = {
        dotted(each.func.value) or ""
        for each in ast.walk(layout.tree)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "append"
    }
    end = layout.statement(backward).end_lineno or 0
    reads = [
        (dotted(each) or "", each.lineno)
        for each in ast.walk(function)
        if isinstance(each, (ast.Name, ast.Attribute)) and isinstance(each.ctx, ast.Load)
    ]
    for name in sorted(filled - {""}):
        lines = [line for read, line in reads if read == name]
        if name.startswith("self.") and lines and max(lines) <= end and not _is_read_outside(layout, function, name):
            yield name


def _is_read_outside(layout: Layout, function: Function, name: str) -> bool:
    """Whether anything but a function reads an attribute, other than to fill it."""
    inside = set(ast.walk(function))
    return any(
        isinstance(each, ast.Attribute)
        and each.attr == name.rpartition(".")[2]
        and isinstance(each.ctx, ast.Load)
        and each not in inside
        and not (isinstance(parent := layout.parent(each), ast.Attribute) and parent.attr == "append")
        for each in ast.walk(layout.tree)
    )


def _targets(statement: ast.stmt) -> Sequence[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else ()


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
