"""Observed programs do what they do without an observer, to the last bit."""

from __future__ import annotations

import pytest

from tests.confirm.forked import PROGRAMS, run

pytestmark = pytest.mark.torch

PARTS = (
    "custom_function", "checkpointing", "loader", "amp", "distributed", "lightning", "threads", "transformer", "hooks",
    "functional", "compiled", "state",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _torch() -> None:
    pytest.importorskip("torch")


@pytest.mark.parametrize("part", PARTS)
def test_machinery(part: str) -> None:
    plain, _ = run(PROGRAMS / "machinery.py", part, observed=False)
    observed, records = run(PROGRAMS / "machinery.py", part)
    assert observed == plain
    assert "Error" not in plain
    assert records.problems == []
    assert (records.raised, records.stale) == ([], [])


@pytest.mark.parametrize("program", ["mnist.py", "gan.py"])
def test_training(program: str) -> None:
    plain, _ = run(PROGRAMS / program, observed=False)
    observed, records = run(PROGRAMS / program)
    assert observed == plain
    assert plain.count("\n") >= 200
    assert records.problems == []
    assert (records.raised, records.stale) == ([], [])
    assert records.backwards


def test_warnings() -> None:
    """They are about the user's lines, and as many."""
    plain, _ = run(PROGRAMS / "warned.py", observed=False)
    observed, records = run(PROGRAMS / "warned.py")
    assert observed == plain
    assert plain.count("warned.py") >= 5
    assert records.problems == []
