"""A step between a forward and its backward, put right by moving one of the two.

Either what the backward goes through is computed after the step, from the weights that it left, or the step comes after
the backward. The two train different things.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix
from torchlint.model.autograd.tensor import How
from torchlint.syntax.tree import last_name, names_bound, names_read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.finding import Edit
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.verify import Outcome, Rehearsal

_MOST = 4
"""Statements that are moved at most."""


def reordered(layout: Layout, rehearsal: Rehearsal, fault: Fault) -> Fix | None:
    """Compute a loss after the step, or else step after its backward, where one block has both."""
    if fault.surfaces is None or not (layout.owns(fault.at) and layout.owns(fault.surfaces)):
        return None
    backward = layout.statement(fault.surfaces)
    step = _in_block(layout, fault.at, backward)
    if step is None:
        return None
    for moved in _forwards(layout, step, backward):
        edits = _moved_behind(layout, moved, step)
        tried = rehearsal.outcome(edits) if edits is not None else None
        if edits is not None and tried is not None and tried.settles((fault.at, fault.surfaces)):
            return Fix(Applicability.DISPLAY, f"Compute the loss after the {_called(fault)}", edits)
    edits = _stepping_later(layout, step, backward)
    tried = rehearsal.outcome(edits) if edits is not None else None
    if (
        edits is None
        or tried is None
        or not tried.settles((fault.at, fault.surfaces))
        or _loses(rehearsal, tried, fault)
        or (len(edits) > 1 and _mixes(rehearsal, tried, fault))
    ):
        return None
    message = "Step after the backward" if _called(fault) == "step" else "Change it after the backward"
    return Fix(Applicability.DISPLAY, message, edits)


def _called(fault: Fault) -> str:
    return "step" if fault.change is not None and fault.change.how is How.STEP else "change"


def _in_block(layout: Layout, at: ast.AST, backward: ast.stmt) -> ast.stmt | None:
    """The last statement before a backward, in its block, that a place is in or that calls the function it is in."""
    block = layout.block(backward)
    function = layout.function(at)
    name = function.name if function is not None else None
    for each in reversed([each for each in block if each.lineno < backward.lineno]):
        calls = (inner for inner in ast.walk(each) if isinstance(inner, ast.Call))
        if any(inner is at for inner in ast.walk(each)):
            return each
        if name is not None and isinstance(each, ast.Expr) and any(last_name(call.func) == name for call in calls):
            return each
    return None


def _forwards(layout: Layout, step: ast.stmt, backward: ast.stmt) -> Sequence[Sequence[ast.stmt]]:
    """What computes the loss of a backward before a step: the last statement of it, the last two, and so on.

    Only where nothing else needs it before the step, and where it gives the same behind it.
    """
    block = layout.block(step)
    at = next(index for index, each in enumerate(block) if each is step)
    before, wanted = list(block[: at + 1]), names_read(backward)
    chains: list[list[ast.stmt]] = []
    chain: list[ast.stmt] = []
    while len(chain) < _MOST:
        found = next((each for each in reversed(before) if names_bound(each) & wanted and each not in chain), None)
        if found is None or not _is_movable(found, [each for each in before if each not in chain]):
            break
        chain.insert(0, found)
        wanted = wanted - names_bound(found) | names_read(found)
        chains.append(list(chain))
    return chains


def _is_movable(statement: ast.stmt, others: Sequence[ast.stmt]) -> bool:
    """Whether a statement only binds names, which the others that follow it neither read nor change the sources of."""
    match statement:
        case ast.Assign(targets=[ast.Name() | ast.Tuple()]):
            pass
        case _:
            return False
    later = [each for each in others if each.lineno > statement.lineno]
    bound, read = names_bound(statement), names_read(statement)
    return not any(names_read(each) & bound or names_bound(each) & (bound | read) for each in later)


def _moved_behind(layout: Layout, statements: Sequence[ast.stmt], place: ast.stmt) -> tuple[Edit, ...] | None:
    """Move statements of one line each behind another one of their block."""
    removals = [layout.remove(each) for each in statements]
    texts = [layout.text(each) for each in statements]
    added = layout.after(place, *texts)
    if added is None or any("\n" in each for each in texts):
        return None
    edits = list(added)
    for each in removals:
        if each is None:
            return None
        edits += each
    cells = {layout.source.cell_of_line(each.lineno) for each in (*statements, place)}
    return tuple(edits) if len(cells) == 1 else None


def is_handed_on(layout: Layout, backward: ast.AST, first: ast.AST, last: ast.AST) -> bool:
    """Whether a statement between two places gives to something what a backward is of: that may be one as well."""
    names = names_read(backward)
    function = layout.function(last) if layout.owns(last) else None
    lines = range(getattr(first, "lineno", 0) + 1, getattr(last, "lineno", 0))
    calls = [each for each in ast.walk(function or layout.tree) if isinstance(each, ast.Expr) and each.lineno in lines]
    given = [each for call in calls if isinstance(call.value, ast.Call) for each in call.value.args]
    return any(isinstance(each, ast.Name) and each.id in names for each in given)


def moved(layout: Layout, statement: ast.stmt, place: ast.stmt) -> tuple[Edit, ...] | None:
    """Move a statement of one line before an earlier one of its block, or behind a later one."""
    if layout.block(statement) is not layout.block(place):
        return None
    if statement.lineno < place.lineno:
        return _moved_behind(layout, [statement], place)
    removal, added = layout.remove(statement), layout.before(place, layout.text(statement))
    is_one_line = "\n" not in layout.text(statement)
    cells = {layout.source.cell_of_line(each.lineno) for each in (statement, place)}
    return (*added, *removal) if added and removal and is_one_line and len(cells) == 1 else None


def _stepping_later(layout: Layout, step: ast.stmt, backward: ast.stmt) -> tuple[Edit, ...] | None:
    """The step behind the backward; only taken away where the same step follows there anyway."""
    following = layout.neighbour(backward, 1)
    if following is not None and ast.dump(following) == ast.dump(step):
        return layout.remove(step)
    return _moved_behind(layout, [step], backward)


def _loses(rehearsal: Rehearsal, tried: Outcome, fault: Fault) -> bool:
    """Whether gradients that the step was for go into no step any more."""
    before = rehearsal.outcome(())
    if before is None:
        return True
    fed = {backward for backward, step in before.trained if step == before.now(fault.at)}
    trained = {backward for backward, _ in tried.trained}
    return any(each is not None and tried.of(each) not in trained for each in fed)


def _mixes(rehearsal: Rehearsal, tried: Outcome, fault: Fault) -> bool:
    """Whether a step that has moved uses the gradients of the backward that it stands behind now as well, which another
    step is for."""
    before = rehearsal.outcome(())
    if before is None or fault.surfaces is None:
        return True
    passed = tried.now(fault.surfaces)
    fed = {step for backward, step in tried.trained if backward == passed}
    own = {tried.of(each) for each, step in before.trained if each is not None and step == before.now(fault.at)}
    return len(fed) > 1 and any(step in fed for backward, step in tried.trained if backward in own)
