"""Findings of the analysis as suspects: how well each fits what the log says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, EffectKind, Role
from torchlint.why.details import is_operation
from torchlint.why.kind import Blame
from torchlint.why.suspects import Sure, Suspect, Weighing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torchlint.finding import Finding, Place
    from torchlint.why.case import Case
    from torchlint.why.files import Located

_TELLING = (Role.CUT, Role.FREED, Role.CHANGED, Role.OVERWRITTEN, Role.SAVED, Role.RECORDED, Role.CREATED)
"""The steps of a story at which something may be to blame, the likeliest first."""
_UNRECORDED = "without recording gradients"
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
    fits = [_weigh_forward(case, path, finding, weighing), _weigh_tensor(case, finding, weighing)]
    if any(fits) and finding.effect.place is None and not is_there:
        weighing.add(5, "it surfaces in a backward that is not seen, and there was one")
    blamed, place = _blamed(path, finding)
    if place is not finding.place:
        weighing.add(0, f"line {finding.place.line}{'' if path == blamed else f' of {path}'} runs into it")
    fits_elsewhere = finding.effect.place is None and any(fits)
    return Suspect(
        blamed,
        place.cell,
        place.line,
        place.lines[-1],
        _sure(finding, place, says_it=says_it, is_there=is_there, fits=fits_elsewhere),
        finding.message,
        weighing.evidence,
        weighing.score,
        finding,
        path,
    )


def _blamed(path: str, finding: Finding) -> tuple[str, Place]:
    """The file and the place where something is to be changed.

    A finding is at the line that runs into the fault: where that is a backward without a graph, the line at which the
    graph ends is to blame, and of a model in another file the line in that file. A step that another file makes is at
    fault for when it is made, so that the caller is to blame. Where a fix is known, so is the line.
    """
    changed = _fixed(finding)
    if changed is not None:
        return path, changed
    places = {role: [each.place for each in finding.story if each.role is role and each.place] for role in Role}
    if cut := places[Role.CUT]:
        return cut[-1].path or path, cut[-1]
    done = [*places[Role.CHANGED], *places[Role.OVERWRITTEN]]
    others = [each for each in done if each.path is not None]
    if others and finding.code != "TLC205" and finding.place not in done:
        return others[-1].path or path, others[-1]
    surface = finding.effect.place
    if surface is not None and surface.path is not None and not done:
        return surface.path, surface
    return path, finding.place


def _edited(finding: Finding) -> list[Place]:
    """The places that the fix of a finding changes; none where there is no fix."""
    return [each.place for each in finding.fix.edits] if finding.fix else []


def _fixed(finding: Finding) -> Place | None:
    """The one place that the fix of a finding changes, where that is in another line; None where there are several."""
    places = _edited(finding)
    lines = {line for each in places for line in (each.lines[0], each.lines[-1])}
    return places[0] if len(lines) == 1 and places[0].line not in finding.place.lines else None


def under_mode(suspects: tuple[Suspect, ...]) -> tuple[Suspect, ...]:
    """The suspects, a finding of what ran without being recorded put to the line that switched recording off."""
    first = suspects[0] if suspects else None
    mode = next((each for each in suspects if each.is_mode), None)
    if first is None or mode is None or first.finding is None or _UNRECORDED not in first.says:
        return suspects
    evidence = (*first.evidence, mode.says)
    moved = replace(first, path=mode.path, cell=mode.cell, line=mode.line, end_line=mode.end_line, evidence=evidence)
    return (moved, *(each for each in suspects[1:] if each is not mode))


def in_story(first: Suspect) -> Iterator[Suspect]:
    """The other lines that the story of the first suspect passes, and that its fix would change."""
    finding = first.finding
    if finding is None:
        return
    own = first.of or first.path
    steps = sorted(
        (each for each in finding.story if each.role in _TELLING), key=lambda each: _TELLING.index(each.role)
    )
    lines = [(each.place, each.message) for each in steps]
    lines[1:1] = [(each, "the fix changes this line") for each in _edited(finding)]
    for number, (place, says) in enumerate([*lines, (finding.place, finding.message)]):
        if place is not None:
            path, score = place.path or own, first.score - 10 - number
            evidence = ("it is in the story of the first",)
            yield Suspect(
                path, place.cell, place.line, place.lines[-1], Sure.POSSIBLE, says, evidence, score, None, own
            )


def _sure(finding: Finding, blamed: Place, *, says_it: bool, is_there: bool, fits: bool) -> Sure:
    """How sure it is that a line is to blame: certain where PyTorch raises for it, and it alone is to be changed."""
    others: Sequence[Place | None] = _edited(finding) or [each.place for each in finding.story]
    is_alone = all(each is None or (each.path is None and each.line in blamed.lines) for each in others)
    if says_it and is_there and finding.certainty is Certainty.CERTAIN and is_alone:
        return Sure.CERTAIN
    return Sure.LIKELY if says_it and (is_there or fits) else Sure.POSSIBLE


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


def _weigh_forward(case: Case, path: str, finding: Finding, weighing: Weighing) -> bool:
    """Whether its story passes the line of the forward pass that anomaly mode named."""
    places = [each.place for each in finding.story if each.role in _MADE and each.place is not None]
    places += [each.place for each in finding.related]
    for each in reversed(case.forward):
        if any(_is_at(place, path, each) for place in places):
            weighing.add(30, f"anomaly mode named {case.name(each)}, which is in its story")
            return True
    if any(_is_at(finding.place, path, each) for each in case.forward):
        weighing.add(10, "anomaly mode named this line")
    return False


def _weigh_tensor(case: Case, finding: Finding, weighing: Weighing) -> bool:
    """Whether the tensor that the message speaks of may be the one of its story."""
    details = case.details
    if case.kind.slug != "modified-inplace":
        return False
    changes = [each for each in finding.story if each.role is Role.CHANGED]
    if details.changes and len(changes) == details.changes > 1:
        weighing.add(5, f"it tells of {details.changes} changes, as many as the message")
    if details.operation and not details.is_view:
        written = [each.operation for each in finding.story if each.role in _MADE and each.operation]
        if any(is_operation(each, details.operation) for each in written):
            weighing.add(15, f"`{details.operation}` made the tensor, says the message, and is in its story")
            return True
    elif changes and not details.operation and finding.code in ("TLC205", "TLC204"):
        weighing.add(8, "the tensor is a leaf, says the message, and parameters are")
        return True
    return False


def _is_at(place: Place, path: str, located: Located) -> bool:
    """Whether a place of a finding in the file at ``path`` has something of a frame's statement."""
    if (place.path or path) != located.path or place.cell != located.cell:
        return False
    lines = place.lines
    return lines[0] <= located.last and located.first <= lines[-1]
