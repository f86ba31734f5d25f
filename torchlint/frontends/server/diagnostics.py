"""Findings as an editor shows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import from_fs_path

from torchlint.engine.selection import SYNTAX_ERROR, known_rules
from torchlint.errors import SourceError
from torchlint.finding import Certainty, EffectKind
from torchlint.frontends.server.moves import Move
from torchlint.frontends.server.positions import Positions
from torchlint.rule import Mark, all_rules
from torchlint.syntax.read_source import read_source
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchlint.finding import Effect, Finding, Place
    from torchlint.frontends.server.documents import Checked, Snapshot, Text
    from torchlint.frontends.server.positions import Units

SOURCE = "torchlint"
_TAGS = {
    Mark.UNNECESSARY: [types.DiagnosticTag.Unnecessary],
    Mark.DEPRECATED: [types.DiagnosticTag.Deprecated],
    None: None,
}
_HEADS = {
    EffectKind.RAISES: "PyTorch raises: ",
    EffectKind.SILENT: "no error, but: ",
    EffectKind.SLOW: "slow: ",
    EffectKind.INSECURE: "insecure: ",
    EffectKind.NONE: "",
}


def diagnostics(checked: Checked, now: Snapshot, units: Units) -> dict[str, list[types.Diagnostic]]:
    """What to show in each text of ``now``, a document as it is by the time that it was checked.

    Where a text is no valid Python at the moment, what was last found in it is shown too, as far as it only moved.
    """
    shown: dict[str, list[types.Diagnostic]] = {each.uri: [] for each in now.texts}
    for snapshot, finding in _told(checked):
        found = _Shown(snapshot, now, units).diagnostic(finding)
        if found is not None:
            uri, diagnostic = found
            shown[uri].append(diagnostic)
    return shown


def diagnostic_of(finding: Finding, snapshot: Snapshot, units: Units) -> list[types.Diagnostic]:
    """The one diagnostic of a finding in the very content that it was found in."""
    found = _Shown(snapshot, snapshot, units).diagnostic(finding)
    return [found[1]] if found is not None else []


def _told(checked: Checked) -> Iterator[tuple[Snapshot, Finding]]:
    """The findings to show, each with the snapshot that it was found in."""
    for finding in checked.result.findings:
        yield checked.snapshot, finding
    broken = {each.place.cell for each in checked.result.findings if each.code == SYNTAX_ERROR.code}
    if broken and checked.good is not None:
        names = {checked.snapshot.text_of(cell).uri for cell in broken}
        for finding in checked.good.result.findings:
            if checked.good.snapshot.text_of(finding.place.cell).uri in names:
                yield checked.good.snapshot, finding


class _Shown:
    """Findings of one snapshot, shown in another."""

    def __init__(self, then: Snapshot, now: Snapshot, units: Units) -> None:
        self._then = then
        self._now = {each.uri: each for each in now.texts}
        self._units = units

    def diagnostic(self, finding: Finding) -> tuple[str, types.Diagnostic] | None:
        """The URI of the text that a finding is in, and its diagnostic; None where its lines have changed."""
        at = self._location(finding.place)
        if at is None:
            return None
        rule = known_rules(all_rules()).get(finding.code)
        return at.uri, types.Diagnostic(
            at.range,
            message(finding),
            severity=severity(finding),
            code=finding.code,
            source=SOURCE,
            tags=_TAGS[rule.mark if rule else None],
            related_information=list(self._related(finding)) or None,
        )

    def _related(self, finding: Finding) -> Iterator[types.DiagnosticRelatedInformation]:
        """The other places of the story, and that at which it surfaces."""
        steps = [(each.place, f"{each.role}: {each.message}") for each in finding.related]
        surfaces = finding.effect.place
        if surfaces is not None and surfaces not in (finding.place, *(place for place, _ in steps)):
            steps.append((surfaces, effect(finding.effect)))
        for place, text in steps:
            location = self._location(place)
            if location is not None:
                yield types.DiagnosticRelatedInformation(location, text)

    def _location(self, place: Place) -> types.Location | None:
        if place.path is not None:
            return _elsewhere(place, self._units)
        then = self._then.text_of(place.cell)
        now = self._now.get(then.uri)
        moved = place if now is None or now.text == then.text else Move(then.text, now.text).of(place)
        if now is None or moved is None:
            return None
        return types.Location(now.uri, Positions(now.text, self._units).of_place(moved))


def _elsewhere(place: Place, units: Units) -> types.Location | None:
    """A place in another file, as it is on disk."""
    assert place.path is not None
    path = Path(place.path).absolute()
    uri = from_fs_path(str(path))
    try:
        text = read_source(read_bytes(path), str(path)).text
    except (OSError, SourceError):
        return None
    return types.Location(uri, Positions(text, units).of_place(place)) if uri else None


def in_range(findings: Iterable[Finding], text: Text, cell: int | None, asked: types.Range, units: Units) -> list[int]:
    """Which findings, by number, touch a range of a text."""
    positions = Positions(text.text, units)
    first, last = positions.offset(asked.start), positions.offset(asked.end)
    touched = []
    for number, finding in enumerate(findings):
        place = finding.place
        if place.cell == cell:
            own = positions.of_place(place)
            if positions.offset(own.start) <= last and first <= positions.offset(own.end):
                touched.append(number)
    return touched


def message(finding: Finding) -> str:
    """What is wrong and, on a second line, what PyTorch will do."""
    return "\n".join(filter(None, (finding.message, effect(finding.effect))))


def effect(of: Effect) -> str:
    """What PyTorch will do, in words."""
    return f"{_HEADS[of.kind]}{of.message}" if of.message else ""


def severity(finding: Finding) -> types.DiagnosticSeverity:
    """An error certainly happens; advice is about correct code."""
    if finding.certainty is Certainty.ADVICE:
        return types.DiagnosticSeverity.Information
    surely = finding.certainty is Certainty.CERTAIN and finding.effect.kind is EffectKind.RAISES
    return types.DiagnosticSeverity.Error if surely or finding.code == SYNTAX_ERROR.code else _WARNING


_WARNING = types.DiagnosticSeverity.Warning
