"""A few of what ``python -m tests.safety.killing`` tries many times."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed"),
]

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["killed", "two at once", "on a full disk", "beside an editor"])
def test_nothing_is_torn_lost_or_left_behind(tmp_path: Path, name: str) -> None:
    code = (
        "import random, sys; from pathlib import Path; from tests.safety.killing import TRIALS\n"
        f"figures = TRIALS[{name!r}](20, Path({str(tmp_path)!r}), random.Random({random.randrange(1 << 32)}))\n"
        "print(figures); sys.exit(figures.harm)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
