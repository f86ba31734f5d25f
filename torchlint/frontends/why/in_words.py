"""A diagnosis for people: what went wrong, the line to blame with its story and fix, what else may be, what to try."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from torchlint.frontends import seams
from torchlint.frontends.formats.full import Printer
from torchlint.frontends.formats.report import Report
from torchlint.frontends.places import cell_of
from torchlint.frontends.snippet import Mark, draw, lines_of
from torchlint.frontends.visible import visible
from torchlint.why.suspects import Sure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from torchlint.frontends.snippet import Row
    from torchlint.why.diagnosis import Diagnosis
    from torchlint.why.files import Located
    from torchlint.why.suspects import Suspect

MOST_OTHERS = 4
"""How many lines are shown besides the first."""
_MOST_MESSAGE = 600
_SURE = {
    Sure.CERTAIN: "To blame, certainly",
    Sure.LIKELY: "To blame, most likely",
    Sure.POSSIBLE: "To blame, perhaps",
}


def write(found: Diagnosis, root: str, color: str, out: TextIO, sources: seams.Sources | None = None) -> None:
    """Print a diagnosis of the project below ``root``, whose files are read anew where no ``sources`` are given."""
    sources = sources or seams.Sources({})
    printer = Printer.of(out, color)
    words = Words(min(printer.width, 120))
    printer.print(words.above(found))
    if found.suspects:
        first = found.suspects[0]
        drawing = printer.drawing(Report((), sources, color=color, explain=True))
        shown = (
            drawing.rows(first.finding, first.of or first.path)
            if first.finding
            else snippet_of(first, sources, printer.width)
        )
        printer.print([*shown, *words.others(found.suspects)])
    else:
        printer.print(list(words.nothing(found, root)))
    printer.print(list(words.experiment(found)))


class Words:
    """Rows of text that are at most ``width`` cells wide."""

    def __init__(self, width: int) -> None:
        self._width = width

    def above(self, found: Diagnosis) -> list[Row]:
        """What stands before the code of the first suspect, or before all that is said where there is none."""
        rows = [*self.error(found), *self.meaning(found), *self.changes(found.frames)]
        return [*rows, *self.verdict(found.suspects[0])] if found.suspects else rows

    def error(self, found: Diagnosis) -> Iterator[Row]:
        """The error in PyTorch's words, and where it was raised."""
        traceback = found.traceback
        at = found.frames[-1] if found.frames else None
        where = f" at {_name(at.path, at.cell, at.line)}" if at else ""
        inside = f", in {visible(at.frame.function)}" if at and at.frame.function else ""
        ranks = f" (ranks {', '.join(map(str, traceback.ranks))})" if len(traceback.ranks) > 1 else ""
        yield [(visible(traceback.error or "The error"), "certain"), (f"{where}{inside}{ranks}", "")]
        message = " ".join(traceback.message.split())
        message = message if len(message) <= _MOST_MESSAGE else f"{message[:_MOST_MESSAGE]}..."
        yield from self._indented(message)
        if found.others:
            count = f"{found.others} other error{'s' * (found.others > 1)}"
            yield from self._indented(f"The log has {count}; this is the last that torchlint knows.")

    def meaning(self, found: Diagnosis) -> Iterator[Row]:
        """What that means."""
        if found.meaning:
            yield from self._headed("What it means")
            for each in (found.meaning, *found.sentences):
                yield from self._indented(each)

    def changes(self, frames: Iterable[Located]) -> Iterator[Row]:
        """What of the files is not as it was when the log was written."""
        said = []
        for each in frames:
            where = f"line {each.frame.line} of {visible(each.path)}"
            if each.changed:
                said.append(f"{where} was `{visible(each.frame.text)}` and is no more: the file was changed since.")
            elif each.moved:
                said.append(f"{where} is line {each.line} now: the file was changed since.")
        if said:
            yield from self._headed("Since then")
            for text in dict.fromkeys(said):
                yield from self._indented(text)

    def verdict(self, first: Suspect) -> list[Row]:
        """The line to blame, and what speaks for it."""
        where = _name(first.path, first.cell, first.line)
        rows: list[Row] = [[], [(f"{_SURE[first.sure]}: ", "note"), (where, "note")]]
        for each in first.evidence:
            rows += self._indented(each, "- ")
        return [*rows, []]

    def others(self, suspects: tuple[Suspect, ...]) -> Iterator[Row]:
        """What besides the first may be to blame, one paragraph each."""
        others = [each for each in suspects[1:] if each.finding or not each.of]  # the story is drawn
        if not others:
            return
        yield from self._headed("Less likely")
        for each in others[:MOST_OTHERS]:
            code = f"{each.finding.code}: " if each.finding else ""
            says = " ".join(each.says.split())
            yield from self._indented(f"{_name(each.path, each.cell, each.line)}: {code}{says}")
            if each.evidence:
                yield from self._indented("; ".join(each.evidence), "    ")
        if len(others) > MOST_OTHERS:
            yield from self._indented(f"and {len(others) - MOST_OTHERS} more, with --output-format json")

    def nothing(self, found: Diagnosis, root: str) -> Iterator[Row]:
        """Why no line is named."""
        yield from self._headed("No line is named")
        if found.traceback.frames and not found.frames:
            folder = "the current folder" if root == "." else visible(root)
            last = visible(found.traceback.frames[-1].path or "a cell")
            text = f"No file of the traceback is below {folder} (the last is {last}). --root says where they are."
        elif found.kind is None:
            text = "This is no error of PyTorch's that torchlint knows."
        else:
            text = "Reading the files does not show which line it is."
        yield from self._indented(text)

    def experiment(self, found: Diagnosis) -> Iterator[Row]:
        """What to try, where reading is not enough."""
        is_certain = bool(found.suspects) and found.suspects[0].sure is Sure.CERTAIN
        if found.experiment and not is_certain:
            yield from self._headed("To be sure")
            yield from self._indented(found.experiment)

    def _headed(self, title: str) -> list[Row]:
        return [[], [(title, "note")]]

    def _indented(self, text: str, sign: str = "") -> list[Row]:
        lines = textwrap.wrap(
            visible(text), self._width - 2 - len(sign), break_on_hyphens=False, break_long_words=False
        )
        return [[("  " + (sign if number == 0 else " " * len(sign)) + line, "")] for number, line in enumerate(lines)]


def _name(path: str, cell: int | None, line: int) -> str:
    return f"{visible(path)}:{line}" if cell is None else f"{cell_of(path, cell)}, line {line}"


def snippet_of(suspect: Suspect, sources: seams.Sources, width: int) -> list[Row]:
    """The lines of a suspect that has no finding."""
    lines = lines_of(sources.get(suspect.path), suspect.cell)
    if lines is None or suspect.line > lines.total:
        return []
    last = lines.text(min(suspect.end_line, lines.total)).rstrip()
    text = lines.text(suspect.line)
    start = len(text) - len(text.lstrip()) + 1
    mark = Mark(suspect.line, start, suspect.end_line, len(last) + 1, visible(suspect.says), primary=True)
    rows = draw([mark], lines, width)
    style = "certain" if suspect.sure is Sure.CERTAIN else "likely"
    return [[(text, style if each == "primary" else each) for text, each in row] for row in rows]
