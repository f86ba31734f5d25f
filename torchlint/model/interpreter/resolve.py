"""What the program imports from other files of its project: their functions and classes, read and never run.

The files are found as the engine finds the classes of other files (``syntax/library.py``).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from torchlint.errors import SourceError
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.values.classes import adopt_imported
from torchlint.model.interpreter.values.symbolic import Symbol
from torchlint.syntax.library import state_of
from torchlint.syntax.reading import read_bytes
from torchlint.syntax.source import Source
from torchlint.syntax.tree import parse_text, walk

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from torchlint.model.interpreter.scope import Scope
    from torchlint.syntax.library import Library, State

_LARGEST = 200_000
"""Bytes of a file beyond which it is not worth its reading."""
_KEPT = 256
MOST_PASSES = 4
"""How many files may pass an import on."""
MOST_STARS = 8
"""How many star imports of a file may be asked for a name; each counts as two files that pass an import on."""
MOST_FILES = 24
"""How many files may be looked into for what a program comes to."""
_ORIGIN = "torchlint_origin"


class _File(NamedTuple):
    """The definitions of a file, None where it cannot be read, and what it looked like on disk then; ``needed`` are
    the files in which bases of its classes were looked for."""

    state: State
    scope: Scope | None
    needed: dict[Path, State]


_known: dict[Path, _File] = {}


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
            if scope is None:
                continue
            if name in scope.names:
                found = scope.names[name]
                return self.find(found, passes - 1) if isinstance(found, Symbol) and passes else found
            for star in scope.stars[: -MOST_STARS - 1 : -1] if passes > 1 else ():
                found = self.find(Symbol.imported(f"{star}{name}", path), passes - 2)
                if found is not MISSING:
                    return found
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
        """The definitions of a file; its classes have the bases that it imports."""
        file = _up_to_date(path)
        if file is None:
            if len(_known) >= _KEPT:
                _known.clear()
            state = state_of(path)
            scope = self._read(path) if state is not None and state[1] <= _LARGEST else None
            file = _known[path] = _File(state, scope, {})
            self._link(file)
        for each, _ in _behind(path):
            self.looked_at(each)
        return file.scope

    def _link(self, file: _File) -> None:
        def note(path: Path) -> None:
            file.needed.setdefault(path, state_of(path))

        if file.scope is not None:
            replace(self, looked_at=note).link(file.scope)

    def link(self, scope: Scope) -> None:
        """Give the classes of a module the bases that it imports."""
        adopt_imported(scope.names.values(), self.find, MOST_PASSES)

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


def _up_to_date(path: Path) -> _File | None:
    """What is known of a file, unless it or a file that it depends on has changed since."""
    behind = _behind(path)
    if any(state_of(each) != state for each, state in behind):
        for each, _ in behind:
            _known.pop(each, None)
    return _known.get(path)


def _behind(path: Path) -> set[tuple[Path, State]]:
    """The files that the definitions of a file depend on, that one included, with what they looked like then."""
    found: set[tuple[Path, State]] = set()
    waiting = [path]
    while waiting:
        each = waiting.pop()
        file = _known.get(each)
        more = {(each, file.state), *file.needed.items()} - found if file is not None else set()
        found |= more
        waiting += [needed for needed, _ in more]
    return found


def origin(node: ast.AST) -> Source | None:
    """The source of the other file that a node comes from, None for the file that is linted."""
    found: Source | None = getattr(node, _ORIGIN, None)
    return found
