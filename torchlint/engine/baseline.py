"""A baseline: findings that are known and shall not be reported, told by their content and not by their lines.

Each entry is a file, a rule and the text of the finding's lines, with how many such findings there are; a line that
moves stays known, one that is edited is looked at again. A file that could not be looked at is never known.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.fingerprint import Fingerprint, fingerprint
from torchlint.engine.selection import ALWAYS
from torchlint.engine.writing import write_atomically
from torchlint.errors import ConfigError
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from torchlint.engine.check import FileResult
    from torchlint.finding import Finding
    from torchlint.syntax.source import Source

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """The known findings of the file at ``path``; theirs are relative to its folder, with forward slashes."""

    path: Path
    known: Counter[Fingerprint]

    @classmethod
    def read(cls, path: Path, *, given: bool = False) -> Baseline:
        """Read a baseline, which the user may have ``given`` by name.

        Raises: ConfigError that says what is wrong with the file.
        """
        try:
            content = json.loads(read_bytes(path, given=given))
        except FileNotFoundError as error:
            raise ConfigError(
                f"the baseline {path} does not exist; `torchlint check --write-baseline {path}` writes it"
            ) from error
        except OSError as error:
            raise ConfigError(f"the baseline {path} cannot be read: {error.strerror or error}") from error
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path} is no baseline: {error}; write it anew with --write-baseline") from error
        try:
            if content["version"] != _VERSION:
                raise ConfigError(f"{path} is a baseline of version {content['version']}; this torchlint reads 1")
            return cls(path, Counter(dict(_entry(each) for each in content["findings"])))
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                f"{path} is no baseline: an entry is not as --write-baseline wrote it; write it anew"
            ) from error

    @classmethod
    def of(cls, path: Path, results: Iterable[FileResult], sources: Callable[[str], Source | None]) -> Baseline:
        """The baseline for ``path`` that knows all findings of ``results``; ``sources`` gives the source of a path."""
        known = Counter[Fingerprint]()
        for result in results:
            source = sources(result.path) if result.findings else None
            known.update(mark for mark, _ in _marks(path, result, source))
        return cls(path, known)

    def write(self) -> None:
        """Write it, in one step and always in the same order. Raises: OSError."""
        entries = [
            {"path": mark.path, "code": mark.code, "text": mark.text, "count": count}
            for mark, count in sorted(self.known.items())
        ]
        text = json.dumps({"version": _VERSION, "findings": entries}, indent=2)
        write_atomically(self.path, f"{text}\n".encode())

    def new(self, result: FileResult, source: Source | None) -> FileResult:
        """``result`` without the findings that are known; of more than are known, the last are new."""
        left = Counter(self.known)
        new: list[Finding] = []
        marks = {id(finding): mark for mark, finding in _marks(self.path, result, source)}
        for finding in result.findings:
            mark = marks.get(id(finding))
            if mark is None or not left[mark]:
                new.append(finding)
            else:
                left[mark] -= 1
        return replace(result, findings=tuple(new))


class Present:
    """What of a baseline is still there, file by file."""

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self._found = Counter[Fingerprint]()
        self._looked_at: set[str] = set()
        self._failed: set[str] = set()

    def add(self, result: FileResult, source: Source | None) -> None:
        """Take note of all that is found in a file, whose source is given where anything is."""
        path = self.baseline.path
        (self._looked_at if result.error is None else self._failed).add(_relative(result.path, path))
        self._found.update(mark for mark, _ in _marks(path, result, source))

    def gone(self) -> Counter[Fingerprint]:
        """What is known but is no more: in the files that were looked at, and in files that do not exist."""
        folder = self.baseline.path.absolute().parent
        return Counter(
            {
                mark: count
                for mark, count in (self.baseline.known - self._found).items()
                if mark.path in self._looked_at or not (mark.path in self._failed or (folder / mark.path).exists())
            }
        )


def _marks(path: Path, result: FileResult, source: Source | None) -> Iterator[tuple[Fingerprint, Finding]]:
    """The fingerprint of each finding of ``result`` that the baseline at ``path`` may know."""
    name = _relative(result.path, path)
    for finding in result.findings:
        if finding.code not in ALWAYS:
            yield fingerprint(name, finding, source), finding


def _relative(path: str, baseline: Path) -> str:
    absolute, folder = os.path.normpath(Path(path).absolute()), baseline.absolute().parent
    try:
        return os.path.relpath(absolute, folder).replace(os.sep, "/")
    except ValueError:  # another drive
        return absolute.replace(os.sep, "/")


def _entry(entry: dict[str, object]) -> tuple[Fingerprint, int]:
    path, code, text, count = entry["path"], entry["code"], entry["text"], entry["count"]
    if not (isinstance(path, str) and isinstance(code, str) and isinstance(text, str) and isinstance(count, int)):
        raise TypeError(entry)
    return Fingerprint(path, code, text), count
