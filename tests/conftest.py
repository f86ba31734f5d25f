"""The suite keeps its results away from those of who runs it, in every process that it starts."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from torchlint.engine.sealed_store import user_folder

CACHES = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    caches = Path(tempfile.mkdtemp(prefix="torchlint-tests-"))
    config.stash[CACHES] = caches
    os.environ["XDG_CACHE_HOME"] = os.environ["WIN_PD_OVERRIDE_LOCAL_APPDATA"] = str(caches)
    folder = user_folder()
    assert folder is not None
    assert folder.is_relative_to(caches), "the suite would write to the user's own cache"


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[CACHES], ignore_errors=True)
