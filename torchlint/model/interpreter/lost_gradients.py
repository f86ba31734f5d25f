"""Gradients that get lost though nothing raises: steps whose parameters no backward came to, and terms of a loss that
are plain numbers.

What a path does later may make up for it, so that all of this is judged at its end. Code that is not seen comes only
to what it was given: through it, a backward may have come to all of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.tensor import CutKind, Node, Tensor
from torchlint.model.autograd.views import edge, requires_grad

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from torchlint.model.autograd.history import GraphHistory, Idle
    from torchlint.model.autograd.tensor import Cut
    from torchlint.model.interpreter.state import PathState

_SUMS = frozenset("add sub rsub sum mean neg clone to double float squeeze view reshape".split())
"""Operations whose result is a sum of parts of what they are given."""
_SCALED = frozenset("mul div".split())
"""Those, where only one operand has a graph."""
_NUMBERS = (CutKind.NUMBER, CutKind.REWRAP)


def lost(run: PathState) -> Iterator[Fault]:
    """What no backward of the whole path made up for."""
    history = run.history
    if any(each.kind in (Kind.REWRAPPED, Kind.NO_GRAD) for each in run.log.faults):
        return  # that tells why
    terms = [(cut, at) for at, starts in history.begun for cut in _terms(starts) if cut in history.left]
    if not terms and not history.idle:
        return
    starts = [each for _, begun in history.begun for each in begun]
    nodes, reached = _behind(history, [*starts, *_unseen(run)])
    for cut, at in terms:
        if not any(each in nodes or each in reached for each in history.left[cut]):
            yield Fault(Kind.TERM, cut.at, at, "", cut.source, cut.operation, cut=cut)
    for each in history.idle:
        if reached.isdisjoint(each.owned):
            end = _cut_before(history, each, _beside(nodes, reached)) or _unrecorded(history, each)
            if end is not None:
                yield Fault(Kind.IDLE, end.at, each.at, "", end.source, end.operation, cut=end)


def _terms(starts: Iterable[Node | Tensor]) -> Iterator[Cut]:
    """The numbers, taken out of graphs, that are terms of what a backward starts from."""
    seen: set[Node] = set()
    waiting = [each for each in starts if isinstance(each, Node)]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        name = node.name.removesuffix("_")
        if name in _SUMS:
            yield from (each for each in node.ended if each.kind in _NUMBERS)
        if name in _SUMS or (name in _SCALED and len(node.inputs) == 1):
            waiting += (each for each in node.inputs if isinstance(each, Node))


def _unseen(run: PathState) -> Iterator[Node | Tensor]:
    """Where a backward that code which is not seen may have run would have started."""
    known = run.speculation.tensors or {}
    given = (known[key] for key in run.speculation.given if key in known)
    for each in (*run.history.escaped, *given):
        start = edge(run, each) or each.node
        if start is not None:
            yield start


def _behind(history: GraphHistory, starts: Iterable[Node | Tensor]) -> tuple[set[Node], set[object]]:
    """The nodes, and the leaves and modules, that a backward would come to if all that may require grad did."""
    nodes: set[Node] = set()
    ends: set[object] = set()
    waiting = list(starts)
    while waiting:
        each = waiting.pop()
        if isinstance(each, Tensor):
            ends.add(each)
        elif each not in nodes:
            nodes.add(each)
            waiting += each.inputs
            for source, origin in each.possible:
                waiting += source.flow if origin is None else (origin,)
            ends.update(filter(None, (each.through, history.modules.get(each))))
    return nodes, ends


def _beside(nodes: Iterable[Node], ends: Iterable[object]) -> set[Cut]:
    """Where the graphs were left to which a backward through some nodes, to some leaves, would have come on."""
    passed = {cut for node in nodes for cut in node.ended}
    return passed.union(each.cut for each in ends if isinstance(each, Tensor) and each.cut is not None)


def _cut_before(history: GraphHistory, idle: Idle, beside: Collection[Cut]) -> Cut | None:
    """Where the graph of an optimizer's parameters was left, though a backward would have come on from there, or as the
    only place at which it was left."""
    if history.is_handed_over or not all(_is_trained(each) for each in idle.owned):
        return None
    cuts = [cut for cut, behind in history.left.items() if not _behind(history, behind)[1].isdisjoint(idle.owned)]
    found = next((cut for cut in cuts if cut in beside), None)
    is_only = len({cut.at for cut in cuts}) == 1 and all(isinstance(each, Tensor) for each in idle.owned)
    return found or (cuts[0] if is_only else None)


def _is_trained(owned: object) -> bool:
    """Whether a parameter, or a module that is not looked into, certainly is to be trained."""
    if isinstance(owned, Tensor):
        return requires_grad(owned) is Answer.YES
    return not getattr(owned, "is_doubtful", False)


def _unrecorded(history: GraphHistory, idle: Idle) -> Cut | None:
    """Where parameters were used while nothing was recorded, if they were not used otherwise."""
    parameters = [each for each in idle.owned if isinstance(each, Tensor)]
    if any(each.is_used or requires_grad(each) is not Answer.YES for each in parameters):
        return None
    return next((history.unrecorded[each] for each in parameters if each in history.unrecorded), None)
