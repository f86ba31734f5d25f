"""Light colours for Python: the tokens of single lines, for as little as a look at the strings of the whole text.

Lexing whole files takes longer than everything else that a page needs. A line can be lexed alone, but for strings of
several lines, and those one regular expression finds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pygments.token import _TokenType

Tokens = list[tuple[str, str]]
"""Pieces of one line: the class of a token (or ``""``) and its text."""

_STRING = "s"
_OPAQUE = re.compile(
    r"""\#[^\n]*
    | '{3}[^'\\]*(?:(?:\\.?|'(?!''))[^'\\]*)*(?:'{3}|\Z)
    | "{3}[^"\\]*(?:(?:\\.?|"(?!""))[^"\\]*)*(?:"{3}|\Z)
    | '[^'\\\n]*(?:\\.[^'\\\n]*)*'?
    | "[^"\\\n]*(?:\\.[^"\\\n]*)*"?""",
    re.VERBOSE | re.DOTALL,
)
"""Comments and strings, which alone can contain what looks like the beginning of a string."""
_LONGEST = 2_000
"""Code points of a line from which on it has no colours."""


class Highlighter:
    """The tokens of the lines of one text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        text = "\n".join(lines)
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]
        spans = (match.span() for match in _OPAQUE.finditer(text))
        self._strings = [span for span in spans if "\n" in text[slice(*span)]]
        self._string_starts = [start for start, _ in self._strings]

    def line(self, number: int) -> Tokens:
        """The tokens of a 1-based line, which are its text when they are joined."""
        text, start = self._lines[number - 1], self._starts[number - 1]
        if len(text) > _LONGEST:
            return [("", text)]
        tokens: Tokens = []
        at = 0
        for low, high in self._strings_in(start, start + len(text)):
            tokens += _lexed(text[at : low - start])
            tokens.append((_STRING, text[low - start : high - start]))
            at = high - start
        return [*tokens, *_lexed(text[at:])]

    def _strings_in(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of strings of several lines that are between two offsets."""
        for low, high in self._strings[max(0, bisect_right(self._string_starts, start) - 1) :]:
            if low >= end:
                return
            if high > start:
                yield max(low, start), min(high, end)


def _lexed(text: str) -> Iterator[tuple[str, str]]:
    for _, kind, piece in _lexer().get_tokens_unprocessed(text) if text else ():
        yield _class_of(kind), piece


@cache
def _lexer():  # type: ignore[no-untyped-def]
    from pygments.lexers.python import PythonLexer

    return PythonLexer()


@cache
def _class_of(kind: _TokenType) -> str:
    """The few classes that the page colours."""
    from pygments.token import Comment, Keyword, Name, Number, Operator, String

    for name, kinds in (
        ("c", (Comment,)),
        (_STRING, (String,)),
        ("m", (Number,)),
        ("k", (Keyword, Operator.Word)),
        ("f", (Name.Function, Name.Class)),
        ("d", (Name.Decorator,)),
        ("b", (Name.Builtin.Pseudo,)),
    ):
        if any(kind in each for each in kinds):
            return name
    return ""
