"""Where the command line touches the engine: one function for each thing that it asks for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torchlint.errors import ConfigError, SourceError
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from torchlint.engine.check import FileResult
    from torchlint.engine.fix import FixResult, Narrow
    from torchlint.engine.settings import Overrides, Settings
    from torchlint.syntax.source import Source


class RunOptions(NamedTuple):
    """How files are checked. ``jobs`` is None for one process per core.

    ``cache_dir`` is None for the user's cache folder; ``force_exclude``, ``progress`` and ``tell`` are the engine's.
    """

    jobs: int | None
    cache: bool
    cache_dir: Path | None
    overrides: Overrides
    force_exclude: bool = False
    progress: Callable[[int, int], None] | None = None
    tell: Callable[[str], None] = lambda line: None


def check_paths(paths: Sequence[str], run: RunOptions) -> Iterator[FileResult]:
    """Check files and folders; a path that does not exist is a result with an error."""
    from torchlint.engine import cache, project
    from torchlint.engine.settings import load_settings

    def settings_for(folder: Path) -> Settings:
        return load_settings(folder, run.overrides)

    kept = cache.CacheLocation(_project(settings_for), run.cache_dir) if run.cache else None
    options = project.RunOptions(
        settings_for, run.jobs, kept, force_exclude=run.force_exclude, progress=run.progress, tell=run.tell
    )
    yield from project.check_paths(paths, options)


def _project(settings_for: Callable[[Path], Settings]) -> Path:
    """The folder whose results are kept together: that of the settings here, else the working directory itself."""
    try:
        return settings_for(Path.cwd()).root
    except ConfigError:  # it is told of the files that have these settings, if any of them are checked
        return Path.cwd()


def why_no_cache(folder: Path) -> str | None:
    """Why no results can be kept in a folder, None where they can."""
    from torchlint.engine.sealed_store import why_unusable

    return why_unusable(folder)


def check_bytes(data: bytes, path: str, overrides: Overrides) -> FileResult:
    """Check what standard input gave, under the name ``path``."""
    from torchlint.engine import check
    from torchlint.engine.settings import load_settings

    return check.check_bytes(data, path, load_settings(Path(path).parent, overrides))


def fix(
    result: FileResult, data: bytes | None, overrides: Overrides, narrow: Narrow, *, unsafe: bool, write: bool
) -> FixResult:
    """Fix one file, or ``data`` under its name, to a fixed point; with ``write`` the file is replaced.

    Only what ``narrow`` leaves is fixed. Raises: SourceError, OSError where it cannot be read, fixed or written.
    """
    from torchlint.engine import fix as engine
    from torchlint.engine.settings import load_settings

    settings = load_settings(Path(result.path).parent, overrides)
    return engine.fix_file(result.path, settings, data=data, unsafe=unsafe, write=write, narrow=narrow)


class Commented(NamedTuple):
    """A file that got comments, its bytes, and what is left in it."""

    source: Source
    data: bytes
    left: FileResult


def add_noqa(result: FileResult, data: bytes | None, overrides: Overrides, *, write: bool) -> Commented:
    """Give each finding of a file, or of ``data`` under its name, a comment; with ``write`` the file is replaced.

    Raises: SourceError, OSError where it cannot be read, changed or written.
    """
    from torchlint.engine import check, noqa
    from torchlint.engine.settings import load_settings
    from torchlint.engine.writing import write_atomically
    from torchlint.syntax.source import read_source

    path = Path(result.path)
    old = path.read_bytes() if data is None else data
    source, new = noqa.add_noqa(read_source(old, result.path), old, result.findings)
    if write:
        write_atomically(path, new)
    return Commented(source, new, check.check_source(source, load_settings(path.parent, overrides)))


class Sources:
    """Files by path, for showing their lines; ``given`` has the bytes of what is not on disk. Keeps the last few."""

    def __init__(self, given: Mapping[str, bytes]) -> None:
        self._given = given
        self._read = lru_cache(maxsize=16)(self._open)

    def get(self, path: str) -> Source | None:
        """The source of ``path``, or None where it cannot be read any more."""
        return self._read(path)[1]

    def data(self, path: str) -> bytes | None:
        """The bytes of ``path``, or None where it cannot be read any more."""
        return self._read(path)[0]

    def _open(self, path: str) -> tuple[bytes | None, Source | None]:
        from torchlint.syntax.source import read_source

        try:
            data = self._given[path] if path in self._given else read_bytes(path)
        except (OSError, ValueError):
            return None, None
        try:
            return data, read_source(data, path)
        except SourceError:
            return data, None
