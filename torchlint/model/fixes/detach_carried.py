"""What a loop carries from one iteration into the next, and where to cut its graph."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix
from torchlint.model.fixes.carried_attributes import let_go
from torchlint.model.fixes.carried_names import FORMS, carried_by, changed_by, form, written
from torchlint.model.fixes.editor import Loop, own_nodes
from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Edit
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.verify import Rehearsal

_MOST = 4
"""Names that one loop carries at most."""


def detach_carried(layout: Layout, rehearsal: Rehearsal, backward: ast.AST, *places: ast.AST) -> Fix | None:
    """Detach what leads from a backward into the iteration before: one name if that is enough, else all.

    Offered where nothing goes wrong any more at the backward, nor at other ``places``.
    """
    for message, cut in (*_meant(layout), *let_go(layout, backward)):
        if rehearsal.settles(cut, backward, *places):
            return Fix(Applicability.UNSAFE, message, cut)
    for loop in (each for each in layout.around(backward) if isinstance(each, Loop)):
        names = [name for name in _carried(layout, loop) if _may_be_tensor(layout, loop, name)][:_MOST]
        for chosen in [*([each] for each in names), *([names] if len(names) > 1 else [])]:
            for kind in FORMS:
                edits = _cut(layout, loop, chosen, kind)
                if edits is not None and rehearsal.settles(edits, backward, *places):
                    whose = " and ".join(f"`{each}`" for each in chosen)
                    return Fix(Applicability.UNSAFE, f"Detach {whose} in each iteration", edits)
    return None


def _name(node: ast.expr) -> str:
    name = dotted(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
    return name if name and name.count(".") <= 1 else ""


def _meant(layout: Layout) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    """``h = h.detach()`` for every statement ``h.detach()``, whose result is thrown away."""
    for each in ast.walk(layout.tree):
        match each:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr="detach"), args=[], keywords=[]) as call):
                name = _name(owner)
                if name and layout.whole(owner) == layout.span(owner):
                    yield f"Detach `{name}`", (layout.insert(layout.span(call).start, f"{name} = "),)


def _cut(layout: Layout, loop: Loop, names: Sequence[str], kind: str) -> tuple[Edit, ...] | None:
    """At the head of the loop where each name is a tensor before it, else at its end."""
    lines = [kind.format(name) for name in names]
    before = [_value_before(layout, loop, name) for name in names]
    if {form(layout, each) for each in before} != {kind}:
        return None
    if not any(each is None or isinstance(each, ast.Constant) for each in before):
        first = loop.body[0]
        return layout.before(first, *lines) if first.lineno > loop.lineno else None
    if any(isinstance(each, ast.Continue) for each in ast.walk(loop)) or not _is_bound_at_end(loop, names):
        return None
    last = loop.body[-1]
    return layout.after(last, *lines) if last.lineno > loop.lineno else None


def _carried(layout: Layout, loop: Loop) -> Iterator[str]:
    """What the loop's body reads before it binds it, and what it changes in place."""
    yield from dict.fromkeys((*carried_by(loop.body, loop), *changed_by(loop.body)))


def _value_before(layout: Layout, loop: Loop, name: str) -> ast.expr | None:
    """What a name is bound to before a loop, by the last assignment above it; None where that is not seen."""
    found = None
    own = sorted(
        (each for each in own_nodes(layout.scope(loop)) if isinstance(each, ast.Assign)), key=lambda each: each.lineno
    )
    for each in own:
        if each.lineno < loop.lineno:
            for target in each.targets:
                if written(target) == name:
                    found = each.value
                elif isinstance(target, (ast.Tuple, ast.List)) and any(written(part) == name for part in target.elts):
                    found = _part_of(each.value, [written(part) for part in target.elts].index(name))
    return found


def _part_of(value: ast.expr, index: int) -> ast.expr:
    """What one of several targets gets, where the values are written out; else all that is unpacked."""
    if isinstance(value, (ast.Tuple, ast.List)) and index < len(value.elts):
        return value.elts[index]
    return value


def _may_be_tensor(layout: Layout, loop: Loop, name: str) -> bool:
    """Whether a carried name is neither called nor a counter: not everything that it is bound to in the loop is a
    number."""
    if any(isinstance(each, ast.Call) and _name(each.func) == name for each in ast.walk(loop)):
        return False
    values = [
        each.value
        for each in ast.walk(loop)
        if (isinstance(each, ast.Assign) and any(written(target) == name for target in each.targets))
        or (isinstance(each, ast.AugAssign) and written(each.target) == name)
    ]
    return not values or not all(isinstance(each, ast.Constant) or _is_number(each) for each in values)


def _is_number(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in ("item", "size", "numel", "dim")
        case ast.Call(func=ast.Name(id=name)):
            return name in ("len", "int", "float")
    return False


def _is_bound_at_end(loop: Loop, names: Sequence[str]) -> bool:
    """Whether the body's own statements bind each name, whichever way the loop goes."""
    return all(any(written(node) == name for each in loop.body for node in _targets(each)) for name in names)


def _targets(statement: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(statement, ast.Assign):
        for each in statement.targets:
            yield from ast.walk(each)
    elif isinstance(statement, ast.AugAssign):
        yield statement.target
