"""One finding and what a run recorded -> its verdict."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from torchlint.confirm.kinds import Kind, kind_of
from torchlint.confirm.records import Ending, Line, Raised, Records, Stale
from torchlint.finding import EffectKind, Finding, Place, Role, Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchlint.confirm.steps import Steps

_ENDINGS = {
    Ending.TIMEOUT: "the run was stopped after its time was up",
    Ending.MEMORY: "the run was stopped at its memory limit",
    Ending.INTERRUPTED: "the run was interrupted",
    Ending.KILLED: "the run was killed",
    Ending.LEFT: "the program left without letting Python end",
}


def absolute(path: str) -> str:
    """A path as records have it; links stay what they are."""
    return os.path.abspath(path)  # noqa: PTH100


def predicted_kind(finding: Finding) -> Kind | None:
    """The kind of fault that a finding predicts, None where a run cannot show one."""
    if finding.effect.kind is EffectKind.RAISES:
        return kind_of(finding.effect.message)
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


class Case:
    """One finding before the judge."""

    def __init__(self, seen: Records, ending: Ending, steps: Steps, path: str, finding: Finding) -> None:
        self._seen = seen
        self._ending = ending
        self._steps = steps
        self._path = absolute(path)
        self._finding = finding

    def verdict(self) -> Verdict:
        """What the run says of the finding."""
        finding = self._finding
        own = {
            "TLC101": self._module,
            "TLC102": self._module,
            "TLC103": self._module,
            "TLC207": self._discarded,
            "TLC208": self._read,
            "TLC303": self._read,
            "TLC402": self._retained,
            "TLC405": self._created,
        }.get(finding.code)
        kind = predicted_kind(finding)
        if own is not None:
            return (self._error(kind) if kind is not None else None) or own()
        if kind is Kind.STALE:
            return self._stale() or self._without()
        if kind is Kind.REWRAPPED:
            return self._rewrapped() or self._without()
        if kind is not None:
            return self._error(kind) or self._without()
        if finding.code == "TLC301":
            return self._hidden()
        return self._nothing_to_see()

    # Faults that raise.

    def _error(self, kind: Kind) -> Verdict | None:
        """Confirmed by an error of the kind at the lines of the finding, None where there was none."""
        finding = self._finding
        surface = finding.effect.place
        for each in self._seen.raised:
            if each.kind is not kind or (surface and not self._has(surface, each.at)):
                continue
            if kind is Kind.SAVED and each.changes and not self._has(self._change, each.changes):
                continue
            if not surface and kind is not Kind.SAVED and not self._has(finding.place, each.at):
                continue
            steps = self._steps.of_error(each, self._path)
            return Verdict(
                VerdictKind.CONFIRMED,
                f"PyTorch raised: {_first_sentence(each.message)}",
                EffectKind.RAISES,
                steps,
            )
        return None

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

    def _discarded(self) -> Verdict:
        if self._ran(self._finding.place):
            return Verdict(VerdictKind.CONFIRMED, "it ran, and nobody took its result", EffectKind.SILENT)
        return self._without()

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
        if not self._ran(self._finding.place):
            return self._not_reached("its line did not run")
        return self._inconclusive("its line ran, but a run cannot show what it says")

    # Lines.

    def _ran(self, place: Place) -> bool:
        return self._has(place, self._seen.lines)

    def _has(self, place: Place, lines: Iterable[Line]) -> bool:
        """Whether one of some lines belongs to a place."""
        path = self._path if place.path is None else absolute(place.path)
        return any(
            each.path == path and each.cell == place.cell and place.line <= each.line <= place.end_line
            for each in lines
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
