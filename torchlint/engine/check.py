"""Open this first: how the bytes of one file become its findings, on one page.

bytes -> Source -> Outline -> Regions -> LibCST -> Facts -> rule.check -> Finding
      -> suppress -> select -> sort -> FileResult
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

    from torchlint.engine.settings import Settings
    from torchlint.finding import Finding
    from torchlint.syntax.source import Source


@dataclass(frozen=True, slots=True)
class FileResult:
    """What was found in one file.

    ``path`` is as given, with forward slashes. ``error`` says why the file could not be checked. ``depends`` are the
    absolute paths of the other files that were looked at for it, missing ones included.
    """

    path: str
    findings: tuple[Finding, ...]
    error: str | None = None
    saw_torch: bool = True
    depends: tuple[str, ...] = ()


def check_bytes(data: bytes, path: str, settings: Settings) -> FileResult:
    """Stand-in until the engine is there."""
    return FileResult(path, (), saw_torch=b"torch" in data)


def check_source(
    source: Source, settings: Settings, *, tree: ast.Module | None = None, suppress: bool = True
) -> FileResult:
    """Stand-in until the engine is there."""
    return FileResult(source.path, (), saw_torch="torch" in source.text)
