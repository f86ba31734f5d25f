"""What the process that runs the program is told: what to run, and what to watch there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any


class Form(str, Enum):
    """How a program is started."""

    SCRIPT = "script"
    MODULE = "module"
    NOTEBOOK = "notebook"
    PROBE = "probe"


@dataclass(frozen=True)
class Plan:
    """A program and its arguments. Paths are absolute, but for ``target``, which is as the user wrote it.

    ``descriptor`` is where records go; ``reads`` are (path, cell, line) of changes whose readers matter; ``modules``
    are (path, cell, first line, last line, attribute) of assignments in module classes. ``cells`` are the (position,
    text, tags...) of a notebook's cells. ``options`` are the probe's, and ``state`` where models' state is watched.
    """

    form: Form
    target: str
    arguments: tuple[str, ...] = ()
    descriptor: int = -1
    own: tuple[str, ...] = ()
    reads: tuple[tuple[str, int | None, int], ...] = ()
    modules: tuple[tuple[str, int | None, int, int, str], ...] = ()
    cells: tuple[tuple[Any, ...], ...] = ()
    device: str = "auto"
    options: dict[str, str] = field(default_factory=dict)

    def dump(self) -> str:
        """The plan as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Plan:
        """The plan in some JSON that ``dump`` wrote."""
        values = json.loads(text)
        values["form"] = Form(values["form"])
        for name in ("reads", "modules", "cells"):
            values[name] = tuple(tuple(each) for each in values[name])
        for name in ("arguments", "own"):
            values[name] = tuple(values[name])
        return cls(**values)
