"""What a run recorded, read back: lines that ran, and each kind of thing that was seen.

The program could write anything into the file of records. What is no record is counted, and nothing else comes of it.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from torchlint.confirm.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

_LONGEST = 1 << 20
"""Bytes of a record; one of a long story takes a few thousand."""
_ALL = 1 << 28
"""Bytes of all records."""


class Line(NamedTuple):
    """A 1-based line of a file with an absolute ``path``, or of the notebook cell at the 1-based position ``cell``."""

    path: str
    cell: int | None
    line: int


class Ending(str, Enum):
    """How the run ended. After ``FINISHED`` and ``RAISED`` all was seen that there was."""

    FINISHED = "finished"
    RAISED = "raised"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    INTERRUPTED = "interrupted"
    KILLED = "killed"
    LEFT = "left"


class Raised(NamedTuple):
    """An error of PyTorch's; ``at`` are the user's lines, the innermost first."""

    kind: Kind
    at: tuple[Line, ...]
    message: str
    save: Line | None
    changes: tuple[Line, ...]
    freed: tuple[Line, ...]
    ended: bool = False
    """Whether the program did not catch it."""


class Stale(NamedTuple):
    """A backward that computed with changed content, unseen by the version check."""

    save: Line | None
    changes: tuple[Line, ...]
    how: str
    backward: Line | None
    gradient: tuple[float, float] | None
    equal: bool | None
    why: str


class Backward(NamedTuple):
    """What was seen of the backwards at one line."""

    retain: bool
    create: bool


class ModuleState(NamedTuple):
    """What an instance had in a plain attribute."""

    at: Line
    attribute: str
    state: str
    what: str
    device: str
    module_device: str
    requires_grad: bool


class Plain(NamedTuple):
    """What every instance of a class that was seen had in an attribute, and neither registers nor moves."""

    kind: Kind
    at: Line | None
    owner: str
    attribute: str
    what: str
    device: str


class Optimized(NamedTuple):
    """An optimizer that took steps: how many of its parameters never had a gradient at one, and how many it has."""

    at: Line
    idle: int
    parameters: int


class Unsaved(NamedTuple):
    """What of a module's state an optimizer never saw, or no state dict had: a row for who watches the state."""

    owner: str
    name: str
    what: str
    why: str


@dataclass
class Records:
    """All that was seen in one run."""

    lines: set[Line] = field(default_factory=set)
    raised: list[Raised] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    hidden: dict[Line, tuple[str, bool]] = field(default_factory=dict)
    reads: dict[Line, set[Line]] = field(default_factory=lambda: defaultdict(set))
    backwards: dict[Line, list[Backward]] = field(default_factory=lambda: defaultdict(list))
    rewrapped: set[Line] = field(default_factory=set)
    retained: dict[Line, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    reused: dict[Line, set[Line]] = field(default_factory=lambda: defaultdict(set))
    second_order: set[Line] = field(default_factory=set)
    harmless: list[tuple[Line, Line]] = field(default_factory=list)
    """Changes of leaves while a graph was pending, with the backward that did not need what was changed."""
    modules: list[ModuleState] = field(default_factory=list)
    made: set[Line] = field(default_factory=set)
    """Watched assignments of modules that were made, and gone before anybody could look at them."""
    plain: list[Plain] = field(default_factory=list)
    discarded: dict[Line, str] = field(default_factory=dict)
    """Operations whose result nobody took, by name."""
    steps: dict[Line, set[bool]] = field(default_factory=lambda: defaultdict(set))
    """Steps of optimizers, and whether none of the parameters had a gradient."""
    optimizers: list[Optimized] = field(default_factory=list)
    unsaved: list[Unsaved] = field(default_factory=list)
    warned: list[tuple[tuple[Line, ...], str]] = field(default_factory=list)
    loaded: set[str] = field(default_factory=set)
    """The absolute paths of files whose code was there, those of packages left out."""
    unusable: str = ""
    """Why there is no such program."""
    missing: dict[str, str] = field(default_factory=dict)
    """Observations that were not possible with this torch, and why."""
    problems: list[str] = field(default_factory=list)
    compiled: bool = False
    """Whether some code was compiled by torch, whose lines are not seen."""
    torch: str = ""
    ended: bool = False
    error: str = ""
    cells: dict[int, str] = field(default_factory=dict)
    """The errors that ended notebook cells, by position."""
    unreadable: int = 0
    """How many lines are no records."""


def record_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file of records, none longer than a record can be; without a last one that was cut off.

    What is beyond a size that no run comes to is one line more, which is no record.
    """
    left = _ALL
    while left > 0:
        line = file.readline(_LONGEST)
        left -= len(line)
        end = line[-1:]
        while end != b"\n" and left > 0:
            rest = file.readline(_LONGEST)
            left -= len(rest)
            if not rest:
                return
            end = rest[-1:]
        yield line
    yield b"too much"


def read_records(lines: Iterable[bytes | str]) -> Records:
    """The records in lines of JSON."""
    found = Records()
    for line in lines:
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            _ADD[record["t"]](found, record)
        except (ValueError, KeyError, TypeError, IndexError, RecursionError):
            found.unreadable += 1
    return found


# Each part of a record is what it should be, or a TypeError or ValueError.


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value.encode(errors="backslashreplace").decode()  # half a character cannot be shown


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise TypeError("no number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("no flag")
    return value


def _measure(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("no measure")
    return float(value)


def _sure(value: Any) -> Line:
    path, cell, line = value
    if not isinstance(path, str) or "\0" in path:
        raise TypeError("no path")
    os.fsencode(path)
    return Line(path, None if cell is None else _number(cell), _number(line))


def _line(value: Any) -> Line | None:
    return None if value is None else _sure(value)


def _lines(values: Any) -> tuple[Line, ...]:
    return tuple(map(_sure, values or ()))


def _raised(found: Records, record: Any) -> None:
    found.raised.append(
        Raised(
            Kind(record["kind"]),
            _lines(record["at"]),
            _text(record["message"]),
            _line(record.get("save")),
            _lines(record.get("changes")),
            _lines(record.get("freed")),
            record["t"] == "uncaught",
        )
    )


def _uncaught(found: Records, record: Any) -> None:
    """An error that ended the program; it is known already where it was seen as it was raised."""
    message = _text(record["message"])
    found.lines.update(_lines(record["at"]))
    for index, each in enumerate(found.raised):
        if (each.kind, each.message) == (Kind(record["kind"]), message):
            found.raised[index] = each._replace(ended=True)
            return
    _raised(found, record)


def _stale(found: Records, record: Any) -> None:
    difference = record["difference"]
    equal = None if difference is None else difference["equal"]
    found.stale.append(
        Stale(
            _line(record["save"]),
            _lines(record["changes"]),
            _text(record["how"]),
            _line(record["backward"]),
            None if difference is None else (_measure(difference["absolute"]), _measure(difference["relative"])),
            None if equal is None else _flag(equal),
            _text(record["why"]),
        )
    )


def _module(found: Records, record: Any) -> None:
    texts = {name: _text(record[name]) for name in ("attribute", "state", "what", "device", "module_device")}
    found.modules.append(ModuleState(_sure(record["at"]), **texts, requires_grad=_flag(record["requires_grad"])))


def _plain(found: Records, record: Any) -> None:
    texts = (_text(record[name]) for name in ("owner", "attribute", "what", "device"))
    found.plain.append(Plain(Kind(record["kind"]), _line(record["at"]), *texts))


def _optimizer(found: Records, record: Any) -> None:
    found.optimizers.append(Optimized(_sure(record["at"]), _number(record["idle"]), _number(record["parameters"])))


def _end(found: Records, record: Any) -> None:
    found.error, found.ended = _text(record["error"]), True


_ADD: dict[str, Any] = {
    "start": lambda found, record: setattr(found, "torch", _text(record["torch"])),
    "line": lambda found, record: found.lines.add(_sure(record["at"])),
    "raised": _raised,
    "uncaught": _uncaught,
    "stale": _stale,
    "hidden": lambda found, record: found.hidden.update(
        {_sure(record["at"]): (_text(record["how"]), _flag(record["requires_grad"]))}
    ),
    "read": lambda found, record: found.reads[_sure(record["change"])].add(_sure(record["at"])),
    "backward": lambda found, record: found.backwards[_sure(record["at"])].append(
        Backward(_flag(record["retain"]), _flag(record["create"]))
    ),
    "rewrapped": lambda found, record: found.rewrapped.add(_sure(record["at"])),
    "retained": lambda found, record: found.retained.update(
        {_sure(record["at"]): (_number(record["bytes"]), tuple(map(_text, record["devices"])))}
    ),
    "reused": lambda found, record: found.reused[_sure(record["retained"])].add(_sure(record["backward"])),
    "second-order": lambda found, record: found.second_order.add(_sure(record["created"])),
    "harmless": lambda found, record: found.harmless.append((_sure(record["change"]), _sure(record["backward"]))),
    "module": _module,
    "made": lambda found, record: found.made.add(_sure(record["at"])),
    "plain": _plain,
    "discarded": lambda found, record: found.discarded.update({_sure(record["at"]): _text(record["name"])}),
    "step": lambda found, record: found.steps[_sure(record["at"])].add(_flag(record["idle"])),
    "optimizer": _optimizer,
    "unsaved": lambda found, record: found.unsaved.append(
        Unsaved(*(_text(record[name]) for name in ("owner", "name", "what", "why")))
    ),
    "warned": lambda found, record: found.warned.append((_lines(record["at"]), _text(record["message"]))),
    "loaded": lambda found, record: found.loaded.update(map(_text, record["paths"])),
    "unusable": lambda found, record: setattr(found, "unusable", _text(record["why"])),
    "missing": lambda found, record: found.missing.update({_text(record["what"]): _text(record["why"])}),
    "problem": lambda found, record: found.problems.append(f"{_text(record['where'])}: {_text(record['error'])}"),
    "compiled": lambda found, record: setattr(found, "compiled", True),
    "cell": lambda found, record: found.cells.update({_number(record["cell"]): _text(record["error"])}),
    "end": _end,
}
