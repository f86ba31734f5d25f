"""The progress bar: on a real terminal, after a while, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from torchlint.frontends import progress
from torchlint.frontends.progress import ProgressBar

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")

CLICKS = """
import sys
from torchlint.frontends import progress
progress._PATIENCE = float(sys.argv[1])
with progress.ProgressBar("checking") as bar:
    for done in range(1, 4):
        bar(done, 4)
print("rich.progress" in sys.modules)
"""


def on_terminal(command: list[str], folder: Path, **environment: str) -> tuple[str, str]:
    """Standard output, a file, and standard error, a terminal, of a command."""
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("CI", "NO_COLOR", "FORCE_COLOR")}
    env = {**kept, "TERM": "xterm", "COLUMNS": "80", **environment}
    with (folder / "out").open("wb") as out, subprocess.Popen(command, cwd=folder, stdout=out, stderr=theirs, env=env):
        os.close(theirs)
        seen = b""
        with suppress(OSError):  # how Linux says that the other side is closed; elsewhere nothing is read
            while read := os.read(ours, 65536):
                seen += read
        os.close(ours)
    return (folder / "out").read_text(encoding="utf-8"), seen.decode()


def clicks(folder: Path, patience: float = 0, **environment: str) -> tuple[str, str]:
    return on_terminal([sys.executable, "-c", CLICKS, str(patience)], folder, **environment)


def test_who_waits_sees_how_far_it_is(tmp_path: Path) -> None:
    out, seen = clicks(tmp_path)
    assert out == "True\n"
    assert "checking files" in seen
    assert "3/4" in seen
    assert seen.rstrip().endswith("\x1b[2K")  # it is gone at the end


@pytest.mark.parametrize(
    ("patience", "environment"),
    [
        pytest.param(60, {}, id="a short run"),
        pytest.param(0, {"CI": "true"}, id="CI"),
        pytest.param(0, {"TERM": "dumb"}, id="a terminal that cannot move its cursor"),
        pytest.param(0, {"TERM": ""}, id="no known terminal"),
    ],
)
def test_nobody_else_does(tmp_path: Path, patience: float, environment: dict[str, str]) -> None:
    assert clicks(tmp_path, patience, **environment) == ("False\n", "")


def test_no_terminal_no_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    with ProgressBar("checking") as bar:
        bar(1, 2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.program
def test_a_long_run_of_the_real_command(tmp_path: Path) -> None:
    """The bar is on the terminal only: what is piped is what it is without one."""
    script = (Path(__file__).parents[1] / "examples" / "train.py").read_bytes()
    for number in range(6):
        (tmp_path / f"{number}.py").write_bytes(script)
    check = [sys.executable, "-m", "torchlint", "check", "--no-cache", "--jobs", "1", "--output-format", "json", "."]
    start = time.monotonic()
    piped = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True)
    if time.monotonic() - start < 2 * progress._PATIENCE:
        pytest.skip("this machine checks six files in no time")
    out, seen = on_terminal(check, tmp_path)
    assert (out, piped.stderr) == (piped.stdout, "")
    assert "checking files" in seen
    assert "/6" in seen
