"""The lines that may be to blame, each with what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchlint.finding import Finding


class Sure(str, Enum):
    """How sure it is that a line is to blame.

    ``CERTAIN``: a certain finding says that PyTorch raises this error, at the line that raised it. ``LIKELY``: a
    finding does so with one thing unresolved, or the line that raised is to blame itself. ``POSSIBLE``: it fits.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Suspect:
    """Some lines of a file, in a notebook of a cell, that may be to blame.

    ``finding`` is the analysis's, None where only the log or the line itself speaks for it; ``says`` what it does then.
    ``evidence`` are reasons, the weightiest first. ``of`` is the file that the finding, or the one whose story passes
    here, is in.
    """

    path: str
    cell: int | None
    line: int
    end_line: int
    sure: Sure
    says: str
    evidence: tuple[str, ...]
    score: int
    finding: Finding | None = None
    of: str = ""
    is_mode: bool = False
    """Whether it is what switches recording off around what was computed."""


@dataclass(slots=True)
class Weighing:
    """What speaks for and against one line while it is looked at."""

    score: int = 0
    reasons: list[tuple[int, str]] = field(default_factory=list)

    def add(self, points: int, reason: str = "") -> None:
        """Count ``points``; a ``reason`` is shown."""
        self.score += points
        if reason:
            self.reasons.append((points, reason))

    @property
    def evidence(self) -> tuple[str, ...]:
        """The reasons, the weightiest first."""
        return tuple(reason for _, reason in sorted(self.reasons, key=lambda each: -each[0]))


def ranked(suspects: list[Suspect]) -> tuple[Suspect, ...]:
    """The suspects, the likeliest first, each line once."""
    found: dict[tuple[str, int | None, int], Suspect] = {}
    for each in sorted(suspects, key=lambda each: (-each.score, each.finding is None, each.path, each.line)):
        found.setdefault((each.path, each.cell, each.line), each)
    return tuple(found.values())
