"""The command: what it says, and its exit status, where its work cannot be done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FULL_DISK = Path("/dev/full")


@pytest.mark.skipif(not FULL_DISK.exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check", "--no-cache", "a.py"], id="check"),
        pytest.param(["check", "--no-cache", "--output-format", "json", "a.py"], id="json"),
        pytest.param(["rules"], id="rules"),
        pytest.param(["rule", "TLC101"], id="rule"),
    ],
)
def test_output_that_cannot_be_written_is_no_bug(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.py").write_text("import torch\nx = torch.ones(1)\nx.abs()\nprint(x)\n", encoding="utf-8")
    with FULL_DISK.open("w") as out:
        ran = subprocess.run(
            [sys.executable, "-m", "torchlint", *arguments], cwd=tmp_path, stdout=out, stderr=subprocess.PIPE, text=True
        )
    assert (ran.returncode, ran.stderr) == (2, "error: [Errno 28] No space left on device\n")
