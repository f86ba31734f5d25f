"""``--fix`` of many files: each is written as soon as it can be, and none that must not be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from torchlint.engine import workers
from torchlint.frontends import cli

FAULT = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = torch.ones(3, dtype=torch.bool)

    def forward(self, x):
        return x.masked_fill(self.mask, 0)
"""
FIXED = FAULT.replace(
    "self.mask = torch.ones(3, dtype=torch.bool)",
    'self.register_buffer("mask", torch.ones(3, dtype=torch.bool), persistent=False)',
)
LARGE = "# This takes long.\n" * 100
FIX = ("check", "--fix", "--no-cache", "--isolated", "--jobs", "1")


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, in which the first of three faulty files is large."""
    root = tmp_path / "work"
    root.mkdir()
    (root / "a.py").write_text(FAULT + LARGE)
    (root / "b.py").write_text(FAULT)
    (root / "c.py").write_text(FAULT)
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    return root


def texts() -> list[str]:
    return [Path(name).read_text() for name in ("a.py", "b.py", "c.py")]


@pytest.fixture
def at_the_large_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the files were when the large one was about to be checked."""
    seen = []
    check_file = workers.check_file

    def look(task: workers.Task, check: workers.Check) -> workers.Checked:
        if Path(task.absolute).name == "a.py":
            seen.append(texts())
        return check_file(task, check)

    monkeypatch.setattr(workers, "check_file", look)
    return seen


def commit(folder: Path) -> None:
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run([*command, *arguments], cwd=folder, check=True)


@pytest.mark.parametrize("in_git", [False, True])
def test_a_file_that_takes_long_keeps_no_other_waiting(
    folder: Path, at_the_large_file: list[list[str]], in_git: bool
) -> None:
    if in_git:
        commit(folder)
    assert cli.main([*FIX, "."]) == 0
    assert at_the_large_file == [[FAULT + LARGE, FIXED, FIXED]]
    assert texts() == [FIXED + LARGE, FIXED, FIXED]


def test_all_wait_for_a_file_with_uncommitted_changes(folder: Path, at_the_large_file: list[list[str]]) -> None:
    commit(folder)
    Path("a.py").write_text(FAULT + LARGE + "# mine\n")
    assert cli.main([*FIX, "."]) == 2
    assert texts() == [FAULT + LARGE + "# mine\n", FAULT, FAULT]


def test_uncommitted_changes_to_what_needs_no_fix_keep_nothing_from_being_fixed(
    folder: Path, at_the_large_file: list[list[str]]
) -> None:
    commit(folder)
    Path("a.py").write_text(LARGE)
    assert cli.main([*FIX, "."]) == 0
    assert texts() == [LARGE, FIXED, FIXED]


@pytest.mark.parametrize("option", ["--fix", "--add-noqa"])
def test_what_a_link_leads_to_elsewhere_is_not_changed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(FAULT)
    Path("b.py").unlink()
    Path("b.py").symlink_to(outside)
    Path("c.py").unlink()
    Path("c.py").symlink_to("a.py")
    assert cli.main(["check", option, "--no-cache", "--isolated", "--jobs", "1", "."]) == 2
    assert outside.read_text() == FAULT
    assert Path("b.py").is_symlink()
    assert Path("a.py").read_text() != FAULT + LARGE
    assert f"a link leads to {outside}, outside of what is to be checked" in capsys.readouterr().err
