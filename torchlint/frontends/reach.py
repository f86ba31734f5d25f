"""Which files may be changed: no link leads from what was given to a file elsewhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Reach:
    """What ``paths``, as they were given, allow to change.

    That is what really lies in the folders among them; of a file, what lies in the working directory, or in the file's
    own folder where that is elsewhere.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._real = {_folder_of(path) for path in paths}

    def why_beyond(self, path: str) -> str | None:
        """Why the file at ``path`` may not be changed, None where it may."""
        real = os.path.realpath(path)
        if any(_is_in(real, folder) for folder in self._real):
            return None
        return f"a link leads to {real}, outside of what is to be checked; give that path to have it changed"


def _folder_of(path: str) -> str:
    if os.path.isdir(path):  # noqa: PTH112
        return os.path.realpath(path)
    absolute, here = os.path.abspath(path), os.getcwd()  # noqa: PTH100, PTH109
    return os.path.realpath(here if _is_in(absolute, here) else os.path.dirname(absolute))  # noqa: PTH120


def _is_in(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, ""))  # noqa: PTH118
