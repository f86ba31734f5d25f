"""A graph that a first backward frees though nothing is trained by its way through it.

The generator's picture that the discriminator's loss goes back into: its gradient is cleared before the generator's own
step. There the graph is not to be kept for the second backward but cut from the first loss, and the steps get the same
gradients.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix
from torchlint.model.fixes.retention import retain
from torchlint.syntax.tree import names_bound, names_read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Edit
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.verify import Outcome, Rehearsal

_MOST = 4
"""Names that are tried."""


def cut_off(layout: Layout, rehearsal: Rehearsal, fault: Fault) -> Fix | None:
    """Detach what the first of two backwards need not reach; only where every step then gets what it would get."""
    first, second = fault.backward, fault.at
    if first is None or first is second or not (layout.owns(first) and layout.owns(second)):
        return None
    kept = retain(layout, first)
    whole = rehearsal.outcome(kept.edits) if kept is not None else None
    fate = _fate(whole, first) if whole is not None else None
    if whole is None or whole.goes_wrong((second,)) or not whole.trained or fate is None:
        return None
    for name, edits in _candidates(layout, first):
        tried = rehearsal.outcome(edits)
        if tried is not None and tried.settles((first, second)) and _fate(tried, first) == fate:
            return Fix(Applicability.UNSAFE, f"Detach `{name}` from the first loss", edits)
    return None


def _candidates(layout: Layout, first: ast.AST) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    """Every name that is an argument on the way to the first loss and that other statements of the block read too."""
    statement = layout.statement(first)
    block = layout.block(statement)
    at = next(index for index, each in enumerate(block) if each is statement)
    wanted, own = names_read(statement), [statement]
    for each in reversed(block[:at]):
        if names_bound(each) & wanted:
            own.append(each)
            wanted |= names_read(each)
    others = {name for each in block if each not in own for name in names_read(each)}
    calls = [each for statement in own for each in ast.walk(statement) if isinstance(each, ast.Call)]
    given = [each for call in calls for each in call.args if isinstance(each, ast.Name) and each.id in others]
    for name in list(dict.fromkeys(each.id for each in given))[:_MOST]:
        yield name, tuple(layout.insert(layout.span(each).end, ".detach()") for each in given if each.id == name)


def _fate(outcome: Outcome, first: ast.AST) -> dict[tuple[int, int], int] | None:
    """What becomes of gradients, by lines, to which no edit here adds one: into which step each goes, and to what of
    those of a first backward others are added. None where another file decides it."""
    line = outcome.source.position
    added = [each for each in outcome.mixed.items() if each[0][0] == outcome.now(first)]
    fate: dict[tuple[int, int], int] = {}
    for (one, other), indices in [*outcome.trained.items(), *added]:
        if one is None or other is None:
            return None
        lines = line(one)[0], line(other)[0]
        fate[lines] = fate.get(lines, 0) | indices
    return fate
