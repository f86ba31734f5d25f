"""Open this first: how the bytes of one file become its findings, on one page.

bytes -> Source -> Outline -> Regions -> LibCST -> Facts -> rule.check -> Finding
      -> suppress -> select -> sort -> FileResult
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchlint.finding import Finding


@dataclass(frozen=True, slots=True)
class FileResult:
    """What one file came to.

    ``path`` is as given on the command line, with forward slashes. ``error`` says why torchlint could not do its work
    on the file (unreadable, a worker died, an internal error), None where it could. ``saw_torch`` is False where the
    file has nothing to do with PyTorch and was not looked at any closer.
    """

    path: str
    findings: tuple[Finding, ...]
    error: str | None = None
    saw_torch: bool = True
