"""Paths from the command line -> the files to lint, in the order of their shown paths, none twice.

A file given by name is always linted, unless excludes are forced. A folder is walked for ``SUFFIXES``, without what
``.gitignore`` files and an ``Exclusion`` leave out. Paths are plain strings here: with os.scandir they walk a tree
several times faster than Path objects do.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from torchlint.engine.ignore import IgnorePatterns
from torchlint.syntax.reading import read_head, why_special

SUFFIXES = (".py", ".pyi", ".ipynb")

DEFAULT_EXCLUDES = frozenset(
    (
        ".eggs",
        ".git",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".ruff_cache",
        ".torchlint_cache",  # of older versions: today's lies among the user's caches
        ".tox",
        ".venv",
        "__pycache__",
        "build",
        "dist",
        "node_modules",
        "site-packages",
        "venv",
    )
)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What is left out of folders besides what ``.gitignore`` files name.

    ``patterns`` are in the syntax of those, each list with the absolute folder that it is relative to; none can be
    negated. ``names`` are those of folders.
    """

    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    names: frozenset[str] = DEFAULT_EXCLUDES


Excludes = Callable[[str], Exclusion]
"""Absolute folder -> what is left out of it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file to lint, or a path that cannot be linted and why.

    ``path`` is what the user sees: as given, or below the given folder, with forward slashes.
    """

    path: str
    absolute: str
    error: str | None = None


Tell = Callable[[str], None]
"""Is told, in a line, of something that is passed over."""


def usual_excludes(folder: str) -> Exclusion:
    """The ``Excludes`` without any patterns."""
    return Exclusion()


def say_nothing(line: str) -> None:
    """The ``Tell`` that does nothing."""


def discover(
    paths: Iterable[str], excludes: Excludes = usual_excludes, force: bool = False, tell: Tell = say_nothing
) -> list[Listed]:
    """The files to lint for ``paths``, sorted by shown path; what cannot be read is listed with its error.

    ``excludes`` is asked once for each given folder, and with ``force`` for the folder of each given file too. ``tell``
    is told of pipes, devices and sockets that have the name of a file to lint or of ignore patterns.
    """
    walk = _Walk(tell)
    for given in paths:
        absolute = os.path.abspath(given)
        shown = _slashes(given)
        try:
            mode = os.stat(given).st_mode
        except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
            walk.add(Listed(shown, absolute, _why(given, error)))
            continue
        if stat.S_ISDIR(mode):
            walk.folder(absolute, shown, excludes(absolute))
        elif not (force and _is_excluded(absolute, excludes(os.path.dirname(absolute)))):
            walk.add(Listed(shown, absolute))
    walk.linked_folders()
    return sorted(walk.found.values(), key=lambda listed: (listed.path, listed.absolute))


def _slashes(path: str) -> str:
    return path if os.sep == "/" else path.replace(os.sep, "/")


def missing(given: str) -> str | None:
    """Why a path cannot be read, and what was probably meant; None where there is something."""
    try:
        os.stat(given)
    except (OSError, ValueError) as error:
        return _why(given, error)
    return None


def _why(given: str, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        if os.path.islink(given):
            return f"this symlink points to {os.readlink(given)!r}, which does not exist"
        near = _near(given)
        return f"no such file or folder{f'; did you mean {_slashes(near)!r}?' if near else ''}"
    return f"cannot read it: {(isinstance(error, OSError) and error.strerror) or error}"


def _near(given: str) -> str | None:
    """The path of a file to lint, or of a folder, that is spelled much like ``given``; None where there is none."""
    import difflib

    folder, name = os.path.split(given.rstrip(os.sep))
    parent = folder if not folder or os.path.isdir(folder) else _near(folder)
    try:
        entries = os.listdir(parent or ".") if parent is not None and name else []
    except OSError:  # what is near is a file, or may not be read
        return None
    known = [each for each in entries if each.endswith(SUFFIXES) or os.path.isdir(os.path.join(parent or "", each))]
    found = difflib.get_close_matches(name, known, n=1)
    return os.path.join(parent or "", found[0]) if found else None


def _is_excluded(absolute: str, exclusion: Exclusion) -> bool:
    """Whether a walk from a folder that patterns are relative to would leave a file out."""
    path = _slashes(absolute)
    roots = [_slashes(root).rstrip("/") + "/" for root, _ in exclusion.patterns]
    around = next((root for root in roots if path.startswith(root)), path)
    if not exclusion.names.isdisjoint(path[len(around) :].split("/")[:-1]):
        return True
    return any(patterns.covers(path) for patterns in _compiled(exclusion))


def _compiled(exclusion: Exclusion) -> tuple[IgnorePatterns, ...]:
    each = (IgnorePatterns.of(_slashes(root), patterns) for root, patterns in exclusion.patterns if patterns)
    return tuple(filter(None, each))


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to walk. The deepest of ``ignores`` stands last and decides first; ``excludes`` cannot be negated.

    ``names`` are those of folders that are left out wherever they are.
    """

    absolute: str
    shown: str
    ignores: tuple[IgnorePatterns, ...]
    excludes: tuple[IgnorePatterns, ...] = ()
    names: frozenset[str] = frozenset()

    def leaves_out(self, path: str) -> bool:
        """Whether the entry at absolute ``path`` is ignored; a folder ends with a slash."""
        if not self.ignores and not self.excludes:
            return False
        path = _slashes(path)
        if any(each.verdict(path) for each in self.excludes):
            return True
        for patterns in reversed(self.ignores):
            verdict = patterns.verdict(path)
            if verdict is not None:
                return verdict
        return False

    def child(self, absolute: str, name: str) -> _Folder:
        """The folder ``name`` inside this one."""
        return replace(self, absolute=absolute, shown=_join(self.shown, name))


def _join(shown: str, name: str) -> str:
    """``name`` inside the folder ``shown``, as a user writes it: not ``./name`` for what is simply here."""
    if shown in {".", "./"}:
        return name
    return shown + name if shown.endswith("/") else f"{shown}/{name}"


class _Walk:
    """What was found so far. Every folder on disk is walked at most once, so symlinks cannot make a loop."""

    def __init__(self, tell: Tell) -> None:
        self.found: dict[str, Listed] = {}
        self._tell = tell
        self._walked: set[tuple[int, int]] = set()
        self._links: list[_Folder] = []

    def add(self, listed: Listed) -> None:
        self.found.setdefault(listed.absolute, listed)

    def folder(self, absolute: str, shown: str, exclusion: Exclusion) -> None:
        """Walk a folder that was given by name."""
        ignores = _ignores_above(absolute, self._tell)
        self._descend(_Folder(absolute, shown, ignores, _compiled(exclusion), exclusion.names))

    def linked_folders(self) -> None:
        """Walk what only symlinks lead to; it comes last so that a file is shown by its real path where it has one."""
        while self._links:
            links, self._links = sorted(self._links, key=lambda link: link.shown), []
            for link in links:
                self._descend(link)

    def _descend(self, top: _Folder) -> None:
        stack = [top]
        while stack:
            folder = stack.pop()
            try:
                status = os.stat(folder.absolute)
                identity = (status.st_dev, status.st_ino)
                if identity in self._walked:
                    continue
                self._walked.add(identity)
                with os.scandir(folder.absolute) as scan:
                    entries = list(scan)
            except OSError as error:
                reason = f"cannot read this folder: {error.strerror or error}"
                self.add(Listed(folder.shown, folder.absolute, reason))
                continue
            stack.extend(self._entries(_with_own_ignores(folder, entries, self._tell), entries))

    def _entries(self, folder: _Folder, entries: list[os.DirEntry[str]]) -> Iterable[_Folder]:
        """List the files among ``entries`` and return the folders to walk."""
        inner: list[_Folder] = []
        for entry in entries:
            name = entry.name
            try:
                linked = entry.is_symlink()
                if entry.is_dir():
                    if name in folder.names or folder.leaves_out(entry.path + "/"):
                        continue
                    (self._links if linked else inner).append(folder.child(entry.path, name))
                elif name.endswith(SUFFIXES) and not folder.leaves_out(entry.path):
                    self._file(Listed(_join(folder.shown, name), entry.path), entry)
            except OSError:  # a symlink to itself
                continue
        return inner

    def _file(self, listed: Listed, entry: os.DirEntry[str]) -> None:
        """List what has the name of a file to lint, where it is one; a link that leads nowhere is not."""
        if entry.is_file():
            self.add(listed)
        elif why := why_special(entry.stat().st_mode):
            self._tell(f"{listed.path} is not checked: {why}")


def _with_own_ignores(folder: _Folder, entries: list[os.DirEntry[str]], tell: Tell) -> _Folder:
    """``folder`` with the patterns of the ignore file that lies in it."""
    if not any(entry.name == ".gitignore" for entry in entries):
        return folder
    own = IgnorePatterns.read(_slashes(folder.absolute), os.path.join(folder.absolute, ".gitignore"), tell)
    if own is None:
        return folder
    return replace(folder, ignores=(*folder.ignores, own))


def _ignores_above(folder: str, tell: Tell) -> tuple[IgnorePatterns, ...]:
    """The patterns of the repository that ``folder`` is in, down to its parent; none where they ignore ``folder``.

    Who names an ignored folder wants it linted, so what hides it is not applied inside it.
    """
    between: list[str] = []
    root = folder
    while not os.path.exists(os.path.join(root, ".git")):
        parent = os.path.dirname(root)
        if parent == root:
            return ()
        between.append(root)
        root = parent
    found = [IgnorePatterns.read(_slashes(root), _exclude_file(root), tell)]
    steps = [root, *reversed(between)]
    for parent, child in pairwise(steps):
        found.append(IgnorePatterns.read(_slashes(parent), os.path.join(parent, ".gitignore"), tell))
        above = _Folder(parent, "", tuple(filter(None, found)))
        if above.leaves_out(child + "/"):
            return ()
    return tuple(filter(None, found))


def _exclude_file(root: str) -> str:
    """The ``info/exclude`` of a repository; in a linked worktree ``.git`` is a file that says where it is."""
    git = os.path.join(root, ".git")
    if not os.path.isdir(git):
        git = os.path.join(root, _first_line(git).removeprefix("gitdir:").strip())
        git = os.path.join(git, _first_line(os.path.join(git, "commondir")).strip())
    return os.path.join(git, "info", "exclude")


def _first_line(file: str) -> str:
    try:
        return os.fsdecode(read_head(file, 4096).partition(b"\n")[0])
    except OSError:
        return ""
