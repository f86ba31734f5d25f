"""One finding and what a run recorded -> its verdict."""

from __future__ import annotations

import ast
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.confirm.kinds import Kind, can_warn, kind_of, says, warns
from torchlint.confirm.records import Ending, Line, Raised, Records, Stale
from torchlint.confirm.unjudged import UNJUDGED
from torchlint.finding import EffectKind, Finding, Place, Role, Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchlint.confirm.sources import Flow, Sources
    from torchlint.confirm.steps import Steps

_ENDINGS = {
    Ending.TIMEOUT: "the run was stopped after its time was up",
    Ending.MEMORY: "the run was stopped at its memory limit",
    Ending.INTERRUPTED: "the run was interrupted",
    Ending.KILLED: "the run was killed",
    Ending.LEFT: "the program left without letting Python end",
}
_SILENT = (
    Kind.STALE, Kind.REWRAPPED, Kind.IDLE, Kind.DISCARDED, Kind.PLAIN_TENSOR, Kind.PLAIN_MODULE, Kind.PLAIN_PARAMETER,
)  # fmt: skip
_RAISED = frozenset(Kind) - frozenset(_SILENT)
_UNSEEN_WHERE_CAUGHT = (Kind.MODE, Kind.NON_LEAF, Kind.ERROR)
"""Errors that do not come from an operation, whose text is seen only where they end the program."""
_OF_OPERATIONS = (_RAISED | {Kind.STALE, Kind.REWRAPPED}) - {*_UNSEEN_WHERE_CAUGHT, Kind.BEFORE_INIT}
"""Faults at lines of which something is seen whenever they run."""
_ELSEWHERE = ("TLC908", "TLC916")
"""Rules whose error is raised by what was done with the faulty thing long afterwards."""
_FUNCTION = re.compile(r"function (\w+)Backward returned")
_WHEN_IT_RUNS = {
    "TLC107": "it ran, and no hook of the module was called",
    "TLC207": "it ran, and nobody took its result",
    "TLC308": "it ran, and an attribute was set that nothing of PyTorch reads",
    "TLC409": "it ran, and made an object of the class",
    "TLC502": "it ran, and nothing entered the mode",
    "TLC510": "it ran, and no parameter was told",
    "TLC608": "it ran, and called nothing",
    "TLC706": "it ran, and made a module",
    "TLC719": "it ran, and a comparison with NaN has one answer",
}
"""Rules whose fault is there whenever the line runs, as far as it does not raise."""


def absolute(path: str) -> str:
    """A path as records have it; links stay what they are."""
    return os.path.abspath(path)  # noqa: PTH100


def predicted_kind(finding: Finding) -> Kind | None:
    """The kind of fault that a finding predicts, None where a run cannot show one."""
    if finding.effect.kind is EffectKind.RAISES:
        if finding.code == "TLC502":  # what Python says of it depends on its version
            return Kind.MODE
        return kind_of(finding.effect.message) or Kind.ERROR
    if finding.effect.kind is not EffectKind.SILENT:
        return None
    if finding.code in ("TLC304", "TLC504"):  # it takes a backward to see that one reaches nothing
        has_backward = any(each.role == Role.BACKWARD.value for each in finding.related)
        return Kind.REWRAPPED if has_backward else None
    return Kind.STALE if finding.code in ("TLC205", "TLC301") else None


def _needs(finding: Finding) -> tuple[str, ...]:
    """The observations without which a finding cannot be refuted."""
    if finding.code in ("TLC402", "TLC405"):
        return ("saves",)
    if finding.code in ("TLC101", "TLC102", "TLC103"):
        return ("modules",)
    return ("saves", "silent") if predicted_kind(finding) is Kind.STALE else ()


@dataclass(frozen=True)
class Run:
    """What verdicts are made of: what was seen, how it ended, how lines are shown, and which must have run."""

    seen: Records
    ending: Ending
    steps: Steps
    flow: Flow
    sources: Sources


class Case:
    """One finding before the judge."""

    def __init__(self, run: Run, path: str, finding: Finding) -> None:
        self._seen = run.seen
        self._ending = run.ending
        self._steps = run.steps
        self._flow = run.flow
        self._sources = run.sources
        self._path = absolute(path)
        self._finding = finding

    def verdict(self) -> Verdict:
        """What the run says of the finding."""
        finding = self._finding
        own = {
            "TLC101": self._module,
            "TLC102": self._module,
            "TLC103": self._module,
            "TLC208": self._read,
            "TLC303": self._read,
            "TLC402": self._retained,
            "TLC405": self._created,
            "TLC601": self._idle,
            "TLC604": self._idle,
            "TLC609": self._idle,
        }.get(finding.code)
        kind = predicted_kind(finding)
        if kind in _RAISED:
            return self._error(kind) or (own() if own is not None else self._without())
        if own is not None:
            return own()
        if kind is Kind.STALE:
            return self._stale() or self._without()
        if kind is Kind.REWRAPPED:
            return self._rewrapped() or self._without()
        if can_warn(finding.code, finding.effect.message):
            return self._warned()
        if finding.code in _WHEN_IT_RUNS:
            return self._by_running(_WHEN_IT_RUNS[finding.code])
        if finding.code == "TLC301":
            return self._hidden()
        if finding.code in ("TLC304", "TLC504"):
            return self._idle()
        return self._nothing_to_see()

    # Faults that raise.

    def _error(self, kind: Kind) -> Verdict | None:
        """Confirmed by an error of the kind at a line of the finding, None where there was none."""
        surface = self._finding.effect.place
        for each in self._seen.raised:
            if each.kind is not kind or not self._is_ours(each):
                continue
            predicted = surface is None or self._has(surface, each.at)
            said = "PyTorch raised" if predicted else "PyTorch raised, at another line than predicted"
            message = f"{said}: {_first_sentence(each.message)}"
            return Verdict(VerdictKind.CONFIRMED, message, EffectKind.RAISES, self._steps.of_error(each, self._path))
        return None

    def _is_ours(self, error: Raised) -> bool:
        """Whether an error is the one that the finding is about, whichever line it came to the light at."""
        finding = self._finding
        if error.kind is Kind.ERROR and not says(error.message, finding.effect.message):
            return False
        if error.kind is Kind.SAVED and error.changes:
            return self._has(self._change, error.changes)
        if finding.code in _ELSEWHERE or (error.kind is Kind.SHAPE and finding.effect.message in error.message):
            return True
        if error.kind is Kind.GRADIENTS:
            return self._is_in_class(_FUNCTION.search(error.message))
        if error.kind is Kind.TWICE and any(
            self._has(each.place, error.freed) for each in finding.related if each.role == Role.FREED.value
        ):
            return True
        surface = finding.effect.place
        return self._has(finding.place, error.at) or (surface is not None and self._has(surface, error.at))

    def _is_in_class(self, name: re.Match[str] | None) -> bool:
        """Whether the finding is inside of the class of the custom function that an error names."""
        place = self._finding.place
        tree = self._sources.tree(self._path if place.path is None else absolute(place.path), place.cell)
        return any(
            name is not None and node.name == name[1] and node.lineno <= place.line <= (node.end_lineno or node.lineno)
            for node in (ast.walk(tree) if tree is not None else ())
            if isinstance(node, ast.ClassDef)
        )

    @property
    def _change(self) -> Place:
        """Where the content is changed: the finding's own place, unless it tells of another file."""
        places = (each.place for each in self._finding.story if each.role in (Role.CHANGED, Role.OVERWRITTEN))
        return next((each for each in places if each is not None and each.path is not None), self._finding.place)

    # Faults that are silent.

    def _stale(self) -> Verdict | None:
        finding = self._finding
        for each in self._seen.stale:
            if finding.effect.place and not (each.backward and self._has(finding.effect.place, [each.backward])):
                continue
            if each.how != "array" and not self._has(self._change, each.changes):
                continue
            if each.how == "array" and not self._was_kept_at(each):
                continue
            message = f"the content changed, the version did not, and the backward computed with it{_how_far(each)}"
            steps = self._steps.of_stale(each, self._path)
            return Verdict(VerdictKind.CONFIRMED, message, EffectKind.SILENT, steps, each.gradient)
        return None

    def _was_kept_at(self, stale: Stale) -> bool:
        kept = [each.place for each in self._finding.related if each.role == "saved"]
        return stale.save is None or not kept or self._has(kept[0], [stale.save])

    def _rewrapped(self) -> Verdict | None:
        surface = self._finding.effect.place or self._finding.place
        for line in self._seen.rewrapped:
            if self._has(surface, [line]):
                step = self._steps.step("backward", "starts at a leaf and ends there", line, self._path)
                message = "the backward started at a leaf: no parameter got a gradient from it"
                return Verdict(VerdictKind.CONFIRMED, message, EffectKind.SILENT, (step,))
        return None

    def _hidden(self) -> Verdict:
        for line, (how, _) in self._seen.hidden.items():
            if self._has(self._finding.place, [line]):
                what = "was replaced" if how == "replaced" else "changed"
                step = self._steps.step("changed", f"the content {what}", line, self._path)
                message = f"the content {what}, the version did not"
                return Verdict(VerdictKind.CONFIRMED, message, EffectKind.SILENT, (step,))
        return self._without()

    def _read(self) -> Verdict:
        finding = self._finding
        for change, reads in self._seen.reads.items():
            if not self._has(finding.place, [change]):
                continue
            surface = finding.effect.place
            at = [each for each in sorted(reads, key=str) if surface is None or self._has(surface, [each])]
            if not at:
                continue
            name = finding.message.split("`")[3:4]
            message = (
                f"`{name[0]}` changed as well, and was read" if name else "the other name changed as well, and was read"
            )
            steps = (
                self._steps.step("changed", "changed here", change, self._path),
                self._steps.step("read", "read here", at[0], self._path),
            )
            return Verdict(VerdictKind.CONFIRMED, message, EffectKind.SILENT, steps)
        return self._without()

    def _by_running(self, message: str) -> Verdict:
        """What is a fault whenever its line runs."""
        if self._ran(self._finding.place):
            return Verdict(VerdictKind.CONFIRMED, message, EffectKind.SILENT)
        return self._without()

    def _warned(self) -> Verdict:
        finding = self._finding
        places = [finding.place, *(each.place for each in finding.related)]
        if finding.effect.place is not None:
            places.append(finding.effect.place)
        for lines, message in self._seen.warned:
            at = next((each for place in places if (each := self._first(place, lines))), None)
            if at is not None and warns(finding.code, finding.effect.message, message):
                step = self._steps.step("read", "warned here", at, self._path)
                said = f"PyTorch warned: {_first_sentence(message)}"
                return Verdict(VerdictKind.CONFIRMED, said, EffectKind.SILENT, (step,))
        if self._ran(finding.place):
            return self._inconclusive("its line ran, and no warning was shown; the program may hide warnings")
        return self._without()

    def _idle(self) -> Verdict:
        """An optimizer's step that found no gradient."""
        finding = self._finding
        places = [finding.place, *(each.place for each in finding.related)]
        if finding.effect.place is not None:
            places.append(finding.effect.place)
        for line, idle in self._seen.steps.items():
            if True in idle and any(self._has(each, [line]) for each in places):
                step = self._steps.step("changed", "no parameter had a gradient here", line, self._path)
                message = "the step found no gradient, and changed nothing"
                return Verdict(VerdictKind.CONFIRMED, message, EffectKind.SILENT, (step,))
        return self._nothing_to_see()

    # What costs.

    def _retained(self) -> Verdict:
        seen, place = self._seen, self._finding.place
        for line, (held, devices) in seen.retained.items():
            if not self._has(place, [line]):
                continue
            if users := seen.reused.get(line):
                user = min(users, key=str)
                step = self._steps.step("backward", "goes through the same graph", user, self._path)
                return Verdict(
                    VerdictKind.REFUTED, "a later backward went through the graph that was kept", None, (step,)
                )
            if not self._complete:
                return self._inconclusive(f"{self._unfinished}; a later backward may have used the graph")
            where = f" on {', '.join(devices)}" if devices else ""
            message = f"no later backward went through the graph; it held {_bytes(held)}{where}"
            step = self._steps.step("backward", "kept its graph", line, self._path)
            return Verdict(VerdictKind.CONFIRMED, message, EffectKind.SLOW, (step,), held=held)
        return self._without()

    def _created(self) -> Verdict:
        seen, place = self._seen, self._finding.place
        for line, calls in seen.backwards.items():
            if not self._has(place, [line]) or not any(each.create for each in calls):
                continue
            if line in seen.second_order:
                return Verdict(VerdictKind.REFUTED, "a later backward went through the graph of the gradients")
            if not self._complete:
                return self._inconclusive(f"{self._unfinished}; a later backward may have used the graph")
            step = self._steps.step("backward", "made a graph of the gradients", line, self._path)
            message = "the backward made a graph of the gradients, and nothing ever went through it"
            return Verdict(VerdictKind.CONFIRMED, message, EffectKind.SLOW, (step,))
        return self._without()

    # Modules.

    def _module(self) -> Verdict:
        place = self._finding.place
        states = [each for each in self._seen.modules if self._has(place, [each.at])]
        kept = [each for each in states if each.state == "left"]
        left = next((each for each in kept if each.module_device not in ("", each.device)), kept[0] if kept else None)
        if left is not None:
            where = f"; it stayed on {left.device} and the module is on {left.module_device}"
            moved = (
                where if left.module_device not in ("", left.device) else f"; a move would leave it on {left.device}"
            )
            lost = (
                "; after saving and reloading it has other values"
                if any(each.state == "lost" for each in states)
                else ""
            )
            message = f"an instance keeps {left.what} that neither state_dict() nor a move reaches{moved}{lost}"
            return Verdict(VerdictKind.CONFIRMED, message, EffectKind.SILENT, device=left.device)
        handled = next((each for each in states if each.state == "handled"), None)
        if handled is not None:
            return Verdict(VerdictKind.REFUTED, f"the module takes {handled.what} along when it moves")
        if self._has(place, self._seen.made):
            return self._inconclusive("an instance was made, and was gone before it could be looked at")
        if states:
            return Verdict(VerdictKind.REFUTED, "no instance kept such a value in this run")
        return self._without(unseen="no instance of the class was seen")

    # What else there is to say.

    @property
    def _complete(self) -> bool:
        return self._ending in (Ending.FINISHED, Ending.RAISED)

    @property
    def _unfinished(self) -> str:
        return _ENDINGS.get(self._ending, "the run did not end by itself")

    def _without(self, unseen: str = "") -> Verdict:
        """The verdict where the fault was not seen."""
        finding, seen = self._finding, self._seen
        for name in ("all", *_needs(finding)):
            if why := seen.missing.get(name):
                return self._inconclusive(why)
        surface = finding.effect.place
        own = self._ran(finding.place)
        if not own and not (surface and surface != finding.place and self._ran(surface)):
            if not unseen and predicted_kind(finding) not in _OF_OPERATIONS:
                return self._inconclusive("nothing was seen of its line, which may run no operation")
            return self._not_reached(unseen or "its line did not run")
        if unseen and finding.code.startswith("TLC1"):
            return self._not_reached(unseen)
        if not own:
            return self._not_reached("its line did not run, though the one at which it would surface did")
        if surface and not self._ran(surface):
            return self._not_reached(f"its line ran, but line {surface.line}, where it would surface, did not")
        if other := self._other_error():
            return self._inconclusive(f"another error came first: {_first_sentence(other.message)}")
        if not self._complete:
            return self._inconclusive(f"it had not happened when {self._unfinished}")
        if predicted_kind(finding) in _UNSEEN_WHERE_CAUGHT and not self._ended(surface or finding.place):
            return self._inconclusive("its line ran, and an error there is seen only where nobody catches it")
        return Verdict(VerdictKind.REFUTED, "its lines ran, and it did not happen")

    def _other_error(self) -> Raised | None:
        surface = self._finding.effect.place or self._finding.place
        return next((each for each in self._seen.raised if self._has(surface, each.at[:1])), None)

    def _not_reached(self, why: str) -> Verdict:
        if self._seen.compiled:
            return self._inconclusive(f"{why}, or ran in compiled code, whose lines are not seen")
        more = "" if self._complete else f"; {self._unfinished}"
        return Verdict(VerdictKind.NOT_REACHED, f"{why}{more}")

    def _inconclusive(self, why: str) -> Verdict:
        return Verdict(VerdictKind.INCONCLUSIVE, why)

    def _nothing_to_see(self) -> Verdict:
        why = UNJUDGED.get(self._finding.code, "a run cannot show what it says")
        if not self._ran(self._finding.place):
            return self._inconclusive(f"nothing was seen of its line, and {why}")
        return self._inconclusive(f"its line ran, but {why}")

    # Lines.

    def _ran(self, place: Place) -> bool:
        return self._has(place, self._seen.lines) or any(map(self._flow.started, self._lines_of(place)))

    def _ended(self, place: Place) -> bool:
        return any(map(self._flow.ended, self._lines_of(place)))

    def _lines_of(self, place: Place) -> list[Line]:
        path = self._path if place.path is None else absolute(place.path)
        return [Line(path, place.cell, number) for number in place.lines]

    def _has(self, place: Place, lines: Iterable[Line]) -> bool:
        """Whether one of some lines belongs to a place."""
        return self._first(place, lines) is not None

    def _first(self, place: Place, lines: Iterable[Line]) -> Line | None:
        """The first of some lines that belongs to a place."""
        path = self._path if place.path is None else absolute(place.path)
        return next(
            (
                each
                for each in lines
                if each.path == path and each.cell == place.cell and place.line <= each.line <= place.end_line
            ),
            None,
        )


def _how_far(stale: Stale) -> str:
    if stale.gradient is None:
        return f" (how far the gradient is off is not known: {stale.why})"
    if stale.equal:
        return "; the gradient came out the same"
    absolute, relative = stale.gradient
    return f"; the gradient is off by up to {absolute:.3g} ({relative:.1%} of the largest)"


def _first_sentence(message: str) -> str:
    return message.splitlines()[0].split(". ")[0].split(": [")[0].strip()[:160] if message else ""


def _bytes(number: int) -> str:
    size = float(number)
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
