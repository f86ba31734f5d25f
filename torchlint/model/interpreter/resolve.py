"""What the program imports from other files of its project: their functions and classes, read and never run.

The files are found as the engine finds the classes of other files (``syntax/library.py``).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.errors import SourceError
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.values.symbolic import Symbol
from torchlint.syntax.reading import read_bytes
from torchlint.syntax.source import Source
from torchlint.syntax.tree import parse_text, walk

if TYPE_CHECKING:
    import ast
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

_known: dict[Path, tuple[int, int, Scope | None]] = {}


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
            scope = self._scope(path)
            if scope is not None and name in scope.names:
                found = scope.names[name]
                return self.find(found, passes - 1) if isinstance(found, Symbol) and passes else found
        return MISSING

    def texts(self, home: Path) -> Iterator[str]:
        """The texts of the project's files that a file imports from, then of those that these import from."""
        waiting, seen = deque([home]), {home}
        while waiting:
            importer = waiting.popleft()
            for name in self._imported(importer):
                for path, _ in self.library.find(name, importer, self.looked_at):
                    if path not in seen and len(seen) < MOST_FILES:
                        seen.add(path)
                        waiting.append(path)
                        yield self._text(path)

    def _imported(self, path: Path) -> Iterator[str]:
        """What a file imports, as names of something in a file; what may be a file itself is told as both."""
        outline = self.library.outline(path)
        if outline is not None:
            for name in outline.imports.values():
                if not name.startswith("torch."):
                    yield from (name, f"{name}.*")
            yield from (f"{star}*" if star.endswith(".") else f"{star}.*" for star in outline.stars)

    def _text(self, path: Path) -> str:
        try:
            return Source.from_bytes(read_bytes(path, _LARGEST), str(path)).text
        except (OSError, SourceError):
            return ""

    def _scope(self, path: Path) -> Scope | None:
        try:
            state = path.stat()
        except OSError:
            return None
        written, size = state.st_mtime_ns, state.st_size
        known = _known.get(path)
        if known is None or known[:2] != (written, size):
            if len(_known) >= _KEPT:
                _known.clear()
            known = _known[path] = written, size, self._read(path) if size <= _LARGEST else None
        return known[2]

    def _read(self, path: Path) -> Scope | None:
        """The definitions of a file; its nodes remember where they come from."""
        try:
            source = Source.from_bytes(read_bytes(path, _LARGEST), str(path))
            tree = parse_text(source.text)
        except (OSError, SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        for node in walk(tree):
            setattr(node, _ORIGIN, source)
        return self.define(tree, path)


def origin(node: ast.AST) -> Source | None:
    """The source of the other file that a node comes from, None for the file that is linted."""
    found: Source | None = getattr(node, _ORIGIN, None)
    return found
