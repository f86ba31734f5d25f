"""A folder that is the user's alone: what a stranger could have put there is refused, never followed or waited for.

Where the platform can, all goes through one open descriptor, so that the folder that was checked is the one that is
used. Files are replaced whole or not at all.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TEMPORARY = re.compile(r"torchlint-[0-9a-f]{16}\.tmp")
"""The name of a file that is being written, or that a killed run left."""

_BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
"""A pipe is opened without waiting for its other end."""


class _Kind(NamedTuple):
    """What something must be, what is said where it is not, and the bits that its mode must not have."""

    holds: Callable[[int], bool]
    otherwise: str
    forbidden: int


_FOLDER = _Kind(stat.S_ISDIR, "it is no folder", stat.S_IWGRP | stat.S_IWOTH)
_FILE = _Kind(stat.S_ISREG, "it is no regular file", stat.S_IRWXG | stat.S_IRWXO)


class NotPrivateError(OSError):
    """A folder or file that somebody else could have made, changed or redirected; the text says why."""


class PrivateFolder:
    """An existing folder, open until it is left as a context. A method that cannot do its work raises OSError."""

    def __init__(self, path: Path) -> None:
        """Raises: OSError; NotPrivateError where it is not the user's alone."""
        self._path = path
        self._descriptor: int | None = None
        _require(path.lstat(), _FOLDER)
        if _BY_DESCRIPTOR:
            self._descriptor = _open(str(path), os.O_DIRECTORY, _FOLDER)

    @classmethod
    def make(cls, path: Path) -> PrivateFolder:
        """The folder, made for its owner alone where it is not there yet, with all above it. Raises: OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(0o700, exist_ok=True)
        return cls(path)

    def __enter__(self) -> PrivateFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def read(self, name: str, limit: int) -> bytes:
        """The content of a file of at most ``limit`` bytes."""
        descriptor = _open(self._at(name), _AT_ONCE, _FILE, self._descriptor)
        with os.fdopen(descriptor, "rb") as file:
            if (size := os.fstat(descriptor).st_size) > limit:
                raise OSError(errno.EFBIG, f"{size} bytes are more than {limit}")
            return file.read(limit)

    def write(self, name: str, data: bytes) -> None:
        """Make ``data`` the content of a file that nobody else can read; what is left of a failure is nothing."""
        temporary = f"torchlint-{os.urandom(8).hex()}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS
        descriptor = os.open(self._at(temporary), flags, 0o600, dir_fd=self._descriptor)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            here = self._descriptor
            os.replace(self._at(temporary), self._at(name), src_dir_fd=here, dst_dir_fd=here)
        except BaseException:
            with suppress(OSError):
                self.remove(temporary)
            raise

    def remove(self, name: str) -> None:
        """Remove a file, or a link and not what it leads to."""
        os.unlink(self._at(name), dir_fd=self._descriptor)

    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        """What is in the folder by name; a link is itself."""
        with os.scandir(self._path if self._descriptor is None else self._descriptor) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another run removed it
                    yield entry.name, entry.stat(follow_symlinks=False)

    def _at(self, name: str) -> str:
        return name if self._descriptor is not None else str(self._path / name)


def why_not_private(path: Path) -> str | None:
    """Why a folder that is there is no ``PrivateFolder``; None where it is one, or is still to be made."""
    try:
        PrivateFolder(path).close()
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror or str(error)
    return None


def _open(path: str, flags: int, kind: _Kind, folder: int | None = None) -> int:
    """A descriptor for reading. Raises: OSError."""
    descriptor = os.open(path, os.O_RDONLY | flags | _AS_IT_IS, dir_fd=folder)
    try:
        _require(os.fstat(descriptor), kind)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _require(status: os.stat_result, kind: _Kind) -> None:
    """Raises: NotPrivateError where somebody else can have a hand in what has this status."""
    if stat.S_ISLNK(status.st_mode):
        raise NotPrivateError("it is a symbolic link")
    if not kind.holds(status.st_mode):
        raise NotPrivateError(kind.otherwise)
    if sys.platform != "win32":  # there the mode says nothing, and a user's folders are closed to others
        if status.st_uid != os.geteuid():
            raise NotPrivateError("it belongs to somebody else")
        if status.st_mode & kind.forbidden:
            raise NotPrivateError(f"its mode, {stat.S_IMODE(status.st_mode):o}, is open to others")
