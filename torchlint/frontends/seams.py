"""Where the command line touches the engine: one function for each thing that it asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torchlint.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchlint.engine.check import FileResult
    from torchlint.engine.fix import FixResult
    from torchlint.engine.settings import Overrides, Settings
    from torchlint.syntax.source import Source


class RunOptions(NamedTuple):
    """How files are checked. ``jobs`` is None for one process per core, ``cache_dir`` None for the usual place."""

    jobs: int | None
    cache: bool
    cache_dir: Path | None
    overrides: Overrides


def check_paths(paths: Sequence[str], run: RunOptions) -> Iterator[FileResult]:
    """Check files and folders; a path that does not exist is a result with an error."""
    from torchlint.engine import cache, project
    from torchlint.engine.settings import load_settings

    def settings_for(folder: Path) -> Settings:
        return load_settings(folder, run.overrides)

    kept = (run.cache_dir or settings_for(Path.cwd()).root / cache.FOLDER_NAME) if run.cache else None
    yield from project.check_paths(paths, project.RunOptions(settings_for, run.jobs, kept))


def check_bytes(data: bytes, path: str, overrides: Overrides) -> FileResult:
    """Check what standard input gave, under the name ``path``."""
    from torchlint.engine import check
    from torchlint.engine.settings import load_settings

    return check.check_bytes(data, path, load_settings(Path(path).parent, overrides))


def fix(result: FileResult, data: bytes | None, overrides: Overrides, *, unsafe: bool, write: bool) -> FixResult:
    """Fix one file, or ``data`` under its name, to a fixed point; with ``write`` the file is replaced.

    Raises: SourceError, OSError where it cannot be read, fixed or written.
    """
    from torchlint.engine import fix as engine
    from torchlint.engine.settings import load_settings

    settings = load_settings(Path(result.path).parent, overrides)
    return engine.fix_file(result.path, settings, data=data, unsafe=unsafe, write=write)


class Sources:
    """Sources by path, for showing their lines; ``given`` has the bytes of what is not on disk. Keeps the last one."""

    def __init__(self, given: Mapping[str, bytes]) -> None:
        self._given = given
        self._last: tuple[str, Source | None] = ("", None)

    def get(self, path: str) -> Source | None:
        """The source of ``path``, or None where it cannot be read any more."""
        if self._last[0] != path:
            from torchlint.syntax.source import read_source

            try:
                data = self._given[path] if path in self._given else Path(path).read_bytes()
                self._last = (path, read_source(data, path))
            except (OSError, SourceError):
                self._last = (path, None)
        return self._last[1]
