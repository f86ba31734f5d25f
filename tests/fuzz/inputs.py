"""One input: a small folder, or what an editor sends to the language server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Way(Enum):
    """What an input is given to."""

    FILE = "the engine, as the bytes of one file"
    FOLDER = "the command, as a folder"
    STREAM = "the language server, as the bytes of its standard input"


@dataclass(frozen=True, slots=True)
class Input:
    """An input and the family that it is of.

    ``files`` are names, with forward slashes, and contents; bytes of a name that are not UTF-8 are surrogates, as
    everywhere in Python. Of a ``Way.FILE`` the first is checked, of a ``Way.STREAM`` all are sent, one after the other.
    """

    family: str
    way: Way
    files: tuple[tuple[str, bytes], ...]

    @classmethod
    def of_file(cls, family: str, name: str, data: bytes) -> Input:
        return cls(family, Way.FILE, ((name, data),))

    @property
    def name(self) -> str:
        return self.files[0][0]

    @property
    def data(self) -> bytes:
        return self.files[0][1]

    @property
    def joined(self) -> bytes:
        """All contents, one after the other."""
        return b"".join(data for _, data in self.files)

    @property
    def size(self) -> int:
        """Bytes of all contents."""
        return sum(len(data) for _, data in self.files)

    def without(self, number: int) -> Input:
        """The input without one of its files."""
        return replace(self, files=(*self.files[:number], *self.files[number + 1 :]))

    def with_data(self, number: int, data: bytes) -> Input:
        """The input with other contents of one of its files."""
        name, _ = self.files[number]
        return replace(self, files=(*self.files[:number], (name, data), *self.files[number + 1 :]))

    def write(self, folder: Path) -> None:
        """Make the folder that it is. Names that this file system does not take are left out."""
        for name, data in self.files:
            path = folder / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            except (OSError, ValueError):
                continue


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must not be: its kind, which is a column of the table, and what was seen."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What trying an input came to. ``traits`` say what it made torchlint do: equal ones, nothing new."""

    problems: tuple[Problem, ...]
    traits: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(each.kind for each in self.problems)


KINDS = ("traceback", "hang", "memory", "unparsable", "unsettled", "unequal", "status", "stray")
"""The columns of the table.

A ``traceback`` is an exception, an internal error or a crash, ``hang`` and ``memory`` mean a limit was passed. Fixed
text that is no Python is ``unparsable``, text in which there is still something to fix ``unsettled``. Doing the same
twice made different things (``unequal``), an exit status was none of 0, 1, 2 (``status``), or a file was written that
nobody asked for (``stray``).
"""
