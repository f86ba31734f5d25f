"""Findings and what a run recorded -> the same findings, each with a verdict, and the faults that nobody predicted.

A finding is confirmed only where what was seen is what it says: the same kind of fault, at its own lines. It is refuted
in this run where all its lines ran and that did not happen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.confirm.kinds import RUN_ERROR, UNPREDICTED, Kind
from torchlint.confirm.records import Ending, Line, Records
from torchlint.confirm.sources import Flow, Sources
from torchlint.confirm.steps import Steps
from torchlint.confirm.verdicts import Case, Run, absolute, predicted_kind
from torchlint.finding import Certainty, Effect, EffectKind, Finding, Place, Span, Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from torchlint.finding import Related

    _Fault = tuple[Kind, Line, Effect, tuple[Related, ...], tuple[float, float] | None]

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
    Kind.ARRAY: "a NumPy array asked of a tensor that requires grad",
    Kind.COPIED: "a deep copy of the result of an operation",
    Kind.GRADIENTS: "a custom function whose backward returns too few gradients, or too many",
    Kind.NON_LEAF: "an optimizer over the results of operations",
    Kind.SHAPE: "sizes that do not fit each other",
    Kind.IDLE: "an optimizer none of whose parameters ever had a gradient at a step",
    Kind.DISCARDED: "a result that nobody took",
    Kind.PLAIN_TENSOR: "a tensor that neither state_dict() nor a move reaches",
    Kind.PLAIN_MODULE: "modules that their module does not register",
    Kind.PLAIN_PARAMETER: "a parameter that its module does not register",
    Kind.REWRAPPED: "a backward that reaches nothing but the tensor it starts from",
}


_PLAIN = ("TLC101", "TLC102", "TLC103")
_TOLD_BY = {
    Kind.PLAIN_TENSOR: _PLAIN,
    Kind.PLAIN_MODULE: _PLAIN,
    Kind.PLAIN_PARAMETER: _PLAIN,
    Kind.DISCARDED: ("TLC207",),
    Kind.IDLE: ("TLC304", "TLC404", "TLC504", "TLC601", "TLC604", "TLC608", "TLC609"),
}
"""The rules that say of a silent fault what was seen of it, or why it came to that."""
_LONGEST = 120
"""Characters of an error's own words in a message."""


class Judge:
    """Verdicts on findings from what one run recorded.

    ``probed`` is the line of a class that was tried out: what ended that is told of whatever it is, as nobody else
    shows it, and what did not was a guess.
    """

    def __init__(
        self,
        seen: Records,
        ending: Ending = Ending.FINISHED,
        sources: Sources | None = None,
        probed: Line | None = None,
    ) -> None:
        sources = sources or Sources()
        self._seen = seen
        self._steps = Steps(sources.line)
        self._run = Run(seen, ending, self._steps, Flow(sources, seen.lines), sources)
        self._probed = probed

    def judged(self, path: str, finding: Finding) -> Finding:
        """A finding of the file at ``path`` with its verdict."""
        return replace(finding, verdict=Case(self._run, path, finding).verdict())

    def unpredicted(
        self, name_of: Callable[[Line], str], findings: Iterable[tuple[str, Finding]]
    ) -> list[tuple[str, Finding]]:
        """The faults that were seen and that no finding says, with the names of their files."""
        known = [(absolute(path), each) for path, each in findings]
        found: dict[tuple[Kind, Line], tuple[str, Finding]] = {}
        for kind, line, effect, seen, gradient in self._faults():
            if (kind, line) in found or any(_tells(path, each, kind, line, seen) for path, each in known):
                continue
            code, rule = UNPREDICTED.get(kind, RUN_ERROR)
            message = "seen in this run, not found by reading"
            verdict = Verdict(VerdictKind.UNPREDICTED, message, effect.kind, seen, gradient)
            title = effect.message.splitlines()[0][:_LONGEST] if kind is Kind.ERROR else _TITLES[kind]
            text, place = f"not predicted: {title}", self._steps.place(line, line.path)
            finding = Finding(code, rule, text, Certainty.CERTAIN, Span(0, 0), place, effect, verdict=verdict)
            found[kind, line] = (name_of(line), finding)
        return list(found.values())

    def _faults(self) -> Iterator[_Fault]:
        """Each fault that was seen: its kind, the line to blame, what it did, its steps, how far a gradient is off."""
        for error in self._seen.raised:
            if error.ended if self._probed else error.kind in UNPREDICTED:
                at = error.at[0] if error.at else self._probed
                if at is None:
                    continue
                line = error.changes[0] if error.kind is Kind.SAVED and error.changes else at
                effect = Effect(EffectKind.RAISES, error.message, self._steps.place(at, line.path))
                yield error.kind, line, effect, self._steps.of_error(error, line.path), None
        yield from self._stale()
        yield from self._silent()

    def _stale(self) -> Iterator[_Fault]:
        for stale in self._seen.stale:
            if stale.equal is False and stale.changes:
                line, at = stale.changes[0], stale.backward
                place = self._steps.place(at, line.path) if at else None
                effect = Effect(EffectKind.SILENT, "the gradient is computed from the changed content", place)
                yield Kind.STALE, line, effect, self._steps.of_stale(stale, line.path), stale.gradient

    def _silent(self) -> Iterator[_Fault]:
        """What neither raised nor computed anything wrong, and is lost all the same."""
        for plain in self._seen.plain:
            if plain.at is None:
                continue
            what = (
                f"each new `{plain.owner}` has {plain.what} in `{plain.attribute}` that neither state_dict() nor a move"
            )
            on = f"; it is on {plain.device}" if plain.device else ""
            yield plain.kind, plain.at, Effect(EffectKind.SILENT, f"{what} reaches{on}"), (), None
        for line, name in self._seen.discarded.items():
            yield Kind.DISCARDED, line, Effect(EffectKind.SILENT, f"`{name}` ran, and nobody took its result"), (), None
        for each in self._seen.optimizers:
            if each.idle == each.parameters:
                text = f"none of its {each.parameters} parameters had a gradient at any step"
                yield Kind.IDLE, each.at, Effect(EffectKind.SILENT, text), (), None


def _tells(path: str, finding: Finding, kind: Kind, line: Line, seen: Iterable[Related]) -> bool:
    """Whether a finding says a fault that was seen: of the same kind, at one of its lines."""
    if finding.code in _TOLD_BY.get(kind, ()):
        if kind is Kind.IDLE and finding.verdict is not None and finding.verdict.kind is VerdictKind.CONFIRMED:
            return True
    elif predicted_kind(finding) is not kind:
        return False
    lines = {_line(each.place, line.path) for each in seen} | {line}
    places = [finding.place, *([finding.effect.place] if finding.effect.place else [])]
    return any(_line(place, path)._replace(line=number) in lines for place in places for number in place.lines)


def _line(place: Place, own: str) -> Line:
    return Line(own if place.path is None else absolute(place.path), place.cell, place.line)
