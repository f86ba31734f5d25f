"""Puts a fault into a program, proves it by a run, and says whether torchlint finds it."""

from __future__ import annotations

import contextlib
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.seeded.linting import Found, added, lint
from tests.benchmarks.seeded.programs import Edit, Program, applied, spots_of, touched
from tests.benchmarks.seeded.running import Outcome, run

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Original:
    """A program without any fault: how it ran, what is wrong with that, and what is found in it."""

    program: Program
    outcome: Outcome
    errors: tuple[str, ...]
    findings: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one edit: ``error`` where a run did not prove it, and the findings that it added."""

    program: Program
    edit: Edit
    error: str
    found: bool
    findings: tuple[Found, ...]
    place: str


def judge_original(program: Program, seconds: float, linted: bool = True) -> Original:
    """Run and lint a program as it is."""
    expressions = [each for edit in program.edits for each in edit.expressions]
    with _written(program.texts()) as folder:
        outcome = run(folder, program.main, expressions, seconds)
        findings = lint(folder, program.texts()) if linted else []
    errors = [outcome.error] if outcome.error else []
    for edit in program.edits:
        if outcome.error:
            break
        if edit.shows and outcome.values[edit.shows]:
            errors.append(f"{edit.name} shows without the fault")
        if edit.differs and outcome.values[edit.differs] is None:
            errors.append(f"{edit.name} has nothing to compare")
    return Original(program, outcome, tuple(errors), tuple(findings))


def judge(original: Original, edit: Edit, seconds: float, linted: bool = True) -> Verdict:
    """Run and lint a program after an edit."""
    program, texts = original.program, applied(original.program.texts(), edit)
    with _written(texts) as folder:
        outcome = run(folder, program.main, edit.expressions, seconds)
        findings = added(lint(folder, texts), list(original.findings)) if linted else []
    spots = touched(program.texts(), edit)
    first = spots[0]
    place = f"{first.file}:{'' if first.cell is None else f'cell {first.cell}:'}{first.line}"
    spots += [spot for line in edit.surfaces for spot in spots_of(line, texts)]
    if outcome.spot:
        spots.append(outcome.spot)
    found = any(each.spots.intersection(spots) for each in findings)
    return Verdict(program, edit, _disproof(edit, outcome, original.outcome), found, tuple(findings), place)


def _disproof(edit: Edit, outcome: Outcome, before: Outcome) -> str:
    if edit.raises:
        return "" if edit.raises in outcome.error else f"does not raise that: {outcome.error or 'nothing'}"
    if outcome.error:
        return outcome.error
    if edit.shows and not outcome.values[edit.shows]:
        return "does not show"
    if edit.differs:
        value = outcome.values[edit.differs]
        return "makes no difference" if _same(value, before.values.get(edit.differs)) else ""
    return ""


def _same(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[each], other[each]) for each in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-7)
    return one == other


@contextlib.contextmanager
def _written(texts: dict[str, str]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for file, text in texts.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        yield folder
