"""What a run recorded, read back: lines that ran, and each kind of thing that was seen."""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from torchlint.confirm.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable


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


def read_records(lines: Iterable[bytes | str]) -> Records:
    """The records in lines of JSON; a line that was cut off is left out."""
    found = Records()
    for line in lines:
        with contextlib.suppress(ValueError, KeyError, TypeError, IndexError):
            record = json.loads(line)
            _ADD[record["t"]](found, record)
    return found


def _line(value: Any) -> Line | None:
    return None if value is None else Line(value[0], value[1], value[2])


def _sure(value: Any) -> Line:
    return Line(value[0], value[1], value[2])


def _lines(values: Any) -> tuple[Line, ...]:
    return tuple(Line(each[0], each[1], each[2]) for each in values or ())


def _raised(found: Records, record: Any) -> None:
    found.raised.append(
        Raised(
            Kind(record["kind"]),
            _lines(record["at"]),
            record["message"],
            _line(record.get("save")),
            _lines(record.get("changes")),
            _lines(record.get("freed")),
        )
    )


def _uncaught(found: Records, record: Any) -> None:
    """An error that ended the program is news only where it was not seen as it was raised."""
    known = (Kind(record["kind"]), record["message"])
    if all((each.kind, each.message) != known for each in found.raised):
        found.lines.update(_lines(record["at"]))
        _raised(found, record)


def _stale(found: Records, record: Any) -> None:
    difference = record["difference"]
    found.stale.append(
        Stale(
            _line(record["save"]),
            _lines(record["changes"]),
            record["how"],
            _line(record["backward"]),
            None if difference is None else (difference["absolute"], difference["relative"]),
            None if difference is None else difference["equal"],
            record["why"],
        )
    )


def _module(found: Records, record: Any) -> None:
    names = ("attribute", "state", "what", "device", "module_device", "requires_grad")
    found.modules.append(ModuleState(_sure(record["at"]), *(record[name] for name in names)))


def _end(found: Records, record: Any) -> None:
    found.ended, found.error = True, record["error"]


_ADD: dict[str, Any] = {
    "start": lambda found, record: setattr(found, "torch", record["torch"]),
    "line": lambda found, record: found.lines.add(_sure(record["at"])),
    "raised": _raised,
    "uncaught": _uncaught,
    "stale": _stale,
    "hidden": lambda found, record: found.hidden.update(
        {_sure(record["at"]): (record["how"], record["requires_grad"])}
    ),
    "read": lambda found, record: found.reads[_sure(record["change"])].add(_sure(record["at"])),
    "backward": lambda found, record: found.backwards[_sure(record["at"])].append(
        Backward(record["retain"], record["create"])
    ),
    "rewrapped": lambda found, record: found.rewrapped.add(_sure(record["at"])),
    "retained": lambda found, record: found.retained.update(
        {_sure(record["at"]): (record["bytes"], tuple(record["devices"]))}
    ),
    "reused": lambda found, record: found.reused[_sure(record["retained"])].add(_sure(record["backward"])),
    "second-order": lambda found, record: found.second_order.add(_sure(record["created"])),
    "harmless": lambda found, record: found.harmless.append((_sure(record["change"]), _sure(record["backward"]))),
    "module": _module,
    "missing": lambda found, record: found.missing.update({record["what"]: record["why"]}),
    "problem": lambda found, record: found.problems.append(f"{record['where']}: {record['error']}"),
    "compiled": lambda found, record: setattr(found, "compiled", True),
    "cell": lambda found, record: found.cells.update({record["cell"]: record["error"]}),
    "end": _end,
}
