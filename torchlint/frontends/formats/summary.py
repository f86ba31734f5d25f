"""One line about all results, at the end of what people read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchlint.engine.check import FileResult
    from torchlint.finding import Finding
    from torchlint.frontends.formats.report import Report


def summary(report: Report) -> str:
    """How much was fixed, how much was found, how much of it can be fixed, and how much is not shown."""
    done = f"Fixed {_count(report.applied, 'fault')}. " if report.applied else ""
    hidden = f" Not shown: {_count(report.hidden, 'finding')}, known or on unchanged lines." if report.hidden else ""
    return done + _found(report.results) + hidden


def offers(findings: Iterable[Finding]) -> str:
    """How much of ``findings`` can be fixed, and how; empty where nothing can."""
    kinds = Counter(each.fix.applicability for each in findings if each.fix and each.fix.edits)
    safe, unsafe = kinds[Applicability.SAFE], kinds[Applicability.UNSAFE]
    parts = [f"{safe} fixable with --fix"] if safe else []
    if unsafe:
        parts.append(f"{unsafe} {'more' if safe else 'fixable'} with --fix --unsafe-fixes")
    return ", ".join(parts)


def judged(findings: Iterable[Finding]) -> str:
    """What a run said of how many of ``findings``; empty where it said nothing."""
    kinds = Counter(each.verdict.kind if each.verdict else None for each in findings)
    said = [f"{kinds[each]} {each.value}" for each in VerdictKind if kinds[each]]
    return ", ".join([*said, f"{kinds[None]} not judged"] if said and kinds[None] else said)


def _found(results: Sequence[FileResult]) -> str:
    findings = [finding for result in results for finding in result.findings]
    if not findings:
        return _nothing(results)
    certainties = Counter(each.certainty for each in findings)
    kinds = ", ".join(f"{certainties[each]} {each.value}" for each in Certainty if certainties[each])
    files = sum(1 for result in results if result.findings)
    if verdicts := judged(findings):
        return f"The run: {verdicts}."
    fixable = offers(findings)
    found = f"Found {_count(len(findings), 'finding')} ({kinds}) in {_count(files, 'file')}"
    return f"{found}; {fixable}." if fixable else f"{found}."


def _nothing(results: Sequence[FileResult]) -> str:
    checked = [result for result in results if result.error is None]
    if not checked:
        return "Nothing was checked."
    with_torch = sum(1 for result in checked if result.saw_torch)
    if not with_torch:
        return f"Nothing found: none of {_count(len(checked), 'file')} uses PyTorch."
    return f"Nothing found in {_count(len(checked), 'file')}, {with_torch} of which {_use(with_torch)} PyTorch."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _use(number: int) -> str:
    return "uses" if number == 1 else "use"
