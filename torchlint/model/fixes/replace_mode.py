"""One grad mode instead of another: ``no_grad`` for ``inference_mode``, and the other way round."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Span
from torchlint.model.code.purpose import Function
from torchlint.syntax.tree import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Edit
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.spelling import Spelling

NO_GRAD, INFERENCE = "no_grad", "inference_mode"


def mode_around(layout: Layout, node: ast.AST, name: str) -> ast.expr | None:
    """The ``with`` item or the decorator of that mode in which a node runs; else the only one of the file."""
    for each in layout.around(node):
        found = next((item for item in _modes(each) if last_name(_callee(item)) == name), None)
        if found is not None:
            return found
    every = [item for each in ast.walk(layout.tree) for item in _modes(each) if last_name(_callee(item)) == name]
    return every[0] if len(every) == 1 else None


def swapped(layout: Layout, spelling: Spelling, mode: ast.expr, name: str) -> tuple[Edit, ...] | None:
    """Write another mode in the place of one that takes no arguments, or ``True`` as its only one."""
    callee = _callee(mode)
    edits: list[Edit] = []
    if isinstance(callee, ast.Attribute):
        end = layout.span(callee).end
        edits.append(layout.edit(Span(end - len(callee.attr), end), name))
    else:
        spelled = spelling.of(f"torch.{name}", mode)
        if spelled is None:
            return None
        edits += [*spelled.edits, layout.replace(callee, spelled.text)]
    if isinstance(mode, ast.Call) and (mode.args or mode.keywords):
        given = [*mode.args, *(each.value for each in mode.keywords)]
        if len(given) != 1 or not isinstance(given[0], ast.Constant) or given[0].value is not True:
            return None
        edits.append(layout.edit(Span(layout.span(callee).end, layout.span(mode).end), "()"))
        if layout.whole(callee) != layout.span(callee):
            return None
    return tuple(edits)


def _modes(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            yield item.context_expr
    elif isinstance(node, Function):
        yield from node.decorator_list


def _callee(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node
