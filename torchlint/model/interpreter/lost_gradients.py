"""Gradients that get lost though nothing raises: steps whose parameters no backward came to, and terms of a loss that
are constants.

What a path does later may make up for it, so that all of this is judged at its end. Code that is not seen comes only
to what it was given: through it, a backward may have come to all of that.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.tensor import CutKind, How, Node
from torchlint.model.autograd.views import edge, requires_grad
from torchlint.model.interpreter.behind import Behind
from torchlint.model.interpreter.loss_terms import constants, parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from torchlint.model.autograd.history import Idle, Reach
    from torchlint.model.autograd.tensor import Cut, Tensor
    from torchlint.model.interpreter.state import PathState

_NUMBERS = (CutKind.NUMBER, CutKind.REWRAP)
_VALUES = (*_NUMBERS, CutKind.DETACH)
_MOST = 40
"""Places where a graph was left of which one step's is looked for."""


def lost(run: PathState) -> Iterator[Fault]:
    """What no backward of the whole path made up for."""
    reach = run.history.reach
    if any(each.kind in (Kind.REWRAPPED, Kind.NO_GRAD) for each in run.log.faults):
        return  # that tells why
    given = [each for begun in reach.begun for each in begun.starts]
    unseen = list(_unseen(run))
    whole = parts([*given, *unseen])
    terms = {(cut, each.at): each for each in reach.begun for cut in constants(each.starts, reach, whole)}
    if not terms and not reach.idle and not reach.partial:
        return
    come = Behind(reach, [*given, *unseen])
    for (cut, at), begun in terms.items():
        if cut.kind in _NUMBERS or come.trains(cut):
            yield Fault(Kind.TERM, cut.at, at, "", cut.source, cut.operation, cut=cut, entered=begun.entered)
    for idle in reach.idle:
        if come.meets(idle.parameters, idle.modules):
            run.history.fed.add(idle.at)
    yield from _idle(run, come)
    if not reach.is_handed_over:
        for idle in reach.partial.values():
            yield from _unfed(reach, idle, come, {cut for cut, _ in terms})


def _idle(run: PathState, come: Behind) -> Iterator[Fault]:
    """Steps to whose parameters no backward came, and why, as far as that is seen."""
    reach = run.history.reach
    same = {(each.at, *each.parameters): each for each in reversed(reach.idle) if each.at not in run.history.fed}
    for idle in same.values():
        if not _is_to_be_trained(reach, idle):
            continue
        cut = _cut_before(reach, idle, come) or _unrecorded(reach, idle, come.takers)
        if cut is not None:
            yield Fault(Kind.IDLE, cut.at, idle.at, "", cut.source, cut.operation, cut=cut, entered=idle.entered)
        elif not idle.modules and reach.replaced.isdisjoint(idle.parameters):
            one = next(iter(idle.parameters))
            yield Fault(
                *(Kind.IDLE, idle.at, idle.at, "", one.name),
                made=one.made,
                backward=idle.backward,
                entered=idle.entered,
            )


def _unfed(reach: Reach, idle: Idle, come: Behind, terms: Collection[Cut]) -> Iterator[Fault]:
    """Parameters of a step that is not idle to which no backward came, as each way to them left the graph right before
    the loss. A parameter whose own ``detach`` is called is meant as a constant, and what is left before a layer may be
    features that are not to be trained."""
    here = (each for each in idle.parameters if each not in come.ends and each not in reach.replaced)
    missing = {each for each in here if requires_grad(each) is Answer.YES and not idle.is_kept_up(each)}
    cuts = [each for each in reach.left if each in come.takers and each.kind in _VALUES]
    for cut in sorted(cuts, key=come.is_term, reverse=True)[: _MOST if missing else 0]:
        ends = come.cut_off(cut).ends
        met = [each for each in idle.parameters if each in missing and each in ends]
        missing.difference_update(met)
        if met and cut not in terms and not come.feeds_layer(cut) and not _is_meant(cut, reach.left[cut], met):
            yield Fault(
                Kind.UNFED,
                cut.at,
                idle.at,
                "",
                met[0].name,
                cut.operation,
                made=met[0].made,
                cut=cut,
                entered=idle.entered,
            )


def _is_meant(cut: Cut, behind: Collection[object], parameters: Collection[Tensor]) -> bool:
    return "detach" in cut.operation and not {*behind}.isdisjoint(parameters)


def _unseen(run: PathState) -> Iterator[Node | Tensor]:
    """Where a backward that code which is not seen may have run would have started."""
    for each in (*run.history.escaped, *run.speculation.given):
        start = edge(run, each) or each.node
        if start is not None:
            yield start


def _is_to_be_trained(reach: Reach, idle: Idle) -> bool:
    """Whether what an optimizer has certainly waits for gradients, and nothing that is not seen may bring them."""
    if any(requires_grad(each) is not Answer.YES for each in idle.parameters):
        return False
    return not reach.is_handed_over and not any(getattr(each, "is_doubtful", False) for each in idle.modules)


def _cut_before(reach: Reach, idle: Idle, come: Behind) -> Cut | None:
    """Where the graph was left, though a backward would have come on from there, or as the only place at which it
    was. A leaf has no graph to leave, unless what it holds was loaded into one that a backward comes to."""
    is_loaded = any(change.how is How.LOAD for each in come.leaves for change in each.storage.changes)
    left = (cut for cut, behind in reach.left.items() if is_loaded or any(isinstance(each, Node) for each in behind))
    cuts = islice(sorted(left, key=come.takers.__contains__, reverse=True), _MOST)
    met = (cut for cut in cuts if come.cut_off(cut).meets(idle.parameters, idle.modules))
    found = next(met, None)
    if found is None or found in come.takers:
        return found
    return found if not idle.modules and all(each.at is found.at for each in met) else None


def _unrecorded(reach: Reach, idle: Idle, beside: Collection[Cut]) -> Cut | None:
    """Where parameters were used while nothing was recorded, if they were not used otherwise, and a backward would have
    come on from there."""
    if any(each.is_used for each in idle.parameters):
        return None
    used = (reach.unrecorded[each] for each in idle.parameters if each in reach.unrecorded)
    return next((each for each in used if any(each.at is other.at for other in beside)), None)
