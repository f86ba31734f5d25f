"""The other files of a project: import names -> files on disk -> their outlines, read once and never run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torchlint.errors import SourceError
from torchlint.syntax.gate import Gate
from torchlint.syntax.outline import Outline
from torchlint.syntax.reading import read_bytes
from torchlint.syntax.source import Source
from torchlint.syntax.tree import parse_text

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator

_ROOT_MARKS = (".git", "pyproject.toml", "setup.cfg", "setup.py")
_KEPT = 4096

State = tuple[int, int] | None


def state_of(path: Path) -> State:
    """What changes when a file does: the time it was written, and its size."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


class _Entry(NamedTuple):
    """An outline with what the file on disk and the text looked like when it was made."""

    state: State
    text: tuple[int, int] | None
    outline: Outline | None


class Library:
    """Outlines of files by path, made once for all files that one process looks at; a changed file is read again.

    ``gate`` says what the outlines must see.
    """

    def __init__(self, gate: Gate | None = None) -> None:
        self.gate = gate or Gate.of(())
        self._known: dict[Path, _Entry] = {}
        self._roots: dict[Path, tuple[Path, ...]] = {}

    def outline(self, path: Path) -> Outline | None:
        """The outline of a file on disk, None where it is missing, unreadable or no Python."""
        state = state_of(path)
        entry = self._known.get(path)
        if entry is None or entry.state != state:
            entry = self._remember(path, self._read(path, state))
        return entry.outline

    def outline_of(self, source: Source, tree: Callable[[], ast.Module]) -> Outline:
        """The outline of a source, which need not be what is on disk; ``tree`` parses it if that is necessary."""
        path = Path(source.path).absolute()
        text = _fingerprint(source.text)
        entry = self._known.get(path)
        if entry is not None and entry.text == text and entry.outline is not None:
            return entry.outline
        outline = Outline.of(tree(), source.text, self.gate)
        self._remember(path, _Entry(state_of(path), text, outline))
        return outline

    def _remember(self, path: Path, entry: _Entry) -> _Entry:
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[path] = entry
        return entry

    def _read(self, path: Path, state: State) -> _Entry:
        if state is None:
            return _Entry(None, None, None)
        try:
            source = Source.from_bytes(read_bytes(path), str(path))
            outline = Outline.of(parse_text(source.text), source.text, self.gate)
        except (OSError, SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
            return _Entry(state, None, None)
        return _Entry(state, _fingerprint(source.text), outline)

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
            files = (base.with_name(base.name + ".py"), base / "__init__.py")
            for path in files if module else files[1:]:
                looked_at(path)
                if self.outline(path) is not None:
                    yield path, last

    def _search(self, folder: Path) -> tuple[Path, ...]:
        """The folders that absolute imports of a file in ``folder`` may start from, nearest first."""
        if folder not in self._roots:
            self._roots[folder] = tuple(_import_roots(folder))
        return self._roots[folder]


def _import_roots(folder: Path) -> Iterator[Path]:
    """A script imports from its own folder, a package's module from where the package lies; a project's root may be a
    few folders further up."""
    while (folder / "__init__.py").exists() and folder.parent != folder:
        folder = folder.parent
    yield folder
    for _ in range(4):
        if folder.parent == folder or any((folder / mark).exists() for mark in _ROOT_MARKS):
            return
        folder = folder.parent
        yield folder


def _fingerprint(text: str) -> tuple[int, int]:
    return len(text), hash(text)
