"""The text of one file and the three ways to name a position in it.

Inside torchlint a position is a byte offset into the UTF-8 text; ``ast`` counts UTF-8 bytes within a line, LibCST and
people count code points, editors may count UTF-16 units. All conversions live here.
"""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from torchlint.errors import SourceError
from torchlint.finding import Place, Span

# Python ends a line at these and at nothing else; str.splitlines would also split at form feeds.
_NEWLINE = re.compile(rb"\r\n|\r|\n")
NOTEBOOK = ".ipynb"
CELLS = f"<cells>{NOTEBOOK}"
"""The path of a notebook that is in no file: the cells of a session, at the positions that are their numbers."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell inside the text of a notebook's source.

    ``index`` is the 1-based position among all cells of the notebook, ``first_line`` the 1-based line of the source at
    which it starts, ``lines`` how many lines it has. ``text`` is what its author sees, as many lines with IPython's own
    syntax in them. ``indent`` is the indentation of the whole cell, which IPython takes off each line that has it.
    """

    index: int
    first_line: int
    lines: int
    text: str
    indent: str = ""


class Source:
    """A Python program as text, with its file's encoding, byte order mark and line ending.

    The text of a notebook is that of all its code cells, one after the other; ``cells`` says which lines are whose.
    ``problems`` are parts that could not be read and were left out (a cell that is no Python), so that one of them
    never hides what is found in the rest.
    """

    def __init__(
        self,
        text: str,
        path: str,
        *,
        encoding: str = "utf-8",
        bom: bytes = b"",
        cells: tuple[Cell, ...] = (),
        problems: tuple[SourceError, ...] = (),
    ) -> None:
        self.text = text
        self.path = path
        self.encoding = encoding
        self.bom = bom
        self.cells = cells
        self.problems = problems
        # The line that was asked about last: what asks goes from line to line, and may ask often about a long one.
        self._counted: tuple[int, list[int] | None] = 0, None

    @classmethod
    def from_bytes(cls, data: bytes, path: str) -> Source:
        """Decode a Python file as Python does: byte order mark, coding line, else UTF-8.

        Raises: SourceError where the bytes are not text in their encoding.
        """
        bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            text = data[len(bom) :].decode("utf-8" if bom else encoding)
        except (SyntaxError, ValueError, LookupError) as error:  # some codecs raise no UnicodeDecodeError
            raise SourceError(f"cannot decode the file: {error}; save it as UTF-8 or add a coding line") from error
        return cls(text, path, encoding="utf-8" if bom else encoding, bom=bom)

    def encode(self, text: str) -> bytes:
        """The bytes of a file with ``text`` in this file's encoding, byte order mark included.

        Raises: SourceError where ``text`` has a character that the encoding lacks.
        """
        try:
            return self.bom + text.encode(self.encoding)
        except ValueError as error:  # some codecs raise no UnicodeEncodeError
            raise SourceError(f"the fixed text does not fit the file's encoding {self.encoding}: {error}") from error

    @property
    def is_notebook(self) -> bool:
        return self.path.endswith(NOTEBOOK)

    @cached_property
    def data(self) -> bytes:
        """The text as UTF-8, the bytes that offsets count."""
        return self.text.encode("utf-8", "surrogatepass")

    @cached_property
    def newline(self) -> str:
        """The file's own line ending: that of its first line."""
        first = _NEWLINE.search(self.data)
        return first.group().decode() if first else "\n"

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self.data))]

    @property
    def line_count(self) -> int:
        """How many lines there are; an empty last line counts."""
        return len(self._line_starts)

    @property
    def cell_ranges(self) -> list[range]:
        """The 1-based lines of each cell."""
        return [range(cell.first_line, cell.first_line + cell.lines) for cell in self.cells]

    def lines_span(self, first: int, last: int) -> Span:
        """The byte range of some 1-based lines, the end of the last included."""
        return Span(self.line_span(first).start, self.line_span(last).end)

    def line_span(self, line: int) -> Span:
        """The byte range of 1-based ``line``, its line ending included."""
        starts = self._line_starts
        return Span(starts[line - 1], starts[line] if line < len(starts) else len(self.data))

    def line_text(self, line: int) -> str:
        """The text of 1-based ``line`` without its line ending."""
        span = self.line_span(line)
        return self.data[span.start : span.end].decode("utf-8", "surrogatepass").rstrip("\r\n")

    def lines_text(self, first: int, last: int) -> str:
        """The text of the 1-based lines ``first`` to ``last``, both included, with their line endings."""
        data = self.data[self.line_span(first).start : self.line_span(last).end]
        return data.decode("utf-8", "surrogatepass")

    def offset_of_bytes(self, line: int, column: int) -> int:
        """The byte offset of 1-based ``line`` and 0-based ``column`` in UTF-8 bytes, as ``ast`` counts."""
        return self._line_starts[line - 1] + column

    def offset_of_code_points(self, line: int, column: int) -> int:
        """The byte offset of 1-based ``line`` and 0-based ``column`` in code points, as LibCST counts."""
        span = self.line_span(line)
        columns = self._columns(line)
        if columns is None:
            return span.start + column
        return span.start + columns[column] if column < len(columns) else span.end

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and 1-based code-point column of a byte offset in the whole text."""
        line = bisect_right(self._line_starts, offset)
        column = offset - self._line_starts[line - 1]
        columns = self._columns(line)
        return line, (column if columns is None else bisect_left(columns, column)) + 1

    def _columns(self, line: int) -> list[int] | None:
        """The byte of a 1-based line at which each of its code points starts; None where all are ASCII."""
        if self._is_ascii:
            return None
        if self._counted[0] != line:
            span = self.line_span(line)
            raw = self.data[span.start : span.end]
            starts = None if raw.isascii() else [at for at, byte in enumerate(raw) if byte & 0xC0 != 0x80]
            self._counted = line, starts
        return self._counted[1]

    @cached_property
    def _is_ascii(self) -> bool:
        return self.data.isascii()

    def cell_of_line(self, line: int) -> Cell | None:
        """The notebook cell that a 1-based line of the text is in, or None outside notebooks."""
        at = bisect_right(self.cells, line, key=lambda cell: cell.first_line)
        return self.cells[at - 1] if at else None

    def cell(self, index: int) -> Cell | None:
        """The cell at a 1-based position among all cells of the notebook, None where that is no cell of code."""
        return next((each for each in self.cells if each.index == index), None)

    def written_line(self, cell: int | None, line: int) -> str:
        """The text of a 1-based line, of one cell in a notebook, as its author sees it; empty where there is none."""
        if cell is None:
            return self.line_text(line) if 1 <= line <= self.line_count else ""
        lines = self._written.get(cell, [])
        return lines[line - 1] if 1 <= line <= len(lines) else ""

    @cached_property
    def _written(self) -> dict[int, list[str]]:
        """The lines of each cell, by its position, as its author sees them."""
        return {cell.index: cell.text.split("\n") for cell in self.cells}

    def place(self, span: Span) -> Place:
        """The place of a byte range; in a notebook its lines count inside the cell."""
        line, column = self.position(span.start)
        end_line, end_column = self.position(span.end)
        cell = self.cell_of_line(line)
        first = cell.first_line - 1 if cell else 0
        return Place(None, cell.index if cell else None, line - first, column, end_line - first, end_column)

    def slice(self, span: Span) -> str:
        """The text of a byte range."""
        return self.data[span.start : span.end].decode("utf-8", "surrogatepass")
