"""Positions of one text as editors count them: lines from 0, and units of the encoding that both sides agreed on."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

from torchlint.syntax.tree import NEWLINE

if TYPE_CHECKING:
    from torchlint.finding import Place

_BYTES_PER_UNIT = {
    types.PositionEncodingKind.Utf8: ("utf-8", 1),
    types.PositionEncodingKind.Utf16: ("utf-16-le", 2),
    types.PositionEncodingKind.Utf32: ("utf-32-le", 4),
}


class Units(NamedTuple):
    """How an editor counts the characters of a line."""

    codec: str
    bytes_each: int

    @classmethod
    def of(cls, encoding: types.PositionEncodingKind | str) -> Units:
        """The units of a negotiated position encoding."""
        return cls(*_BYTES_PER_UNIT[types.PositionEncodingKind(encoding)])

    def count(self, text: str) -> int:
        """How many units a text has."""
        return len(text) if text.isascii() else len(text.encode(self.codec, "surrogatepass")) // self.bytes_each

    def code_points(self, text: str, units: int) -> int:
        """How many code points the first ``units`` of a text are; one that they end inside of does not count."""
        if text.isascii():
            return min(units, len(text))
        for number, each in enumerate(text):
            units -= self.count(each)
            if units < 0:
                return number
        return len(text)


class Positions:
    """Code-point offsets of one text <-> positions; what is beyond the end of a line or of the text is there."""

    def __init__(self, text: str, units: Units) -> None:
        self.text = text
        self.units = units

    @cached_property
    def _starts(self) -> list[int]:
        # The protocol ends a line where Python does; pygls would also split at form feeds.
        return [0, *(match.end() for match in NEWLINE.finditer(self.text))]

    def _line(self, number: int) -> str:
        """The text of a 0-based line without its ending."""
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[number] : end].rstrip("\r\n")

    def offset(self, position: types.Position) -> int:
        """The code-point offset of a position."""
        if position.line >= len(self._starts):
            return len(self.text)
        return self._starts[position.line] + self.units.code_points(self._line(position.line), position.character)

    def position(self, offset: int) -> types.Position:
        """The position of a code-point offset."""
        line = bisect_right(self._starts, offset) - 1
        return types.Position(line, self.units.count(self.text[self._starts[line] : offset]))

    def range(self, start: int, end: int) -> types.Range:
        """The range between two code-point offsets."""
        return types.Range(self.position(start), self.position(end))

    def of_place(self, place: Place) -> types.Range:
        """The range of a place in this text."""
        start = self._of_column(place.line, place.column)
        return types.Range(start, self._of_column(place.end_line, place.end_column))

    def _of_column(self, line: int, column: int) -> types.Position:
        """The position of a 1-based line and code-point column."""
        if line > len(self._starts):
            return self.position(len(self.text))
        return types.Position(line - 1, self.units.count(self._line(line - 1)[: column - 1]))
