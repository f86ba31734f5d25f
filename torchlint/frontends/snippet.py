"""Source lines with spans underlined, as rows of styled text.

Everything is measured in terminal cells, so that wide characters, emoji and tabs keep the underline under its span.
Characters that would move the cursor, or turn the direction of writing, are shown as symbols.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.syntax.source import Source

Row = list[tuple[str, str]]
"""One line of output: pieces of text, each with the name of a style of ``full.STYLES``, or with ``""``."""

_TAB = 4
_MOST_LINES = 8  # of a span of several lines
_CONTEXT = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline. Lines and columns are 1-based, columns count code points, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    label: str = ""
    primary: bool = False


class Lines(NamedTuple):
    """The lines that a snippet is cut from: ``text`` gives the 1-based lines 1 to ``total`` without line endings."""

    text: Callable[[int], str]
    total: int


class _Shown(NamedTuple):
    """One line as it is shown: code points ``low`` to ``high`` of it, after the ``before`` that stands for the rest."""

    pieces: list[str]
    low: int
    high: int
    before: str
    after: str

    def cells(self, low: int, high: int) -> int:
        from rich.cells import cell_len

        return cell_len("".join(self.pieces[max(low, self.low) : min(high, self.high)]))

    def cell_of(self, index: int) -> int:
        """The 0-based cell at which the code point ``index`` starts."""
        return len(self.before) + self.cells(self.low, index)

    @property
    def text(self) -> str:
        return self.before + "".join(self.pieces[self.low : self.high]) + self.after


def lines_of(source: Source | None, cell: int | None) -> Lines | None:
    """The lines of a source, or of one cell of it as its author sees it, with tabs and all."""
    if source is None:
        return None
    if cell is None:
        return Lines(source.line_text, source.line_count)
    found = source.cell(cell)
    if found is None:
        return None
    own = found.text.split("\n")
    return Lines(lambda line: own[line - 1], found.lines)


def draw(marks: list[Mark], lines: Lines, width: int, ellipsis: str = "…") -> list[Row]:
    """The lines of ``marks`` with their underlines, at most ``width`` cells wide apart from labels."""
    marks, numbers = arrange(marks, lines)
    if not numbers:
        return []
    block = next((each for each in marks if each.primary and each.end_line > each.line), None)
    margin = len(str(numbers[-1]))
    return _Drawing(marks, lines, block, margin, width - margin - 3 - (2 if block else 0), ellipsis).rows(numbers)


def arrange(marks: list[Mark], lines: Lines) -> tuple[list[Mark], list[int]]:
    """The marks in order, those of one span joined and none outside of the lines, and the numbers of lines to show."""
    marks = _merged([_clipped(each, lines) for each in marks if each.line <= lines.total])
    return marks, _shown_lines(marks, lines)


def gutter(margin: int, sign: str = "|") -> Row:
    """The start of a row that belongs to no line."""
    return [(" " * (margin + 1) + sign, "gutter")]


@dataclass(frozen=True, slots=True)
class _Drawing:
    marks: list[Mark]
    lines: Lines
    block: Mark | None
    """The primary mark where it has several lines: it gets a bracket on the left."""
    margin: int
    width: int
    ellipsis: str

    def rows(self, numbers: list[int]) -> list[Row]:
        rows, last = [gutter(self.margin)], numbers[0] - 1
        for number in numbers:
            if number > last + 1:
                rows.append(
                    [("...".ljust(self.margin + 3), "gutter"), *self._bar(number, inside=self._within(number - 1))]
                )
            rows += self._line(number)
            last = number
        return rows

    def _line(self, number: int) -> list[Row]:
        block = self.block
        here = [each for each in self.marks if each.line == number and each is not block]
        text = self.lines.text(number)
        focus = [(each.column - 1, self._end(each, text)) for each in here]
        if block and number in (block.line, block.end_line):
            focus.append((block.column - 1,) * 2 if number == block.line else (block.end_column - 2,) * 2)
        shown = _fit(text, sorted(focus), self.width, self.ellipsis)
        opens = block is not None and number == block.line
        leads = block is not None and opens and not text[: block.column - 1].strip()
        rows = [[(f"{number:>{self.margin}} | ", "gutter"), *self._bar(number, leads=leads)]]
        rows[0].append((shown.text.rstrip(), ""))
        if block and opens and not leads:
            rows.append([*self._blank(None), (" " + "_" * (shown.cell_of(block.column - 1) + 1) + "^", "primary")])
        for mark in here:
            rows += self._underline(mark, shown, text, number)
        if block and number == block.end_line:
            tail = [("|" + "_" * (shown.cell_of(block.end_column - 2) + 1) + "^", "primary")]
            rows.append([*self._blank(None), *tail, *([(" " + block.label, "primary")] if block.label else [])])
        return rows

    def _underline(self, mark: Mark, shown: _Shown, text: str, number: int) -> list[Row]:
        style, sign = ("primary", "^") if mark.primary else ("secondary", "-")
        start = shown.cell_of(mark.column - 1)
        length = max(1, shown.cells(mark.column - 1, self._end(mark, text)))
        row: Row = [*self._blank(number), (" " * start, ""), (sign * length, style)]
        if not mark.label:
            return [row]
        from rich.cells import cell_len

        room = self.width - start - length - 1
        if cell_len(mark.label) <= room or cell_len(mark.label) > self.width:
            return [[*row, (" " + mark.label, style)]]
        indent = min(start, self.width - cell_len(mark.label))
        return [row, [*self._blank(number), (" " * indent, ""), (mark.label, style)]]

    def _end(self, mark: Mark, text: str) -> int:
        """The code point at which the part of ``mark`` on its first line ends."""
        return mark.end_column - 1 if mark.end_line == mark.line else len(text.rstrip())

    def _blank(self, number: int | None) -> Row:
        row: Row = [(" " * self.margin + " | ", "gutter")]
        return row if number is None else [*row, *self._bar(number, inside=self._within(number))]

    def _within(self, number: int) -> bool:
        """Whether the bracket goes on below line ``number``."""
        return self.block is not None and self.block.line <= number < self.block.end_line

    def _bar(self, number: int, leads: bool = False, inside: bool | None = None) -> Row:
        if self.block is None:
            return []
        if inside is None:
            inside = self.block.line < number <= self.block.end_line
        return [("/ " if leads else "| " if inside else "  ", "primary")]


def _clipped(mark: Mark, lines: Lines) -> Mark:
    """``mark`` without a last line of which it has nothing, and inside of what there is."""
    end_line, end_column = min(mark.end_line, lines.total), mark.end_column
    if end_line < mark.end_line or (end_column <= 1 and end_line > mark.line):
        end_line = max(mark.line, end_line if end_line < mark.end_line else end_line - 1)
        end_column = len(lines.text(end_line)) + 1
    column = min(mark.column, len(lines.text(mark.line)) + 1)
    end_column = max(min(end_column, len(lines.text(end_line)) + 1), column if end_line == mark.line else 2)
    return replace(mark, column=column, end_line=end_line, end_column=end_column)


def _merged(marks: list[Mark]) -> list[Mark]:
    """``marks`` with those of one span joined into one, in the order of their lines, the primary first."""
    by_span: dict[tuple[int, int, int, int], Mark] = {}
    for each in marks:
        span = (each.line, each.column, each.end_line, each.end_column)
        if other := by_span.get(span):
            labels = dict.fromkeys(filter(None, (other.label, each.label)))
            each = replace(each, label="; ".join(labels), primary=each.primary or other.primary)
        by_span[span] = each
    return sorted(by_span.values(), key=lambda each: (each.line, not each.primary, each.column))


def _shown_lines(marks: list[Mark], lines: Lines) -> list[int]:
    numbers: set[int] = set()
    for mark in marks:
        if not mark.primary:
            numbers.add(mark.line)
            continue
        before, after = max(1, mark.line - _CONTEXT), min(lines.total, mark.end_line + _CONTEXT)
        inside = range(mark.line, mark.end_line + 1)
        if len(inside) > _MOST_LINES:
            inside = [*inside[: _MOST_LINES - 3], *inside[-2:]]  # type: ignore[assignment]
        around = (each for each in (*range(before, mark.line), *range(mark.end_line + 1, after + 1)))
        numbers |= {*inside, *(each for each in around if lines.text(each).strip())}
    # A gap of one line is not worth an ellipsis.
    numbers |= {each + 1 for each in numbers if each + 2 in numbers}
    return sorted(numbers)


def _fit(text: str, focus: list[tuple[int, int]], width: int, ellipsis: str) -> _Shown:
    """The part of a line that is shown: all of it where it fits, else the part around the first spans of ``focus``."""
    first = focus[0][0] if focus else 0
    # Nothing further away can be seen: a line of ten megabytes costs no more than a short one.
    low, high = max(0, first - 2 * width), min(len(text), first + 2 * width)
    pieces = _pieces(text, low, high)
    whole = _Shown(pieces, low, high, "", "")
    if low == 0 and high == len(text) and whole.cells(low, high) <= width:
        return whole
    room = max(1, width - 2 * len(ellipsis))
    last = max((end for _, end in focus if whole.cells(first, end) <= room), default=first)
    start = first
    before = max(0, (room - whole.cells(first, last)) // 2)
    if whole.cells(low, last) + len(ellipsis) <= width and low == 0:
        start = 0
    else:
        while start > low and whole.cells(start - 1, first) <= before:
            start -= 1
    end = start
    while end < high and whole.cells(start, end + 1) <= room:
        end += 1
    return _Shown(pieces, start, end, ellipsis if start > 0 else "", ellipsis if end < len(text) else "")


def _pieces(text: str, low: int, high: int) -> list[str]:
    """What is shown for each code point of ``text``; outside of ``low`` to ``high`` nothing."""
    if "\t" not in text[:high]:
        return [""] * low + list(visible(text[low:high]))
    from rich.cells import cell_len

    pieces, cell = [""] * low, 0
    for character in text[low:high]:
        piece = " " * (_TAB - cell % _TAB) if character == "\t" else visible(character)
        cell += cell_len(piece)
        pieces.append(piece)
    return pieces
