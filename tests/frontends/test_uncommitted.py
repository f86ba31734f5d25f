"""``--fix`` where git has, or has not, what it would change: with the real git."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from torchlint.frontends import uncommitted

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

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
CHANGED = FAULT.replace("Net", "Other")


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture(autouse=True)
def own_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No configuration of the machine, and no repository around the tests."""
    for name, value in {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}.items():
        monkeypatch.setenv(name, value)
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository in which a faulty file, and one without PyTorch, are committed."""
    folder = tmp_path / "repository"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "net é.py").write_text(FAULT, encoding="utf-8")
    (folder / "plain.py").write_text("x = 1\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def fix(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torchlint", "check", "--no-cache", "--fix", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **environment}
    )


def test_a_committed_file_is_fixed(repository: Path) -> None:
    (repository / "plain.py").write_text("x = 2\n")  # its changes are in no danger
    ran = fix(repository)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-2:] == ["fixed  left", "    1     0  TLC101 unregistered-tensor"]
    assert (repository / "models" / "net é.py").read_text(encoding="utf-8") == FIXED
    assert git(repository, "status", "--porcelain", "-z").split("\0")[0] == " M models/net é.py"


def change(repository: Path) -> None:
    (repository / "models" / "net é.py").write_text(CHANGED, encoding="utf-8")


def stage(repository: Path) -> None:
    change(repository)
    git(repository, "add", ".")


def make_anew(repository: Path) -> None:
    git(repository, "rm", "-q", "-r", "--cached", "models")
    git(repository, "commit", "-q", "-m", "second")
    change(repository)


@pytest.mark.parametrize("how", [change, stage, make_anew])
def test_what_is_not_committed_is_asked_for(repository: Path, how: object) -> None:
    assert callable(how)
    how(repository)
    other = repository / "a.py"
    other.write_text(FAULT)
    git(repository, "add", "a.py")
    git(repository, "commit", "-q", "-m", "another", "--", "a.py")
    file = repository / "models" / "net é.py"
    ran = fix(repository, ".")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "error: --fix would change what git could not bring back: this file has uncommitted changes. Commit or stash "
        "them, look first with --diff, or give --allow-dirty.\n  models/net é.py\n"
    )
    assert (file.read_text(encoding="utf-8"), other.read_text()) == (CHANGED, FAULT)  # nothing at all was written
    assert fix(repository, "a.py").returncode == 0
    assert fix(repository, "--allow-dirty").returncode == 0
    assert "register_buffer" in file.read_text(encoding="utf-8")


def test_a_diff_and_standard_input_change_nothing(repository: Path) -> None:
    change(repository)
    look = [sys.executable, "-m", "torchlint", "check", "--no-cache", "--diff"]
    ran = subprocess.run(look, cwd=repository, capture_output=True, text=True, encoding="utf-8")
    assert (ran.returncode, "register_buffer" in ran.stdout, ran.stderr) == (1, True, "")
    look = [*look[:-1], "--fix", "-", "--stdin-filename", "models/net é.py"]
    ran = subprocess.run(look, cwd=repository, capture_output=True, text=True, encoding="utf-8", input=FAULT)
    assert (ran.returncode, ran.stdout) == (0, FIXED)


def test_ignored_files_and_files_outside_are_nobodys_concern(repository: Path, tmp_path: Path) -> None:
    (repository / ".gitignore").write_text("scratch/\n")
    (repository / "scratch").mkdir()
    for folder in (repository / "scratch", tmp_path):
        (folder / "net.py").write_text(FAULT)
        assert fix(folder, "net.py").returncode == 0
        assert (folder / "net.py").read_text() == FIXED


def test_each_file_goes_by_its_own_repository(repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository, tmp_path / "other")
    inner = repository / "inner"
    shutil.copytree(tmp_path / "other", inner)
    change(tmp_path / "other")
    paths = [str(folder / "models" / "net é.py") for folder in (repository, tmp_path / "other", inner)]
    assert uncommitted.uncommitted(paths) == [paths[1]]
    # As inside a hook of the first repository.
    ran = fix(repository, *paths, GIT_DIR=str(repository / ".git"), GIT_INDEX_FILE=str(repository / ".git" / "index"))
    assert (ran.returncode, ran.stderr.splitlines()[1:]) == (2, [f"  {paths[1]}"])


def test_a_linked_worktree_and_a_link(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", str(tmp_path / "linked"))
    (tmp_path / "link.py").symlink_to(tmp_path / "linked" / "models" / "net é.py")
    assert uncommitted.uncommitted([str(tmp_path / "link.py")]) == []
    change(tmp_path / "linked")
    assert uncommitted.uncommitted([str(tmp_path / "link.py")]) == [str(tmp_path / "link.py")]


def test_many_files_are_counted_and_some_named(repository: Path) -> None:
    paths = [str(repository / f"[{number:03}].py") for number in range(uncommitted._AT_ONCE + 1)]
    for path in paths:
        Path(path).write_text(FAULT)
    assert uncommitted.uncommitted(paths) == paths
    error = uncommitted.refusal(paths)
    assert "501 files have uncommitted changes" in str(error)
    assert error.more[-1] == "  and 491 more"


def test_a_git_that_cannot_answer_is_told(repository: Path, tmp_path: Path) -> None:
    without = fix(repository, PATH=str(tmp_path))
    (repository / ".git" / "HEAD").write_text("nonsense\n")
    broken = fix(repository)
    for ran, why in ((without, "it cannot be started: No such file"), (broken, "fatal: not a git repository")):
        assert ran.returncode == 2
        assert f"error: cannot ask git for uncommitted changes in {repository}; --allow-dirty does" in ran.stderr
        assert why in ran.stderr
    assert fix(repository, "--allow-dirty").returncode == 0


def test_nothing_that_a_repository_configures_is_run(repository: Path, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    monitor = tmp_path / "monitor"
    monitor.write_text(f"#!/bin/sh\ntouch {witness}\n")
    monitor.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(monitor))
    assert fix(repository).returncode == 0
    assert not witness.exists()


def test_allow_dirty_is_for_fix(repository: Path) -> None:
    command = [sys.executable, "-m", "torchlint", "check", "--allow-dirty"]
    ran = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    assert (ran.returncode, "give --fix with it" in ran.stderr) == (2, True)
