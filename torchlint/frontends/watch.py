"""``--watch``: check again whenever a file that matters has changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.discovery import DEFAULT_EXCLUDES, SUFFIXES, missing
from torchlint.engine.settings import forget_settings
from torchlint.errors import ConfigError, TorchlintError
from torchlint.frontends.streams import tell, tell_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from watchfiles import Change

_SETTINGS = frozenset({"pyproject.toml", "setup.cfg", ".gitignore"})
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_TIMEOUT_MS = 200


def watch(names: Sequence[str], check: Callable[[], int]) -> int:
    """Call ``check`` now and after each change of what ``names`` lead to, or of settings, until interrupted.

    Settings that have become wrong are reported, and read again when they change. Raises: ConfigError where watchfiles
    is not installed, a path does not exist, or the settings are wrong from the start; KeyboardInterrupt at its end.
    """
    try:
        import watchfiles
    except ImportError as error:
        raise ConfigError(
            "--watch needs the library watchfiles, which is not installed: `pip install watchfiles`"
        ) from error
    paths = [_existing(name) for name in names]
    # Many editors replace files instead of writing them, so it is their folders that are watched.
    folders = {path if path.is_dir() else path.parent for path in paths}
    recursive = any(path.is_dir() for path in paths)
    first = True
    # With a timeout the first round comes at once, and what changes while it checks is not missed.
    for changes in watchfiles.watch(
        *folders, watch_filter=_Wanted(paths), recursive=recursive, yield_on_timeout=True, rust_timeout=_TIMEOUT_MS
    ):
        if first or changes:
            _round(check, may_fail=first)
            tell(f"Watching {', '.join(names)}; Ctrl-C ends.")
            first = False
    return 0


def _round(check: Callable[[], int], may_fail: bool) -> None:
    forget_settings()
    if sys.stdout.isatty():
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()
    try:
        check()
    except TorchlintError as error:
        if may_fail:
            raise
        tell_error(error)


class _Wanted:
    """Whether a change of a file can change what is found."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._files = {path for path in paths if not path.is_dir()}
        self._folders = [path for path in paths if path.is_dir()]

    def __call__(self, change: Change, name: str) -> bool:
        path = Path(name).parent.resolve() / Path(name).name
        if path in self._files or path.name in _SETTINGS:
            return True
        return path.suffix in SUFFIXES and any(_is_in(path, folder) for folder in self._folders)


def _is_in(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder) and not DEFAULT_EXCLUDES.intersection(path.relative_to(folder).parts)


def _existing(name: str) -> Path:
    path = Path(name)
    if why := missing(name):
        raise ConfigError(f"--watch: {name}: {why}")
    return path.parent.resolve() / path.name if path.is_file() else path.resolve()
