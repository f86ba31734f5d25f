"""A scene with the characters of a terminal: lanes on the left, for each moment a few lines of text on the right."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.frontends.drawing.scene import Line, Sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.frontends.drawing.scene import Arrow, Lane, Moment, Scene
    from torchlint.frontends.snippet import Row

_PITCH = 5
"""Cells from one lane to the next."""


@dataclass(frozen=True, slots=True)
class Characters:
    """What a terminal draws with: lines, signs, an arrow's start, line and heads, a cross, and what stands for more."""

    lines: dict[Line, str]
    signs: dict[Sign, str]
    arrow: tuple[str, str, str, str]
    fault: str
    ellipsis: str
    here: str


BOXES = Characters(
    dict(zip(Line, " │┃┃┊", strict=True)),
    dict(zip(Sign, "●■◆╳□▲○", strict=True)),
    ("├", "─", "◀", "▶"),
    "╳",
    "…",
    "◀ here",
)
PLAIN = Characters(
    dict(zip(Line, " |!!:", strict=True)),
    dict(zip(Sign, "o#*x-^o", strict=True)),
    ("|", "-", "<", ">"),
    "x",
    "...",
    "< here",
)


def characters(encoding: str | None) -> Characters:
    """The characters that an output can show: plain ones where its encoding lacks the others."""
    drawn = "".join((*BOXES.lines.values(), *BOXES.signs.values(), *BOXES.arrow, BOXES.fault, BOXES.ellipsis))
    try:
        drawn.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return BOXES


def rows(scene: Scene, margin: int, width: int, characters: Characters) -> list[Row]:
    """The rows of a drawing after ``margin`` cells for line numbers, at most ``width`` cells wide."""
    drawing = _Drawing(scene, margin, width, characters)
    return [*drawing.legend(), *(row for number in range(len(scene.moments)) for row in drawing.moment(number))]


@dataclass(frozen=True, slots=True)
class _Drawing:
    scene: Scene
    margin: int
    width: int
    characters: Characters

    def legend(self) -> Iterator[Row]:
        """The name of each lane, above it."""
        for number, lane in enumerate(self.scene.lanes):
            row: Row = [(" " * (self.margin + 1), "gutter")]
            for other in self.scene.lanes[:number]:
                row.append((self.characters.lines[Line.GONE].ljust(_PITCH), _style(other, Line.WHOLE)))
            room = self.width - self.margin - 1 - _PITCH * number - len(lane.what) - 2
            yield [*row, (self._fit(lane.name, room), _style(lane, Line.WHOLE)), (f"  {lane.what}", "faint")]

    def moment(self, number: int) -> Iterator[Row]:
        """The code beside what happens on the lanes, and below it what that means."""
        from rich.cells import cell_len

        moment = self.scene.moments[number]
        label = "" if moment.line is None else str(moment.line)
        room = max(20, self.width - self.margin - 1 - _PITCH * len(self.scene.lanes))
        here = f"  {self.characters.here}" if moment.is_here else ""
        where = f"{moment.elsewhere}: " if moment.elsewhere else ""
        code_room = room - cell_len(where) - len(here)
        code = (
            "later"
            if moment.line is None
            else moment.excerpt(lambda text: self._fit(text, code_room), self.characters.ellipsis)
        )
        yield [
            (f"{label:>{self.margin}} ", "gutter"),
            *self._happening(moment),
            (where + code, "message" if moment.is_here else ""),
            (here, "primary"),
        ]
        for index, line in enumerate(textwrap.wrap(moment.message, room, break_on_hyphens=False)):
            yield [(" " * (self.margin + 1), ""), *self._after(moment, index), (line, "faint")]

    def _happening(self, moment: Moment) -> Iterator[tuple[str, str]]:
        """The signs on the lanes, with the arrow between them."""
        arrow = moment.arrow
        low, high = sorted((arrow.start, arrow.end)) if arrow else (0, 0)
        for number, lane in enumerate(self.scene.lanes):
            sign, line = moment.signs[number], moment.lines[number]
            character = self.characters.signs[sign] if sign else self.characters.lines[line]
            if arrow and number == arrow.start == low and not sign:
                character = self.characters.arrow[0]
            yield character, _style(lane, line)
            part = self._arrow(arrow, number) if arrow and low <= number < high else " " * (_PITCH - 1)
            yield part, "fault" if arrow and arrow.fails else "faint"

    def _arrow(self, arrow: Arrow, number: int) -> str:
        """The part of the arrow to the right of a lane."""
        _, line, left, right = self.characters.arrow
        cells = [line] * (_PITCH - 1)
        if number == arrow.end - 1:
            cells[-1] = right
        elif number == arrow.end:
            cells[0] = left
        if arrow.fails:
            cells[_PITCH // 2 if number == arrow.end else 1] = self.characters.fault
        return "".join(cells)

    def _after(self, moment: Moment, index: int) -> Iterator[tuple[str, str]]:
        """How the lanes go on; after the end nothing does, and a cross stands below what fails."""
        fails = index == 0 and not (moment.arrow and moment.arrow.fails)
        for number, lane in enumerate(self.scene.lanes):
            line = moment.lines[number]
            if not moment.is_end:
                yield self.characters.lines[line].ljust(_PITCH), _style(lane, line)
            else:
                is_failing = fails and moment.signs[number] is not None
                yield (self.characters.fault if is_failing else "").ljust(_PITCH), "fault"

    def _fit(self, text: str, room: int) -> str:
        from rich.cells import cell_len, set_cell_size

        if cell_len(text) <= room:
            return text
        ellipsis = self.characters.ellipsis
        return set_cell_size(text, max(1, room - len(ellipsis))).rstrip() + ellipsis


def _style(lane: Lane, line: Line) -> str:
    if line in (Line.CHANGED, Line.UNSEEN):
        return "changed"
    if line is Line.GONE:
        return "faint"
    return "tensor" if lane.is_tensor else "operation"
