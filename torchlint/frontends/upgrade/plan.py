"""Findings of the preset upgrade -> what a move changes: stages, each of the release with which it begins to matter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from torchlint.engine.check import FileResult
from torchlint.engine.selection import SYNTAX_ERROR
from torchlint.errors import ConfigError
from torchlint.finding import Applicability, Certainty, EffectKind
from torchlint.model.api import history_lookup
from torchlint.model.api.history_lookup import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchlint.finding import Finding
    from torchlint.model.api.history_lookup import Version
    from torchlint.syntax.source import Source


class Need(Enum):
    """How much a change is needed: the code raises, PyTorch warns, or it could be better."""

    RAISES = "raises"
    WARNS = "warns"
    ADVICE = "advice"


class Writer(Enum):
    """Who writes a change."""

    FIX = "--fix"
    UNSAFE_FIX = "--unsafe-fixes"
    PERSON = "by hand"


@dataclass(frozen=True, slots=True)
class Move:
    """From one release to another; ``since`` is None where the first is not known."""

    to: Version
    since: Version | None = None

    def changes(self, finding: Finding) -> bool:
        """Whether a finding is something that begins to matter on the way."""
        return self.since is None or finding.release is None or finding.release > self.since

    def narrow(self, result: FileResult, source: Source | None = None) -> FileResult:
        """``result`` with what begins to matter on the way."""
        if self.since is None:
            return result
        kept = tuple(each for each in result.findings if self.changes(each))
        return FileResult(result.path, kept, result.error, result.saw_torch, result.depends, result.incomplete)


@dataclass(frozen=True, slots=True)
class Stage:
    """What begins to matter with one release, None where that is no matter of releases; in order of path and place."""

    release: Version | None
    changes: Sequence[tuple[str, Finding]]

    @property
    def title(self) -> str:
        """What the release is called."""
        return title(self.release)

    def count(self, what: Need | Writer) -> int:
        """How many changes are needed so much, or written by that."""
        return sum(1 for _, each in self.changes if what in (need(each), writer(each)))


def stages(findings: Iterable[tuple[str, Finding]]) -> list[Stage]:
    """The stages of a move, the oldest release first and what belongs to none last."""
    found: dict[Version | None, list[tuple[str, Finding]]] = {}
    for path, finding in findings:
        release = finding.release and max(finding.release, _earlier())
        found.setdefault(release, []).append((path, finding))
    return [Stage(release, found[release]) for release in sorted(found, key=lambda each: each or (999, 0))]


def title(release: Version | None) -> str:
    """What a release is called at the head of its stage."""
    if release is None:
        return "Any PyTorch"
    first = history_lookup.releases()[0]
    return f"Before PyTorch {text_of(first)}" if release < first else f"PyTorch {text_of(release)}"


def need(finding: Finding) -> Need:
    """How much a finding needs a change."""
    if finding.effect.kind is EffectKind.RAISES or finding.code == SYNTAX_ERROR.code:
        return Need.RAISES
    return Need.ADVICE if finding.certainty is Certainty.ADVICE else Need.WARNS


def writer(finding: Finding) -> Writer:
    """Who writes what a finding asks for."""
    if finding.fix is None or not finding.fix.edits or finding.fix.applicability is Applicability.DISPLAY:
        return Writer.PERSON
    return Writer.FIX if finding.fix.applicability is Applicability.SAFE else Writer.UNSAFE_FIX


def known_move(to: Version | None, since: Version | None) -> Move:
    """The move between two releases, to the newest one where none is given.

    Raises: ConfigError where nothing is known of one, or the second is no later one.
    """
    releases = history_lookup.releases()
    if to is not None and to not in releases:
        raise ConfigError(f"--to: {_unknown(to)}")
    if since is not None and since not in releases and since >= releases[0]:
        raise ConfigError(f"--from: {_unknown(since)}")
    to = to or history_lookup.newest()
    if since is not None and since >= to:
        raise ConfigError(f"--from: {text_of(since)} is no release before --to, {text_of(to)}")
    return Move(to, since)


def _unknown(version: Version) -> str:
    releases = history_lookup.releases()
    first, last = text_of(releases[0]), text_of(releases[-1])
    return f"nothing is known of PyTorch {text_of(version)}; known are the releases from {first} to {last}"


def _earlier() -> Version:
    """What stands for all releases before the first one that is known."""
    major, minor = history_lookup.releases()[0]
    return major, minor - 1
