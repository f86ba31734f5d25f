"""How well torchlint predicts what PyTorch does: every finding that says what will happen, and where, is a prediction.

Linting and scoring need no torch. A prediction is right where kind, cell and line are those of a required event,
neither right nor wrong where they are those of an optional one, and false otherwise.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.oracle.kinds import KINDS, RARE, SILENT, UNKNOWN, kind_of
from tests.oracle.program import Event, Labelled, Program
from torchlint.engine.check import check_bytes
from torchlint.engine.garbage import Garbage
from torchlint.engine.settings import Overrides, Settings, load_settings
from torchlint.errors import RuleError
from torchlint.finding import EffectKind, Finding
from torchlint.model.interpreter.program import analyse
from torchlint.syntax.read_source import read_source
from torchlint.syntax.tree import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from torchlint.syntax.source import Source

    Linter = Callable[[Program], Iterable[Finding]]

PREDICTING = frozenset(
    f"TLC{number}" for number in (201, 202, 203, 204, 205, 206, 301, 304, 401, 403, 404, 405, 501, 504, 508)
)
"""The rules that say what a run will do; others claim other things."""


def lint(program: Program) -> tuple[Finding, ...]:
    """What torchlint finds by default. Raises: RuleError where a rule failed."""
    result = check_bytes(program.as_bytes(), program.path, _settings())
    if result.error is not None:
        raise RuleError(result.error)
    return result.findings


@cache
def _settings() -> Settings:
    return load_settings(Path.cwd(), Overrides(isolated=True))


def predicted(findings: Iterable[Finding]) -> set[Event]:
    """The events that findings predict."""
    return {event for finding in findings if finding.code in PREDICTING for event in _events(finding)}


def _events(finding: Finding) -> Iterator[Event]:
    """What a finding says will happen, at its own backward and at the others that it names."""
    effect = finding.effect
    if effect.place is None or effect.kind not in (EffectKind.SILENT, EffectKind.RAISES):
        return
    kind = SILENT if effect.kind is EffectKind.SILENT else kind_of(effect.message) or UNKNOWN
    for place in (effect.place, *(each.place for each in finding.related if each.role == "backward")):
        yield Event(kind, place.cell or 0, place.line)


@dataclass(frozen=True, slots=True)
class Result:
    """One program, what PyTorch does with it and what torchlint says; ``error`` where a rule failed on it."""

    labelled: Labelled
    predictions: frozenset[Event]
    error: str = ""

    @property
    def right(self) -> frozenset[Event]:
        return self.predictions & self.labelled.truth.required

    @property
    def missed(self) -> frozenset[Event]:
        return self.labelled.truth.required - self.predictions

    @property
    def false(self) -> frozenset[Event]:
        return self.predictions - self.labelled.truth.required - self.labelled.truth.optional


@dataclass
class Tally:
    """Counts of one kind, or of all."""

    programs: int = 0
    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of predictions that are right; nothing predicted is nothing wrong."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass
class Score:
    """The results of a set of programs, counted by kind."""

    results: list[Result]
    seconds: float = 0.0
    kinds: dict[str, Tally] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)
    innocent: int = 0

    def __post_init__(self) -> None:
        self.kinds = {kind: Tally() for kind in (*KINDS, *RARE)}
        for result in self.results:
            required = result.labelled.truth.required
            self.innocent += not required
            for kind in {event.kind for event in required}:
                self.kinds[kind].programs += 1
            for events, name in ((result.right, "right"), (result.false, "false"), (result.missed, "missed")):
                for kind, count in Counter(event.kind for event in events).items():
                    for tally in (self.kinds.setdefault(kind, Tally()), self.total):
                        setattr(tally, name, getattr(tally, name) + count)
        self.total.programs = len(self.results)

    @property
    def innocent_with_findings(self) -> int:
        """How many programs without any fault have a false prediction."""
        return sum(1 for each in self.results if each.labelled.truth.is_innocent and each.false)

    @property
    def errors(self) -> list[Result]:
        return [each for each in self.results if each.error]


def score(labelled: Iterable[Labelled], linter: Linter = lint) -> Score:
    """Lint programs and compare; ``seconds`` of the score is the CPU time that linting took, once warm."""
    programs = list(labelled)
    for each in programs[:3]:
        _result(each, linter)
    with Garbage() as garbage:  # as wherever many files are checked
        start = time.process_time()
        results = []
        for each in programs:
            results.append(_result(each, linter))
            garbage.collect()
        return Score(results, time.process_time() - start)


def _result(labelled: Labelled, linter: Linter) -> Result:
    try:
        return Result(labelled, frozenset(predicted(linter(labelled.program))))
    except RuleError as error:
        return Result(labelled, frozenset(), str(error))


def interpreting(labelled: Sequence[Labelled]) -> float:
    """The CPU seconds that parsing and interpreting some programs takes, once warm."""
    sources = [read_source(each.program.as_bytes(), each.program.path) for each in labelled]
    for each in sources[:3]:
        _interpret(each)
    with Garbage() as garbage:
        start = time.process_time()
        for each in sources:
            _interpret(each)
            garbage.collect()
        return time.process_time() - start


def _interpret(source: Source) -> None:
    cells = [range(cell.first_line, cell.first_line + cell.lines) for cell in source.cells]
    analyse(parse_text(source.text), source.text, cells)
