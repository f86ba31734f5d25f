"""``python -OO`` runs without docstrings and assertions; nothing that torchlint says may depend on them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check", "--no-cache", "--certainty", "advice", "."], id="check"),
        pytest.param(["check", "--no-cache", "--diff", "--unsafe-fixes", "."], id="diff"),
        pytest.param(["check", "--no-cache", "--output-format", "html", "train.py"], id="html"),
        pytest.param(["rule", "TLC101"], id="rule"),
        pytest.param(["rules", "--output-format", "json"], id="rules"),
        pytest.param(["explain", "train.py:63"], id="explain"),
        pytest.param(["check", "--help"], id="help"),
    ],
)
def test_without_docstrings_everything_is_the_same(arguments: list[str]) -> None:
    plain, optimized = (
        subprocess.run(
            [sys.executable, *flags, "-m", "torchlint", *arguments], cwd=EXAMPLES, capture_output=True, check=False
        )
        for flags in ([], ["-OO"])
    )
    assert (optimized.returncode, optimized.stderr) == (plain.returncode, plain.stderr)
    assert optimized.stdout == plain.stdout != b""
