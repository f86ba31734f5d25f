"""Which findings count: those that no baseline knows, on lines that were changed since a revision."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.baseline import Baseline, Present
from torchlint.engine.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        self._present: dict[Path, Present] = {}

    def narrow(self, result: FileResult, source: Source | None) -> FileResult:
        """``result``, which is that of ``source``, with the findings that count. Raises: ConfigError."""
        if result.findings and (baseline := self._baseline(result.path)):
            result = baseline.new(result, source)
        return self._changed.only(result, source) if self._changed else result

    def take(self, result: FileResult) -> FileResult:
        """``result``, of a file as it is now, with the findings that count. Raises: ConfigError."""
        source = self._sources.get(result.path) if result.findings else None
        if baseline := self._baseline(result.path):
            self._present.setdefault(baseline.path, Present(baseline)).add(result, source)
        return self.narrow(result, source)

    def gone(self) -> Iterator[str]:
        """A line on each thing that a baseline knows and that was not in any result that was taken."""
        for path, present in sorted(self._present.items()):
            gone = present.gone()
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
