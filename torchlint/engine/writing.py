"""Files are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, create: bool = False) -> bool:
    """Make ``data`` the content of ``path`` in one step, and say whether that was needed.

    The file keeps its mode and, where permitted, its owner; a symbolic link stays and its target is replaced. Whatever
    fails, the old content is whole and no other file is left behind. With ``create`` there need be no file yet, and
    what is no file, such as a pipe, is written to. Raises: OSError, also where the file is read-only.
    """
    import tempfile  # takes as long to import as a small file to check

    old = _status(path) if create else path.stat()
    if create and old is not None and not stat.S_ISREG(old.st_mode):
        path.write_bytes(data)
        return True
    target = Path(os.path.realpath(path, strict=not create))
    if old is not None:
        if target.read_bytes() == data:
            return False
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is read-only", str(target))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _take_over(name, old)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return True


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _take_over(name: str, old: os.stat_result | None) -> None:
    """Give the file ``name`` the owner and mode of the one that it replaces, or the mode of a new file."""
    if old is None:
        os.umask(mask := os.umask(0))
        Path(name).chmod(0o666 & ~mask)
        return
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):  # only root may give files away
            os.chown(name, old.st_uid, old.st_gid)
    Path(name).chmod(stat.S_IMODE(old.st_mode))
