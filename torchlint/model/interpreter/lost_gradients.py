"""Gradients that get lost though nothing raises: steps whose parameters no backward came to, and terms of a loss that
are plain numbers.

What a path does later may make up for it, so that all of this is judged at its end. Code that is not seen comes only
to what it was given: through it, a backward may have come to all of that.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.tensor import CutKind
from torchlint.model.autograd.views import edge, requires_grad

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from torchlint.model.autograd.history import Idle, Reach
    from torchlint.model.autograd.tensor import Cut, Node, Tensor
    from torchlint.model.interpreter.state import PathState

_SUMS = frozenset("add sub rsub sum mean neg clone to double float squeeze view reshape".split())
"""Operations whose result is a sum of parts of what they are given."""
_SCALED = frozenset("mul div".split())
"""Those, where only one operand has a graph."""
_NUMBERS = (CutKind.NUMBER, CutKind.REWRAP)
_MOST = 40
"""Places where a graph was left of which one step's is looked for."""


class _Behind:
    """What a backward would come to if all that may require grad did: nodes, leaves, modules that are not looked
    into, and where graphs were left on the way."""

    def __init__(self, reach: Reach, starts: Iterable[Node | Tensor]) -> None:
        nodes, leaves = reachable(starts, _sources)
        self.ends = {*nodes, *leaves}
        self.modules = {reach.modules[each] for each in nodes if each in reach.modules}
        self.modules.update(each.through for each in nodes if each.through)
        self.beside = {cut for each in nodes for cut in each.ended}
        self.beside.update(each.cut for each in leaves if each.cut is not None)

    def meets(self, idle: Idle) -> bool:
        """Whether some of what an optimizer has is there."""
        return not (self.ends.isdisjoint(idle.parameters) and self.modules.isdisjoint(idle.modules))


def _sources(node: Node) -> Iterator[Node | Tensor]:
    yield from node.inputs
    for source, origin in node.possible:
        yield from source.flow if origin is None else (origin,)


def lost(run: PathState) -> Iterator[Fault]:
    """What no backward of the whole path made up for."""
    reach = run.history.reach
    if any(each.kind in (Kind.REWRAPPED, Kind.NO_GRAD) for each in run.log.faults):
        return  # that tells why
    terms = {(cut, begun.at): begun for begun in reach.begun for cut in _terms(begun.starts) if cut in reach.left}
    if not terms and not reach.idle:
        return
    come = _Behind(reach, [*(each for begun in reach.begun for each in begun.starts), *_unseen(run)])
    for (cut, at), begun in terms.items():
        if come.ends.isdisjoint(reach.left[cut]):
            yield Fault(Kind.TERM, cut.at, at, "", cut.source, cut.operation, cut=cut, entered=begun.entered)
    for idle in dict.fromkeys(reach.idle):
        if come.meets(idle):
            run.history.fed.add(idle.at)
        elif (end := _end_of(reach, idle, come.beside)) is not None:
            yield Fault(Kind.IDLE, end.at, idle.at, "", end.source, end.operation, cut=end, entered=idle.entered)


def _terms(starts: Iterable[Node | Tensor]) -> Iterator[Cut]:
    """The numbers, taken out of graphs, that are terms of what a backward starts from."""
    for node in reachable(starts, lambda node: node.inputs if _adds(node) or _scales(node) else ())[0]:
        if _adds(node):
            yield from (each for each in node.ended if each.kind in _NUMBERS)


def _adds(node: Node) -> bool:
    return node.name.removesuffix("_") in _SUMS


def _scales(node: Node) -> bool:
    return node.name.removesuffix("_") in _SCALED and len(node.inputs) == 1


def _unseen(run: PathState) -> Iterator[Node | Tensor]:
    """Where a backward that code which is not seen may have run would have started."""
    known = run.speculation.tensors or {}
    given = [known[key] for key in run.speculation.given if key in known]
    for each in (*run.history.escaped, *given):
        start = edge(run, each) or each.node
        if start is not None:
            yield start


def _end_of(reach: Reach, idle: Idle, beside: Collection[Cut]) -> Cut | None:
    """Where the graph of what an optimizer has was left or not even recorded, if it certainly is to be trained."""
    if any(requires_grad(each) is not Answer.YES for each in idle.parameters):
        return None
    if any(getattr(each, "is_doubtful", False) for each in idle.modules) or reach.is_handed_over:
        return None
    return _cut_before(reach, idle, beside) or _unrecorded(reach, idle)


def _cut_before(reach: Reach, idle: Idle, beside: Collection[Cut]) -> Cut | None:
    """Where the graph was left, though a backward would have come on from there, or as the only place at which it
    was."""
    cuts = islice(sorted(reach.left, key=beside.__contains__, reverse=True), _MOST)
    met = (cut for cut in cuts if _Behind(reach, reach.left[cut]).meets(idle))
    found = next(met, None)
    if found is None or found in beside:
        return found
    return found if not idle.modules and all(each.at is found.at for each in met) else None


def _unrecorded(reach: Reach, idle: Idle) -> Cut | None:
    """Where parameters were used while nothing was recorded, if they were not used otherwise."""
    if any(each.is_used for each in idle.parameters):
        return None
    return next((reach.unrecorded[each] for each in idle.parameters if each in reach.unrecorded), None)
