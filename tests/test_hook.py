"""``import torchlint.hook``: the line to blame below the traceback, and nothing else changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RAISES = """\
import torchlint.hook
import sys
assert not [each for each in sys.modules if each.startswith("torchlint.") and each != "torchlint.hook"]
raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
"""


def run(folder: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(code, encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(folder / "program.py")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_it_is_told_below_the_traceback(tmp_path) -> None:
    ran = run(tmp_path, RAISES)
    assert (ran.returncode, ran.stdout) == (1, "")
    traceback, _, told = ran.stderr.partition("\n\n")
    assert traceback.startswith("Traceback (most recent call last)")
    assert traceback.endswith("is being used in an in-place operation.")
    assert "To blame, most likely: program.py:4" in told


@pytest.mark.parametrize(
    ("code", "environment"),
    [
        (RAISES.replace("a leaf Variable that", "a thing that"), {}),
        (RAISES, {"RANK": "1"}),
        ("import torchlint.hook\nraise SystemExit(3)\n", {}),
    ],
)
def test_it_is_quiet(tmp_path, code: str, environment: dict[str, str]) -> None:
    ran = run(tmp_path, code, **environment)
    assert ran.returncode == (3 if "SystemExit" in code else 1)
    assert "To blame" not in ran.stderr
