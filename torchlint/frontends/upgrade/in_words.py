"""A move for people: a paragraph for each release, with each change once, and its places below it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from torchlint.frontends.formats.full import Printer
from torchlint.frontends.places import name_of
from torchlint.frontends.snippet import lines_of
from torchlint.frontends.upgrade.plan import Need, Writer, need, stages, writer
from torchlint.frontends.visible import visible
from torchlint.model.api.history_lookup import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from torchlint.finding import Finding
    from torchlint.frontends.formats.report import Report
    from torchlint.frontends.seams import Sources
    from torchlint.frontends.snippet import Row
    from torchlint.frontends.upgrade.plan import Move, Stage

_STYLES = {Need.RAISES: "certain", Need.WARNS: "likely", Need.ADVICE: "advice"}
_NEEDED = {Need.RAISES: ("raises", "raise"), Need.WARNS: ("warns", "warn"), Need.ADVICE: ("is advice", "are advice")}
_MOST_OF_A_LINE = 60


def write(move: Move, report: Report, out: TextIO) -> None:
    """Print each stage and a blank line after it, then the summary; rich is imported only where there is a stage."""
    found = stages(report.findings)
    if found:
        printer = Printer.of(out, report.color)
        for stage in found:
            printer.print(list(_rows(stage, report.sources)))
            out.write("\n")
    if report.results:
        out.write(f"{summary(move, report)}\n")


def summary(move: Move, report: Report) -> str:
    """How much is to change, who writes it, and what is left out."""
    done = f"Fixed {_count(report.applied, 'fault')}. " if report.applied else ""
    since = text_of(move.since) if move.since else ""
    hidden = f" Not shown: {_count(report.hidden, 'place')}, the same in PyTorch {since}." if report.hidden else ""
    return f"{done}{_found(move, report)}{hidden}"


def _found(move: Move, report: Report) -> str:
    findings = [each for _, each in report.findings]
    checked = [each for each in report.results if each.error is None]
    if not checked:
        return "Nothing was checked."
    files = _count(sum(1 for each in checked if each.findings), "file")
    to = f"PyTorch {text_of(move.to)}"
    if not findings:
        with_torch = sum(1 for each in checked if each.saw_torch)
        which = f"{with_torch} of which {'uses' if with_torch == 1 else 'use'} PyTorch"
        return f"Nothing is to change for {to} in {_count(len(checked), 'file')}, {which}."
    needs, writers = Counter(map(need, findings)), Counter(map(writer, findings))
    needed = ", ".join(f"{needs[each]} {_NEEDED[each][needs[each] != 1]}" for each in Need if needs[each])
    return f"To {to}: {_count(len(findings), 'place')} in {files} ({needed}); {_written(writers)}."


def _written(writers: Counter[Writer]) -> str:
    parts = [f"--fix writes {writers[Writer.FIX]}"] if writers[Writer.FIX] else []
    if number := writers[Writer.UNSAFE_FIX]:
        parts.append(f"--unsafe-fixes {number} more" if parts else f"--fix --unsafe-fixes writes {number}")
    if number := writers[Writer.PERSON]:
        parts.append(f"{number} {'needs' if number == 1 else 'need'} a person")
    return ", ".join(parts)


def _rows(stage: Stage, sources: Sources) -> Iterator[Row]:
    yield [(stage.title, "note"), (f": {_count(len(stage.changes), 'place')}", "")]
    groups: dict[tuple[Need, str, str], list[tuple[str, Finding]]] = {}
    for path, finding in stage.changes:
        words = " ".join(finding.message.split())
        groups.setdefault((need(finding), words, finding.code), []).append((path, finding))
    order = list(Need)
    for (kind, words, code), found in sorted(groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
        yield []
        yield [("  ", ""), (kind.value, _STYLES[kind]), (f": {visible(words)} ", "message"), (code, "faint")]
        yield from _places(found, sources)


def _places(found: Iterable[tuple[str, Finding]], sources: Sources) -> Iterator[Row]:
    """A line for each place: who writes it, where it is, and what stands there."""
    rows = [(writer(each).value, name_of(each.place, path, each.place.cell), path, each) for path, each in found]
    width = max(len(where) for _, where, _, _ in rows)
    for who, where, path, finding in rows:
        lines = lines_of(sources.get(path), finding.place.cell)
        text = visible(" ".join(lines.text(finding.place.line).split())) if lines else ""
        text = text if len(text) <= _MOST_OF_A_LINE else f"{text[:_MOST_OF_A_LINE]}..."
        yield [(f"    {who:<14}  ", "gutter"), (f"{where:<{width}}  ", ""), (text, "faint")]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
