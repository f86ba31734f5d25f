"""Paths as CI systems want them: relative to the folder that holds the checked-out repository."""

from __future__ import annotations

import os
from pathlib import Path

_VARIABLES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY")
"""Set by GitHub Actions, GitLab CI and Azure Pipelines."""


def checkout_of(path: str) -> Path:
    """The folder that ``path`` is named from: the CI system's checkout around it, or the working directory."""
    real = _real(path)
    folders = (Path(os.environ[each]).resolve() for each in _VARIABLES if os.environ.get(each))
    return next((each for each in folders if real.is_relative_to(each)), Path.cwd())


def inside_checkout(path: str) -> str:
    """``path`` relative to ``checkout_of`` it, with forward slashes; absolute where it lies outside of that."""
    real, folder = _real(path), checkout_of(path)
    return (real.relative_to(folder) if real.is_relative_to(folder) else real).as_posix()


def _real(path: str) -> Path:
    """The absolute path, with symbolic links resolved in the folders above: a linked file keeps its own name."""
    absolute = Path(os.path.normpath(Path(path).absolute()))
    return absolute.parent.resolve() / absolute.name
