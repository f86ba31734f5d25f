"""How results are printed: ``full`` for people, ``concise`` one line each, ``json`` for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TextIO

from torchlint.finding import Applicability, Certainty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from torchlint.engine.check import FileResult
    from torchlint.finding import Effect, Finding, Fix, Place
    from torchlint.syntax.source import Source


def in_order(results: Iterable[FileResult]) -> list[tuple[str, Finding]]:
    """The findings of all results with their paths, by path, cell, line, column and code."""
    pairs = [(result.path, finding) for result in results for finding in result.findings]
    return sorted(pairs, key=lambda pair: (pair[0], pair[1].sort_key, pair[1].message))


def write_json(findings: Iterable[tuple[str, Finding]], out: TextIO) -> None:
    """One JSON array, one finding a line; the keys are those of the command line's contract."""
    import json

    separator = "["
    for path, finding in findings:
        out.write(f"{separator}\n  {json.dumps(as_json(path, finding))}")
        separator = ","
    out.write("[]\n" if separator == "[" else "\n]\n")


def as_json(path: str, finding: Finding) -> dict[str, object]:
    """A finding of the file at ``path`` as the contract has it."""
    return {
        "code": finding.code,
        "rule": finding.rule,
        "message": finding.message,
        "certainty": finding.certainty.value,
        **_place(path, finding.place),
        "effect": _effect(path, finding.effect),
        "related": [
            {"role": each.role, "message": each.message, "place": _place(path, each.place)} for each in finding.related
        ],
        "fix": _fix(path, finding.fix) if finding.fix else None,
    }


def _effect(path: str, effect: Effect) -> dict[str, object]:
    place = _place(path, effect.place) if effect.place else None
    return {"kind": effect.kind.value, "message": effect.message, "place": place}


def _fix(path: str, fix: Fix) -> dict[str, object]:
    edits = [{"place": _place(path, each.place), "text": each.text} for each in fix.edits]
    return {"applicability": fix.applicability.value, "message": fix.message, "edits": edits}


def _place(path: str, place: Place) -> dict[str, object]:
    return {
        "path": place.path or path,
        "cell": place.cell,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def write_concise(findings: Iterable[tuple[str, Finding]], out: TextIO) -> None:
    """``path:line:column: CODE message``, in notebooks ``path:cell 4:line:column: ...``; ``[*]`` marks a safe fix."""
    from torchlint.frontends.snippet import visible

    for path, finding in findings:
        place = finding.place
        cell = "" if place.cell is None else f"cell {place.cell}:"
        star = " [*]" if finding.fix and finding.fix.applicability is Applicability.SAFE else ""
        message = visible(" ".join(finding.message.splitlines()))
        out.write(f"{visible(path)}:{cell}{place.line}:{place.column}: {finding.code} {message}{star}\n")


def write_full(
    findings: list[tuple[str, Finding]], out: TextIO, sources: Callable[[str], Source | None], color: str = "auto"
) -> None:
    """Each finding with its source lines, and a blank line after each; rich is imported only where there is one."""
    if not findings:
        return
    from rich.console import Console

    from torchlint.frontends.full import Full, plain, print_rows

    console = Console(file=out, force_terminal={"auto": None, "always": True, "never": False}[color])
    in_color = console.is_terminal and not console.no_color and console.color_system is not None
    if color == "always":
        console, in_color = Console(file=out, force_terminal=True, no_color=False, color_system="standard"), True
    width = console.width if console.is_terminal else 120
    drawing = Full(sources, max(40, width), console.is_terminal, _ellipsis(out))
    for path, finding in findings:
        rows = drawing.rows(finding, path)
        if in_color:
            print_rows(console, rows)
            out.write("\n")
        else:
            out.write(f"{plain(rows)}\n\n")


def _ellipsis(out: TextIO) -> str:
    try:
        "…".encode(out.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return "..."
    return "…"


def summary(results: list[FileResult], fixed: int = 0) -> str:
    """One line about all results: how much was fixed, how much was found, and how much of it can be fixed."""
    done = f"Fixed {_count(fixed, 'fault')}. " if fixed else ""
    return done + _found(results)


def _found(results: list[FileResult]) -> str:
    findings = [finding for result in results for finding in result.findings]
    if not findings:
        return _nothing(results)
    certainties = Counter(each.certainty for each in findings)
    kinds = ", ".join(f"{certainties[each]} {each.value}" for each in Certainty if certainties[each])
    files = sum(1 for result in results if result.findings)
    return f"Found {_count(len(findings), 'finding')} ({kinds}) in {_count(files, 'file')}{_fixable(findings)}."


def _nothing(results: list[FileResult]) -> str:
    checked = [result for result in results if result.error is None]
    if not checked:
        return "Nothing was checked."
    with_torch = sum(1 for result in checked if result.saw_torch)
    if not with_torch:
        return f"Nothing found: none of {_count(len(checked), 'file')} uses PyTorch."
    return f"Nothing found in {_count(len(checked), 'file')}, {with_torch} of which {_use(with_torch)} PyTorch."


def _fixable(findings: list[Finding]) -> str:
    kinds = Counter(each.fix.applicability for each in findings if each.fix and each.fix.edits)
    return "".join(_offers(kinds[Applicability.SAFE], kinds[Applicability.UNSAFE]))


def _offers(safe: int, unsafe: int) -> Iterator[str]:
    if safe:
        yield f"; {safe} fixable with --fix"
    if unsafe:
        yield f"{', ' if safe else '; '}{unsafe} {'more ' if safe else 'fixable '}with --fix --unsafe-fixes"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _use(number: int) -> str:
    return "uses" if number == 1 else "use"
