"""Optimizers that have parameters in whose place the program has others by now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import Kind
from torchlint.model.interpreter.events import Backward, Handed, Owned, Replaced, Step

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from torchlint.model.interpreter.events import Event
    from torchlint.model.interpreter.judging import Sighting
    from torchlint.model.report.story import Story


@dataclass(frozen=True, slots=True)
class Stale:
    """New parameters that a backward comes to, and no optimizer has: that of the old ones was ``made`` before, and its
    ``step`` leaves them as they are. ``is_seen``: the backward is known to come to them."""

    at: ast.AST
    made: ast.AST
    step: ast.AST
    is_seen: bool


@dataclass(slots=True)
class _Waiting:
    """What has come since to the leaves that took the place of others."""

    of: Replaced
    has_gradients: bool = False
    step: tuple[ast.AST, int] | None = field(default=None)


def told_stale(story: Story) -> Iterator[Sighting[Stale]]:
    """What is stale in a file that uses no gradients by itself, but where a graph that was left tells why."""
    if not story.reads_gradients():
        cut = {found.fault.surfaces for found in story.everywhere(Kind.IDLE, Kind.UNFED) if found.fault.cut}
        yield from (found for found in story.seen(_stale) if found.what.step not in cut)


def _stale(events: Sequence[Event]) -> Iterator[Stale]:
    """Everything that an optimizer was made too early for."""
    made: dict[int, ast.AST] = {}
    owned: set[int] = set()
    waiting: list[_Waiting] = []
    for event in events:
        match event:
            case Owned():
                if not event.is_all:
                    return
                made.setdefault(event.optimizer, event.at)
                owned |= event.leaves | event.modules
            case Replaced():
                waiting.append(_Waiting(event))
            case Backward(fresh=fresh):
                for each in waiting:
                    if not each.of.is_seen or not fresh.isdisjoint(each.of.leaves):
                        each.has_gradients = True
            case Step(at=at, optimizer=optimizer):
                for each in waiting:
                    if each.has_gradients and each.step is None and optimizer in each.of.optimizers:
                        each.step = at, optimizer
            case Handed():  # what is not seen may have made an optimizer, or given one more
                waiting = [each for each in waiting if each.step is not None]
    for each in waiting:
        if each.step is not None and owned.isdisjoint(each.of.leaves):
            at, optimizer = each.step
            yield Stale(each.of.at, made[optimizer], at, each.of.is_seen)
