"""The suite keeps its results and signals away from those of who runs it, in every process that it starts."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from torchlint.engine.sealed_store import user_folder

CACHES = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sample", type=int, default=1, metavar="N", help="of a test with many cases, run every Nth")


def pytest_configure(config: pytest.Config) -> None:
    # A job in the background of a shell ignores this signal, and so would what the tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    caches = Path(tempfile.mkdtemp(prefix="torchlint-tests-"))
    config.stash[CACHES] = caches
    os.environ["XDG_CACHE_HOME"] = os.environ["WIN_PD_OVERRIDE_LOCAL_APPDATA"] = str(caches)
    folder = user_folder()
    assert folder is not None
    assert folder.is_relative_to(caches), "the suite would write to the user's own cache"


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[CACHES], ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a sample leaves out; the first and the last cases stay, and all of a test that has few."""
    every = config.getoption("sample")
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    sampled = {id(each) for group in cases.values() for each in _sample(group, every)}
    config.hook.pytest_deselected(items=[each for each in items if id(each) not in sampled])
    items[:] = [each for each in items if id(each) in sampled]


def _sample(cases: list[pytest.Item], every: int) -> list[pytest.Item]:
    return cases if len(cases) < _MANY else [*cases[:-1:every], cases[-1]]


_MANY = 50
"""Cases of a test from which on a sample leaves some out."""
