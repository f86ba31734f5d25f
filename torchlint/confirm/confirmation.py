"""Findings -> verdicts: what to watch in a run, the judgement of what was seen, and what is said about the run."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.confirm.judge import Judge
from torchlint.confirm.records import Ending, Line, Records
from torchlint.confirm.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchlint.confirm.plan import Plan
    from torchlint.confirm.run import Outcome
    from torchlint.finding import Finding

_ATTRIBUTE = re.compile(r"\w+\.(\w+)")
_OF_MODULES = ("TLC101", "TLC102", "TLC103")
_OF_READS = ("TLC208", "TLC303")


def judged(
    findings: Sequence[tuple[str, Finding]], records: Records, ending: Ending, probed: Line | None = None
) -> tuple[list[tuple[str, Finding]], str]:
    """Every finding in what the program loaded, with its verdict, and the faults that nobody predicted, each with its
    path; and a line about the other findings, empty for none. ``probed`` is the line of a class that was tried out."""
    there, elsewhere = _loaded(findings, records)
    judge = Judge(records, ending, probed=probed)
    with_verdicts = [(path, judge.judged(path, each)) for path, each in there]
    names = {_absolute(path): path for path, _ in there}
    unpredicted = judge.unpredicted(lambda line: names.get(line.path) or _shown(line.path), with_verdicts)
    return with_verdicts + unpredicted, elsewhere


def _loaded(findings: Sequence[tuple[str, Finding]], records: Records) -> tuple[list[tuple[str, Finding]], str]:
    """The findings in files that the program had anything to do with, and a line about the others, empty for none."""
    known = records.loaded | {each.path for each in records.lines}
    there = [each for each in findings if not known or _absolute(each[0]) in known]
    others = {path for path, _ in findings} - {path for path, _ in there}
    if not others:
        return there, ""
    what = f"{_count(len(findings) - len(there), 'finding')} in {_count(len(others), 'file')}"
    return there, f"Not listed: {what} that the program did not load."


def told(outcome: Outcome) -> list[str]:
    """What there is to say about the run itself, one line each: how it ended, and what is missing because of that."""
    records = outcome.records
    lines = [_ENDINGS[outcome.ending].format(outcome.status, outcome.signal, _seconds(outcome.seconds))]
    if not records.torch and not records.missing:
        lines.append("The program did not import torch, so nothing could be seen.")
    lines += [f"Not observed: {what}: {why}" for what, why in records.missing.items() if what == "all"]
    lines += [
        f"Harmless: {_named(change)} changed a leaf whose graph was pending; the backward at {_named(backward)} did not"
        " need it"
        for change, backward in records.harmless
    ]
    lines += [f"Cell {cell} raised {error}" for cell, error in sorted(records.cells.items())]
    lines += [
        f"Of the {each.parameters} parameters that the optimizer at {_named(each.at)} steps, {each.idle} never had a"
        " gradient"
        for each in records.optimizers
        if each.idle < each.parameters
    ]
    if records.unreadable:
        lines.append(f"{records.unreadable} lines among the records are none; did the program write over them?")
    if records.problems:
        lines.append(f"The observer failed {len(records.problems)} times, first in {records.problems[0]}")
    return lines


_ENDINGS = {
    Ending.FINISHED: "The program ended with exit status {0} after {2}.",
    Ending.RAISED: "The program ended with an error, exit status {0}, after {2}.",
    Ending.LEFT: "The program left with exit status {0} after {2} without letting Python end; what was seen counts.",
    Ending.TIMEOUT: "The program was stopped after {2} (--timeout): what would have come later is missing.",
    Ending.MEMORY: "The program was stopped at its memory limit (--memory-limit) after {2}: what would have come later"
    " is missing.",
    Ending.INTERRUPTED: "The program was interrupted after {2}: what would have come later is missing.",
    Ending.KILLED: "The program was killed by {1} after {2}: what would have come later is missing.",
}


def _named(line: Line) -> str:
    return f"{_shown(line.path)}:{line.line}" if line.cell is None else f"cell {line.cell}, line {line.line}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _seconds(number: float) -> str:
    return f"{number:.1f} s"


def watching(plan: Plan, findings: Iterable[tuple[str, Finding]]) -> Plan:
    """A plan that watches what findings need."""
    sources = Sources()
    own, reads, modules = set(), [], []
    for path, finding in findings:
        place = finding.place
        file = _absolute(place.path or path)
        own.add(file)
        if finding.code in _OF_READS:
            reads += [(file, place.cell, line) for line in range(place.line, place.end_line + 1)]
        if finding.code in _OF_MODULES:
            text = sources.line(Line(file, place.cell, place.line)) or ""
            attribute = _ATTRIBUTE.match(text[place.column - 1 :])
            if attribute:
                modules.append((file, place.cell, place.line, place.end_line, attribute[1]))
    return replace(plan, own=tuple(sorted(own)), reads=tuple(reads), modules=tuple(modules))


def _absolute(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 (links stay what they are)


def _shown(path: str) -> str:
    """A path as short as it can be said from here."""
    relative = os.path.relpath(path)
    return (path if relative.startswith("..") else relative).replace(os.sep, "/")
