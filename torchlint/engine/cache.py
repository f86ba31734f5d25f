"""Results of earlier runs, and when they still count.

A record is one file. It counts only while the file, every file that its result depends on, the settings and torchlint
itself are byte for byte what they were. Whatever is odd about a record is a miss, never an error. Records are JSON,
under a seal that only this user's torchlint can make; reading them executes nothing.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torchlint
from torchlint.engine.check import FileResult
from torchlint.engine.record import dump, finding_record, items, load, read_finding, text
from torchlint.engine.sealed_store import SealedStore
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable


class CacheLocation(NamedTuple):
    """Where the results for a project are kept: in ``folder``, or without one in the user's cache folder."""

    project: Path
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """What a result belongs to: the file, how the user sees it, and the digest of the settings for it."""

    absolute: str
    shown: str
    settings: str


class ResultCache:
    """The results of one project, for one run: read once and written once."""

    def __init__(self, location: CacheLocation) -> None:
        self._store = SealedStore(*location)
        self._contents = _Contents()
        self._engine = engine_digest()

    def look_up(self, keys: Iterable[Key]) -> dict[str, FileResult]:
        """The results that still hold, by absolute path."""
        found = {}
        for key in keys:
            record = self._store.get(dump(key.absolute))
            result = None if record is None else self._result(key, record)
            if result is not None:
                found[key.absolute] = result
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
        self._store.put(dump(key.absolute), record)

    def save(self) -> None:
        """Write what was remembered; where that fails, the next run just has less to look up."""
        self._store.save()

    def _result(self, key: Key, record: bytes) -> FileResult | None:
        """The result in a record, or None where it no longer holds or is not what torchlint writes."""
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


class _Contents:
    """The digests of files on disk, each read at most once a run."""

    def __init__(self) -> None:
        self._started = time.time_ns()
        self._known: dict[str, str | None] = {}

    def digest(self, path: str) -> str | None:
        """The digest of a file's bytes, None where there is no readable file.

        A pipe is none: it can be read only once, and that is for the check.
        """
        if path not in self._known:
            self._known[path] = None
            with suppress(OSError, ValueError):
                self._known[path] = content_digest(read_bytes(path))
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
