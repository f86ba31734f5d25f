"""Text and rows that are too long for the terminal, broken between words instead of wherever it ends."""

from __future__ import annotations

import re
import shutil
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from torchlint.frontends.snippet import Row

_LEAST = 20
"""Characters that a line has at least, however narrow the terminal is ..."""
_INDENT = 7
"""... and how far it is indented where the indentation asked for would leave less."""


def width_of(out: TextIO) -> int | None:
    """How many cells a line of a terminal has; None where ``out`` is none, and lines may have any length."""
    return shutil.get_terminal_size().columns if out.isatty() else None


def folded_text(text: str, width: int | None, indent: int = 0) -> str:
    """``text`` in lines of at most ``width`` characters, those after the first indented; no word is broken."""
    if width is None or len(text) <= width:
        return text
    indent = indent if width - indent >= _LEAST else _INDENT
    return textwrap.fill(
        text,
        max(width, _LEAST),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )


def folded_row(row: Row, width: int, indent: int = 2) -> Iterator[Row]:
    """The rows that ``row`` becomes so that none has more than ``width`` cells, where no word has."""
    from rich.cells import cell_len

    line: Row = []
    used = 0
    for text, style in row:
        for word in re.findall(r"\s+|[^\s]+", text):
            cells = cell_len(word)
            if used + cells > width and used > indent and not word.isspace():
                yield line
                line, used = [(" " * indent, "")], indent
            if word.isspace() and used <= indent and line:
                continue  # a line begins with a word
            line.append((word, style))
            used += cells
    yield line
