"""``torchlint confirm --probe`` and ``pytest --torchlint-confirm``: verdicts without a script, and from tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.torch

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}

MODEL = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width: int, depth: int = 2):
        super().__init__()
        self.noise = torch.randn(width)
        self.layers = [nn.Linear(width, width) for _ in range(depth)]
        self.scale = nn.Parameter(torch.ones(width)) * 0.1
        self.own = torch.randn(width)
        self.register_buffer("offset", torch.ones(width))

    def _apply(self, fn, recurse=True):
        self.own = fn(self.own)
        return super()._apply(fn, recurse)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x * self.scale + self.noise + self.offset + self.own


class Early(nn.Module):
    def __init__(self):
        self.weight = nn.Parameter(torch.ones(3))
        super().__init__()

    def forward(self, x):
        return x * self.weight


class Hard(nn.Module):
    def __init__(self, settings):
        super().__init__()
        self.noise = torch.randn(settings["width"])

    def forward(self, x):
        return x + self.noise
"""


@pytest.fixture(scope="module", autouse=True)
def _torch() -> None:
    pytest.importorskip("torch")


def probed(folder: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """The finished command, and the verdicts by code and line."""
    (folder / "model.py").write_text(MODEL)
    report = folder.parent / f"{folder.name}.json"
    command = [sys.executable, "-m", "torchlint", "confirm", "--output-format", "json", "--output-file", str(report)]
    run = subprocess.run([*command, *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    assert [each.name for each in folder.iterdir()] == ["model.py"]
    found = json.loads(report.read_text())
    return run, {f"{each['code']} {each['line']}": each["verdict"] for each in found}


def test_module_state(tmp_path: Path) -> None:
    run, verdicts = probed(tmp_path, "--probe", "model.py::Net")
    assert run.returncode == 1  # as the graph of ``scale`` is there for one backward only
    assert run.stdout.splitlines()[0] == "built Net(8)"
    assert {"TLC101 8", "TLC102 9", "TLC103 10"} <= verdicts.keys()
    for name in ("TLC101 8", "TLC102 9", "TLC103 10"):
        assert verdicts[name]["kind"] == "confirmed"
        assert verdicts[name]["device"] == "cpu"
    assert "after saving and reloading it has other values" in verdicts["TLC101 8"]["message"]
    assert "TLC104 25" not in verdicts  # of a class that Net has nothing to do with
    if "TLC101 11" in verdicts:
        assert verdicts["TLC101 11"]["kind"] == "refuted in this run"


def test_too_early(tmp_path: Path) -> None:
    run, verdicts = probed(tmp_path, "--probe", "model.py::Early")
    assert run.returncode == 1
    assert {name: each["kind"] for name, each in verdicts.items()} == {"TLC104 26": "confirmed"}


def test_arguments(tmp_path: Path) -> None:
    run, verdicts = probed(tmp_path, "--probe", "model.py::Hard")
    assert run.returncode == 1
    assert "give its arguments with --arguments" in run.stderr
    assert verdicts["TLC101 36"]["kind"] == "inconclusive"
    run, verdicts = probed(
        tmp_path, "--arguments", "{'width': 5}", "--input", "2x5", "--device", "meta", "--probe", "model.py::Hard"
    )
    assert run.returncode == 0
    assert "ran on (2, 5)" in run.stdout
    assert verdicts["TLC101 36"]["kind"] == "confirmed"


ERRORS = """\
from torch import nn


class Misspelled(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 4)

    def forward(self, x):
        return self.lair(x)


class Narrow(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(*[nn.Linear(8, width) for width in (4, 2)])

    def forward(self, x):
        return self.layers(x)


class Carries(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 3)
        self.state = 0.0

    def forward(self, x):
        self.state = (self.layer(x) * self.state).exp()
        return self.state
"""


@pytest.mark.parametrize(
    ("arguments", "found", "said"),
    [
        (("--probe", "errors.py::Misspelled"), ("TLC005", 10), "forward: AttributeError"),
        (("--input", "2x8", "--probe", "errors.py::Narrow"), ("TLC717", 19), "forward: RuntimeError"),
        (("--probe", "errors.py::Carries"), ("TLC401", 22), "the second time: RuntimeError"),
    ],
)
def test_what_raises_is_a_finding(
    tmp_path: Path, arguments: tuple[str, ...], found: tuple[str, int], said: str
) -> None:
    (tmp_path / "errors.py").write_text(ERRORS)
    command = [sys.executable, "-m", "torchlint", "confirm", "--output-format", "json", *arguments]
    run = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True)
    assert run.returncode == 1
    assert said in run.stderr
    assert [(each["code"], each["line"], each["verdict"]["kind"]) for each in json.loads(run.stdout)] == [
        (*found, "not predicted")
    ]


def test_a_class_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "errors.py").write_text(ERRORS)
    command = [sys.executable, "-m", "torchlint", "confirm", "--probe", "errors.py::Nope"]
    run = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert "errors.py has no module class Nope; it has Misspelled, Narrow, Carries" in run.stderr


TESTS = """\
import torch


def test_silent():
    x = torch.ones(3, requires_grad=True)
    y = x.exp()
    y.data.mul_(2)
    y.sum().backward()
"""


PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "torchlint.frontends.pytest_plugin", "-p", "no:cacheprovider")
ALONE = {**ENVIRONMENT, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Only the plugins that are named, as the package that is tested need not be the one that is installed."""


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "1")], ids=["alone", "xdist"])
def test_pytest(tmp_path: Path, workers: tuple[str, ...]) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    command = [*PYTEST, *workers, "--torchlint-confirm"]
    run = subprocess.run(command, cwd=tmp_path, env=ALONE, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "test_it.py:7:5: TLC301" in run.stdout
    assert "confirmed: the content changed, the version did not" in run.stdout


def test_pytest_whose_tests_remove_the_records(tmp_path: Path) -> None:
    removes = (
        "\n\ndef test_removes():\n    for each in Path(tempfile.gettempdir()).glob('torchlint-*'): each.unlink()\n"
    )
    (tmp_path / "test_it.py").write_text("import tempfile\nfrom pathlib import Path\n" + TESTS + removes)
    (tmp_path / "temporary").mkdir()
    environment = {**ALONE, "TMPDIR": str(tmp_path / "temporary")}
    run = subprocess.run(
        [*PYTEST, "--torchlint-confirm"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "confirmed: the content changed, the version did not" in run.stdout


def test_pytest_off_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\n\n\ndef test_nothing_is_there():\n"
        "    assert not {'torch', 'libcst', 'torchlint.engine', 'torchlint.confirm'} & set(sys.modules)\n"
    )
    run = subprocess.run(PYTEST, cwd=tmp_path, env=ALONE, capture_output=True)
    assert run.returncode == 0, run.stdout.decode()
