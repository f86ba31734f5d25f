"""The hooks, run by the real pre-commit in an environment that it makes itself.

That needs a package index, or the packages where pip looks for them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import places
import pytest
from test_parity import PLAIN, UNUSUAL

pytest.importorskip("pre_commit", reason="pre-commit is not installed")
pytestmark = [
    pytest.mark.program,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
]

ROOT = Path(__file__).parents[2]
PARTS = ("torchlint", ".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml", "setup.cfg")
PRE_COMMIT = [sys.executable, "-m", "pre_commit"]
NO_INDEX = re.compile("No matching distribution|NewConnectionError|Max retries exceeded|Name or service not known")
CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: torchlint-fix
  - repo: local
    hooks:
      - id: flake8
        name: flake8
        entry: flake8 --select TLC
        language: python
        types: [python]
        additional_dependencies: [flake8, {repository}]
"""


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    env = {**kept, **nobody, "PIP_RETRIES": "1", "PRE_COMMIT_COLOR": "never", **environment}
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", env=env)
    if "Installing environment" in ran.stdout + ran.stderr and NO_INDEX.search(ran.stdout + ran.stderr):
        pytest.skip("pip cannot install torchlint's dependencies here")
    return ran


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    ran = run(["git", *identity, *arguments], folder)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def commit_all(folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project as it is now, committed to a repository of its own."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in PARTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / ".gitignore").write_text("__pycache__/\n")
    commit_all(folder)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The ten files and notebooks, some that are more unusual, a stub, and one that the settings leave out."""
    folder = tmp_path / "project"
    folder.mkdir()
    places.ten_files(folder)
    for name in ("combining", "tabs", "form-feed-in-line"):
        (folder / f"{name}.py").write_bytes(UNUSUAL[name])
    for name in ("stub.pyi", "vendor/theirs.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(PLAIN)
    (folder / "pyproject.toml").write_text('[tool.torchlint]\nextend-exclude = ["vendor/"]\n')
    commit_all(folder)
    return folder


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run([sys.executable, "-m", "torchlint", "check", "--no-cache", *arguments], folder)


def sections(text: str) -> dict[str, str]:
    """What each hook printed, by its id."""
    _, *parts = re.split(r"^- hook id: (\S+)\n", text, flags=re.MULTILINE)
    bodies = (re.sub(r"\n\S.*\.\.\.(Failed|Passed)\n\Z", "\n", part) for part in parts[1::2])
    return dict(zip(parts[::2], bodies, strict=True))


def test_try_repo_finds_and_fixes_what_the_command_line_does(hooks: Path, project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "copy")
    expected = places.of_json(tmp_path / "copy")
    found, fixed = check(tmp_path / "copy"), check(tmp_path / "copy", "--fix", "--allow-dirty")
    ran = run([*PRE_COMMIT, "try-repo", str(hooks), "--all-files"], project)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    said = sections(ran.stdout)
    assert list(said) == ["torchlint", "torchlint-fix"]
    assert said["torchlint"].strip() == f"- exit code: 1\n\n{found.stdout}".strip()
    modified = "- exit code: 1\n- files were modified by this hook\n\n"
    assert said["torchlint-fix"].strip() == f"{modified}{fixed.stdout}".strip()
    assert places.in_full(said["torchlint"]) == expected
    assert len({each.path for each in expected}) == 14
    changed = git(project, "status", "--porcelain").splitlines()
    assert len(changed) > 10
    for name in filter(None, git(project, "ls-files", "-z").split("\0")):
        assert (project / name).read_bytes() == (tmp_path / "copy" / name).read_bytes()


def test_commits_wait_for_their_faults(hooks: Path, tmp_path: Path) -> None:
    """torchlint's own hook, and flake8 with torchlint next to it, where ``git commit`` runs them."""
    folder = tmp_path / "project"
    folder.mkdir()
    revision = git(hooks, "rev-parse", "HEAD")
    (folder / ".pre-commit-config.yaml").write_text(CONFIG.format(repository=hooks, revision=revision))
    commit_all(folder)
    home = {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    assert run([*PRE_COMMIT, "install", "--install-hooks"], folder, **home).returncode == 0
    fault = "self.mask = torch.ones(3, dtype=torch.bool)  # plain\n"
    net = PLAIN.replace("[nn.Linear(3, 3), nn.Linear(3, 3)]", "nn.ModuleList([nn.Linear(3, 3)])")
    (folder / "net.py").write_text(net)
    git(folder, "add", "net.py")
    commit = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "a net"]
    ran = run(commit, folder, **home)
    said = sections(ran.stderr)
    assert ran.returncode == 1
    assert "Installing environment" not in ran.stderr
    assert "files were modified by this hook" in said["torchlint-fix"]
    assert "    1     0  TLC101 unregistered-tensor" in said["torchlint-fix"]
    assert list(said) == ["torchlint-fix"]  # what flake8 looked at was fixed before
    fixed = (folder / "net.py").read_text()
    assert fixed == net.replace(
        fault, 'self.register_buffer("mask", torch.ones(3, dtype=torch.bool), persistent=False)  # plain\n'
    )
    git(folder, "add", "net.py")
    assert run(commit, folder, **home).returncode == 0

    (folder / "net.py").write_text(net)
    ran = run([*PRE_COMMIT, "run", "flake8", "--all-files"], folder, **home)
    line = 1 + net[: net.index(fault)].count("\n")
    assert re.findall(r"^net\.py:(\d+):(\d+): (TLC\d+)", ran.stdout, re.MULTILINE) == [(str(line), "9", "TLC101")]
