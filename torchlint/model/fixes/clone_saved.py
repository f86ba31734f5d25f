"""Copies for backward: what an operation keeps is cloned first, be it an argument or its own result.

What is computed stays the same, and so does its gradient: whatever is changed afterwards is no longer what was kept.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix
from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from torchlint.finding import Edit
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.spelling import Spelling
    from torchlint.model.fixes.verify import Rehearsal

_CLONE = ".clone()"
_MOST = 4
"""Copies that one change is worth."""
_LONGEST = 40


def kept_copy(layout: Layout, rehearsal: Rehearsal, fault: Fault, applicability: Applicability) -> Fix | None:
    """Let all that keeps a tensor keep copies of it, so that its change does no harm."""
    edits: list[Edit] = []
    names: list[str] = []
    kept = fault.saved.written if fault.saved is not None else None
    while kept is not None and len(names) < _MOST and layout.owns(kept) and layout.owns(fault.at):
        added = _cloned(layout, kept)
        if added is None:
            return None
        edits += added
        names.append(" ".join(layout.text(kept).split()))
        tried = rehearsal.outcome(edits)
        if tried is None:
            return None
        if tried.settles((fault.at,)):
            named = len(set(names)) == 1 and len(names[0]) <= _LONGEST
            return Fix(applicability, f"Keep a copy of `{names[0]}`" if named else "Keep a copy", tuple(edits))
        others = (each.saved.written for each in tried.faults_at(fault.at) if each.saved is not None)
        kept = next((old for each in others if each is not None and (old := tried.former(each)) is not None), None)
    return None


def kept_weight(layout: Layout, spelling: Spelling, rehearsal: Rehearsal, fault: Fault) -> Fix | None:
    """``F.linear(x, layer.weight.clone(), layer.bias)`` for ``layer(x)``, which kept the weight itself."""
    call = fault.node_at
    if fault.node_operation != "nn.Linear" or not isinstance(call, ast.Call) or not layout.owns(call):
        return None
    name, linear = dotted(call.func), spelling.of("torch.nn.functional.linear", call)
    if name is None or linear is None or len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        return None
    given = layout.whole(call.args[0])
    weights = layout.insert(given.end, f", {name}.weight{_CLONE}, {name}.bias")
    edits = (*linear.edits, layout.replace(call.func, linear.text), weights)
    if not rehearsal.settles(edits, fault.at):
        return None
    return Fix(Applicability.UNSAFE, f"Keep a copy of `{name}.weight`", edits)


def _cloned(layout: Layout, node: ast.AST) -> tuple[Edit, ...] | None:
    """An expression with ``.clone()`` behind it, in parentheses where it needs them."""
    match node:
        case ast.Call() | ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()) | ast.Subscript(ctx=ast.Load()):
            return (layout.insert(layout.span(node).end, _CLONE),)
        case ast.BinOp() | ast.UnaryOp():
            whole = layout.whole(node)
            if whole != layout.span(node):
                return (layout.insert(whole.end, _CLONE),)
            return layout.insert(whole.start, "("), layout.insert(whole.end, f"){_CLONE}")
    return None
