"""What git knows: which files a revision has, what was in them, and which were renamed since."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from torchlint.errors import ConfigError
from torchlint.frontends import git

if TYPE_CHECKING:
    from collections.abc import Iterator

_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


class Revision:
    """One commit of the repository whose working tree has the folder ``root``."""

    def __init__(self, root: Path, commit: str) -> None:
        self.root = root
        self._commit = commit

    @classmethod
    def at(cls, folder: Path, name: str) -> Revision:
        """The commit that ``name`` means in the repository around ``folder``; ``main...`` is where ``main`` was left.

        Raises: ConfigError where there is no git, no repository or no such commit.
        """
        root = git.root_around(folder)
        if root is None:
            raise ConfigError(f"--diff-base: {folder} is not in a git repository")
        start = name.removesuffix("...")
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{start}^{{commit}}")
        if found is None:
            raise ConfigError(
                f"--diff-base: git knows no commit {start!r} in {root}; in a shallow clone it must be fetched first"
            )
        commit = found.decode().strip()
        if name != start:
            found = _git(root, "merge-base", commit, "HEAD")
            if found is None:
                raise ConfigError(f"--diff-base: {start!r} and HEAD have no commit in common in {root}")
            commit = found.decode().strip()
        return cls(root, commit)

    def content(self, path: Path) -> bytes | None:
        """What the file at absolute ``path`` had in it, under its old name where it was renamed; None if it is new.

        Raises: ConfigError where git knows of the file and lacks what was in it.
        """
        name = path.relative_to(self.root).as_posix()
        name = name if name in self._files else self._renamed.get(name, "")
        return self._read("cat-file", "blob", f"{self._commit}:{name}") if name in self._files else None

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(_names(self._read("ls-tree", "-r", "-z", "--name-only", "--full-tree", self._commit)))

    @cached_property
    def _renamed(self) -> dict[str, str]:
        """New name -> old name, as far as git knows of the new file: by what is in the index, not in the file."""
        how = ("--cached", "--ignore-submodules", "--find-renames", "--diff-filter=R", "--name-status", "-z")
        names = _names(self._read("diff-index", *how, self._commit))
        return dict(zip(names[2::3], names[1::3], strict=True))

    def _read(self, *arguments: str) -> bytes:
        """What git prints of the commit. Raises: ConfigError where it cannot."""
        found = _git(self.root, *arguments)
        if found is None:
            raise ConfigError(
                f"--diff-base: git cannot read all of {self._commit} in {self.root}; in a partial clone, "
                f"`git diff --stat {self._commit}` fetches what is missing, which torchlint does not let git do"
            )
        return found


def added(old: list[str], new: list[str]) -> Iterator[int]:
    """The 0-based lines of ``new`` that git's diff says are not in ``old``. Raises: ConfigError."""
    with TemporaryDirectory(prefix="torchlint-") as folder:
        for name, lines in (("old", old), ("new", new)):
            text = "".join(f"{line}\n" for line in lines)
            Path(folder, name).write_bytes(text.encode("utf-8", "surrogatepass"))
        how = ("--no-index", "--unified=0", "--text", "--no-color", "--no-ext-diff", "--no-textconv")
        output = _git(Path(folder), "diff", *how, "old", "new", differ=True)
    for hunk in _HUNK.finditer(output or b""):
        first, count = int(hunk[1]), int(hunk[2] or 1)
        yield from range(first - 1, first - 1 + count)


def _names(output: bytes) -> list[str]:
    return os.fsdecode(output).split("\0")[:-1]


def _git(root: Path, *arguments: str, differ: bool = False) -> bytes | None:
    """What git prints, None where it fails; with ``differ``, 1 is no failure. Raises: ConfigError without git."""
    try:
        ran = git.run(root, *arguments)
    except OSError as error:
        raise ConfigError(f"--diff-base needs git, which cannot be started: {error.strerror or error}") from error
    return ran.stdout if ran.returncode <= differ else None
