"""Offsets, lines, columns and encodings: every way to name a position leads to the same one."""

from __future__ import annotations

import codecs
import json

import pytest

from torchlint.errors import SourceError
from torchlint.finding import Place, Span
from torchlint.syntax.read_source import read_source
from torchlint.syntax.source import Source

LINES = [
    pytest.param("a\nb\n", ["a", "b", ""], id="newlines"),
    pytest.param("a\r\nb", ["a", "b"], id="CRLF"),
    pytest.param("a\rb\r\nc\nd", ["a", "b", "c", "d"], id="all three"),
    pytest.param("a\x0cb\x0bc\u2028d\x85e\n", ["a\x0cb\x0bc\u2028d\x85e", ""], id="what ends no line"),
    pytest.param("", [""], id="empty"),
    pytest.param("\n\n", ["", "", ""], id="blank lines"),
]


@pytest.mark.parametrize(("text", "lines"), LINES)
def test_lines(text: str, lines: list[str]) -> None:
    source = Source(text, "a.py")
    assert source.line_count == len(lines)
    assert [source.line_text(number) for number in range(1, len(lines) + 1)] == lines
    assert source.lines_text(1, len(lines)) == text


@pytest.mark.parametrize(("text", "lines"), LINES)
def test_line_spans_are_the_whole_text(text: str, lines: list[str]) -> None:
    source = Source(text, "a.py")
    spans = [source.line_span(number) for number in range(1, source.line_count + 1)]
    assert spans[0].start == 0
    assert spans[-1].end == len(source.data)
    assert [one.end for one in spans[:-1]] == [other.start for other in spans[1:]]


POSITIONS = [
    pytest.param("x = 1\ny", "y", (2, 1), id="ascii"),
    pytest.param("é = x", "x", (1, 5), id="two bytes"),
    pytest.param("a\n'😀' + x", "x", (2, 7), id="four bytes"),
    pytest.param("a\r\n\tx", "x", (2, 2), id="tab after CRLF"),
    pytest.param("\x0cx", "x", (1, 2), id="form feed"),
    pytest.param("'e\u0301' + x", "x", (1, 8), id="combining"),
]


@pytest.mark.parametrize(("text", "word", "expected"), POSITIONS)
def test_positions(text: str, word: str, expected: tuple[int, int]) -> None:
    source = Source(text, "a.py")
    offset = text.encode().rindex(word.encode())
    line, column = expected
    assert source.position(offset) == expected
    assert source.offset_of_code_points(line, column - 1) == offset
    assert source.offset_of_bytes(line, offset - source.line_span(line).start) == offset
    assert source.slice(Span(offset, offset + 1)) == word


def test_place_ends_exclusively() -> None:
    source = Source("a\né = b\n", "a.py")
    start = source.data.index("é".encode())
    assert source.place(Span(start, start + 2)) == Place(None, None, 2, 1, 2, 2)
    assert source.place(Span(0, len(source.data))) == Place(None, None, 1, 1, 3, 1)


DECODED = [
    pytest.param(b"x = 1\n", "x = 1\n", "utf-8", b"", id="plain"),
    pytest.param(codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n", "utf-8", codecs.BOM_UTF8, id="BOM"),
    pytest.param(b"# coding: latin-1\n\xe9 = 1\n", "# coding: latin-1\né = 1\n", "iso-8859-1", b"", id="latin-1"),
    pytest.param("é = 1\r\n".encode(), "é = 1\r\n", "utf-8", b"", id="line ends are kept"),
]


@pytest.mark.parametrize(("data", "text", "encoding", "bom"), DECODED)
def test_decoding_and_back(data: bytes, text: str, encoding: str, bom: bytes) -> None:
    source = Source.from_bytes(data, "a.py")
    assert (source.text, source.encoding, source.bom) == (text, encoding, bom)
    assert source.encode(source.text) == data


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"# coding: nonsense\n", id="unknown coding"),
        pytest.param(codecs.BOM_UTF8 + b"# coding: latin-1\n", id="BOM against coding"),
    ],
)
def test_what_is_no_text(data: bytes) -> None:
    with pytest.raises(SourceError, match="cannot decode"):
        Source.from_bytes(data, "a.py")


@pytest.mark.parametrize(
    ("coding", "text"),
    [
        pytest.param("latin-1", "€", id="an error of encoding"),
        pytest.param("idna", "a..b", id="a codec with errors of its own"),
    ],
)
def test_a_text_that_the_encoding_lacks(coding: str, text: str) -> None:
    source = Source.from_bytes(f"# coding: {coding}\n".encode(), "a.py")
    with pytest.raises(SourceError, match="does not fit"):
        source.encode(text)


@pytest.mark.parametrize(
    ("text", "newline"),
    [
        pytest.param("a\r\nb\n", "\r\n", id="CRLF first"),
        pytest.param("a\nb\r\n", "\n", id="LF first"),
        pytest.param("a\rb", "\r", id="CR"),
        pytest.param("a", "\n", id="one line"),
    ],
)
def test_newline(text: str, newline: str) -> None:
    assert Source(text, "a.py").newline == newline


def test_places_in_a_notebook() -> None:
    cells = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": ["import torch\n", "x"],
        },
        {"cell_type": "markdown", "metadata": {}, "source": ["# é"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": ["y\n", "é = z"]},
    ]
    data = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    source = read_source(data, "a.ipynb")
    assert source.is_notebook
    at = source.data.index(b"z")
    assert source.place(Span(at, at + 1)) == Place(None, 3, 2, 5, 2, 6)
    assert source.place(Span(0, 6)) == Place(None, 1, 1, 1, 1, 7)
