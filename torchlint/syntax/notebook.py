"""``.ipynb`` <-> one Source with a cell map.

All code cells of a notebook are one program. Reading takes the JSON apart and replaces IPython's own syntax; writing
back replaces nothing but the JSON text of the sources of the cells that changed.
"""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import TYPE_CHECKING

from torchlint.errors import SourceError
from torchlint.syntax.ipython import BLOCK, dedented, plain_python
from torchlint.syntax.reading import MAX_BYTES
from torchlint.syntax.source import Cell, Source
from torchlint.syntax.tree import NEWLINE, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from torchlint.finding import Edit

_BLANK = re.compile(r"[ \t\r\n]*")
_BOM = "\ufeff"
_NON_ASCII_ESCAPE = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")
# A line of text as it is spelled inside a JSON string, its escaped line feed included.
_SPELLED_LINE = re.compile(r"(?:[^\\]|\\[^n])*(?:\\n)?")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_DECODER = json.JSONDecoder()


def read_notebook(data: bytes, path: str) -> Source:
    """The program that the code cells of a notebook make, one after the other, joined by newlines.

    A cell that is no Python, even without IPython's syntax, is left blank and recorded in ``problems``. A notebook in
    another language is an empty program. Raises: SourceError where the bytes are no notebook, or too much code.
    """
    notebook = _notebook(data)
    lines: list[str] = []
    cells: list[Cell] = []
    problems: list[SourceError] = []
    for index, cell in enumerate(_cells(notebook), 1):
        if not _is_python(notebook, cell):
            continue
        text = NEWLINE.sub("\n", _cell_text(cell))
        try:
            plain, indent = plain_python(text)
        except SourceError as error:
            problems.append(SourceError(error.message, error.line, error.column, index))
            plain, indent = "\n" * text.count("\n"), ""
        if indent:
            lines.append(BLOCK)
        cells.append(Cell(index, len(lines) + 1, plain.count("\n") + 1, text, indent))
        lines += plain.split("\n")
    text = "\n".join(lines)
    if len(text) > MAX_BYTES:
        raise SourceError(f"its code is larger than {MAX_BYTES // 1_000_000} MB")
    return Source(text, path, cells=tuple(cells), problems=tuple(problems))


def may_raise(data: bytes) -> frozenset[int]:
    """The 1-based positions of the cells whose author expects an error: those with the tag ``raises-exception``.

    Raises: SourceError where the bytes are no notebook.
    """
    found = set()
    for index, cell in enumerate(_cells(_notebook(data)), 1):
        tags = _mapping(cell.get("metadata")).get("tags")
        if isinstance(tags, list) and "raises-exception" in tags:
            found.add(index)
    return frozenset(found)


def command_lines(source: Source) -> int:
    """How many lines of a notebook are IPython's own syntax, which is not in its program."""
    return sum(
        source.line_text(cell.first_line + number) != line
        for cell in source.cells
        for number, line in enumerate(split_lines(cell.text))
    )


def cell_program(source: Source, cell: Cell) -> str:
    """The text of a cell as a program of its own, with as many lines; an indented one is moved as IPython does."""
    return dedented(source.lines_text(cell.first_line, cell.first_line + cell.lines - 1), cell.indent)


def apply_to_notebook(data: bytes, source: Source, edits: Sequence[Edit]) -> bytes:
    """The bytes of a notebook after ``edits`` of its program ``source``, which was read from ``data``.

    Edits must not overlap. Everything but the sources of the edited cells stays byte for byte.
    Raises: SourceError where an edit crosses cells or touches IPython's own syntax.
    """
    if not edits:
        return data
    cells = list(_cells(_notebook(data)))
    in_order = sorted(edits, key=lambda edit: edit.span)
    texts: dict[int, str] = {}
    for cell, in_cell in groupby(in_order, key=lambda edit: _cell_of(source, edit)):
        texts[cell.index] = _edited(_cell_text(cells[cell.index - 1]), source, cell, in_cell)
    return replace_cells(data, texts)


def replace_cells(data: bytes, texts: Mapping[int, str]) -> bytes:
    """The bytes of a notebook whose cells, by 1-based position among all cells, have new source texts.

    The new text is written as the old one was: a string or a list of lines, its indentation, its escapes.
    """
    text = data.decode("utf-8")
    ascii_only = text.removeprefix(_BOM).isascii() and _NON_ASCII_ESCAPE.search(text) is not None
    parts = []
    at = 0
    for index, start in enumerate(source_starts(text), 1):
        if index in texts and start is not None:
            end = value_end(text, start)
            parts += [text[at:start], _rewritten(text[start:end], texts[index], ascii_only)]
            at = end
    return ("".join(parts) + text[at:]).encode("utf-8")


# Reading.


def _notebook(data: bytes) -> dict[str, object]:
    try:
        notebook = json.loads(data.decode("utf-8").removeprefix(_BOM))
    except UnicodeDecodeError as error:
        raise SourceError(f"no notebook: it is not UTF-8 text: {error}") from error
    except json.JSONDecodeError as error:
        raise SourceError(f"no notebook: broken JSON: {error.msg}", error.lineno, error.colno) from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"no notebook: JSON that cannot be read: {error}") from error
    if not isinstance(notebook, dict) or not any(
        isinstance(notebook.get(key), list) for key in ("cells", "worksheets")
    ):
        raise SourceError("no notebook: the JSON has no list of cells")
    return notebook


def _cells(notebook: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """All cells in order; those of notebook format 3 are in worksheets. Whatever is no object is an empty cell."""
    for holder in [notebook] if "cells" in notebook else _list(notebook.get("worksheets")):
        for cell in _list(_mapping(holder).get("cells")):
            yield _mapping(cell)


def _is_python(notebook: Mapping[str, object], cell: Mapping[str, object]) -> bool:
    metadata = _mapping(notebook.get("metadata"))
    languages = (
        _mapping(_mapping(_mapping(cell.get("metadata"))).get("vscode")).get("languageId"),
        cell.get("language"),
        _mapping(metadata.get("language_info")).get("name"),
        _mapping(metadata.get("kernelspec")).get("language"),
    )
    language = next((each for each in languages if isinstance(each, str)), "python")
    return cell.get("cell_type") == "code" and "python" in language.lower()


def _cell_text(cell: Mapping[str, object]) -> str:
    text = cell.get("source" if "source" in cell else "input")
    return text if isinstance(text, str) else "".join(each for each in _list(text) if isinstance(each, str))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


# Edits of the program -> edits of the cells as they are in the file.


def _cell_of(source: Source, edit: Edit) -> Cell:
    line, _ = source.position(edit.span.start)
    cell = source.cell_of_line(line)
    if cell is None or line >= cell.first_line + cell.lines:
        raise SourceError("an edit is outside the cells of the notebook")
    return cell


def _edited(original: str, source: Source, cell: Cell, edits: Iterable[Edit]) -> str:
    newline = next(iter(NEWLINE.findall(original)), "\n")
    starts = [0, *(match.end() for match in NEWLINE.finditer(original))]
    lines = split_lines(original)
    parts = []
    at = 0
    for edit in edits:
        start, end = (_offset_in_cell(starts, lines, source, cell, each) for each in (edit.span.start, edit.span.end))
        replaced = NEWLINE.sub("\n", original[start:end])
        if source.slice(edit.span).removesuffix("\n") != replaced.removesuffix("\n"):
            raise SourceError("an edit touches IPython's own syntax", edit.place.line, edit.place.column, cell.index)
        parts += [original[at:start], edit.text.replace("\n", newline)]
        at = end
    return "".join(parts) + original[at:]


def _offset_in_cell(starts: Sequence[int], lines: Sequence[str], source: Source, cell: Cell, offset: int) -> int:
    """Where a byte offset of the program is in the cell's own text, as an index of code points.

    ``starts`` are those of the own text's ``lines``.
    """
    line, column = source.position(offset)
    number = line - cell.first_line
    if number >= cell.lines:
        # The end of an edit that takes a whole last line is the start of what follows the cell.
        if number == cell.lines and column == 1:
            return starts[-1] + len(lines[-1])
        raise SourceError("an edit crosses cells", cell=cell.index)
    real = lines[number]
    plain = source.line_text(line)
    before, after = plain[: column - 1], plain[column - 1 :]
    if plain.strip() or not real.strip():
        if real.startswith(before):
            return starts[number] + len(before)
        if real.endswith(after):
            return starts[number] + len(real) - len(after)
    raise SourceError("an edit touches IPython's own syntax", number + 1, column, cell.index)


# Writing. Only what is needed of the JSON is walked; the decoder steps over the rest.


def source_starts(text: str) -> Iterator[int | None]:
    """For each cell in order, the index at which the JSON value of its source starts."""
    root = _members(text, _skip_blank(text, len(_BOM) if text.startswith(_BOM) else 0))
    holders = [root] if "cells" in root else [_members(text, start) for start, _ in items(text, root["worksheets"])]
    for holder in holders:
        for start, _ in items(text, holder["cells"]) if "cells" in holder else ():
            members = _members(text, start)
            yield members.get("source", members.get("input"))


def _members(text: str, start: int) -> dict[str, int]:
    """The key of each member of the JSON object at ``start``, and where its value starts; nothing for other values."""
    members: dict[str, int] = {}
    at = _skip_blank(text, start + 1)
    while text[start] == "{" and text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        members[key] = _skip_blank(text, _skip_blank(text, at) + 1)
        at = _next_child(text, value_end(text, members[key]))
    return members


def items(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where each item of the JSON array at ``start`` starts and ends; nothing for other values."""
    at = _skip_blank(text, start + 1)
    while text[start] == "[" and text[at] != "]":
        end = value_end(text, at)
        yield at, end
        at = _next_child(text, end)


def _next_child(text: str, end: int) -> int:
    at = _skip_blank(text, end)
    return _skip_blank(text, at + 1) if text[at] == "," else at


def value_end(text: str, start: int) -> int:
    return _DECODER.raw_decode(text, start)[1]


def _skip_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _rewritten(old: str, new: str, ascii_only: bool) -> str:
    """The JSON of a source with the text ``new``, written as its JSON ``old`` was."""
    if old.startswith('"'):
        return f'"{"".join(_json_lines(new, _line_spellings(old), ascii_only))}"'
    spans = list(items(old, 0))
    spellings = {text: json for start, end in spans for text, json in _line_spellings(old[start:end]).items()}
    lines = [f'"{line}"' for line in _json_lines(new, spellings, ascii_only)]
    if not spans or not lines:
        return f"[{', '.join(lines)}]"
    (first, first_end), (_, last_end) = spans[0], spans[-1]
    opening, closing = old[:first], old[last_end:]
    separator = old[first_end : spans[1][0]] if len(spans) > 1 else "," + (opening[1:] or " ")
    return opening + separator.join(lines) + closing


def _json_lines(text: str, spellings: Mapping[str, str], ascii_only: bool) -> Iterator[str]:
    """Each line of ``text``, line feed included, as the inside of a JSON string, spelled as it was before."""
    for line in _LINE.findall(text):
        yield spellings.get(line) or json.dumps(line, ensure_ascii=ascii_only)[1:-1]


def _line_spellings(literal: str) -> dict[str, str]:
    """The text of each line in a JSON string, and how it is spelled there; a slash, say, can be escaped or not."""
    return {json.loads(f'"{spelled}"'): spelled for spelled in _SPELLED_LINE.findall(literal[1:-1]) if spelled}
