"""Prints what came of the faults: a table by kind, what was missed, and what was found without a fault."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from tests.benchmarks.seeded.programs import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.seeded.judging import Original, Verdict
    from tests.benchmarks.seeded.programs import Edit


def rows(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A Markdown table: of each kind, how many faults there are and how many are found."""
    yield "| kind | faults | found | share |"
    yield "|---|---:|---:|---:|"
    faults = [each for each in verdicts if not each.edit.harmless]
    for kind, meaning in KINDS.items():
        if these := [each for each in faults if each.edit.kind == kind]:
            yield _row(f"{kind}: {meaning}", these)
    if faults:
        yield _row("all", faults)


def _row(name: str, faults: Sequence[Verdict]) -> str:
    found = sum(each.found for each in faults)
    return f"| {name} | {len(faults)} | {found} | {found / len(faults):.0%} |"


def miss(verdict: Verdict) -> Iterator[str]:
    """A fault that is not found, with its edit, and what is found instead; nothing where it is found."""
    edit = verdict.edit
    if not edit.harmless and not verdict.found:
        yield f"{verdict.program.name}/{verdict.place}: {edit.kind}: {edit.name} ({_truth(edit)})"
        yield from _changed(edit)
        yield from (f"    elsewhere: {finding}" for finding in verdict.findings)
        yield ""


def _truth(edit: Edit) -> str:
    if edit.raises:
        return f"raises: {edit.raises}"
    return f"shows: {edit.shows}" if edit.shows else f"differs: {edit.differs}"


def _changed(edit: Edit) -> Iterator[str]:
    lines = difflib.ndiff(edit.old.splitlines(), edit.new.splitlines())
    return (f"    {line}" for line in lines if not line.startswith("?"))


def alarms(originals: Sequence[Original], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What is found where there is no fault."""
    harmless = [each for each in verdicts if each.edit.harmless]
    loud = [each for each in harmless if each.findings]
    yield f"Harmless edits: {len(harmless)}, with findings: {len(loud)}"
    for verdict in loud:
        yield from (f"  {verdict.program.name}: {verdict.edit.name}: {finding}" for finding in verdict.findings)
    warned = [each for each in originals if each.findings]
    yield f"Programs: {len(originals)}, with findings: {len(warned)}"
    for original in warned:
        yield from (f"  {original.program.name}: {finding}" for finding in original.findings)
