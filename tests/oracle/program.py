"""A program, its truth, and how a set of them is stored as text: ``programs.txt`` beside ``truth.json``."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_PROGRAM = "#### "
_CELL = "## %%\n"
_TEXT = "programs.txt"
_TRUTH = "truth.json"


class Event(NamedTuple):
    """Something PyTorch gets wrong at a 1-based line; ``cell`` is the 1-based position, 0 in a script."""

    kind: str
    cell: int
    line: int

    def __str__(self) -> str:
        return f"{self.kind} {self.line}" if not self.cell else f"{self.kind} {self.cell}:{self.line}"


@dataclass(frozen=True, slots=True)
class Program:
    """A script (one cell) or a notebook; ``family`` says which sub-grammar wrote it, ``number`` is unique in a set."""

    number: int
    family: str
    cells: tuple[str, ...]

    @property
    def is_notebook(self) -> bool:
        return len(self.cells) > 1

    @property
    def text(self) -> str:
        return "\n".join(self.cells)

    @property
    def path(self) -> str:
        return "program.ipynb" if self.is_notebook else "program.py"

    def as_bytes(self) -> bytes:
        """The bytes of the file that it is: Python, or a minimal notebook."""
        if not self.is_notebook:
            return self.cells[0].encode()
        cells: list[dict[str, object]] = [
            {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell}
            for cell in self.cells
        ]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@dataclass(frozen=True, slots=True)
class Truth:
    """What PyTorch does: ``required`` must be predicted, ``optional`` is true as well and may be."""

    required: frozenset[Event]
    optional: frozenset[Event]

    @property
    def is_innocent(self) -> bool:
        return not self.required


@dataclass(frozen=True, slots=True)
class Labelled:
    """A program with its truth."""

    program: Program
    truth: Truth


def store(labelled: Iterable[Labelled], folder: Path, torch_version: str) -> None:
    """Write a set of programs and their truth; equal sets give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = []
    rows = []
    for each in labelled:
        program = each.program
        texts.append(f"{_PROGRAM}{program.number} {program.family}\n{_CELL.join(program.cells)}")
        if each.truth.required or each.truth.optional:
            events = [
                [_compact(event) for event in sorted(some)] for some in (each.truth.required, each.truth.optional)
            ]
            rows.append(f'  "{program.number}": {json.dumps(events)}')
    (folder / _TEXT).write_text("".join(texts), encoding="utf-8")
    truth = ",\n".join(rows)
    (folder / _TRUTH).write_text(f'{{"torch": "{torch_version}", "events": {{\n{truth}\n}}}}\n', encoding="utf-8")


def load(folder: Path) -> list[Labelled]:
    """Read what ``store`` wrote."""
    events = json.loads((folder / _TRUTH).read_text(encoding="utf-8"))["events"]
    text = (folder / _TEXT).read_text(encoding="utf-8")
    labelled = []
    for part in re.split(f"^{_PROGRAM}", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        number, _, family = head.partition(" ")
        required, optional = events.get(number, ((), ()))
        truth = Truth(frozenset(map(_event, required)), frozenset(map(_event, optional)))
        labelled.append(Labelled(Program(int(number), family, tuple(body.split(_CELL))), truth))
    return labelled


def _compact(event: Event) -> str:
    return f"{event.kind} {event.cell} {event.line}"


def _event(text: str) -> Event:
    kind, cell, line = text.split()
    return Event(kind, int(cell), int(line))


def endless(program: Callable[[int, int], Program], seed: int) -> Iterator[Program]:
    """A grammar's programs of a seed, without end. Those that PyTorch refuses for ordinary reasons are among them."""
    return (program(seed, number) for number in itertools.count(1))
