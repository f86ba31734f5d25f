"""What the program imports from other files of its project: their functions and classes, read and never run.

The files are found as the engine finds the classes of other files (``syntax/library.py``).
"""

from __future__ import annotations

import ast
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from torchlint.errors import SourceError
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.values.symbolic import Symbol
from torchlint.syntax.reading import read_bytes
from torchlint.syntax.source import Source
from torchlint.syntax.tree import parse_text, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from torchlint.model.interpreter.scope import Scope
    from torchlint.syntax.library import Library

_LARGEST = 200_000
"""Bytes of a file beyond which it is not worth its reading."""
_KEPT = 256
MOST_PASSES = 4
"""How many files may pass an import on."""
MOST_FILES = 24
"""How many files may be looked into for what a program comes to."""
_ORIGIN = "torchlint_origin"


class _File(NamedTuple):
    """Another file: its text, what it imports, and its names; all of it empty where it cannot be read."""

    text: str = ""
    imported: tuple[str, ...] = ()
    scope: Scope | None = None


_known: dict[Path, tuple[int, int, _File]] = {}


@dataclass(frozen=True, slots=True)
class Imports:
    """Resolves imported names for one file.

    ``looked_at`` is told of each file that the answers depend on, ``define`` runs the definitions of one.
    """

    library: Library
    looked_at: Callable[[Path], None]
    define: Callable[[ast.Module, Path], Scope]

    def find(self, symbol: Symbol, passes: int = MOST_PASSES) -> object:
        """The function or class that a symbol means in another file of the project, MISSING where there is none; a file
        may only pass on what it imports itself."""
        if symbol.home is None:
            return MISSING
        for path, name in self.library.find(symbol.name, symbol.home, self.looked_at):
            scope = self._file(path).scope
            if scope is not None and name in scope.names:
                found = scope.names[name]
                return self.find(found, passes - 1) if isinstance(found, Symbol) and passes else found
        return MISSING

    def texts(self, tree: ast.Module, home: Path) -> Iterator[str]:
        """The texts of the project's files that a module imports from, then of those that these import from."""
        waiting, seen = deque([(home, tuple(_imported(tree)))]), {home}
        while waiting:
            importer, names = waiting.popleft()
            for name in names:
                for path, _ in self.library.find(name, importer, self.looked_at):
                    if path not in seen and len(seen) < MOST_FILES:
                        seen.add(path)
                        file = self._file(path)
                        waiting.append((path, file.imported))
                        yield file.text

    def _file(self, path: Path) -> _File:
        try:
            state = path.stat()
        except OSError:
            return _File()
        written, size = state.st_mtime_ns, state.st_size
        known = _known.get(path)
        if known is None or known[:2] != (written, size):
            if len(_known) >= _KEPT:
                _known.clear()
            known = _known[path] = written, size, self._read(path) if size <= _LARGEST else _File()
        return known[2]

    def _read(self, path: Path) -> _File:
        """A file; its nodes remember where they come from."""
        try:
            source = Source.from_bytes(read_bytes(path, _LARGEST), str(path))
            tree = parse_text(source.text)
        except (OSError, SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
            return _File()
        for node in walk(tree):
            setattr(node, _ORIGIN, source)
        return _File(source.text, tuple(_imported(tree)), self.define(tree, path))


def _imported(tree: ast.Module) -> Iterator[str]:
    """What a module imports, as names of something in a file; what may be a file itself as well is told as both."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (f"{each.name}.*" for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (f"{node.module}." if node.module else "")
            for each in node.names:
                yield from (f"{prefix}{each.name}", f"{prefix}{each.name}.*")


def origin(node: ast.AST) -> Source | None:
    """The source of the other file that a node comes from, None for the file that is linted."""
    found: Source | None = getattr(node, _ORIGIN, None)
    return found
