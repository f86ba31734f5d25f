"""The program git, run so that it takes no locks and starts nothing that a repository configures.

Only commands are used that read no file of the working tree through a filter: whoever calls ``status`` or ``diff`` on a
working tree runs the ``filter.*.clean`` of its configuration. What a repository lacks is not fetched, as no protocol is
allowed: those start programs too.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path

# Set by git for the hooks that it runs: the repository of the commit, which need not be that of the file.
_OF_ANOTHER_REPOSITORY = frozenset(
    (
        *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE"),
        *("GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_WORK_TREE"),
    )
)
_NOTHING_STARTS = {
    "GIT_ALLOW_PROTOCOL": ":",  # also for the fetch of objects that a partial clone lacks
    "GIT_NO_LAZY_FETCH": "1",  # the same, for those versions of git that know it
    "GIT_TERMINAL_PROMPT": "0",
}
_NOTHING_CONFIGURED = (
    *("core.fsmonitor=false", f"core.hooksPath={os.devnull}", f"core.attributesFile={os.devnull}"),
    *("core.alternateRefsCommand=", "protocol.allow=never"),
)
_TIMEOUT = 60
"""Seconds; no command that is used here takes a second in a repository of a million files."""


def root_around(folder: Path) -> Path | None:
    """The root of the working tree that has an absolute folder, None outside of any."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in ``root``; paths among ``arguments`` are no patterns.

    Raises: OSError where it cannot be started, or does not end.
    """
    command = [_program(), "--no-pager", "--no-optional-locks", "--literal-pathspecs", "-C", str(root)]
    for each in _NOTHING_CONFIGURED:
        command += ["-c", each]
    environment = {key: value for key, value in os.environ.items() if key not in _OF_ANOTHER_REPOSITORY}
    environment |= _NOTHING_STARTS | {"GIT_CEILING_DIRECTORIES": str(root.parent)}
    try:
        return subprocess.run(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OSError(f"git did not answer within {_TIMEOUT} seconds") from error


def _program() -> str:
    """Where git is installed. Raises: OSError where it is not, a ``git`` in the current folder being none of it."""
    folders = [each for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(each).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(folders))
    if found is None or Path(found).parent == Path.cwd():  # Windows looks here first
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "git")
    return found
