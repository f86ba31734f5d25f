"""The records of one project in one file, each under a seal that only this user's torchlint can make.

A line is a record: its seal, the day of its last use, its name and the record itself, split at tabs. The file is read
and replaced whole, so there is no journal to recover, no lock to wait for, and nothing to parse before its seal was
seen to be right. Where two runs end at the same moment one's records may be lost: a miss for the next run.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from contextlib import suppress
from hmac import compare_digest
from pathlib import Path
from typing import NamedTuple

from torchlint.engine.private_folder import TEMPORARY, PrivateFolder, why_not_private

MAX_STORE_BYTES = 64 * 2**20
"""One project's records; the least recently used go first."""
MAX_FOLDER_BYTES = 512 * 2**20
"""All stores of a folder; the least recently used go first."""
KEEP_DAYS = 30
"""A record or store that was not used for so long is removed."""

_DAY = 86_400
_KEY_NAME = "key"
_KEY_BYTES = 32
_SEAL_BYTES = 16
_MARKS = {
    ".gitignore": b"*\n",
    "CACHEDIR.TAG": b"Signature: 8a477f597d28d172789f06886806bc55\n# Results of torchlint; safe to delete.\n",
}
"""What keeps a folder out of commits and backups."""
_STORE = re.compile(r"[0-9a-f]{32}\.results")
_OWN_NAME = re.compile("|".join((_STORE.pattern, TEMPORARY.pattern, _KEY_NAME, *map(re.escape, _MARKS))))


class _Line(NamedTuple):
    seal: bytes
    day: bytes
    name: bytes
    record: bytes


class SealedStore:
    """The store of ``project`` in a folder, by default the user's cache folder. Whatever is wrong with it, it is empty.

    Names and records are bytes without a tab or a line feed, as JSON is.
    """

    def __init__(self, project: Path, folder: Path | None = None) -> None:
        self._keys = user_folder()
        self._folder = self._keys if folder is None else (None if _leads_out(folder) else folder)
        self._file = f"{hashlib.blake2b(os.fsencode(project), digest_size=16).hexdigest()}.results"
        self._key = self._read_key()
        self._lines = self._read_lines()
        self._today = b"%d" % (time.time() // _DAY)
        self._used: dict[bytes, bytes] = {}
        self._changed = False

    def get(self, name: bytes) -> bytes | None:
        """The record with this name, where there is one and its seal is right."""
        line = self._lines.get(name)
        if line is None or not self._is_sealed(line):
            return None
        self._use(name, line.record, changed=line.day != self._today)
        return line.record

    def put(self, name: bytes, record: bytes) -> None:
        """Keep a record; it is written by ``save``."""
        self._use(name, record, changed=True)

    def save(self) -> None:
        """Write what was put, and once a day what was used; where that fails, the next run just has less."""
        if not self._changed or self._folder is None or self._keys is None:
            return
        self._changed = False
        with suppress(OSError):
            self._key = self._key or self._make_key(self._keys)
            self._lines = self._read_lines()  # another run may have written since
            with PrivateFolder.make(self._folder) as folder:
                _mark(folder)
                folder.write(self._file, self._merged())
                _tidy(folder, self._file)

    def _use(self, name: bytes, record: bytes, *, changed: bool) -> None:
        self._used[name] = record
        self._changed |= changed

    def _read_key(self) -> bytes | None:
        if self._keys is None:
            return None
        with suppress(OSError), PrivateFolder(self._keys) as folder:
            key = folder.read(_KEY_NAME, _KEY_BYTES)
            return key if len(key) == _KEY_BYTES else None
        return None

    def _make_key(self, keys: Path) -> bytes:
        """Of two runs that make a key at once the last wins, and the seals of the first are no good."""
        with PrivateFolder.make(keys) as folder:
            _mark(folder)
            folder.write(_KEY_NAME, os.urandom(_KEY_BYTES))
            return folder.read(_KEY_NAME, _KEY_BYTES)

    def _read_lines(self) -> dict[bytes, _Line]:
        """The lines by name, the least recently used first. Their seals are not looked at yet."""
        if self._key is None or self._folder is None:
            return {}
        try:
            with PrivateFolder(self._folder) as folder:
                data = folder.read(self._file, MAX_STORE_BYTES)
        except OSError:
            return {}
        parts = (line.split(b"\t") for line in data.split(b"\n"))
        return {line.name: line for line in (_Line(*each) for each in parts if len(each) == len(_Line._fields))}

    def _merged(self) -> bytes:
        """What was kept, without what is not sealed, too old or too much, and with what this run used."""
        oldest = int(self._today) - KEEP_DAYS
        lines = [
            line
            for line in self._lines.values()
            if line.name not in self._used and self._is_sealed(line) and oldest <= int(line.day) <= int(self._today)
        ]
        lines += [self._sealed(name, record) for name, record in self._used.items()]
        kept: list[bytes] = []
        size = 0
        for line in reversed(lines):
            text = b"\t".join(line) + b"\n"
            size += len(text)
            if size > MAX_STORE_BYTES:
                break
            kept.append(text)
        return b"".join(reversed(kept))

    def _sealed(self, name: bytes, record: bytes) -> _Line:
        return _Line(self._seal(self._today, name, record), self._today, name, record)

    def _is_sealed(self, line: _Line) -> bool:
        return compare_digest(line.seal, self._seal(line.day, line.name, line.record))

    def _seal(self, day: bytes, name: bytes, record: bytes) -> bytes:
        assert self._key is not None
        text = b"\t".join((day, name, record))
        return hashlib.blake2b(text, digest_size=_SEAL_BYTES, key=self._key).hexdigest().encode()


def user_folder() -> Path | None:
    """torchlint's folder among the user's caches, there already or to be made; None where none would be private."""
    import platformdirs  # a run without a cache does not pay for it

    try:
        folder = Path(platformdirs.user_cache_dir("torchlint", appauthor=False))
    except RuntimeError:  # the user has no home
        return None
    # A relative one, which some versions give for want of a home, would be in whatever tree is linted.
    if not folder.is_absolute() or _is_below_another_user(folder) or why_not_private(folder):
        return None
    return folder


def why_unusable(folder: Path) -> str | None:
    """Why no store can be kept in a folder that the command line names; None where it can, as far as is known."""
    if user_folder() is None:
        return "the user's cache folder, where the key to its seals belongs, cannot be used"
    if _leads_out(folder):
        return "a symbolic link leads it out of the working folder"
    return why_not_private(folder)


def _is_below_another_user(folder: Path) -> bool:
    """Whether root would make the folder inside another user's, who then could not use it."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return False
    existing = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    return existing.lstat().st_uid != 0


def _leads_out(folder: Path) -> bool:
    """Whether a link below the working folder, which may be a stranger's, leads to somewhere else."""
    here, inside = Path.cwd(), Path(os.path.normpath(folder.absolute()))
    return inside.is_relative_to(here) and Path(os.path.realpath(inside)) != here.resolve() / inside.relative_to(here)


def _mark(folder: PrivateFolder) -> None:
    """Keep a folder that has nothing but torchlint's own out of commits and backups. Raises: OSError."""
    names = {name for name, _ in folder.entries()}
    if all(map(_OWN_NAME.fullmatch, names)):
        for name in _MARKS.keys() - names:
            folder.write(name, _MARKS[name])


def _tidy(folder: PrivateFolder, own: str) -> None:
    """Remove what killed runs left and stores that were not used for long; bound them all. Raises: OSError."""
    now = time.time()
    stores: list[tuple[bool, float, int, str]] = []
    for name, status in folder.entries():
        age = (now - status.st_mtime) / _DAY
        if _STORE.fullmatch(name) and (name == own or age <= KEEP_DAYS):
            stores.append((name == own, status.st_mtime, status.st_size, name))
        elif _STORE.fullmatch(name) or (TEMPORARY.fullmatch(name) and age > 1):
            folder.remove(name)
    total = 0
    for _, _, size, name in sorted(stores, reverse=True):  # this run's own first, whatever the clock says
        total += size
        if total > MAX_FOLDER_BYTES:
            folder.remove(name)
