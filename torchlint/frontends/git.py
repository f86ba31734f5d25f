"""The program git, run so that it takes no locks and starts nothing that a repository configures."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Set by git for the hooks that it runs: the repository of the commit, which need not be that of the file.
_OF_ANOTHER_REPOSITORY = frozenset(
    ("GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_WORK_TREE")
)


def root_around(folder: Path) -> Path | None:
    """The root of the working tree that has an absolute folder, None outside of any."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in ``root``; paths among ``arguments`` are no patterns. Raises: OSError where it cannot be started."""
    command = ["git", "--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-C", str(root)]
    environment = {key: value for key, value in os.environ.items() if key not in _OF_ANOTHER_REPOSITORY}
    return subprocess.run([*command, *arguments], capture_output=True, env=environment, check=False)
