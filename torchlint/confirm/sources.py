"""The text of lines that a run names, and what follows from the lines that ran for those that nothing was seen of."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.errors import SourceError
from torchlint.syntax.notebook import cell_program
from torchlint.syntax.read_source import read_source
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from torchlint.confirm.records import Line
    from torchlint.syntax.source import Source


class Sources:
    """Files, each read once; what cannot be read has no lines."""

    def __init__(self) -> None:
        self._sources: dict[str, Source | None] = {}

    def line(self, line: Line) -> str | None:
        """The text of a line, None where it cannot be read."""
        source = self._source(line.path)
        if source is None:
            return None
        if line.cell is None:
            return source.line_text(line.line) if 1 <= line.line <= source.line_count else None
        cell = next((each for each in source.cells if each.index == line.cell), None)
        texts = cell.text.split("\n") if cell else []
        return texts[line.line - 1] if 1 <= line.line <= len(texts) else None

    def tree(self, path: str, cell: int | None) -> ast.Module | None:
        """The syntax of a file, or of the notebook cell at a 1-based position, None where it cannot be read."""
        source = self._source(path)
        if source is None:
            return None
        text = source.text
        if source.cells:
            text = "\n".join(cell_program(source, each) for each in source.cells if each.index == cell)
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return None

    def _source(self, path: str) -> Source | None:
        if path not in self._sources:
            try:
                self._sources[path] = read_source(read_bytes(path), path)
            except (OSError, SourceError):
                self._sources[path] = None
        return self._sources[path]


class Flow:
    """What must have run. Only lines with an operation of torch's are seen; but the statements of a block run one after
    the other, so that what stands ahead of one that ran has run too, and has raised nothing."""

    def __init__(self, sources: Sources, seen: Collection[Line]) -> None:
        self._sources = sources
        self._seen = seen
        self._known: dict[tuple[str, int | None], tuple[frozenset[int], frozenset[int]]] = {}

    @cached_property
    def _by_file(self) -> dict[tuple[str, int | None], set[int]]:
        found: dict[tuple[str, int | None], set[int]] = defaultdict(set)
        for each in self._seen:
            found[each.path, each.cell].add(each.line)
        return found

    def started(self, line: Line) -> bool:
        """Whether a line that nothing was seen of must have begun to run."""
        return line.line in self._lines_of(line)[0]

    def ended(self, line: Line) -> bool:
        """Whether the statement of a line must have run to its end, at least once."""
        return line.line in self._lines_of(line)[1]

    def _lines_of(self, line: Line) -> tuple[frozenset[int], frozenset[int]]:
        key = (line.path, line.cell)
        if key not in self._known:
            seen = self._by_file.get(key)
            tree = self._sources.tree(*key) if seen else None
            started: set[int] = set()
            ended: set[int] = set()
            if tree is not None and seen:
                for block in _blocks(tree):
                    _follow(block, seen, started, ended)
            self._known[key] = frozenset(started), frozenset(ended)
        return self._known[key]


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                yield block


def _follow(block: list[ast.stmt], seen: set[int], started: set[int], ended: set[int]) -> None:
    """Go through a block from its end: all that stands ahead of something seen has run."""
    later = False
    for statement in reversed(block):
        header, lines = _header(statement), _range(statement)
        entered = any(number in seen for number in lines if number not in header)
        if later or entered:
            started |= header
            ended |= header
        later = later or entered or any(number in seen for number in header)


def _range(statement: ast.stmt) -> range:
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(each.lineno for each in decorators)])
    return range(first, (statement.end_lineno or statement.lineno) + 1)


def _header(statement: ast.stmt) -> set[int]:
    """The lines of a statement without those of its blocks."""
    lines = _range(statement)
    body = getattr(statement, "body", None)
    if not body:
        return set(lines)
    return set(range(lines.start, max(body[0].lineno, statement.lineno + 1)))
