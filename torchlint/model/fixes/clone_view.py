"""Views that may not be changed in place, made so that they may: one at a time, or with memory of their own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix
from torchlint.model.fixes.editor import own_nodes
from torchlint.syntax.tree import dotted, names_bound

if TYPE_CHECKING:
    from torchlint.finding import Edit
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.verify import Rehearsal

_ALL = frozenset(("list", "tuple"))


def one_at_a_time(layout: Layout, rehearsal: Rehearsal, fault: Fault) -> Fix | None:
    """``for row in x`` -> ``for row in (x[i] for i in range(len(x)))``: views that are each on their own."""
    name = _root(fault)
    loop = layout.loop(fault.at)
    if name is None or not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or loop.target.id != name:
        return None
    given = loop.iter
    if (
        isinstance(given, ast.Call)
        and isinstance(given.func, ast.Name)
        and given.func.id in _ALL
        and len(given.args) == 1
    ):
        given = given.args[0]
    tensor = dotted(given) if isinstance(given, (ast.Name, ast.Attribute)) else None
    stored = names_bound(loop)
    if tensor is None or tensor.partition(".")[0] in stored:
        return None
    index = next((each for each in "ijkn" if each not in tensor and each not in stored), None)
    edit = layout.replace(loop.iter, f"({tensor}[{index}] for {index} in range(len({tensor})))")
    if index is None or not rehearsal.settles((edit,), fault.at):
        return None
    return Fix(Applicability.UNSAFE, f"Take the rows of `{tensor}` one at a time", (edit,))


def own_memory(layout: Layout, rehearsal: Rehearsal, fault: Fault) -> Fix | None:
    """Change a copy of a view: where it is made by a call of its own, ``.clone()`` it there, else before the change."""
    name = _root(fault)
    statement = layout.statement(fault.at)
    if name is None or fault.tensor is None or name not in {fault.tensor.name, *fault.tensor.names}:
        return None  # what is named may be a list of views
    scope = layout.scope(statement)
    bound = [
        each
        for each in own_nodes(scope)
        if isinstance(each, ast.Assign) and any(name in _names(target) for target in each.targets)
    ]
    if len(bound) != 1 or bound[0].lineno >= statement.lineno:
        return None
    made = bound[0]
    edits: tuple[Edit, ...] | None
    if isinstance(made.targets[0], ast.Name) and isinstance(made.value, (ast.Call, ast.Subscript)):
        edits = (layout.insert(layout.span(made.value).end, ".clone()"),)
    else:
        edits = layout.before(statement, f"{name} = {name}.clone()")
    if edits is None or not rehearsal.settles(edits, fault.at):
        return None
    return Fix(Applicability.UNSAFE, f"Make `{name}` a copy", edits)


def _names(target: ast.expr) -> set[str]:
    parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    return {each.id for each in parts if isinstance(each, ast.Name)}


def _root(fault: Fault) -> str | None:
    """The name that is changed, or a part of which."""
    node: ast.expr | None
    match fault.at:
        case ast.AugAssign(target=node):
            pass
        case ast.Call(func=ast.Attribute(value=node)) if fault.name is node or isinstance(node, ast.Subscript):
            pass
        case ast.Subscript(value=node):
            pass
        case _:
            node = fault.name if isinstance(fault.name, ast.expr) else None
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
