"""flake8's own options, and torchlint's among them, with the real rules and the real flake8."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not any(point.name == "TLC" for point in metadata.entry_points(group="flake8.extension")),
    reason="torchlint is not installed, so flake8 does not know the plugin",
)
NET = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = torch.ones(3)
        self.layers = [nn.Linear(3, 3), nn.Linear(3, 3)]  # noqa: TLC102
        self.heads = [nn.Linear(3, 3), nn.Linear(3, 3)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        for head in self.heads:
            x = head(x)
        return x * self.mask


weight = torch.ones(3, requires_grad=True)
print(weight.data + 1)
"""


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


def flake8(folder: Path, *arguments: str, stdin: str | None = None) -> list[str]:
    """What flake8 finds, as ``path:line:code``."""
    form = ("--format", "%(path)s:%(row)d:%(code)s")
    command = [sys.executable, "-m", "flake8", *form, *arguments]
    ran = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, encoding="utf-8", check=False)
    assert not ran.stderr
    return sorted(ran.stdout.splitlines())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text(NET, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/b.py").write_text(NET, encoding="utf-8")
    return tmp_path


A = ["./a.py:10:TLC102", "./a.py:8:TLC101"]
B = ["./tests/b.py:10:TLC102", "./tests/b.py:8:TLC101"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], [*A, *B], id="nothing"),
        pytest.param(["--select", "TLC101"], [A[1], B[1]], id="select"),
        pytest.param(["--select", "E"], [], id="select-others"),
        pytest.param(["--extend-ignore", "TLC102"], [A[1], B[1]], id="extend-ignore"),
        pytest.param(["--per-file-ignores", "tests/*:TLC1"], A, id="per-file-ignores"),
        pytest.param(["--disable-noqa"], [A[0], "./a.py:8:TLC101", "./a.py:9:TLC102", *B, "./tests/b.py:9:TLC102"],
                     id="disable-noqa"),
        pytest.param(["--jobs", "2"], [*A, *B], id="jobs"),
        pytest.param(["--torchlint-select", "TLC102"], [A[0], B[0]], id="own-select"),
        pytest.param(["--torchlint-ignore", "unregistered-module"], [A[1], B[1]], id="own-ignore"),
        pytest.param(["--torchlint-certainty", "advice"], [*A, "./a.py:21:TLC302", *B, "./tests/b.py:21:TLC302"],
                     id="own-certainty"),
        pytest.param(["--torchlint-config", "other.toml"], [A[1], B[1]], id="own-config"),
        pytest.param(["--torchlint-select", "TLC102", "--jobs", "2"], [A[0], B[0]], id="own-in-processes"),
    ],
)  # fmt: skip
def test_options(folder: Path, arguments: list[str], expected: list[str]) -> None:
    (folder / "other.toml").write_text('[tool.torchlint]\nselect = ["TLC101"]\n', encoding="utf-8")
    assert [each for each in flake8(folder, *arguments) if "TLC" in each] == sorted(set(expected))


def test_standard_input_goes_by_its_display_name(folder: Path) -> None:
    (folder / "tests/pyproject.toml").write_text('[tool.torchlint]\nignore = ["TLC102"]\n', encoding="utf-8")
    found = flake8(folder, "--select", "TLC", "--stdin-display-name", "tests/c.py", "-", stdin=NET)
    assert found == ["tests/c.py:8:TLC101"]
    isolated = ("--torchlint-isolated", "--select", "TLC", "--stdin-display-name", "tests/c.py", "-")
    assert flake8(folder, *isolated, stdin=NET) == ["tests/c.py:10:TLC102", "tests/c.py:8:TLC101"]


@pytest.mark.parametrize("name", ["setup.cfg", "tox.ini", ".flake8"])
def test_own_options_in_flake8s_settings_files(folder: Path, name: str) -> None:
    (folder / "settings").mkdir()
    (folder / "settings/own.toml").write_text('[tool.torchlint]\nselect = ["TLC101"]\n', encoding="utf-8")
    (folder / name).write_text(
        "[flake8]\nselect = TLC\ntorchlint-ignore =\n    TLC101,\n    data-access\nper-file-ignores =\n    tests/*: TLC1\n"
    )
    assert flake8(folder) == ["./a.py:10:TLC102"]
    (folder / name).write_text("[flake8]\nselect = TLC\ntorchlint_config = settings/own.toml\n")
    assert flake8(folder) == [A[1], B[1]]


def test_own_options_are_in_the_help() -> None:
    ran = subprocess.run([sys.executable, "-m", "flake8", "--help"], capture_output=True, encoding="utf-8", check=True)
    for name in ("select", "extend-select", "ignore", "certainty", "target-version", "config", "isolated"):
        assert f"--torchlint-{name}" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--torchlint-select", "TLC9999"], "--select: no rule"),
        (["--torchlint-target-version", "new"], "--torchlint-target-version: must be a torch version"),
        (["--torchlint-config", "none.toml"], "none.toml is no file"),
    ],
)
def test_an_own_option_that_cannot_be_used_is_said_once(folder: Path, arguments: list[str], words: str) -> None:
    said = flake8(folder, *arguments, "--jobs", "1")
    assert len(said) == 2
    assert "There was a critical error during execution of Flake8:" in said
    assert any(words in line for line in said)
