"""The end of a world: what it comes to is kept, its graphs are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.views import edge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.autograd.run import Run


def end(run: Run) -> None:
    """Note what the whole run tells, and let go of every tensor and node; the many worlds of a file are judged
    together."""
    run.needless = [] if run.unseen_backward else list(_needless(run))
    for each in (run.backwards, run.retained, run.feeders, run.escaped, run.watched, run.proven, run.shapes):
        each.clear()
    for table in (run.lengths, run.items, run.sources, run.holders, run.measured):
        table.clear()
    if run.guesses is not None:
        run.guesses.clear()


def _needless(run: Run) -> Iterator[Fault]:
    """Backwards that kept a graph which no later one went through."""
    if not run.retained:
        return
    escaped = frozenset(reachable(start for each in run.escaped if (start := edge(run, each)) is not None)[0])
    last = {node: number for number, nodes in enumerate(run.backwards, 1) for node in nodes}
    for each in run.retained:
        if each.nodes.isdisjoint(escaped) and all(last[node] <= each.number for node in each.nodes):
            kind = Kind.CREATED if each.creates else Kind.RETAINED
            yield Fault(kind, each.at, each.at, "", each.name)
