"""Files are written whole or not at all, and nothing that somebody else wrote meanwhile is lost.

What is new is written beside the file and takes its place in one step. A run that is killed leaves at most such a file
beside it, which is locked while its writer lives; the next run that writes there finds it unlocked and removes it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PREFIX, _SUFFIX = ".torchlint-", ".tmp"
_UNFINISHED = re.compile(rf"{re.escape(_PREFIX)}\w{{8}}{re.escape(_SUFFIX)}")


def replace_atomically(path: Path, old: bytes, new: bytes) -> bool:
    """Make ``new`` the content of a file from which ``old`` was read, in one step; whether that was needed.

    A symbolic link stays and what it leads to is replaced. Mode, owner, group and, on Linux, extended attributes and
    access control lists stay as they are. Whatever fails, the old content is whole and no other file is left behind.
    Raises: OSError, also where the file is read-only, has other content than ``old``, has another name (a hard link,
    which would go on having the old content), or where something of it could not be kept.
    """
    target = Path(os.path.realpath(path, strict=True))
    status = target.stat()
    if new == old:
        return False
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only", str(target))
    if status.st_nlink > 1:
        raise OSError(errno.EMLINK, "it has several names (hard links), which would not stay one file", str(target))
    # The comparison comes last: who saves the file between it and the next system call is the only one not seen.
    with _beside(target, new, status) as put_in_place:
        now = read_bytes(target)
        if now == new:
            return False
        if now != old:
            raise OSError(errno.EBUSY, "it was changed meanwhile", str(target))
        put_in_place()
    return True


def write_atomically(path: Path, data: bytes) -> None:
    """Make ``data`` the content of a file that the user has named, in one step, or make that file.

    What is no file, such as a pipe, is written to. Else as ``replace_atomically``, whatever the old content was.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        status = None
    if status is not None and not stat.S_ISREG(status.st_mode):
        path.write_bytes(data)
        return
    target = Path(os.path.realpath(path))
    if status is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only", str(target))
    with _beside(target, data, status) as put_in_place:
        put_in_place()


@contextlib.contextmanager
def _beside(target: Path, data: bytes, like: os.stat_result | None) -> Iterator[Callable[[], None]]:
    """A new file in the folder of ``target``, and what gives it that name; without it the new file is removed again.

    Only its owner may read it before it is ``like`` the file that it is for; None is a file that is not there yet.
    """
    _remove_unfinished(target.parent)
    descriptor, name = _locked_file(target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            _take_over(name, target, like)
            os.fsync(descriptor)
            yield lambda: os.replace(name, target)  # noqa: PTH105
    except BaseException:
        _remove(name)
        raise
    _remove(name)


def _locked_file(folder: Path) -> tuple[int, str]:
    """A new file in a folder that no other process removes, open, and its name."""
    import tempfile  # takes as long to import as a small file to check

    while True:
        try:
            descriptor, name = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)
        except PermissionError as error:
            raise PermissionError(errno.EACCES, "no file can be made in its folder", str(folder)) from error
        if not _lock(descriptor) or os.fstat(descriptor).st_nlink:
            return descriptor, name
        os.close(descriptor)  # it was removed before it was locked
