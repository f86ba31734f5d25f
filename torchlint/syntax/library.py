"""The other files of a project: import names -> files on disk -> their outlines, read once and never run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from torchlint.errors import SourceError
from torchlint.syntax.gate import Gate
from torchlint.syntax.outline import Outline
from torchlint.syntax.source import Source

_NOTHING = Gate.of(())
_ROOT_MARKS = (".git", "pyproject.toml", "setup.cfg", "setup.py")
_KEPT = 4096


class Library:
    """Outlines of files by path, shared by all files that one process looks at."""

    def __init__(self) -> None:
        self._outlines: dict[Path, Outline | None] = {}
        self._roots: dict[Path, tuple[Path, ...]] = {}

    def outline(self, path: Path) -> Outline | None:
        """The outline of a file, None where it is missing, unreadable or no Python."""
        if path not in self._outlines:
            if len(self._outlines) >= _KEPT:
                self._outlines.clear()
            self._outlines[path] = _read(path)
        return self._outlines[path]

    def add(self, path: Path, outline: Outline) -> None:
        """Remember the outline of a file that was read anyway."""
        if len(self._outlines) < _KEPT:
            self._outlines[path] = outline

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
            for path in (base.with_name(base.name + ".py"), base / "__init__.py") if module else (base / "__init__.py",):
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


def _read(path: Path) -> Outline | None:
    try:
        source = Source.from_bytes(path.read_bytes(), str(path))
        return Outline.of(ast.parse(source.text), source.text, _NOTHING)
    except (OSError, SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
