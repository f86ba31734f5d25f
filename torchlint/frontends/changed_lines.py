"""``--diff-base``: which lines of a program were changed since a git revision, in notebooks by cells."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.selection import ALWAYS
from torchlint.errors import SourceError
from torchlint.frontends.revision import Revision, added
from torchlint.syntax.read_source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchlint.engine.check import FileResult
    from torchlint.finding import Finding, Place
    from torchlint.frontends.seams import Sources
    from torchlint.syntax.source import Source

Line = tuple[int | None, int]
"""The cell, in a notebook, and the 1-based line."""


class ChangedLines:
    """The lines that are not as they were at the revision ``name``, in the repositories of ``paths``.

    Raises: ConfigError where one of the paths is in no repository, or that has no such revision.
    """

    def __init__(self, name: str, paths: Iterable[str], sources: Sources) -> None:
        real = [_absolute(path) for path in paths]
        folders = {path if path.is_dir() else path.parent for path in real}
        revisions = {each.root: each for each in (Revision.at(folder, name) for folder in sorted(folders))}
        self._revisions = sorted(revisions.values(), key=lambda each: len(each.root.parts), reverse=True)
        self._sources = sources
        self._content = cache(self._content_of)
        self._base = cache(self._base_of)

    def only(self, result: FileResult, source: Source | None) -> FileResult:
        """``result`` with the findings on changed lines, or that surface on one.

        A file or cell that could not be looked at counts where anything in the file has changed.
        """
        if not result.findings:
            return result
        changed = self._of(source) if source else frozenset()
        if source is None:
            differs = self._content(result.path) != self._sources.data(result.path)
        else:
            differs = self._base(result.path) != _lines(source)[1]
        kept = (each for each in result.findings if (differs if each.code in ALWAYS else self._is_on(each, changed)))
        return replace(result, findings=tuple(kept))

    def _is_on(self, finding: Finding, changed: frozenset[Line]) -> bool:
        effect = finding.effect.place
        if effect is None or _touches(finding.place, changed):
            return _touches(finding.place, changed)
        if effect.path is None:
            return _touches(effect, changed)
        source = self._sources.get(effect.path)
        return source is not None and _touches(effect, self._of(source))

    def _of(self, source: Source) -> frozenset[Line]:
        places, texts = _lines(source)
        base = self._base(source.path)
        if base == texts:
            return frozenset()
        return frozenset(places if base is None else (places[index] for index in added(base, texts)))

    def _base_of(self, path: str) -> list[str] | None:
        """The lines at the revision, None where the file is new or was no program."""
        content = self._content(path)
        try:
            return None if content is None else _lines(read_source(content, path))[1]
        except SourceError:
            return None

    def _content_of(self, path: str) -> bytes | None:
        """What was in the file at the revision, None where it is new."""
        absolute = _absolute(path)
        revision = next((each for each in self._revisions if absolute.is_relative_to(each.root)), None)
        return revision.content(absolute) if revision else None


def _touches(place: Place, changed: frozenset[Line]) -> bool:
    return any((place.cell, line) in changed for line in place.lines)


def _lines(source: Source) -> tuple[list[Line], list[str]]:
    """All lines as their author wrote them, without line endings, and where each stands."""
    places: list[Line] = []
    texts: list[str] = []
    for cell in source.cells:
        lines = cell.text.split("\n")
        places += [(cell.index, number) for number in range(1, len(lines) + 1)]
        texts += lines
    if not source.is_notebook:
        texts = [source.line_text(number) for number in range(1, source.line_count + 1)]
        texts = texts if texts[-1] else texts[:-1]  # what follows the last line ending is no line to git
        places = [(None, number) for number in range(1, len(texts) + 1)]
    return places, texts


def _absolute(path: str) -> Path:
    """Where a file really is, which is what git goes by."""
    return Path(os.path.realpath(path))
