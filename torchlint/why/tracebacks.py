"""The text of a log -> the tracebacks in it, whoever printed them: Python, IPython, pytest, rich, or anomaly mode."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.why.lines import HEADER, Stream, streams_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_FRAMES = 2_000
"""How many frames of one traceback are kept, the last ones."""
MAX_TRACEBACKS = 1_000
MAX_MESSAGE = 60
"""How many lines of a message are kept."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A line that was running, as the log has it: ``text`` is empty where that is not printed.

    ``cell`` is what the log calls a notebook's cell, ``path`` is empty there.
    """

    path: str
    line: int
    function: str = ""
    text: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Traceback:
    """An error with its frames, the innermost last.

    ``forward`` is the graph's node where anomaly mode printed which operation of the forward pass failed: then there is
    no error. ``ranks`` are the processes that printed the same.
    """

    error: str
    message: str
    frames: tuple[Frame, ...]
    forward: str = ""
    ranks: tuple[int, ...] = ()


def read_tracebacks(text: str) -> list[Traceback]:
    """All tracebacks, in the order of their ends in each stream; what several processes printed alike is there once."""
    found: dict[tuple[object, ...], Traceback] = {}
    for stream in streams_of(text):
        for each in _of_stream(stream):
            key = each.error, each.message, each.frames, each.forward
            known = found.pop(key, None)
            ranks = {*(known.ranks if known else ()), *(() if stream.rank is None else (stream.rank,))}
            found[key] = replace(each, ranks=tuple(sorted(ranks)))
    return list(found.values())


def _of_stream(stream: Stream) -> list[Traceback]:
    reader = _Reader()
    for line in stream.lines:
        reader.read(line)
    reader.end()
    return _joined(reader.found)


def _joined(found: list[Traceback]) -> list[Traceback]:
    """The tracebacks, an error that stands apart from its frames put together with them."""
    joined: list[Traceback] = []
    for each in found:
        last = joined[-1] if joined else None
        if last and not last.forward and not each.forward and bool(last.error) != bool(each.error):
            if last.error and not last.frames:
                joined[-1] = replace(last, frames=each.frames)
                continue
            if each.error and not each.frames:
                joined[-1] = replace(each, frames=last.frames)
                continue
        joined.append(each)
    return joined


_NODE = re.compile(r"Error detected in (\w+)\. Traceback of forward call that caused the error:")
_END_OF_FORWARD = re.compile(r"\s*\((?:Triggered internally|function _?print_stack|print_stack) ")
_PYTHON = re.compile(r'\s*(?:[>|+]\s+)?File ["“]([^"”]+)["”], line (\d{1,9})(?:, in (.*))?$')
_IPYTHON_CELL = re.compile(r"(?:Cell |Input )In ?\[(\d+)\](?:, line (\d{1,9}))?(?:, in (.+))?$")
_IPYTHON = re.compile(r"File (\S.*?):(\d{1,9})(?:, in (.+))?$")
_OLD_IPYTHON = re.compile(r"(\S[^()<>|]*\.pyx?|<ipython-input-\d+-\w+>|/\S*ipykernel_\d+/\d+\.py) in (\S.*)$")
_PYTEST = re.compile(r"(\S+\.pyx?):(\d{1,9}): ?(?:in (\S.*)|([A-Za-z_][\w.]*))?$")
_RICH = re.compile(r"[│|] (\S.*?):(\d{1,9}) in (\S+)\s*[│|]$")
_ARROW = re.compile(r"-+> ?(\d{1,9}) ?(.*)$")
_RICH_ARROW = re.compile(r"[│|] ❱ *(\d{1,9}) │?(.*?)[│|]$")
_PYTEST_ARROW = re.compile(r">\s+(\S.*)$")
_PYTEST_ERROR = re.compile(r"E(?:   +(.*))?$")
_ERROR = re.compile(r"((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:\([\w.]+\))?)(?:: ?(.*))?$")
_SURE_ERROR = re.compile(
    r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Abort|Warning)(?:\([\w.]+\))?(?=:|$)"
)
_RULE = re.compile(r"[=_-]{3,}|_ _ _")
_MARKER = re.compile(r"[\s~^]+$")
_TEMPORARY_CELL = re.compile(r"<ipython-input-(\d+)-\w+>|.*/ipykernel_\d+/\d+\.py|.*/ipython-input-[\w-]+\.py")


class _Reader:
    """Reads one stream line by line; ``found`` are the tracebacks that are complete."""

    def __init__(self) -> None:
        self.found: list[Traceback] = []
        self._frames: list[Frame] = []
        self._forward = ""
        self._error = ""
        self._message: list[str] = []
        self._above = ""  # the code that pytest shows above the place
        self._wants_text = False
        self._from_pytest = False

    def read(self, line: str) -> None:
        if HEADER in line:
            self.end()
        elif found := _NODE.search(line):
            if error := _SURE_ERROR.match(line):  # both wrote at once
                self._start_error(error[0], line[error.end() + 1 :])
            self.end()
            self._forward = found[1]
        elif self._forward and _END_OF_FORWARD.match(line):
            self.end()
        elif found := _PYTHON.match(line):
            self._add(_frame(found[1], int(found[2]), (found[3] or "").strip()))
        elif frame := _in_ipython(line):
            self._add(frame, is_above=False)
        elif not (self._is_arrow(line) or self._is_of_pytest(line)):
            self._read_rest(line)

    def end(self) -> None:
        """Keep what was read as a traceback, if it is one, and begin anew."""
        is_one = bool(self._error) or bool(self._forward and self._frames)
        if (is_one or len(self._frames) > 1) and len(self.found) < MAX_TRACEBACKS:
            message = "\n".join(self._message).strip()
            self.found.append(Traceback(self._error, message, tuple(self._frames), self._forward))
        self._frames, self._message = [], []
        self._forward = self._error = self._above = ""
        self._wants_text = self._from_pytest = False

    def _add(self, frame: Frame, *, is_above: bool = True) -> None:
        """A frame; ``is_above`` says that its code follows, if it has any."""
        if self._error:
            self.end()
        self._frames.append(frame)
        del self._frames[:-MAX_FRAMES]
        self._wants_text = is_above

    def _is_arrow(self, line: str) -> bool:
        """Whether a line of code is marked as the one that was running."""
        if found := _ARROW.match(line) or _RICH_ARROW.match(line):
            if not self._frames:  # only the end was pasted
                self._frames.append(Frame("", 0, cell="?"))
            if not self._frames[-1].text:
                self._set(line=int(found[1]), text=found[2].strip())
            return True
        if not line.startswith(">") or not (found := _PYTEST_ARROW.match(line)):
            return False
        self._above = found[1]
        return True

    def _is_of_pytest(self, line: str) -> bool:
        if line.startswith("E") and (found := _PYTEST_ERROR.match(line)):
            said = found[1] or ""
            if self._from_pytest and self._error:
                self._message.append(said)
            elif error := _ERROR.match(said.strip()):
                self._start_error(error[1], error[2] or "")
                self._from_pytest = True
            return True
        if not (found := _PYTEST.match(line)):
            return False
        frame = Frame(found[1], int(found[2]), found[3] or "", self._above)
        self._above = ""
        if found[4] and self._error:
            self._frames.append(frame)
            self.end()
        else:
            self._add(frame, is_above=not frame.text)
        return True

    def _read_rest(self, line: str) -> None:
        """What is neither a frame nor its code: an error and its message, or something else."""
        is_error = _SURE_ERROR.match(line) is not None
        if self._error:
            if self._from_pytest and not line.strip():
                return  # the place follows
            if not line.strip() or is_error or self._from_pytest or len(self._message) >= MAX_MESSAGE:
                self.end()
            else:
                self._message.append(line)
                return
        if self._wants_text and line[:1] in (" ", "\t") and self._frames:
            if line.strip() and not _MARKER.match(line):
                if not self._frames[-1].text:
                    self._set(text=line.strip())
                self._wants_text = False
            return
        if (is_error or self._frames) and (found := _ERROR.match(line)) and not _RULE.match(line):
            self._start_error(found[1], found[2] or "")

    def _start_error(self, error: str, message: str) -> None:
        if self._forward:  # the warning ended without a word, and the error has frames of its own
            self.end()
        self._error, self._message = error, [message]

    def _set(self, *, text: str, line: int | None = None) -> None:
        frame = self._frames[-1]
        self._frames[-1] = replace(frame, text=text, line=frame.line if line is None else line)


def _in_ipython(line: str) -> Frame | None:
    """The frame that IPython, or rich, begins with a line; its code follows behind an arrow."""
    if found := _IPYTHON.match(line) or _RICH.match(line):
        return _frame(found[1], int(found[2]), (found[3] or "").strip())
    if found := _IPYTHON_CELL.match(line):
        return Frame("", int(found[2] or 0), (found[3] or "").strip(), cell=found[1])
    if found := _OLD_IPYTHON.match(line):
        return _frame(found[1], 0, found[2].strip())
    return None


def _frame(path: str, line: int, function: str) -> Frame:
    """A frame; what IPython wrote for a cell is none of a file."""
    if found := _TEMPORARY_CELL.fullmatch(path):
        return Frame("", line, function, cell=found[1] or "?")
    return Frame(path, line, function)


def ordered(tracebacks: Iterable[Traceback]) -> list[Traceback]:
    """Those with an error, the last first: what ended the run comes last in a log."""
    return [each for each in reversed(list(tracebacks)) if each.error]
