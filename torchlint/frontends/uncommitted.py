"""What ``--fix`` would change although git could not bring it back.

As for ``cargo fix``, staged, changed and untracked files are uncommitted; ignored files, and files outside of any
repository, are nobody's concern. Unlike there, only the files that would be changed count.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.errors import ConfigError
from torchlint.frontends import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_AT_ONCE = 500
"""So many paths fit on one command line."""
_MOST_NAMED = 10


def refuse(paths: Sequence[str]) -> None:
    """Raises: ConfigError that names the files among ``paths`` with uncommitted changes, where there are any."""
    found = uncommitted(paths)
    if not found:
        return
    names = [f"  {path}" for path in found[:_MOST_NAMED]]
    if len(found) > _MOST_NAMED:
        names.append(f"  and {len(found) - _MOST_NAMED} more")
    what = "this file has" if len(found) == 1 else f"{len(found)} files have"
    raise ConfigError(
        f"--fix would change what git could not bring back: {what} uncommitted changes. Commit or stash them, "
        "look first with --diff, or give --allow-dirty.",
        *names,
    )


def uncommitted(paths: Iterable[str]) -> list[str]:
    """The files among ``paths``, as given, whose content is not that of a commit; links count as what they point to.

    Raises: ConfigError where there is a repository and git cannot say.
    """
    by_root: dict[Path, dict[str, str]] = defaultdict(dict)
    for path in paths:
        real = Path(os.path.realpath(path))
        root = git.root_around(real.parent)
        if root is not None:
            by_root[root][real.relative_to(root).as_posix()] = path
    return sorted(path for root, inside in by_root.items() for path in _of_repository(root, inside))


def _of_repository(root: Path, inside: dict[str, str]) -> Iterator[str]:
    names = list(inside)
    for start in range(0, len(names), _AT_ONCE):
        for entry in _status(root, names[start : start + _AT_ONCE]).split("\0"):
            name = entry[3:]  # two letters for the state and a space come before the name
            if name in inside:
                yield inside[name]


def _status(root: Path, names: list[str]) -> str:
    """What git says of the files in ``root``, each entry ending with a NUL."""
    status = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--")
    try:
        ran = git.run(root, *status, *names)
    except OSError as error:
        raise _unanswered(root, f"it cannot be started: {error.strerror or error}") from error
    if ran.returncode:
        raise _unanswered(root, os.fsdecode(ran.stderr).strip())
    return os.fsdecode(ran.stdout)


def _unanswered(root: Path, why: str) -> ConfigError:
    return ConfigError(f"cannot ask git for uncommitted changes in {root}; --allow-dirty does without. git: {why}")
