"""The ``full`` format: a finding with its source, its story, what PyTorch will do, and its fix."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.frontends.changes import changed_lines
from torchlint.frontends.folding import folded_row, folded_text, width_of
from torchlint.frontends.formats.summary import summary
from torchlint.frontends.formats.wording import HEADS, offer
from torchlint.frontends.places import marks_of, name_of
from torchlint.frontends.snippet import Row, draw, gutter, lines_of
from torchlint.frontends.visible import as_line, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from rich.console import Console

    from torchlint.finding import Finding, Fix, Verdict
    from torchlint.frontends.drawing.terminal import Characters
    from torchlint.frontends.formats.report import Report
    from torchlint.syntax.source import Source

STYLES = {
    "certain": "bold red",
    "likely": "bold yellow",
    "advice": "bold cyan",
    "message": "bold",
    "gutter": "blue",
    "secondary": "blue",
    "note": "bold",
    "removed": "red",
    "added": "green",
    "faint": "dim",
    "tensor": "cyan",
    "operation": "magenta",
    "changed": "bold yellow",
    "fault": "bold red",
}
"""What the names of styles look like; ``primary`` takes the style of the finding's certainty."""

_MOST_CHANGED = 12


def write(report: Report, out: TextIO) -> None:
    """Each finding and a blank line after it, then the summary; rich is imported only where there is a finding."""
    if findings := report.findings:
        write_findings(findings, report, out)
    if report.results and not report.quiet:
        out.write(f"{folded_text(summary(report), width_of(out))}\n")


def write_findings(findings: list[tuple[str, Finding]], report: Report, out: TextIO) -> None:
    """Each finding, of the file at its path, and a blank line after it; ``report`` says how."""
    printer = Printer.of(out, report.color)
    drawing = printer.drawing(report)
    for path, finding in findings:
        printer.print(drawing.rows(finding, path))
        out.write("\n")


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints rows to a stream, in colour where that has it or is told to."""

    out: TextIO
    console: Console
    in_color: bool

    @classmethod
    def of(cls, out: TextIO, color: str) -> Printer:
        """For one of the values of ``--color``."""
        from rich.console import Console

        if color == "always":
            return cls(out, Console(file=out, force_terminal=True, no_color=False, color_system="standard"), True)
        console = Console(file=out, force_terminal=False if color == "never" else None)
        in_color = console.is_terminal and not console.no_color and console.color_system is not None
        return cls(out, console, in_color)

    @property
    def width(self) -> int:
        """How many cells a row may take."""
        return max(40, self.console.width) if self.console.is_terminal else 120

    def drawing(self, report: Report) -> Full:
        """What draws the findings of a report for this stream."""
        characters = _characters(self.out.encoding)
        return Full(report.sources.get, self.width, self.console.is_terminal, characters, report.explain)

    def print(self, rows: list[Row]) -> None:
        """Print rows."""
        if self.in_color:
            print_rows(self.console, rows)
        else:
            self.out.write(f"{plain(rows)}\n")


@dataclass(frozen=True, slots=True)
class Full:
    """Draws findings. ``sources`` gives the source of a path, or None where it cannot be read any more.

    ``width`` is that of the terminal in cells; notes are folded to it where ``fold`` says so, stories are drawn with
    ``characters`` where ``explain`` does.
    """

    sources: Callable[[str], Source | None]
    width: int = 120
    fold: bool = False
    characters: Characters = field(default_factory=lambda: _characters("utf-8"))
    explain: bool = False

    @property
    def ellipsis(self) -> str:
        return self.characters.ellipsis

    def rows(self, finding: Finding, path: str) -> list[Row]:
        """All rows of one finding of the file at ``path``."""
        snippets = list(self._snippets(finding, path))
        edits = finding.fix.edits if finding.fix else ()
        margin = max([_margin(rows) for _, rows in snippets] + [len(str(each.place.end_line)) for each in edits])
        header = _header(finding)
        rows: list[Row] = list(folded_row(header, self.width)) if self.fold else [header]
        for number, (name, drawn) in enumerate(snippets):
            rows.append([(" " * margin + ("--> " if number == 0 else "::: "), "gutter"), (name, "")])
            rows += [_widened(row, margin - _margin(drawn)) for row in drawn]
        if self.explain:
            rows += self._story(finding, path, margin)
        notes = list(self._notes(finding, path, margin))
        if notes:
            rows += [gutter(margin), *notes]
        return [
            [(text, finding.certainty.value if style == "primary" else style) for text, style in row] for row in rows
        ]

    def _snippets(self, finding: Finding, path: str) -> Iterator[tuple[str, list[Row]]]:
        """The name and the rows of each file or cell that the story runs through, the finding's own first."""
        for (where, cell), marks in marks_of(finding, path).items():
            lines = lines_of(self.sources(where), cell)
            yield name_of(marks[0], where, cell), draw(marks, lines, self.width, self.ellipsis) if lines else []

    def _story(self, finding: Finding, path: str, margin: int) -> Iterator[Row]:
        from torchlint.frontends.drawing.staging import scene_of
        from torchlint.frontends.drawing.terminal import rows

        if scene := scene_of(finding, path, self.sources):
            yield gutter(margin)
            yield [(" " * (margin + 1) + "= ", "gutter"), ("the story:", "note")]
            yield from rows(scene, margin, self.width, self.characters)

    def _notes(self, finding: Finding, path: str, margin: int) -> Iterator[Row]:
        effect, fix = finding.effect, finding.fix
        if effect.message:
            yield from self._note(margin, HEADS[effect.kind], effect.message)
        if finding.verdict:
            yield from self._verdict(finding.verdict, path, margin)
        if fix:
            yield from self._note(margin, "fix", offer(fix))
            source = self.sources(path)
            if source and fix.edits:
                yield from _change(fix, source, margin, self.width, self.ellipsis)

    def _verdict(self, verdict: Verdict, path: str, margin: int) -> Iterator[Row]:
        """What the run said, and the lines that it saw."""
        yield from self._note(margin, verdict.kind.value, verdict.message)
        for each in verdict.seen:
            yield from self._note(
                margin,
                f"  {each.role} at {name_of(each.place, each.place.path or path, each.place.cell)}",
                each.message,
            )

    def _note(self, margin: int, head: str, text: str) -> Iterator[Row]:
        lines = [visible(line) for line in text.splitlines()]
        if self.fold:
            room = max(20, self.width - margin - 3)
            text = f"{head}: {' '.join(lines)}"
            lines = textwrap.wrap(text, room, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
            lines = [lines[0][len(head) + 2 :], *(line[2:] for line in lines[1:])]
        for number, line in enumerate(lines):
            if number == 0:
                yield [(" " * (margin + 1) + "= ", "gutter"), (f"{head}: ", "note"), (line, "")]
            else:
                yield [(" " * (margin + 5) + line, "")]


def print_rows(console: Console, rows: list[Row]) -> None:
    """Print rows in colour."""
    from rich.text import Text

    lines = [Text.assemble(*((as_line(text), STYLES.get(style, "")) for text, style in row)) for row in rows]
    console.print(Text("\n").join(lines), soft_wrap=True, highlight=False)


def plain(rows: list[Row]) -> str:
    """Rows as text without colour."""
    return "\n".join(as_line("".join(text for text, _ in row).rstrip()) for row in rows)


def _characters(encoding: str | None) -> Characters:
    """What an encoding has for drawing; not imported where nothing is found."""
    from torchlint.frontends.drawing.terminal import characters

    return characters(encoding)


def _header(finding: Finding) -> Row:
    severity = finding.certainty.value
    return [
        (f"{finding.code} {finding.rule}", "primary"),
        (f" ({severity})", "faint"),
        (": ", "message"),
        (visible(" ".join(finding.message.splitlines())), "message"),
    ]


def _margin(rows: list[Row]) -> int:
    """How many cells the line numbers of a drawn snippet take."""
    return len(rows[0][0][0]) - 2 if rows else 1


def _widened(row: Row, by: int) -> Row:
    (text, style), *rest = row
    return [(text + " " * by if text.startswith("...") else " " * by + text, style), *rest]


def _change(fix: Fix, source: Source, margin: int, width: int, ellipsis: str) -> Iterator[Row]:
    """The lines that a fix takes away and those that it puts there."""
    changes = []
    for old_first, old, new in changed_lines(fix, source):
        cell = source.cell_of_line(old_first)
        first = old_first - (cell.first_line - 1 if cell else 0)
        changes += [(first + index, "-", line) for index, line in enumerate(old)]
        changes += [(first + index, "+", line) for index, line in enumerate(new)]
    for number, sign, line in changes[:_MOST_CHANGED]:
        room = width - margin - 5
        text = visible(line[: room + 1].expandtabs(4))
        text = text if len(text) <= room else text[: room - len(ellipsis)] + ellipsis
        yield [(f"{number:>{margin}} {sign} ", "removed" if sign == "-" else "added"),
               (text, "removed" if sign == "-" else "added")]  # fmt: skip
    if len(changes) > _MOST_CHANGED:
        yield [("..." + " " * max(0, margin - 1), "gutter"), (f"{len(changes) - _MOST_CHANGED} more lines", "faint")]
