"""Which line of the user's code is running: the innermost frame that belongs to neither Python, torch nor a package."""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import CodeType, FrameType

    from torchlint.confirm.sink import Sink


class Line(NamedTuple):
    """A 1-based line of a file, or of the notebook cell at the 1-based position ``cell``."""

    path: str
    cell: int | None
    line: int


class Lines:
    """Lines that ran a torch operation, numbered from 1 in the order in which they first did; 0 is no line.

    ``cells`` maps the file names that code of notebook cells was compiled with to the notebook and the cell.
    ``own`` are absolute paths of files that count as the user's wherever they lie.
    """

    def __init__(self, sink: Sink, own: Collection[str] = (), cells: dict[str, tuple[str, int]] | None = None) -> None:
        self._sink = sink
        self._own = frozenset(own)
        self.cells = cells or {}
        self._foreign = _foreign_folders()
        self._of_code: dict[int, tuple[CodeType, dict[int, int] | None]] = {}
        self._numbers: dict[Line, int] = {}
        self._names: list[Line | None] = [None]
        self.new: tuple[CodeType, int] | None = None
        """The instruction that was the last to be seen for the first time, until somebody has looked at it."""
        self._loaded = 0

    def here(self, frame: FrameType | None) -> int:
        """The number of the user's innermost line in a frame or its callers, 0 where there is none."""
        codes = self._of_code
        while frame is not None:
            code = frame.f_code
            known = codes.get(id(code))
            if known is None:
                known = codes[id(code)] = (code, {} if self.is_users(code.co_filename) else None)
            lines = known[1]
            if lines is not None:
                at = frame.f_lasti
                return lines.get(at) or self._number(frame, lines, at)
            frame = frame.f_back
        return 0

    def stack(self, frame: FrameType | None) -> list[int]:
        """The numbers of the user's lines, the innermost first, at most 16."""
        found: list[int] = []
        while frame is not None and len(found) < 16:
            if self.is_users(frame.f_code.co_filename):
                found.append(self._number(frame, {}, 0))
            frame = frame.f_back
        return found

    def file(self, name: str) -> tuple[str, int | None]:
        """The absolute path, and the cell, of the file name that code was compiled with."""
        return self.cells.get(name) or (os.path.abspath(name), None)  # noqa: PTH100 (not to be resolved)

    def name(self, number: int) -> Line | None:
        """The line of a number."""
        return self._names[number]

    def _number(self, frame: FrameType, lines: dict[int, int], at: int) -> int:
        line = Line(*self.file(frame.f_code.co_filename), frame.f_lineno or 0)
        number = self._numbers.get(line)
        if number is None:
            number = self._numbers[line] = len(self._names)
            self._names.append(line)
            self._sink.write(t="line", at=line)
            self.note_loaded()
            self._note_callers(frame.f_back)
        lines[at] = number
        self.new = (frame.f_code, frame.f_lasti)
        return number

    def _note_callers(self, frame: FrameType | None) -> None:
        """Say that the lines run which led to a new one."""
        while frame is not None:
            if self.is_users(frame.f_code.co_filename):
                self._sink.write(t="line", at=Line(*self.file(frame.f_code.co_filename), frame.f_lineno or 0))
            frame = frame.f_back

    def note_loaded(self) -> None:
        """Say which of the user's files are loaded, where that may have changed."""
        if len(sys.modules) == self._loaded:
            return
        self._loaded = len(sys.modules)
        names = (getattr(each, "__file__", None) for each in list(sys.modules.values()))
        own = (each for each in names if isinstance(each, str) and self.is_users(each))
        paths = {os.path.abspath(each) for each in own}  # noqa: PTH100
        self._sink.write(t="loaded", paths=sorted(paths))

    def is_users(self, name: str) -> bool:
        """Whether the file name that code was compiled with is one of the user's."""
        if name in self.cells:
            return True
        if name.startswith("<"):
            return False
        path = os.path.abspath(name)  # noqa: PTH100
        return path in self._own or not path.startswith(self._foreign)


def _foreign_folders() -> tuple[str, ...]:
    """The folders of Python itself, of installed packages, of torch and of this package, each with its separator."""
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    torch = sys.modules.get("torch")
    if torch is not None and torch.__file__:
        folders.add(os.path.dirname(torch.__file__))  # noqa: PTH120
    folders.add(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
    folders |= {os.path.realpath(each) for each in folders}
    return tuple(sorted(each.rstrip(os.sep) + os.sep for each in folders))
