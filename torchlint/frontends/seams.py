"""Where the command line touches the engine: one function for each thing that it asks for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torchlint.errors import ConfigError, SourceError
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence, Set

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


def files_of(paths: Sequence[str], run: RunOptions) -> tuple[list[str], list[str]]:
    """The shown paths of the files that would be checked, and a line for each path that cannot be, with why."""
    from torchlint.engine import project  # start-up: 80 ms

    options = project.RunOptions(_settings_for(run), force_exclude=run.force_exclude, tell=run.tell)
    return project.files_of(paths, options)


class Fixer(NamedTuple):
    """What changes files while others are checked: ``found`` and ``written`` are those of the engine."""

    found: Callable[[list[str]], None]
    written: Set[str]


def check_paths(paths: Sequence[str], run: RunOptions, fixer: Fixer | None = None) -> Iterator[FileResult]:
    """Check files and folders; a path that does not exist is a result with an error.

    The results are in the order of their paths, or with a ``fixer`` each is given as soon as it is there.
    """
    from torchlint.engine import cache, project

    settings_for = _settings_for(run)
    kept = cache.CacheLocation(_project(settings_for), run.cache_dir) if run.cache else None
    options = project.RunOptions(
        settings_for, run.jobs, kept, force_exclude=run.force_exclude, progress=run.progress, tell=run.tell
    )
    if fixer is None:
        yield from project.check_paths(paths, options)
    else:
        yield from project.check_as_ready(paths, options, fixer.found, fixer.written)


def _settings_for(run: RunOptions) -> Callable[[Path], Settings]:
    from torchlint.engine.settings import load_settings

    return lambda folder: load_settings(folder, run.overrides)


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
    """The bytes of a file that got comments, how many findings these suppress, and what is left in it."""

    data: bytes
    suppressed: int
    left: FileResult


def add_noqa(path: str, data: bytes | None, overrides: Overrides, narrow: Narrow, *, write: bool) -> Commented:
    """Give each finding of a file, or of ``data`` under its name, a comment; with ``write`` the file is replaced.

    Only what ``narrow`` leaves gets one. Raises: SourceError, OSError where it cannot be read, changed or written.
    """
    from torchlint.engine import check, noqa
    from torchlint.engine.settings import load_settings
    from torchlint.engine.writing import replace_atomically
    from torchlint.syntax.read_source import read_source

    settings = load_settings(Path(path).parent, overrides)
    old = read_bytes(path) if data is None else data
    source = read_source(old, path)
    found = narrow(check.check_source(source, settings), source)
    commented, new = noqa.add_noqa(source, old, found.findings)
    if write:
        replace_atomically(Path(path), old, new)
    left = narrow(check.check_source(commented, settings), commented)
    return Commented(new, len(found.findings) - len(left.findings), left)


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
        from torchlint.syntax.read_source import read_source

        try:
            data = self._given[path] if path in self._given else read_bytes(path)
        except (OSError, ValueError):
            return None, None
        try:
            return data, read_source(data, path)
        except SourceError:
            return data, None
