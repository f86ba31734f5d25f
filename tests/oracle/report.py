"""A score as text: one table, and the programs that torchlint is wrong about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.score import interpreting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.program import Event
    from tests.oracle.score import Result, Score, Tally


def table(score: Score) -> str:
    """A line for every kind and one for all."""
    head = f"{'kind':14}{'programs':>9}{'right':>8}{'false':>8}{'missed':>8}{'precision':>11}{'recall':>9}"
    rows = [_row(kind, tally) for kind, tally in score.kinds.items()]
    count = len(score.results) or 1
    innocent = (
        f"innocent: {score.innocent} programs ({100 * score.innocent / count:.0f} %), "
        f"{score.innocent_with_findings} of them with a false finding"
    )
    errors = (
        [f"torchlint FAILED on {len(score.errors)} programs, first: {score.errors[0].error}"] if score.errors else []
    )
    return "\n".join([head, *rows, _row("total", score.total), innocent, *errors])


def _row(name: str, tally: Tally) -> str:
    return (
        f"{name:14}{tally.programs:9}{tally.right:8}{tally.false:8}{tally.missed:8}"
        f"{100 * tally.precision:10.1f}%{100 * tally.recall:8.1f}%"
    )


def timing(score: Score) -> str:
    """How fast the interpreter is, parsing included, and all of torchlint: every rule, with its fixes."""
    count = len(score.results)
    return (
        f"interpreting: {count / max(interpreting([each.labelled for each in score.results]), 1e-9):.0f}, "
        f"linting: {count / max(score.seconds, 1e-9):.0f} programs per second of CPU time, once warm"
    )


def worst(score: Score, count: int, kind: str | None = None) -> Iterator[str]:
    """The programs that torchlint is wrong about, shortest first; with ``kind`` only where that kind is involved."""
    wrong = [
        each for each in score.results if each.error or any(_matches(event, kind) for event in each.false | each.missed)
    ]
    for result in sorted(wrong, key=lambda each: len(each.labelled.program.text))[:count]:
        yield shown(result)


def _matches(event: Event, kind: str | None) -> bool:
    return kind is None or event.kind == kind


def shown(result: Result) -> str:
    """A program with numbered lines; what is wrong with it stands at the line and below."""
    program, truth = result.labelled.program, result.labelled.truth
    lines = [f"==== program {program.number}, {program.family}"]
    for number, cell in enumerate(program.cells, 1 if program.is_notebook else 0):
        if program.is_notebook:
            lines.append(f"  -- cell {number}")
        for at, text in enumerate(cell.splitlines(), 1):
            notes = [
                f"{word} {event.kind}"
                for word, events in (("MISSED", result.missed), ("FALSE", result.false), ("right", result.right))
                for event in sorted(events)
                if (event.cell, event.line) == (number, at)
            ]
            lines.append(f"{at:4}  {text}" + (f"    # <-- {', '.join(notes)}" if notes else ""))
    lines += [f"missed {event}" for event in sorted(result.missed)]
    lines += [f"false {event}" for event in sorted(result.false)]
    for word, events in (("truth", truth.required), ("optional", truth.optional), ("predicted", result.predictions)):
        lines.append(f"{word + ':':11}{', '.join(map(str, sorted(events))) or '-'}")
    if result.error:
        lines.append(f"error: {result.error}")
    return "\n".join(lines) + "\n"
