"""The end of a path: what it comes to is kept, its graphs are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.views import edge, requires_grad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.interpreter.state import PathState


def end(run: PathState) -> None:
    """Note what the whole path tells, and let go of every tensor and node; the many paths of a file are judged
    together."""
    run.history.needless = [] if run.history.unseen_backward else [*_needless(run), *_idle(run)]
    run.let_go()


def _idle(run: PathState) -> Iterator[Fault]:
    """Steps of optimizers whose parameters no backward ever came to, as what they were used in was not recorded."""
    history = run.history
    if any(each.kind in (Kind.REWRAPPED, Kind.NO_GRAD) for each in run.log.faults):
        return  # that tells why
    for each in history.idle:
        if any(
            one in history.reached or one.is_used or requires_grad(one) is not Answer.YES for one in each.parameters
        ):
            continue
        cut = next((history.unrecorded[one] for one in each.parameters if one in history.unrecorded), None)
        if cut is not None:
            yield Fault(Kind.IDLE, cut.at, each.at, "", cut.source, cut.operation, cut=cut)


def _needless(run: PathState) -> Iterator[Fault]:
    """Backwards that kept a graph which no later one went through."""
    if not run.history.retained:
        return
    escaped = frozenset(reachable(start for each in run.history.escaped if (start := edge(run, each)) is not None)[0])
    last = {node: number for number, nodes in enumerate(run.history.backwards, 1) for node in nodes}
    for each in run.history.retained:  # without nodes, it may have come to the end of a graph that is not seen
        if each.nodes and each.nodes.isdisjoint(escaped) and all(last[node] <= each.number for node in each.nodes):
            kind = Kind.CREATED if each.creates else Kind.RETAINED
            yield Fault(kind, each.at, each.at, "", each.name)
