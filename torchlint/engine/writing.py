"""Files are written whole or not at all, and nothing that somebody else wrote meanwhile is lost.

What is new is written into a file beside the old one and takes its name in one step. A run that is killed leaves at
most such a file. It is locked as long as its writer lives, so that the next run that writes there knows it by that.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.syntax.reading import read_head

if TYPE_CHECKING:
    from collections.abc import Callable

_PREFIX, _SUFFIX = ".torchlint-", ".tmp"
_UNFINISHED = re.compile(rf"{re.escape(_PREFIX)}\w{{8}}{re.escape(_SUFFIX)}")
_OF_THE_SYSTEM = "security."
"""Extended attributes that Linux's security modules give to every file by their own rules."""


def replace_atomically(path: Path, old: bytes, new: bytes) -> bool:
    """Make ``new`` the content of a file from which ``old`` was read, in one step, and say whether that was needed.

    A symbolic link stays, and what it leads to is replaced. Mode, owner, group and, on Linux, extended attributes and
    access control lists stay as they are. Whatever fails, the old content is whole and no other file is left behind.

    Raises: OSError, also where the file is read-only, is not as it was read, has a second name (a hard link, which
    would keep the old content), or where what stays as it is cannot.
    """
    if new == old:
        return False
    target = Path(os.path.realpath(path, strict=True))
    status = target.stat()
    _require_replaceable(target, status)

    def is_as_read() -> bool:
        now = read_head(target, max(len(old), len(new)) + 1)
        if now not in (old, new):
            raise OSError(errno.EBUSY, "it was changed meanwhile", str(target))
        return now == old

    return _put(target, new, status, is_as_read)


def write_atomically(path: Path, data: bytes) -> None:
    """Make ``data`` the content of a file that the user has named, old or new, in one step.

    What is no file, such as a pipe, is written to. Else it is as with ``replace_atomically``. Raises: OSError.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        status = None
    if status is not None and not stat.S_ISREG(status.st_mode):
        path.write_bytes(data)
        return
    target = Path(os.path.realpath(path))
    if status is not None:
        _require_replaceable(target, status)
        if read_head(target, len(data) + 1) == data:
            return
    _put(target, data, status, lambda: True)


def _require_replaceable(target: Path, status: os.stat_result) -> None:
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only", str(target))
    if status.st_nlink > 1:
        raise OSError(errno.EMLINK, "it has more than one name (hard links), which would become two files", str(target))


def _put(target: Path, data: bytes, old: os.stat_result | None, allowed: Callable[[], bool]) -> bool:
    """Give ``data`` the name ``target`` where that is ``allowed``, which is asked at the last moment; whether it was.

    Who saves the file between this question and the very next call of the system is the only one not seen.
    """
    _remove_unfinished(target.parent)
    descriptor, name = _locked_file(target.parent)
    done = False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            _take_over(descriptor, target, old)
            os.fsync(descriptor)
            if sys.platform == "win32":  # there no open file can be renamed, nor removed by others
                file.close()
            if allowed():
                os.replace(name, target)  # noqa: PTH105
                done = True
    finally:
        if not done:
            with contextlib.suppress(OSError):
                Path(name).unlink()
    return done


def _take_over(descriptor: int, target: Path, old: os.stat_result | None) -> None:
    """Give an open file what the one that it replaces has apart from its content, or the mode of a new file.

    Raises: OSError where it cannot have that.
    """
    if not hasattr(os, "fchmod"):
        return
    if old is None:
        os.umask(mask := os.umask(0))
        os.fchmod(descriptor, 0o666 & ~mask)
        return
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (old.st_uid, old.st_gid):
        try:
            os.fchown(descriptor, old.st_uid, old.st_gid)
        except OSError as error:
            raise PermissionError(error.errno, "its owner and group could not be kept", str(target)) from error
    _take_over_attributes(descriptor, target)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))  # after an access control list, which changes the mode


def _take_over_attributes(descriptor: int, target: Path) -> None:
    wanted, had = _attributes(target), _attributes(descriptor)
    for name in wanted.keys() | had.keys():
        if wanted.get(name) != had.get(name):
            try:
                _set_attribute(descriptor, name, wanted.get(name))
            except OSError as error:
                if not name.startswith(_OF_THE_SYSTEM):
                    raise OSError(error.errno, f"its attribute {name} could not be kept", str(target)) from error


def _set_attribute(descriptor: int, name: str, value: bytes | None) -> None:
    if value is None:  # the folder gives it to new files
        os.removexattr(descriptor, name)
    else:
        os.setxattr(descriptor, name, value)


def _attributes(file: Path | int) -> dict[str, bytes]:
    """The extended attributes of a file, access control lists among them; nothing where there are none."""
    if not hasattr(os, "listxattr"):
        return {}
    try:
        return {name: os.getxattr(file, name) for name in os.listxattr(file)}
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return {}
        raise


# Unfinished files.


def _locked_file(folder: Path) -> tuple[int, str]:
    """An open new file, which its owner alone may read and no other run removes, and its name. Raises: OSError."""
    import tempfile  # takes as long to import as a small file to check

    while True:
        try:
            descriptor, name = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)
        except PermissionError as error:
            raise PermissionError(errno.EACCES, "no file can be made in its folder", str(folder)) from error
        try:
            is_ours = _lock(descriptor)
        except OSError:  # a file system without locks, where nothing is ever removed
            is_ours = True
        if is_ours and os.fstat(descriptor).st_nlink:
            return descriptor, name
        os.close(descriptor)  # another run took it for unfinished before it was locked


def _lock(descriptor: int) -> bool:
    """Lock an open file unless somebody else has. Raises: OSError where the file system has no locks."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@cache
def _remove_unfinished(folder: Path) -> None:
    """Remove, once, what killed runs of the same user have left in a folder."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _UNFINISHED.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    _remove_if_unlocked(entry.path)


def _remove_if_unlocked(path: str) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid() and _lock(descriptor):
            Path(path).unlink()
    finally:
        os.close(descriptor)
