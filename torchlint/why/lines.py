"""The lines of a log, freed of what terminals, launchers and loggers put around them, and sorted by who wrote them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_LINE = 20_000
"""What a longer line has more is left out."""
HEADER = "Traceback (most recent call last)"

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z ")
_LINK = re.compile(r"\[([^\[\]]+)\]\(https?://[^()\s]*\)")
_PREFIX = re.compile(
    r"\[(?:default|rank|gw)?\s?\d{1,6}\]:? ?(?=\S|\s+File|\s*$|\s)"  # torchrun, PyTorch's own, pytest-xdist
    r"|\((?:[\w.<>]+ )?pid=\d+[^()]{0,200}\) ?"  # Ray's actors
    r"|[A-Za-z][\w.-]{0,60} +\| "  # containers
)
_WORKER = re.compile(r"\[(?:default|rank|gw)?\s?(\d{1,6})\]")
_FRAME = 'File "'
_MAX_PREFIX = 200


class Stream(NamedTuple):
    """What one process wrote. ``name`` is what stood before each of its lines, empty for what had nothing there."""

    name: str
    lines: list[str]

    @property
    def rank(self) -> int | None:
        """The number of the process where the prefix has one."""
        found = _WORKER.match(self.name)
        return int(found[1]) if found else None


def streams_of(text: str) -> list[Stream]:
    """The streams of a log, in the order in which they begin."""
    lines = [_plain(line) for line in text.split("\n")]
    learned = _learned(lines)
    found: dict[str, list[str]] = {}
    for line in lines:
        prefix = _prefix(line, learned)
        found.setdefault(prefix.strip(), []).append(line[len(prefix) :])
    return [Stream(name, own) for name, own in found.items()]


def _plain(line: str) -> str:
    """A line without colours and times, as it was when the terminal last wrote over it."""
    line = line[:MAX_LINE].rstrip("\r\n")
    if "\x1b" in line:
        line = _ESCAPE.sub("", line)
    if "\r" in line:
        line = line[line.rindex("\r") + 1 :]
    if found := _TIME.match(line):
        line = line[found.end() :]
    if "](http" in line:  # as Colab copies the names of files
        line = _LINK.sub(r"\1", line)
    return line.replace("\xa0", " ").rstrip()


def _learned(lines: Iterable[str]) -> tuple[str, ...]:
    """What stands before the header of a traceback and before its frames too, the longest first."""
    before_frames = {line[: line.index(_FRAME)].rstrip() for line in lines if _FRAME in line}
    heads = {head.rstrip() for head in _heads(lines)}
    return tuple(sorted((heads & before_frames) - {""}, key=len, reverse=True))


def _heads(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        at = line.find(HEADER)
        if 0 < at <= _MAX_PREFIX:
            yield line[:at]


def _prefix(line: str, learned: tuple[str, ...]) -> str:
    for each in learned:
        if line.startswith(each):
            return each + " " * line.startswith(each + " ")
    found = _PREFIX.match(line)
    return found[0] if found else ""
