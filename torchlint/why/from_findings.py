"""Findings of the analysis as suspects: how well each fits what the log says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, EffectKind, Role
from torchlint.why.details import is_operation
from torchlint.why.kind import Blame
from torchlint.why.suspects import Sure, Suspect, Weighing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchlint.finding import Finding, Place
    from torchlint.why.case import Case
    from torchlint.why.files import Located

_MADE = (Role.SAVED, Role.RECORDED, Role.CREATED)


def from_findings(case: Case, findings: Iterable[tuple[str, Finding]]) -> Iterator[Suspect]:
    """The findings, with the paths of their files, that may be what the log is about."""
    for path, finding in findings:
        says_it = _says_it(case, finding)
        if says_it or finding.code in case.kind.codes:
            yield _suspect(case, path, finding, says_it=says_it)


def _says_it(case: Case, finding: Finding) -> bool:
    """Whether a finding says that PyTorch raises this very error."""
    effect = finding.effect
    if effect.kind is not EffectKind.RAISES or not effect.message:
        return False
    return case.is_same(effect.message)


def _suspect(case: Case, path: str, finding: Finding, *, says_it: bool) -> Suspect:
    weighing = Weighing()
    codes = case.kind.codes
    if says_it:
        weighing.add(40, "the analysis says that PyTorch raises this error")
    elif case.kind.blame is Blame.CLASS:
        weighing.add(15, "it leads to such an error")
    elif finding.effect.kind is EffectKind.RAISES:
        weighing.add(-10)
    if finding.code in codes:
        weighing.add(20 - 2 * min(5, codes.index(finding.code)))
    weighing.add({Certainty.CERTAIN: 10, Certainty.LIKELY: 5, Certainty.ADVICE: 0}[finding.certainty])
    is_there = _weigh_place(case, path, finding, weighing)
    _weigh_forward(case, path, finding, weighing)
    _weigh_tensor(case, finding, weighing)
    place = finding.place
    return Suspect(
        path,
        place.cell,
        place.line,
        place.lines[-1],
        _sure(finding, says_it=says_it, is_there=is_there),
        finding.message,
        weighing.evidence,
        weighing.score,
        finding,
    )


def _sure(finding: Finding, *, says_it: bool, is_there: bool) -> Sure:
    if not (says_it and is_there):
        return Sure.POSSIBLE
    return Sure.CERTAIN if finding.certainty is Certainty.CERTAIN else Sure.LIKELY


def _weigh_place(case: Case, path: str, finding: Finding, weighing: Weighing) -> bool:
    """Whether a finding surfaces where the log says that PyTorch raised."""
    surface = finding.effect.place or finding.place
    raised = case.raised
    if raised is None:
        return False
    if _is_at(surface, path, raised):
        weighing.add(35, f"it surfaces where PyTorch raised, at {case.name(raised)}")
        return True
    for each in reversed(case.frames):
        if _is_at(surface, path, each) or (surface is not finding.place and _is_at(finding.place, path, each)):
            weighing.add(25, f"it is on the way to where PyTorch raised, at {case.name(each)}")
            return _is_at(surface, path, each)
    if case.kind.blame is Blame.CLASS:
        return False
    if (surface.path or path) == raised.path and finding.effect.place is not None:
        weighing.add(-25)
    elif (surface.path or path) not in {each.path for each in case.frames}:
        weighing.add(-5)
    return False


def _weigh_forward(case: Case, path: str, finding: Finding, weighing: Weighing) -> None:
    """Whether its story passes the line of the forward pass that anomaly mode named."""
    places = [each.place for each in finding.story if each.role in _MADE and each.place is not None]
    places += [each.place for each in finding.related]
    for each in reversed(case.forward):
        if any(_is_at(place, path, each) for place in places):
            weighing.add(30, f"anomaly mode named {case.name(each)}, which is in its story")
            return
    if any(_is_at(finding.place, path, each) for each in case.forward):
        weighing.add(10, "anomaly mode named this line")


def _weigh_tensor(case: Case, finding: Finding, weighing: Weighing) -> None:
    """Whether the tensor that the message speaks of may be the one of its story."""
    details = case.details
    if case.kind.slug != "modified-inplace":
        return
    changes = [each for each in finding.story if each.role is Role.CHANGED]
    if details.operation and not details.is_view:
        written = [each.operation for each in finding.story if each.role in _MADE and each.operation]
        if any(is_operation(each, details.operation) for each in written):
            weighing.add(15, f"`{details.operation}` made the tensor, says the message, and is in its story")
    elif changes and not details.operation and finding.code in ("TLC205", "TLC204"):
        weighing.add(8, "the tensor is a leaf, says the message, and parameters are")
    if details.changes and len(changes) == details.changes > 1:
        weighing.add(5, f"it tells of {details.changes} changes, as many as the message")


def _is_at(place: Place, path: str, located: Located) -> bool:
    """Whether a place of a finding in the file at ``path`` has something of a frame's statement."""
    if (place.path or path) != located.path or place.cell != located.cell:
        return False
    lines = place.lines
    return lines[0] <= located.last and located.first <= lines[-1]
