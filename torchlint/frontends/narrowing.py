"""Which findings count: those that no baseline knows, on lines that were changed since a revision."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.baseline import Baseline
from torchlint.engine.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchlint.engine.check import FileResult
    from torchlint.engine.settings import Overrides
    from torchlint.frontends.changed_lines import ChangedLines
    from torchlint.frontends.seams import Sources
    from torchlint.syntax.source import Source

_MOST_TOLD = 10


class Narrowing:
    """Takes out of results what does not count; without ``baselines``, what is known counts too."""

    def __init__(self, overrides: Overrides, sources: Sources, changed: ChangedLines | None, baselines: bool) -> None:
        self._sources = sources
        self._changed = changed
        self._read = cache(lambda path: Baseline.read(path, given=overrides.baseline is not None))
        self._of_folder = cache(lambda folder: load_settings(folder, overrides).baseline if baselines else None)

    def narrow(self, result: FileResult, source: Source | None) -> FileResult:
        """``result``, which is that of ``source``, with the findings that count. Raises: ConfigError."""
        if result.findings and (baseline := self._baseline(result.path)):
            result = baseline.new(result, source)
        return self._changed.only(result, source) if self._changed else result

    def all(self, results: Iterable[FileResult]) -> list[FileResult]:
        """``results``, with the findings that count. Raises: ConfigError."""
        return [self.narrow(each, self._sources.get(each.path)) if each.findings else each for each in results]

    def gone(self, results: Iterable[FileResult]) -> Iterator[str]:
        """A line on each thing that a baseline knows and that is not among ``results``, which are not narrowed."""
        by_baseline: dict[Path, tuple[Baseline, list[FileResult]]] = {}
        for result in results:
            if baseline := self._baseline(result.path):
                by_baseline.setdefault(baseline.path, (baseline, []))[1].append(result)
        for path, (baseline, own) in by_baseline.items():
            gone = baseline.gone(own, self._sources.get)
            if gone:
                number = gone.total()
                what = "1 finding that is" if number == 1 else f"{number} findings that are"
                yield f"{path} has {what} gone; --write-baseline writes it anew"
            for mark, count in sorted(gone.items())[:_MOST_TOLD]:
                times = f" ({count} times)" if count > 1 else ""
                yield f"  {mark.path}: {mark.code} {mark.text}{times}"
            if len(gone) > _MOST_TOLD:
                yield f"  and {len(gone) - _MOST_TOLD} more"

    def _baseline(self, path: str) -> Baseline | None:
        file = self._of_folder(Path(path).parent)
        return self._read(file) if file else None
