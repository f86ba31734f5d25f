"""Results of earlier runs, kept in ``.torchlint_cache/``.

A row is one file. It counts only while the file, every file that its result depends on, the settings and torchlint
itself are byte for byte what they were. Whatever is odd about the store is a miss, never an error: it is rebuilt where
it is damaged, and left alone where another run holds it. Rows are JSON under a checksum; reading them executes nothing.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torchlint
from torchlint.engine.check import FileResult
from torchlint.engine.record import dump, finding_record, items, load, read_finding, text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

FOLDER_NAME = ".torchlint_cache"

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Results of torchlint; safe to delete.\n"
_SCHEMA = (
    "CREATE TABLE result (path BLOB PRIMARY KEY, day INTEGER NOT NULL, seal BLOB NOT NULL, record BLOB NOT NULL)"
    " WITHOUT ROWID"
)
_KEEP_DAYS = 30
_LOCK_TIMEOUT = 2.0
"""Seconds to wait for another run to finish its transaction."""
_BATCH = 500
"""Rows asked for at once; SQLite takes 999 parameters or more."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a result belongs to: the file, how the user sees it, and the digest of the settings for it."""

    absolute: str
    shown: str
    settings: str


class ResultCache:
    """The store in one folder, for one run. It is read once and written once, each in a short transaction."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "results.db"
        self._contents = _Contents()
        self._engine = engine_digest()
        self._new: dict[bytes, bytes] = {}

    def look_up(self, keys: Iterable[Key]) -> dict[str, FileResult]:
        """The results that still hold, by absolute path."""
        wanted = {os.fsencode(key.absolute): key for key in keys}
        found = {}
        for path, record in self._rows(list(wanted)):
            result = self._result(wanted[path], record)
            if result is not None:
                found[wanted[path].absolute] = result
        return found

    def remember(self, key: Key, content: str, result: FileResult) -> None:
        """Keep the result of a file whose bytes had the digest ``content``; it is written by ``save``."""
        if result.error is not None:
            return
        depends: dict[str, str | None] = {}
        for path in result.depends:
            if not self._contents.settled(path):
                return
            depends[path] = self._contents.digest(path)
        record = dump(
            [
                self._engine,
                key.settings,
                content,
                key.shown if _names_files(result) else None,
                list(depends.items()),
                result.saw_torch,
                result.incomplete,
                [finding_record(finding) for finding in result.findings],
            ]
        )
        self._new[os.fsencode(key.absolute)] = record

    def save(self) -> None:
        """Write what was remembered; where that fails, the next run just has less to look up."""
        if not self._new:
            return
        today = int(time.time() // 86_400)
        rows = [(path, today, _seal(path, record), record) for path, record in self._new.items()]
        self._new = {}
        for _ in range(2):  # a damaged store is removed by the first attempt
            if self._write(rows, today):
                return

    def _result(self, key: Key, record: bytes) -> FileResult | None:
        """The result in a row, or None where it no longer holds or is not what torchlint writes."""
        try:
            engine, settings, content, shown, depends, saw_torch, incomplete, findings = items(load(record), 8)
            if (engine, settings) != (self._engine, key.settings) or shown not in (None, key.shown):
                return None
            pairs = [items(pair, 2) for pair in items(depends)]
            if content != self._contents.digest(key.absolute):
                return None
            if any(digest != self._contents.digest(text(path)) for path, digest in pairs):
                return None
            return FileResult(
                key.shown,
                tuple(read_finding(each) for each in items(findings)),
                saw_torch=saw_torch is True,
                depends=tuple(text(path) for path, _ in pairs),
                incomplete=text(incomplete),
            )
        except ValueError:
            return None

    def _rows(self, paths: list[bytes]) -> list[tuple[bytes, bytes]]:
        """The intact rows for ``paths``."""
        if not self._file.is_file():
            return []
        import sqlite3

        rows: list[tuple[object, object, object]] = []
        try:
            with closing(self._connect("ro")) as store:
                store.execute("BEGIN")
                if not _has_our_schema(store):
                    raise sqlite3.DatabaseError("another schema")
                for start in range(0, len(paths), _BATCH):
                    batch = paths[start : start + _BATCH]
                    marks = ",".join("?" * len(batch))
                    rows += store.execute(f"SELECT path, seal, record FROM result WHERE path IN ({marks})", batch)
        except (sqlite3.Error, UnicodeDecodeError) as error:  # names and messages in a damaged file may be no text
            if not _is_in_use(error):
                self._remove()
            return []
        return [
            (path, record)
            for path, seal, record in rows
            if isinstance(path, bytes) and isinstance(record, bytes) and seal == _seal(path, record)
        ]

    def _write(self, rows: list[tuple[bytes, int, bytes, bytes]], today: int) -> bool:
        """Write ``rows``; False where the store was damaged and is now removed, so that trying again may help."""
        import sqlite3

        try:
            _prepare(self.folder)
            with closing(self._connect("rwc")) as store:
                # What a power cut destroys is found damaged and rebuilt, so waiting for the disk buys nothing.
                store.execute("PRAGMA synchronous=OFF")
                store.execute("BEGIN IMMEDIATE")
                if not _has_our_schema(store):
                    if store.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
                        raise sqlite3.DatabaseError("another schema")
                    store.execute(_SCHEMA)
                store.executemany("INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?)", rows)
                store.execute("DELETE FROM result WHERE day NOT BETWEEN ? AND ?", (today - _KEEP_DAYS, today))
                store.execute("COMMIT")
        except OSError:
            return True
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if _is_in_use(error):
                return True
            self._remove()
            return False
        return True

    def _connect(self, mode: str) -> sqlite3.Connection:
        import sqlite3

        address = f"{self._file.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(address, uri=True, timeout=_LOCK_TIMEOUT, isolation_level=None)

    def _remove(self) -> None:
        for name in (f"{self._file.name}-journal", self._file.name):
            with suppress(OSError):
                (self.folder / name).unlink()


def engine_digest() -> str:
    """A digest of this torchlint and of what it parses with; it changes with every edit of an installed source file."""
    parts = [torchlint.__file__, sys.version]
    folders = [Path(torchlint.__file__).parent]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name == "__pycache__":
                    continue
                if entry.is_dir():
                    folders.append(Path(entry.path))
                else:
                    status = entry.stat()
                    parts.append(f"{entry.path} {status.st_size} {status.st_mtime_ns}")
    return _digest("\n".join([*sorted(parts), _parser_stamp()]).encode("utf-8", "surrogateescape"))


def _parser_stamp() -> str:
    """What tells one installed LibCST from another without importing it."""
    from importlib.util import find_spec

    spec = find_spec("libcst")
    if spec is None or spec.origin is None:
        return ""
    with suppress(OSError):
        status = Path(spec.origin).stat()
        return f"{spec.origin} {status.st_size} {status.st_mtime_ns}"
    return spec.origin


def content_digest(data: bytes) -> str:
    """The digest by which the bytes of a file are known."""
    return _digest(data)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _seal(path: bytes, record: bytes) -> bytes:
    """The checksum of a row: SQLite has none, and a flipped bit in a line number would pass for a result."""
    return hashlib.blake2b(record, digest_size=16, key=hashlib.blake2b(path, digest_size=16).digest()).digest()


def _names_files(result: FileResult) -> bool:
    """Whether the findings name other files, as they are seen from this run's working directory."""
    for finding in result.findings:
        places = [finding.place, *(related.place for related in finding.related)]
        if finding.effect.place is not None:
            places.append(finding.effect.place)
        if finding.fix is not None:
            places += [edit.place for edit in finding.fix.edits]
        if any(place.path is not None for place in places):
            return True
    return False


def _is_in_use(error: Exception) -> bool:
    """Whether the store is only out of reach now (locked, read-only, disk full), not damaged."""
    import sqlite3

    reasons = ("locked", "unable to open", "readonly", "disk i/o", "is full")
    return isinstance(error, sqlite3.OperationalError) and any(reason in str(error).lower() for reason in reasons)


def _has_our_schema(store: sqlite3.Connection) -> bool:
    found = store.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    return found == [("table", "result", _SCHEMA)]


def _prepare(folder: Path) -> None:
    """Make the folder, with the marks that keep it out of commits and backups. Raises: OSError."""
    folder.mkdir(exist_ok=True)
    for name, content in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        if not (folder / name).exists():
            (folder / name).write_text(content, encoding="utf-8")


class _Contents:
    """The digests of files on disk, each read at most once a run."""

    def __init__(self) -> None:
        self._started = time.time_ns()
        self._known: dict[str, str | None] = {}

    def digest(self, path: str) -> str | None:
        """The digest of a file's bytes, None where there is no readable file."""
        if path not in self._known:
            self._known[path] = None
            with suppress(OSError, ValueError):
                if Path(path).is_file():  # a pipe can be read only once, and that is for the check
                    self._known[path] = content_digest(Path(path).read_bytes())
        return self._known[path]

    def settled(self, path: str) -> bool:
        """Whether ``digest`` surely is that of the bytes that the result saw: known before it, or unchanged since."""
        if path in self._known:
            return True
        try:
            status = Path(path).stat()
        except (OSError, ValueError):
            return True
        return max(status.st_mtime_ns, status.st_ctime_ns) < self._started
