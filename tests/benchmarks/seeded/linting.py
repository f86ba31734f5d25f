"""Lints a program's folder as the command line does, at default settings."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.seeded.forked import forked
from tests.benchmarks.seeded.programs import Spot, cells
from torchlint.frontends.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 120

WARM = """
import torch
x = torch.ones(2, requires_grad=True)
y = x.exp()
y += 1
y.sum().backward()
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding: its code and message, the spot of it, what stands there, and every spot that it names."""

    code: str
    message: str
    spot: Spot
    text: str
    spots: frozenset[Spot]

    def __str__(self) -> str:
        cell = "" if self.spot.cell is None else f"cell {self.spot.cell}:"
        return f"{self.spot.file}:{cell}{self.spot.line}: {self.code} {self.message}"


def lint(folder: Path, texts: dict[str, str]) -> list[Found]:
    """The findings in a folder, whose files have these texts."""
    _warm()
    lines = {(file, cell): code.splitlines() for file, text in texts.items() for cell, code in cells(file, text)}
    found = []
    for each in json.loads(forked(lambda: _report(folder), SECONDS)):
        spot = _spots(each)[0]
        there = lines.get((spot.file, spot.cell), [])
        text = there[spot.line - 1].strip() if spot.line <= len(there) else ""
        found.append(Found(each["code"], each["message"], spot, text, frozenset(_all_spots(each))))
    return found


@functools.cache
def _warm() -> None:
    """Import here what linting imports, so that no process has to do it anew."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "warm.py").write_text(WARM, "utf-8")
        _lint(folder)


def _report(folder: Path) -> str:
    os.chdir(folder)
    return _lint(".")


def _lint(path: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = main(["check", "--isolated", "--no-cache", "--jobs", "1", "--output-format", "json", path])
    if status not in (0, 1):
        raise RuntimeError(f"torchlint ended with {status}")
    return out.getvalue()


def _all_spots(finding: dict[str, Any]) -> Iterator[Spot]:
    yield from _spots(finding)
    if finding["effect"]["place"]:
        yield from _spots(finding["effect"]["place"])
    for each in finding["related"]:
        yield from _spots(each["place"])


def _spots(place: dict[str, Any]) -> list[Spot]:
    lines = range(place["line"], max(place["line"], place["end_line"]) + 1)
    return [Spot(place["path"], place["cell"], line) for line in lines]


def added(after: list[Found], before: list[Found]) -> list[Found]:
    """The findings that were not there before an edit; lines are told apart by what they say, as they move."""
    known = Counter((each.code, each.spot.file, each.text) for each in before)
    new = []
    for each in after:
        key = (each.code, each.spot.file, each.text)
        if known[key]:
            known[key] -= 1
        else:
            new.append(each)
    return new
