"""The other files of a project: import names -> files on disk -> their outlines, read once and never run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.errors import SourceError
from torchlint.syntax.gate import Gate
from torchlint.syntax.outline import Outline
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_NOTHING = Gate.of(())
_ROOT_MARKS = (".git", "pyproject.toml", "setup.cfg", "setup.py")
_KEPT = 4096


class Library:
    """Outlines of files by path, shared by all files that one process looks at; a file that changed is read again."""

    def __init__(self) -> None:
        self._outlines: dict[Path, tuple[_State, Outline | None]] = {}
        self._roots: dict[Path, tuple[Path, ...]] = {}

    def outline(self, path: Path) -> Outline | None:
        """The outline of a file, None where it is missing, unreadable or no Python."""
        state = _state(path)
        known = self._outlines.get(path)
        if known is None or known[0] != state:
            if len(self._outlines) >= _KEPT:
                self._outlines.clear()
            known = self._outlines[path] = (state, _read(path) if state else None)
        return known[1]

    def find(self, name: str, importer: Path, looked_at: Callable[[Path], None]) -> Iterator[tuple[Path, str]]:
        """The files that can define what the file ``importer`` imports as ``name``, each with the name in it.

        ``a.b.C`` is looked for as ``C`` in ``a/b.py`` and ``a/b/__init__.py``. A relative name has leading dots.
        ``looked_at`` is told of each file that the answer depends on, missing ones included.
        """
        level = len(name) - len(name.lstrip("."))
        *module, last = name[level:].split(".")
        if level > len(importer.parents) or not (module or level):
            return
        for folder in (importer.parents[level - 1],) if level else self._search(importer.parent):
            base = folder.joinpath(*module)
            for path in (
                (base.with_name(base.name + ".py"), base / "__init__.py") if module else (base / "__init__.py",)
            ):
                if path != importer:
                    looked_at(path)
                    if self.outline(path) is not None:
                        yield path, last

    def _search(self, folder: Path) -> tuple[Path, ...]:
        """The folders that absolute imports of a file in ``folder`` may start from, nearest first."""
        if folder not in self._roots:
            self._roots[folder] = tuple(_import_roots(folder))
        return self._roots[folder]


def _import_roots(folder: Path) -> Iterator[Path]:
    yield folder
    while (folder / "__init__.py").exists() and folder.parent != folder:
        folder = folder.parent
    yield folder
    for _ in range(4):
        if folder.parent == folder or any((folder / mark).exists() for mark in _ROOT_MARKS):
            return
        folder = folder.parent
        yield folder


_State = tuple[int, int] | None


def _state(path: Path) -> _State:
    """What changes when a file does: the time it was written, and its size."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _read(path: Path) -> Outline | None:
    try:
        source = Source.from_bytes(path.read_bytes(), str(path))
        return Outline.of(ast.parse(source.text), source.text, _NOTHING)
    except (OSError, SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
