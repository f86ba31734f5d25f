"""The end of a path: what it comes to is kept, its graphs are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.views import edge
from torchlint.model.interpreter.lost_gradients import lost
from torchlint.model.interpreter.misdirected import misdirected
from torchlint.model.interpreter.spent_graphs import growing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.interpreter.state import PathState


def end(run: PathState) -> None:
    """Note what the whole path tells, and let go of every tensor and node; the many paths of a file are judged
    together."""
    run.history.needless = []
    if not run.history.unseen_backward:
        run.history.needless += [*_needless(run), *lost(run), *misdirected(run.history.reach), *growing(run)]
    run.let_go()


def _needless(run: PathState) -> Iterator[Fault]:
    """Backwards that kept a graph which no later one went through."""
    if not run.history.retained or run.history.is_guessed:
        return
    escaped = frozenset(reachable(start for each in run.history.escaped if (start := edge(run, each)) is not None)[0])
    last = {node: number for number, nodes in enumerate(run.history.backwards, 1) for node in nodes}
    for each in run.history.retained:  # without nodes, it may have come to the end of a graph that is not seen
        if each.nodes and each.nodes.isdisjoint(escaped) and all(last[node] <= each.number for node in each.nodes):
            kind = Kind.CREATED if each.creates else Kind.RETAINED
            yield Fault(kind, each.at, each.at, "", each.name)
