"""What has the name of a file to read may be anything: nothing hangs, nothing endless is read, and it is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such files here")

FAULT = """\
import torch
from torch import nn
from base import Base

class Net(Base, nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = torch.ones(3, dtype=torch.bool)

    def forward(self, x):
        return x.masked_fill(self.mask, 0)
"""
_MOST_MEMORY = 2_000_000_000
_ENDLESS = 120


def _limit_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``torchlint check`` in a folder, with too little memory and time for what has no end."""
    return subprocess.run(
        [sys.executable, "-m", "torchlint", "check", "--output-format", "json", *arguments],
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(folder.parent / "cache")},
        capture_output=True,
        text=True,
        timeout=_ENDLESS,
        preexec_fn=_limit_memory,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one fault, which imports what a test puts there."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "net.py").write_text(FAULT)
    (tmp_path / "work" / "base.py").write_text("class Base:\n    pass\n")
    return tmp_path / "work"


def codes(ran: subprocess.CompletedProcess[str]) -> list[str]:
    return [each["code"] for each in json.loads(ran.stdout)]


def endless(path: Path) -> str:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")
    return "character device"


def pipe(path: Path) -> str:
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return "named pipe"


@pytest.mark.parametrize("make", [endless, pipe])
def test_what_is_found_in_a_folder_is_told_and_passed_over(folder: Path, make) -> None:
    for name in (".gitignore", "base.py", "more.ipynb"):
        kind = make(folder / name)
    ran = check(folder, ".")
    assert (ran.returncode, codes(ran)) == (1, ["TLC101"]), ran.stderr
    assert sorted(ran.stderr.splitlines()) == sorted(
        [
            f"{folder}/.gitignore is ignored: it is a {kind}",
            f"base.py is not checked: it is a {kind}",
            f"more.ipynb is not checked: it is a {kind}",
        ]
    )


@pytest.mark.parametrize("make", [endless, pipe])
def test_what_is_given_by_name_is_an_error(folder: Path, make) -> None:
    kind = make(folder / "base.py")
    ran = check(folder, "base.py", "net.py")
    assert (ran.returncode, codes(ran)) == (2, ["TLC101"])
    assert f"error: base.py: cannot read it: it is a {kind}" in ran.stderr


@pytest.mark.parametrize("make", [endless, pipe])
@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg"])
def test_settings_that_cannot_be_read_are_an_error(folder: Path, make, name: str) -> None:
    kind = make(folder / name)
    ran = check(folder, "net.py")
    assert ran.returncode == 2
    assert f"{folder}/{name}: cannot be read: it is a {kind}" in ran.stderr


@pytest.mark.parametrize("baseline", ["/dev/zero", "pipe"])
def test_a_baseline_that_is_no_file_is_an_error(folder: Path, baseline: str) -> None:
    pipe(folder / "pipe")
    (folder / "pyproject.toml").write_text(f'[tool.torchlint]\nbaseline = "{baseline}"\n')
    ran = check(folder, "net.py")
    assert ran.returncode == 2
    assert baseline in ran.stderr
    assert "it is a" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_file_that_is_too_large_is_an_error_and_costs_nothing(folder: Path) -> None:
    for name in ("base.py", "more.py"):
        with (folder / name).open("wb") as file:
            file.truncate(3 << 30)
    ran = check(folder, ".")
    assert (ran.returncode, codes(ran)) == (2, ["TLC101"])
    assert "error: more.py: cannot read it: it is larger than 10 MB" in ran.stderr


def test_an_ignore_file_that_is_too_large_is_told_and_passed_over(folder: Path) -> None:
    (folder / ".gitignore").write_text("*.py\n" + "x\n" * 200_000)
    ran = check(folder, ".")
    assert (ran.returncode, codes(ran)) == (1, ["TLC101"])
    assert ran.stderr == f"{folder}/.gitignore is ignored: it is larger than 256 KB\n"


def test_what_a_result_depends_on_may_become_endless(folder: Path) -> None:
    assert codes(check(folder, "net.py")) == ["TLC101"]
    endless(folder / "base.py")
    ran = check(folder, "net.py")
    assert (ran.returncode, codes(ran), ran.stderr) == (1, ["TLC101"], "")
