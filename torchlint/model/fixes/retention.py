"""How long the graph of a backward is kept: its arguments, and two backwards made one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix, Span
from torchlint.syntax.tree import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Edit
    from torchlint.model.fixes.editor import Layout

RETAIN, CREATE = "retain_graph", "create_graph"
_CALLS = ("backward", "grad")


def drop(layout: Layout, call: ast.AST, name: str, applicability: Applicability) -> Fix | None:
    """Take ``retain_graph=True`` or ``create_graph=True`` out of a backward."""
    if not isinstance(call, ast.Call) or not _is_true(_keyword(call, name)):
        return None
    edit = layout.remove_keyword(call, name)
    return Fix(applicability, f"Drop `{name}=True`", (edit,)) if edit else None


def rename(layout: Layout, call: ast.AST, name: str, other: str) -> Fix | None:
    """Put ``other=True`` in the place of ``name=True``."""
    if not isinstance(call, ast.Call) or not _is_true(_keyword(call, name)):
        return None
    if _keyword(call, other) is not None:
        return drop(layout, call, name, Applicability.UNSAFE)
    keyword = next(each for each in call.keywords if each.arg == name)
    start = layout.span(keyword).start
    edit = layout.edit(Span(start, start + len(name)), other)
    return Fix(Applicability.UNSAFE, f"Use `{other}=True`", (edit,))


def differentiate_again(layout: Layout) -> Iterator[Fix]:
    """Let the only ``autograd.grad`` of a file record its gradient, so that it can be differentiated too."""
    calls = [each for each in layout.backwards if last_name(each.func) == "grad"]
    if len(calls) != 1 or _keyword(calls[0], CREATE) is not None or len(calls[0].args) > _position(calls[0]):
        return
    fix = rename(layout, calls[0], RETAIN, CREATE)
    if fix is None and not any(each.arg in (None, RETAIN) for each in calls[0].keywords):
        edit = layout.add_keyword(calls[0], f"{CREATE}=True")
        fix = Fix(Applicability.UNSAFE, f"Record the gradient: `{CREATE}=True`", (edit,))
    if fix is not None:
        yield fix


def retain(layout: Layout, call: ast.AST | None) -> Fix | None:
    """Let a backward keep its graph for the next one."""
    if not isinstance(call, ast.Call) or last_name(call.func) not in _CALLS:
        return None
    given = _keyword(call, RETAIN)
    edit: Edit | None
    if given is not None:
        edit = None if _is_true(given) else layout.replace_keyword(call, RETAIN, "True")
    elif any(each.arg is None for each in call.keywords) or any(isinstance(each, ast.Starred) for each in call.args):
        edit = None
    else:
        edit = layout.add_keyword(call, f"{RETAIN}=True") if len(call.args) <= _position(call) else None
    return Fix(Applicability.UNSAFE, f"Keep the graph: `{RETAIN}=True`", (edit,)) if edit else None


def add_up(layout: Layout, first: ast.AST | None, second: ast.AST) -> Fix | None:
    """One backward from the sum of two losses instead of two backwards, one right after the other."""
    losses = [_plain_loss(each) for each in (first, second)]
    if first is None or losses[0] is None or losses[1] is None or ast.dump(losses[0]) == ast.dump(losses[1]):
        return None
    one, other = layout.statement(first), layout.statement(second)
    if layout.neighbour(one, 1) is not other or layout.lines(one) is None:
        return None
    removal = layout.remove(other)
    if removal is None or layout.source.cell_of_line(one.lineno) is not layout.source.cell_of_line(other.lineno):
        return None
    texts = [layout.source.slice(layout.whole(each)) for each in losses if each is not None]
    if "#" in "".join(texts):
        return None
    if isinstance(losses[0], ast.BinOp) and isinstance(losses[0].op, ast.Add):
        texts[0] = layout.text(losses[0])
    edit = layout.edit(layout.whole(losses[0]), f"({texts[0]} + {texts[1]})")
    return Fix(Applicability.UNSAFE, "Go backward once, from the sum", (edit, *removal))


def _plain_loss(call: ast.AST | None) -> ast.expr | None:
    """The loss of a backward without arguments that is a statement of its own."""
    match call:
        case ast.Call(func=ast.Attribute(value=loss, attr="backward"), args=[], keywords=[]):
            return loss
    return None


def _position(call: ast.Call) -> int:
    """How many positional arguments can come before ``retain_graph``."""
    if last_name(call.func) == "grad":
        return 3
    is_method = isinstance(call.func, ast.Attribute) and last_name(call.func.value) != "autograd"
    return 1 if is_method else 2


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
