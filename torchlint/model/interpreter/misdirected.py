"""Gradients that come to other parameters than those that the steps after them train.

A term of a loss from which a backward comes to none of them, as its graph was left on the way, and networks that get
gradients and that no optimizer has, where another one was given to an optimizer twice or in vain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.tensor import CutKind, How
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter.behind import Behind
from torchlint.model.interpreter.loss_terms import terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from torchlint.model.autograd.history import Reach
    from torchlint.model.autograd.ownership import Owner, Ownership, Stepped
    from torchlint.model.autograd.tensor import Cut, Tensor

_MOST = 8
"""Terms of one loss that are looked at."""


def misdirected(reach: Reach) -> Iterator[Fault]:
    """What no step of the path trains, where all that is trained is seen."""
    own = reach.ownership
    if own.is_open or reach.is_handed_over or not own.steps:
        return
    for step in own.steps.values():
        yield from _astray(reach, step)
    yield from _untrained(reach)


def _astray(reach: Reach, step: Stepped) -> Iterator[Fault]:
    """Terms of a loss whose graph was left on the way to what a step trains, and that lead to nothing that any step
    trains after this backward."""
    others = [each.owner for each in reach.ownership.steps.values() if each.begun.at is step.begun.at]
    found = terms(step.begun.starts)
    for term in found if 1 < len(found) <= _MOST else ():
        behind = Behind(reach, [term])
        if _are_of_modules(behind) and not any(behind.meets(each.parameters, each.modules) for each in others):
            cut = next((each for each in behind.takers if _leads(behind, each, step.owner)), None)
            if cut is not None:
                yield Fault(
                    Kind.ASTRAY,
                    cut.at,
                    step.at,
                    "",
                    cut.source,
                    cut.operation,
                    cut=cut,
                    backward=step.begun.at,
                    entered=step.entered,
                )


def _are_of_modules(behind: Behind) -> bool:
    """Whether a term comes to parameters alone: a leaf that was made on the way is to be differentiated itself."""
    return bool(behind.leaves) and all(each.is_parameter for each in behind.leaves)


def _leads(behind: Behind, cut: Cut, owner: Owner) -> bool:
    """Whether what an optimizer has lies behind a place where a graph was left."""
    return cut.kind is not CutKind.NO_GRAD and behind.cut_off(cut).meets(owner.parameters, owner.modules)


def _untrained(reach: Reach) -> Iterator[Fault]:
    """Networks to which a backward comes, and that no optimizer has, though one was given what it need not have."""
    own = reach.ownership
    owned = {each for owner in own.owners.values() for each in owner.parameters}
    for made, parameters in own.outermost():
        came = next((own.came[each] for each in parameters if each in own.came), None)
        if came is None or not owned.isdisjoint(parameters) or not _waits(own, parameters):
            continue
        steps = (each for (_, backward), each in own.steps.items() if backward is came.backward)
        for step in steps:
            if _is_idle(own, step.owner):
                name = next(iter(parameters)).name
                yield Fault(
                    Kind.UNTRAINED,
                    step.owner.at,
                    step.at,
                    "",
                    name,
                    made=made,
                    backward=came.backward,
                    entered=step.entered,
                )
                break


def _waits(own: Ownership, parameters: Sequence[Tensor]) -> bool:
    """Whether parameters are to be trained, and nothing else trains them or has trained them before."""
    for each in parameters:
        version = own.came[each].version if each in own.came else 0
        if requires_grad(each) is not Answer.YES or any(change.how is How.LOAD for change in each.storage.changes):
            return False
        if any(change.how is not How.STEP for change in each.storage.changes[version:]):
            return False
    return True


def _is_idle(own: Ownership, owner: Owner) -> bool:
    """Whether an optimizer has parameters to which no backward comes, or which another one has as well."""
    others: Collection[Tensor] = {
        each for other in own.owners.values() if other is not owner for each in other.parameters
    }
    return any(each not in own.came or each in others for each in owner.parameters)
