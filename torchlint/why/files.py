"""The project's files as they are now, and where in them the lines of a log are, whatever machine that comes from."""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.engine.check import parse
from torchlint.engine.discovery import discover
from torchlint.errors import SourceError
from torchlint.syntax.read_source import read_source
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from torchlint.syntax.source import Source
    from torchlint.why.tracebacks import Frame

MAX_NOTEBOOKS = 50
"""How many notebooks are read to find a cell."""
_LIBRARIES = ("site-packages", "dist-packages", "lib-dynload", "importlib", "runpy.py", "ipykernel_launcher.py")
_INSTALLED = frozenset(("lib", "Lib", "lib64", "usr"))
_BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Located:
    """A frame in a file of the project. ``line`` is where it is now, in a notebook's cell if there is a ``cell``.

    ``first`` and ``last`` are the lines of its statement, ``at`` its line in the text of the source. ``moved`` is by
    how many lines it moved since the log was written, ``changed`` that its text is nowhere in the file any more.
    """

    frame: Frame
    path: str
    cell: int | None
    line: int
    first: int
    last: int
    at: int
    moved: int = 0
    changed: bool = False


class ProjectFile:
    """A file with what is asked of it often; ``tree`` is None where it is no valid Python."""

    def __init__(self, path: str, source: Source) -> None:
        self.path = path
        self.source = source

    @cached_property
    def tree(self) -> ast.Module | None:
        with suppress(SourceError):
            return parse(self.source)
        return None

    @cached_property
    def _extents(self) -> list[range]:
        """The lines of each statement, of one with a body those of its head."""
        nodes = ast.walk(self.tree) if self.tree else ()
        return [lines_of(each) for each in nodes if isinstance(each, ast.stmt)]

    @cached_property
    def texts(self) -> dict[str, list[int]]:
        """The lines that have each text, blanks around it apart."""
        found: dict[str, list[int]] = defaultdict(list)
        for line in range(1, self.source.line_count + 1):
            found[_bare(self.source.line_text(line))].append(line)
        return found

    def statement(self, line: int) -> range:
        """The lines of the statement at a line of the source's text."""
        around = [each for each in self._extents if line in each]
        return min(around, key=len, default=range(line, line + 1))

    def function(self, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The innermost function around a line."""
        nodes = ast.walk(self.tree) if self.tree else ()
        around = [each for each in nodes if isinstance(each, _FUNCTIONS) and _has(each, line)]
        return min(around, key=lambda each: (each.end_lineno or each.lineno) - each.lineno, default=None)

    def in_cell(self, line: int) -> tuple[int | None, int]:
        """A line of the source's text as a cell and a line in it; outside of notebooks the line itself."""
        cell = self.source.cell_of_line(line)
        return (cell.index, line - cell.first_line + 1) if cell else (None, line)


def lines_of(node: ast.stmt) -> range:
    """The lines of a statement, of one with a body those of its head."""
    last = node.end_lineno or node.lineno
    if isinstance(node, (*_BLOCKS, *_FUNCTIONS)) and getattr(node, "body", None):
        last = max(node.lineno, node.body[0].lineno - 1)  # type: ignore[union-attr]
    return range(node.lineno, last + 1)


def _has(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


class Project:
    """The files below a folder, and the ``cells`` of a session where it is about one."""

    def __init__(self, root: Path, cells: Source | None = None) -> None:
        self._root = os.fspath(root)
        self._cells = ProjectFile(cells.path, cells) if cells is not None else None
        self._opened: dict[str, ProjectFile | None] = {each.path: each for each in (self._cells,) if each is not None}

    @cached_property
    def _absolute(self) -> dict[str, str]:
        """The files by their absolute paths."""
        shown = self._root if self._root == "." else self._root.rstrip("/\\")
        listed = [each for each in discover([shown]) if each.error is None]
        return {each.absolute: each.path.removeprefix("./") for each in listed}

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for absolute in self._absolute:
            found[_parts(absolute)[-1]].append(absolute)
        return found

    def open(self, path: str) -> ProjectFile | None:
        """A file by its shown path, None where it cannot be read."""
        if path not in self._opened:
            try:
                self._opened[path] = ProjectFile(path, read_source(read_bytes(path), path))
            except (OSError, ValueError, SourceError):
                self._opened[path] = None
        return self._opened[path]

    def imported(self, own: ProjectFile) -> list[ProjectFile]:
        """The files of the project that a file imports, told by the ends of their paths."""
        found: dict[str, ProjectFile] = {}
        for parts in _imports(own.tree) if own.tree else ():
            for tail in ([*parts[:-1], f"{parts[-1]}.py"], [*parts, "__init__.py"]):
                near = [
                    each for each in self._by_name.get(tail[-1], ()) if _common_end(tail, _parts(each)) == len(tail)
                ]
                best = max(near, key=lambda each: _common_start(own.path, self._absolute[each]), default=None)
                other = self.open(self._absolute[best]) if best else None
                if other is not None and other is not own:
                    found[other.path] = other
        return list(found.values())

    def locate(self, frames: Iterable[Frame]) -> list[Located]:
        """The frames that are in files of the project, in their order."""
        frames = list(frames)
        texts: dict[str, list[str]] = defaultdict(list)
        for each in frames:
            texts[each.path].append(each.text)
        paths = {path: self._find(path, each) for path, each in texts.items() if path}
        found = (self._cell(each) if each.cell else self._line(each, paths[each.path]) for each in frames)
        return [each for each in found if each is not None]

    def _find(self, path: str, texts: list[str]) -> str | None:
        """The shown path of the file that a log calls ``path``: that with the longest common end, then its lines."""
        parts = [each for each in path.replace("\\", "/").split("/") if each not in ("", ".", "~", "...")]
        if not parts or parts[0].startswith("<") or any(each in _LIBRARIES for each in parts):
            return None
        best: tuple[int, int, int, str] | None = None
        for absolute in self._by_name.get(parts[-1], ()):
            shown = self._absolute[absolute]
            own = self.open(shown)
            known = sum(1 for text in texts if own and text and _bare(text) in own.texts)
            common = _common_end(parts, _parts(absolute))
            if common == 1 and any(texts) and not known and _INSTALLED & {*parts}:
                continue  # another file that has the same name
            rank = common, known, -len(absolute), shown
            best = rank if best is None else max(best, rank)
        return best[3] if best else None

    def _line(self, frame: Frame, path: str | None) -> Located | None:
        own = self.open(path) if path is not None else None
        if own is None or path is None:
            return None
        line, changed = frame.line, False
        same = own.texts.get(_bare(frame.text), []) if frame.text else [line]
        if same:
            line = min(same, key=lambda each: (abs(each - frame.line), each))
        else:
            changed = True
            line = max(1, min(line, own.source.line_count))
        return _located(frame, own, line, changed=changed, moved=line - frame.line)

    def _cell(self, frame: Frame) -> Located | None:
        """The cell of the session with the frame's number, else that of a notebook with its code at its line."""
        if self._cells is not None:
            ran = self._cells.source.cell(int(frame.cell)) if frame.cell.isdecimal() else None
            is_there = ran is not None and 1 <= frame.line <= ran.lines
            return _located(frame, self._cells, ran.first_line + frame.line - 1) if ran and is_there else None
        notebooks = sorted(each for each in self._absolute.values() if each.endswith(".ipynb"))[:MAX_NOTEBOOKS]
        wanted = _bare(frame.text)
        for path in notebooks:
            own = self.open(path)
            for at in own.texts.get(wanted, ()) if own and wanted else ():
                cell = own.source.cell_of_line(at) if own else None
                if own and cell and frame.line in (0, at - cell.first_line + 1):
                    return _located(frame, own, at)
        return None


def _located(frame: Frame, own: ProjectFile, at: int, *, changed: bool = False, moved: int = 0) -> Located:
    lines = own.statement(at)
    cell, line = own.in_cell(at)
    first, last = line - (at - lines.start), line + (lines.stop - 1 - at)
    return Located(frame, own.path, cell, line, first, last, at, 0 if changed else moved, changed)


def _bare(text: str) -> str:
    return " ".join(text.split())


def _parts(path: str) -> list[str]:
    return path.replace("\\", "/").split("/")


def _imports(tree: ast.Module) -> Iterator[list[str]]:
    """The dotted names that a file imports modules or things in modules by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name.split(".") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module.split(".") if node.module else []
            if module:
                yield module
            yield from ([*module, each.name] for each in node.names if each.name != "*")


def _common_start(some: str, other: str) -> int:
    """How many characters two paths have in common at their starts."""
    return next((at for at, pair in enumerate(zip(some, other, strict=False)) if pair[0] != pair[1]), 0)


def _common_end(some: list[str], others: list[str]) -> int:
    """How many parts two paths have in common at their ends."""
    number = 0
    for one, other in zip(reversed(some), reversed(others), strict=False):
        if one != other:
            break
        number += 1
    return number
