"""What every output format is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchlint.engine.check import FileResult
    from torchlint.finding import Finding
    from torchlint.frontends.seams import Sources


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one run; ``results`` has files without findings too.

    ``sources`` gives the source of a path for showing its lines, ``applied`` is how many fixes were applied, ``hidden``
    how many findings do not count and are left out, ``color`` one of auto, always and never, ``explain`` whether
    stories are drawn where that is a choice, ``quiet`` whether only findings are written.
    """

    results: tuple[FileResult, ...]
    sources: Sources
    applied: int = 0
    hidden: int = 0
    color: str = "auto"
    explain: bool = False
    quiet: bool = False

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        """All findings with the paths of their files, by path, cell, line, column and code."""
        return in_order(self.results)


def in_order(results: Iterable[FileResult]) -> list[tuple[str, Finding]]:
    """The findings of all results with their paths, by path, cell, line, column and code."""
    pairs = [(result.path, finding) for result in results for finding in result.findings]
    return sorted(pairs, key=lambda pair: (pair[0], pair[1].sort_key, pair[1].message))
