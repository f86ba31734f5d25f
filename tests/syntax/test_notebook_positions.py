"""Where a notebook's code stands in its file: exactly, however the JSON is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchlint.syntax.notebook import read_notebook
from torchlint.syntax.notebook_positions import NotebookPositions

ROOT = Path(__file__).parents[2]
REAL = [ROOT / "tests" / "examples" / "lesson.ipynb", *sorted((ROOT.parent / "shared" / "seeds").glob("*.ipynb"))]


def notebook(*sources: object) -> dict[str, object]:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": each} for each in sources]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def assert_exact(data: bytes) -> int:
    """Every character of every cell, spelled as JSON, stands where it is said to stand; how many those are."""
    positions = NotebookPositions(data)
    lines = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    count = 0
    for cell in read_notebook(data, "nb.ipynb").cells:
        for number, text in enumerate(cell.text.split("\n"), 1):
            for column, character in enumerate(text, 1):
                line, start = positions.position(cell.index, number, column)
                assert decoded(lines[line - 1][start - 1 :]) == character
                count += 1
            line, end = positions.position(cell.index, number, len(text) + 1)
            assert lines[line - 1][end - 1 :].startswith((r"\n", r"\r", r"\u000", '"')) or not text
    return count


def decoded(rest: str) -> str:
    """The character that the JSON of a string begins with."""
    for length in (1, 2, 6, 12):
        try:
            text = json.loads(f'"{rest[:length]}"')
        except ValueError:
            continue
        if length == 6 and "\ud800" <= text < "\udc00" and rest[6:8] == r"\u":
            pair = json.loads(f'"{rest[:12]}"')
            return pair if len(pair) == 1 else text
        return text
    raise AssertionError(rest[:20])


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
@pytest.mark.parametrize("indent", [None, 0, 1, 4])
def test_real_notebooks(path: Path, indent: int | None) -> None:
    data = path.read_bytes()
    assert assert_exact(data) > 100
    for ascii_only in (True, False):
        text = json.dumps(json.loads(data), indent=indent, ensure_ascii=ascii_only)
        assert_exact(text.encode("utf-8", "surrogatepass"))


TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")) | st.sampled_from('\n\\"/\t🎉é'))


@given(st.lists(TEXTS | st.lists(TEXTS), min_size=1, max_size=4), st.booleans(), st.sampled_from([None, 0, 2]))
def test_all_spellings(sources: list[object], ascii_only: bool, indent: int | None) -> None:
    assert_exact(json.dumps(notebook(*sources), ensure_ascii=ascii_only, indent=indent).encode())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(r'"a = 1\nb = 2"', (1, 9), id="one string"),
        pytest.param(r'["a = 1\n", "b = 2"]', (1, 14), id="compact list"),
        pytest.param('[\n  "a = 1\\n",\n  "b = 2"\n]', (3, 4), id="lines"),
        pytest.param('[\r\n  "a = 1\\n",\r\n  "b = 2"\r\n]', (3, 4), id="crlf file"),
        pytest.param(r'["a = 1\u000ab = 2"]', (1, 14), id="escaped line feed"),
        pytest.param(r'["a = 1\r\nb = 2"]', (1, 12), id="crlf cell"),
        pytest.param(r'["a = 1\r", "\nb = 2"]', (1, 16), id="crlf in two strings"),
        pytest.param(r'["a = 1\rb = 2"]', (1, 10), id="cr cell"),
        pytest.param(r'[7, "a ", "= 1\n", null, "b = 2"]', (1, 27), id="odd items"),
        pytest.param(r'["\u00e9 = \"\ud83d\ude00\"\n", "b = 2"]', (1, 34), id="escapes"),
    ],
)
def test_second_line(source: str, expected: tuple[int, int]) -> None:
    start = '{"cells": [\n{"cell_type": "markdown", "source": []},\n{"cell_type": "code", "source":\n'
    data = f"\ufeff{start}{source}}}]}}".encode()
    assert_exact(data)
    line, column = NotebookPositions(data).position(2, 2, 1)
    assert (line - 3, column) == expected
    assert NotebookPositions(data).position(2, 2, 99) == (line, column + 5)


def test_what_is_beyond_a_cell_stands_at_its_end() -> None:
    data = json.dumps(notebook("a\nbc", "", [])).encode()
    positions = NotebookPositions(data)
    assert positions.position(1, 9, 9) == positions.position(1, 2, 3)
    for cell in (2, 3):
        assert positions.position(cell, 1, 1) == positions.position(cell, 5, 5)
