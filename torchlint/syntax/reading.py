"""Reading files that somebody else put there: only regular ones, and only so much of them.

A device or a pipe under the name of a Python file could be endless, never answer, or do something when it is opened.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

MAX_BYTES = 12_000_000
"""The most bytes of a file that are read. The longest file of Python in PyTorch has 1,300,000."""
MAX_NOTEBOOK_BYTES = 30_000_000
"""The same of a notebook, which has pictures in it."""
MAX_FINDINGS_BYTES = 100_000_000
"""The same of findings that torchlint itself has written."""

_KINDS = (
    (stat.S_ISFIFO, "named pipe"),
    (stat.S_ISCHR, "character device"),
    (stat.S_ISBLK, "block device"),
    (stat.S_ISSOCK, "socket"),
)
_OWN_DESCRIPTORS = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")
"""What a shell calls the pipe of ``<(command)``."""
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def read_bytes(path: str | os.PathLike[str], limit: int | None = None, *, given: bool = False) -> bytes:
    """The content of a regular file of at most ``limit`` bytes, None being the limit of its kind.

    What the user has ``given`` by name may be a descriptor of this process as well, such as the pipe that a shell
    makes of ``<(command)``. Raises: OSError, whose ``strerror`` says so where it is none of this or is too large.
    """
    name = os.fspath(path)
    if limit is None:
        limit = _limit_of(name)
    handed_over = given and name.startswith(_OWN_DESCRIPTORS)
    with open(name, "rb") if handed_over else _open(name) as file:  # noqa: PTH123
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise _too_large(limit, name)
        data = file.read(size + 1) or b""
        if len(data) > size:  # it has grown since, or is one whose size the system does not know
            data += file.read(limit + 1 - len(data)) or b""
        if len(data) > limit:
            raise _too_large(limit, name)
        return data


def read_head(path: str | os.PathLike[str], size: int) -> bytes:
    """The first ``size`` bytes of a regular file, or all that it has. Raises: OSError."""
    with _open(os.fspath(path)) as file:
        return file.read(size) or b""


def read_stream(file: BinaryIO, name: str) -> bytes:
    """What an open file that goes by ``name`` has. Raises: OSError, also where that is more than its kind may have."""
    limit = _limit_of(name)
    data = file.read(limit + 1)
    if len(data) > limit:
        raise _too_large(limit, name)
    return data


def why_special(mode: int) -> str | None:
    """What keeps something from being read, by its mode; None for a regular file, and for a folder."""
    return next((f"it is a {kind}" for is_kind, kind in _KINDS if is_kind(mode)), None)


def _limit_of(name: str) -> int:
    return MAX_NOTEBOOK_BYTES if name.endswith(".ipynb") else MAX_BYTES


def _too_large(limit: int, name: str) -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {_in_words(limit)}", name)


def _in_words(size: int) -> str:
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1000} KB"


def _open(name: str) -> BinaryIO:
    _require_regular(os.stat(name), name)  # noqa: PTH116 (to open a device may already do something)
    descriptor = os.open(name, _FLAGS | _NO_WAITING)
    try:
        _require_regular(os.fstat(descriptor), name)  # what it is now
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _require_regular(found: os.stat_result, name: str) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    if why := why_special(found.st_mode):
        raise OSError(errno.EINVAL, why, name)
