"""Every fix through LibCST's own runner: the files are those that ``torchlint check --fix`` makes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_parity import UNUSUAL, example_files

from tests.rules.notation import cases_of
from torchlint.finding import Applicability
from torchlint.rule import all_rules

pytestmark = pytest.mark.program

TESTS = Path(__file__).parents[1]
CODEMOD = [sys.executable, "-m", "libcst.tool", "codemod", "-x", "torchlint.frontends.codemod.Fix"]
CHECK = [sys.executable, "-m", "torchlint", "check", "--no-cache", "--fix"]
FAULT = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = torch.ones(3, dtype=torch.bool)
        self.layers = [nn.Linear(3, 3)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x.masked_fill(self.mask, 0)
"""


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one faulty file."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "net.py").write_text(FAULT, encoding="utf-8")
    return tmp_path


def run(command: list[str], folder: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, encoding="utf-8")


def table(text: str) -> list[str]:
    """The lines of the summary at the end."""
    lines = text.splitlines()
    return lines[lines.index("fixed  left") :] if "fixed  left" in lines else []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_files_are_those_of_check_fix(tmp_path: Path, jobs: str) -> None:
    codemodded, checked = tmp_path / "codemodded", tmp_path / "checked"
    shutil.copytree(TESTS / "examples", codemodded)
    for name, data in example_files().items():
        (codemodded / name).write_bytes(data)
    for slug in (rule.rule.slug for rule in all_rules().values()):
        fixed = (case for case in cases_of(slug) if case.example.fixed)
        (codemodded / f"{slug}.py").write_text(next((case.plain for case in fixed), ""), encoding="utf-8")
    for name, data in UNUSUAL.items():
        (codemodded / f"unusual-{name}.py").write_bytes(data)
    (codemodded / "unusual-lone-cr.py").unlink()  # its own test is below
    (codemodded / "pyproject.toml").write_text('[tool.torchlint]\nselect = ["ALL"]\ncertainty = "advice"\n')
    before = {path.name: path.read_bytes() for path in codemodded.iterdir()}
    shutil.copytree(codemodded, checked)
    files = ["--unsafe-fixes", *(name for name in sorted(before) if name.endswith((".py", ".ipynb")))]
    ran = run([*CODEMOD, "-j", jobs, "--hide-progress", *files], codemodded)
    assert (ran.returncode, "WARNING" in ran.stderr) == (0, False), ran.stderr
    expected = run([*CHECK, *files], checked)
    after = {path.name: path.read_bytes() for path in codemodded.iterdir()}
    assert after == {path.name: path.read_bytes() for path in checked.iterdir()}
    assert table(ran.stderr) == table(expected.stdout)
    rules = {line.split()[2] for line in table(ran.stderr)[1:] if line.split()[0] != "0"}
    applied = (Applicability.SAFE, Applicability.UNSAFE)
    assert rules == {code for code, loaded in all_rules().items() if loaded.rule.fix in applied}
    assert after["unusual-noqa-file.py"] == before["unusual-noqa-file.py"]


def test_one_rule_is_fixed_and_the_rest_is_left(project: Path) -> None:
    ran = run([*CODEMOD, "--select", "TLC101", "--extend-select", "TLC102", "net.py"], project)
    assert ran.returncode == 0
    assert (project / "net.py").read_text() == FAULT.replace(
        "self.mask = torch.ones(3, dtype=torch.bool)",
        'self.register_buffer("mask", torch.ones(3, dtype=torch.bool), persistent=False)',
    )
    assert table(ran.stderr) == [
        "fixed  left",
        "    1     0  TLC101 unregistered-tensor",
        "    0     1  TLC102 unregistered-module (1 with --unsafe-fixes)",
    ]


def test_ignored_rules_and_settings_count(project: Path) -> None:
    (project / "none.toml").write_text('[tool.torchlint]\nignore = ["TLC1"]\n')
    for options in (["--ignore", "TLC101,TLC102"], ["--config", "none.toml"]):
        ran = run([*CODEMOD, *options, "--unsafe-fixes", "net.py"], project)
        assert (ran.returncode, table(ran.stderr), (project / "net.py").read_text()) == (0, [], FAULT)


def test_what_a_baseline_knows_is_left(project: Path) -> None:
    run([*CHECK[:-1], "--write-baseline", "known.json", "net.py"], project)
    ran = run([*CODEMOD, "--baseline", "known.json", "net.py"], project)
    assert (ran.returncode, table(ran.stderr), (project / "net.py").read_text()) == (0, [], FAULT)


def test_standard_input(project: Path) -> None:
    cookie = "# coding: latin-1\n# é → 𝔘\n"  # a text that is decoded already has no encoding of its own
    ran = run([*CODEMOD, "-"], project, cookie + FAULT)
    assert ran.returncode == 0
    assert ran.stdout.startswith(cookie)
    assert 'self.register_buffer("mask", torch.ones(3, dtype=torch.bool), persistent=False)' in ran.stdout
    assert table(ran.stderr)[1] == "    1     0  TLC101 unregistered-tensor"


def test_what_has_no_fault_is_not_written(project: Path) -> None:
    (project / "net.py").write_text("import torch\nx = torch.ones(3)\n")
    before = (project / "net.py").stat()
    ran = run([*CODEMOD, "."], project)
    after = (project / "net.py").stat()
    assert (ran.returncode, table(ran.stderr)) == (0, [])
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_diff_changes_nothing(project: Path) -> None:
    ran = run([*CODEMOD, "-u", "1", "net.py"], project)
    assert (
        '+        self.register_buffer("mask", torch.ones(3, dtype=torch.bool), persistent=False)'
        in ran.stdout.splitlines()
    )
    assert (project / "net.py").read_text() == FAULT


def test_generated_files_are_for_those_who_ask(project: Path) -> None:
    generated = f"# @gen{''}erated\n{FAULT}"
    (project / "net.py").write_text(generated)
    ran = run([*CODEMOD, "net.py"], project)
    assert "Generated file." in ran.stderr
    assert (project / "net.py").read_text() == generated
    run([*CODEMOD, "--include-generated", "net.py"], project)
    assert "register_buffer" in (project / "net.py").read_text()


def test_a_formatter_runs_only_when_asked(project: Path) -> None:
    (project / ".libcst.codemod.yaml").write_text("formatter: ['sed', 's/Net/Formatted/']\n")
    assert "Formatted" not in run([*CODEMOD, "-u", "9", "net.py"], project).stdout
    assert "Formatted" in run([*CODEMOD, "-u", "9", "--format", "net.py"], project).stdout


def test_a_file_that_libcst_would_change_is_left(project: Path) -> None:
    (project / "net.py").write_bytes(UNUSUAL["lone-cr"])
    ran = run([*CODEMOD, "net.py"], project)
    assert "LibCST cannot keep every byte of this file; `torchlint check --fix` can" in ran.stderr
    assert (project / "net.py").read_bytes() == UNUSUAL["lone-cr"]
    run([*CHECK, "net.py"], project)
    assert b"register_buffer" in (project / "net.py").read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(["--select", "TLC10l"], "argument --select: no rule is called 'TLC10l'; did you mean", id="rule"),
        pytest.param(["--ignore", "TLC001"], "argument --ignore: TLC001 (syntax-error) cannot be ignored", id="ignore"),
        pytest.param(["--target-version", "two"], "must be a torch version such as '2.5', not 'two'", id="version"),
        pytest.param(["--config", "none.toml"], "argument --config: none.toml is no file", id="config"),
        pytest.param(["--isolated", "--config", "pyproject.toml"], "has no [tool.torchlint]", id="no table"),
    ],
)
def test_bad_options_are_told_before_any_file_is_read(project: Path, options: list[str], message: str) -> None:
    ran = run([*CODEMOD, *options, "net.py"], project)
    assert (ran.returncode, message in ran.stderr, "Traceback" in ran.stderr) == (2, True, False), ran.stderr
    assert (project / "net.py").read_text() == FAULT


def test_bad_settings_fail_the_file(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.torchlint]\nselct = []\n")
    ran = run([*CODEMOD, "net.py"], project)
    assert (ran.returncode, (project / "net.py").read_text()) == (1, FAULT)
    assert "unknown key; did you mean 'select'?" in ran.stderr
