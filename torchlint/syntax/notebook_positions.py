"""Where the code of a notebook's cells stands in the text of its file: inside strings of JSON, with their escapes."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from torchlint.syntax.notebook import items, source_starts, value_end
from torchlint.syntax.tree import NEWLINE

if TYPE_CHECKING:
    from collections.abc import Iterator

# One code point as it is spelled in a JSON string; two escaped surrogates are one.
_SPELLED = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
_LINE_FEED, _RETURN = re.compile(r"\\(?:n|u000[aA])"), re.compile(r"\\(?:r|u000[dD])")


class NotebookPositions:
    """The positions of code cells in the bytes of one notebook, which must be valid."""

    def __init__(self, data: bytes) -> None:
        self._text = data.decode("utf-8-sig")
        self._starts = list(source_starts(self._text))
        self._line_starts = [0, *(match.end() for match in NEWLINE.finditer(self._text))]
        self._cells: dict[int, list[list[int]]] = {}

    def position(self, cell: int, line: int, column: int) -> tuple[int, int]:
        """The 1-based line and column of the file at which a 1-based line and column of a cell stands.

        ``cell`` is 1-based among all cells; columns count code points. What is beyond the end of a line or of the cell
        stands at that end.
        """
        if cell not in self._cells:
            self._cells[cell] = list(self._lines(self._starts[cell - 1]))
        lines = self._cells[cell]
        columns = lines[min(line, len(lines)) - 1]
        offset = columns[min(column, len(columns)) - 1]
        found = bisect_right(self._line_starts, offset)
        return found, offset - self._line_starts[found - 1] + 1

    def _lines(self, start: int | None) -> Iterator[list[int]]:
        """For each line of a cell, the offset in the file of each of its code points, and of the line's end."""
        line: list[int] = []
        end = start or 0
        after_return = False
        for spelled, offset in self._code_points(start):
            end = offset + len(spelled)
            is_feed = _LINE_FEED.fullmatch(spelled) is not None
            if not (is_feed and after_return):  # the two are one line ending
                line.append(offset)
            after_return = _RETURN.fullmatch(spelled) is not None
            if line and (is_feed or after_return):
                yield line
                line = []
        yield [*line, end]

    def _code_points(self, start: int | None) -> Iterator[tuple[str, int]]:
        if start is None:
            return
        if self._text[start] == '"':
            strings = [(start, value_end(self._text, start))]
        else:
            strings = [each for each in items(self._text, start) if self._text[each[0]] == '"']
        for first, end in strings:
            for spelled in _SPELLED.finditer(self._text, first + 1, end - 1):
                yield spelled.group(), spelled.start()
