"""An operation left out where its call stands in another one, another one in its place, and one more around it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Span

if TYPE_CHECKING:
    from torchlint.finding import Edit
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.interpreter.events import Argument, Operation
    from torchlint.syntax.outline import Outline


def unwrapped(layout: Layout, given: Argument, maker: Operation) -> Edit | None:
    """Give what the operation was given in the place of its result; None where it stands elsewhere."""
    inner = maker.arguments.get("input", maker.arguments.get("self"))
    if given.written is not maker.at or inner is None or not layout.owns(maker.at):
        return None
    if not isinstance(inner.written, ast.expr) or inner.written is maker.at:
        return None
    return layout.replace(maker.at, layout.source.slice(layout.whole(inner.written)))


def logarithmic(layout: Layout, outline: Outline, given: Argument, maker: Operation) -> Edit | None:
    """Take the logarithm together with the softmax that gave what an operation is given; None where that is another
    operation, or stands elsewhere."""
    is_there = maker.name == "softmax" and given.written is maker.at
    return renamed(layout, outline, maker, "log_softmax") if is_there else None


def converted(layout: Layout, given: Argument, to: Operation, method: str) -> Edit | None:
    """Call a method of what an operation is given; None where that is not written in its call."""
    written = given.written
    if written is to.at or not isinstance(written, ast.expr) or not layout.owns(written):
        return None
    whole = layout.whole(written)
    text = layout.source.slice(whole)
    if not isinstance(written, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) and not text.startswith("("):
        text = f"({text})"
    return layout.edit(whole, f"{text}.{method}()")


def renamed(layout: Layout, outline: Outline, operation: Operation, name: str) -> Edit | None:
    """Write another function or method of the same module or tensor; None where it is not written as one."""
    call = operation.at
    if not isinstance(call, ast.Call) or not layout.owns(call) or not isinstance(call.func, ast.Attribute):
        return None
    is_method = "self" in operation.arguments
    if call.func.attr != operation.name or not (is_method or _is_of_torch(outline, call.func.value)):
        return None
    end = layout.span(call.func).end
    return layout.edit(Span(end - len(operation.name), end), name)


def _is_of_torch(outline: Outline, owner: ast.expr) -> bool:
    """Whether an operation is taken from a module of PyTorch, not from an object that keeps it."""
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name) and outline.imports.get(owner.id, "").partition(".")[0] == "torch"
