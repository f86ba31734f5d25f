"""Findings and what a run recorded -> the same findings, each with a verdict, and the faults that nobody predicted.

A finding is confirmed only where what was seen is what it says: the same kind of fault, at its own lines. It is refuted
in this run where all its lines ran and that did not happen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.confirm.kinds import UNPREDICTED, Kind
from torchlint.confirm.records import Ending, Line, Records
from torchlint.confirm.steps import Steps
from torchlint.confirm.verdicts import Case, absolute, predicted_kind
from torchlint.finding import Certainty, Effect, EffectKind, Finding, Place, Span, Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from torchlint.finding import Related

_TITLES = {
    Kind.SAVED: "an in-place change of a tensor that the backward needs",
    Kind.TWICE: "a backward through a graph that an earlier one freed",
    Kind.INFERENCE: "an inference tensor that autograd keeps, or that is changed, outside of inference mode",
    Kind.VIEW: "an in-place operation on a view that may not be changed",
    Kind.LEAF: "an in-place operation on a leaf that requires grad",
    Kind.OUT: "`out=` with an argument that requires grad",
    Kind.WITHOUT_GRAD: "a backward from a tensor that does not require grad",
    Kind.FLAG: "`requires_grad` switched off on the result of an operation",
    Kind.BEFORE_INIT: "something assigned before `super().__init__()`",
    Kind.STALE: "a gradient computed from content that changed behind autograd's back",
    Kind.REWRAPPED: "a backward that reaches nothing but the tensor it starts from",
}


class Judge:
    """Verdicts on findings from what one run recorded. ``text`` gives a line's text, or None where it is not known."""

    def __init__(
        self, seen: Records, ending: Ending = Ending.FINISHED, text: Callable[[Line], str | None] = lambda line: None
    ) -> None:
        self._seen = seen
        self._ending = ending
        self._steps = Steps(text)

    def judged(self, path: str, finding: Finding) -> Finding:
        """A finding of the file at ``path`` with its verdict."""
        return replace(finding, verdict=Case(self._seen, self._ending, self._steps, path, finding).verdict())

    def unpredicted(
        self, name_of: Callable[[Line], str], findings: Iterable[tuple[str, Finding]]
    ) -> list[tuple[str, Finding]]:
        """The faults that were seen and that no finding says, with the names of their files."""
        known = [(absolute(path), each) for path, each in findings]
        found: dict[tuple[Kind, Line], tuple[str, Finding]] = {}
        for kind, line, effect, seen, gradient in self._faults():
            if (kind, line) in found or any(_tells(path, each, kind, line, seen) for path, each in known):
                continue
            code, rule = UNPREDICTED[kind]
            message = "seen in this run, not found by reading"
            verdict = Verdict(VerdictKind.UNPREDICTED, message, effect.kind, seen, gradient)
            text, place = f"not predicted: {_TITLES[kind]}", self._steps.place(line, line.path)
            finding = Finding(code, rule, text, Certainty.CERTAIN, Span(0, 0), place, effect, verdict=verdict)
            found[kind, line] = (name_of(line), finding)
        return list(found.values())

    def _faults(
        self,
    ) -> Iterator[tuple[Kind, Line, Effect, tuple[Related, ...], tuple[float, float] | None]]:
        """Each fault that was seen: its kind, the line to blame, what it did, its steps, how far a gradient is off."""
        for error in self._seen.raised:
            if error.at and error.kind in UNPREDICTED:
                line = error.changes[0] if error.kind is Kind.SAVED and error.changes else error.at[0]
                effect = Effect(EffectKind.RAISES, error.message, self._steps.place(error.at[0], line.path))
                yield error.kind, line, effect, self._steps.of_error(error, line.path), None
        for stale in self._seen.stale:
            if stale.equal is False and stale.changes:
                line, at = stale.changes[0], stale.backward
                place = self._steps.place(at, line.path) if at else None
                effect = Effect(EffectKind.SILENT, "the gradient is computed from the changed content", place)
                yield Kind.STALE, line, effect, self._steps.of_stale(stale, line.path), stale.gradient


def _tells(path: str, finding: Finding, kind: Kind, line: Line, seen: Iterable[Related]) -> bool:
    """Whether a finding says a fault that was seen: of the same kind, at one of its lines."""
    if predicted_kind(finding) is not kind:
        return False
    lines = {_line(each.place, line.path) for each in seen} | {line}
    places = [finding.place, *([finding.effect.place] if finding.effect.place else [])]
    return any(
        _line(place, path)._replace(line=number) in lines
        for place in places
        for number in range(place.line, place.end_line + 1)
    )


def _line(place: Place, own: str) -> Line:
    return Line(own if place.path is None else absolute(place.path), place.cell, place.line)
