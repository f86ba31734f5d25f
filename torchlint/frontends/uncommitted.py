"""What ``--fix`` would change although git could not bring it back.

As for ``cargo fix``, staged, changed and untracked files are uncommitted; ignored files, and files outside of any
repository, are nobody's concern. Unlike there, only the files that would be changed count.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.errors import ConfigError
from torchlint.frontends import git
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_AT_ONCE = 500
"""So many paths fit on one command line."""
_MOST_NAMED = 10


def refusal(found: Sequence[str]) -> ConfigError:
    """The error that names files with uncommitted changes, which would be changed."""
    found = sorted(found)
    names = [f"  {path}" for path in found[:_MOST_NAMED]]
    if len(found) > _MOST_NAMED:
        names.append(f"  and {len(found) - _MOST_NAMED} more")
    what = "this file has" if len(found) == 1 else f"{len(found)} files have"
    return ConfigError(
        f"--fix would change what git could not bring back: {what} uncommitted changes. Commit or stash them, "
        "look first with --diff, or give --allow-dirty.",
        *names,
    )


def uncommitted(paths: Iterable[str]) -> list[str]:
    """The files among ``paths``, as given, whose content is not that of a commit; links count as what they point to.

    Raises: ConfigError where there is a repository and git cannot say.
    """
    by_root: dict[Path, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in paths:
        real = Path(os.path.realpath(path))
        root = git.root_around(real.parent)
        if root is not None:
            by_root[root][real.relative_to(root).as_posix()].append(path)
    return sorted(path for root, inside in by_root.items() for path in _of_repository(root, inside))


def _of_repository(root: Path, inside: dict[str, list[str]]) -> Iterator[str]:
    names = list(inside)
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        committed, staged = _committed(root, some), _staged(root, some)
        untracked = set(_ask(root, "ls-files", "-z", "--others", "--exclude-standard", "--", *some))
        for name in some:
            kept = committed.get(name)
            if name in untracked or staged.get(name) != kept or (kept and not _has_content(root / name, kept)):
                yield from inside[name]


def _committed(root: Path, names: list[str]) -> dict[str, str]:
    """The object that each file has in the last commit; none where there is no commit yet."""
    if not _answer(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", fails_with=1):
        return {}
    entries = _ask(root, "ls-tree", "-z", "--full-tree", "HEAD", "--", *names)
    return {name: about.split()[2] for about, _, name in (each.partition("\t") for each in entries)}


def _staged(root: Path, names: list[str]) -> dict[str, str]:
    """The object that each file has in the index; of a merge with conflicts, none that was committed."""
    staged: dict[str, str] = {}
    for each in _ask(root, "ls-files", "-z", "--stage", "--", *names):
        about, _, name = each.partition("\t")
        _, identity, stage = about.split()
        staged[name] = identity if stage == "0" else "unmerged"
    return staged


def _has_content(path: Path, identity: str) -> bool:
    """Whether a file can be read and is what git keeps, but for line ends, which git may change at each checkout.

    Where other filters change what is kept, only running them could tell, so that the answer is no.
    """
    try:
        data = read_bytes(path)
    except OSError:
        return False
    return any(_identity(each, identity) == identity for each in (data, data.replace(b"\r\n", b"\n")))


def _identity(data: bytes, like: str) -> str:
    """The name of the object that git would keep for some bytes, by the hash function that ``like`` came from."""
    digest = hashlib.new("sha1" if len(like) == 40 else "sha256", usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


def _ask(root: Path, *arguments: str) -> list[str]:
    """What git says of the files in ``root``, whose entries end with a NUL."""
    return _answer(root, *arguments).split("\0")[:-1]


def _answer(root: Path, *arguments: str, fails_with: int = 0) -> str:
    try:
        ran = git.run(root, *arguments)
    except OSError as error:
        raise _unanswered(root, f"it cannot be started: {error.strerror or error}") from error
    if ran.returncode not in (0, fails_with):
        raise _unanswered(root, os.fsdecode(ran.stderr).strip())
    return os.fsdecode(ran.stdout)


def _unanswered(root: Path, why: str) -> ConfigError:
    return ConfigError(f"cannot ask git for uncommitted changes in {root}; --allow-dirty does without. git: {why}")
