"""What the command prints and returns: one report, of the files that ran, and an exit status that can be relied on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.torch

ROOT = Path(__file__).parents[2]
MODEL = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4)
        self.noise = torch.randn(4)
        self.register_buffer("mask", torch.ones(4), persistent=False)

    def forward(self, x):
        return self.norm(self.body(x)) * self.mask + self.noise
"""
TRAIN = """\
import torch
from model import Net


def main():
    net = Net()
    optimizer = torch.optim.SGD(net.body.parameters(), lr=0.1)
    net(torch.ones(2, 4)).sum().backward()
    optimizer.step()
    print(sorted(net.state_dict()))


main()
"""
OTHER = "import torch\n\nw = torch.ones(3, requires_grad=True)\nw.add_(1)\n"


@pytest.fixture(scope="module", autouse=True)
def _torch() -> None:
    pytest.importorskip("torch")


def confirm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torchlint", "confirm", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_report_for_programs(tmp_path: Path) -> None:
    for name, text in {"model.py": MODEL, "train.py": TRAIN, "other.py": OTHER}.items():
        (tmp_path / name).write_text(text)
    run = confirm(tmp_path, "--output-format", "json", "--fail-on", "confirmed", "--watch-state", "train.py")
    found = {(each["path"], each["code"]): each["verdict"]["kind"] for each in json.loads(run.stdout)}
    assert found == {("model.py", "TLC101"): "confirmed"}  # of a model that is gone when the program ends
    assert run.returncode == 1
    own, *said = run.stderr.splitlines()
    assert own.startswith("['body.bias', 'body.weight', 'norm.bias'")
    assert "torchlint: Not listed: 1 finding in 1 file that the program did not load." in said
    table = [line.split("  ") for line in said[-5:]]
    assert [[cell.strip() for cell in row if cell] for row in table] == [
        ["module", "state", "what it is", "what is missing"],
        ["Net", "noise", "a tensor of shape (4,) on cpu", "not registered: neither saved nor moved"],
        ["Net", "norm.weight", "parameter (4,)", "in no optimizer that took a step"],
        ["Net", "norm.bias", "parameter (4,)", "in no optimizer that took a step"],
        ["Net", "mask", "buffer (4,)", "in no state dict: persistent=False"],
    ]


def notebook(*cells: tuple[str, list[str]]) -> str:
    listed = [
        {"cell_type": "code", "metadata": {"tags": tags}, "source": text, "outputs": [], "execution_count": None}
        for text, tags in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": listed})


def test_a_notebook(tmp_path: Path) -> None:
    path = tmp_path / "lesson.ipynb"
    first, expected = ("import torch\nw = torch.ones(3, requires_grad=True)", []), ["raises-exception"]
    path.write_text(notebook(first, ("w.add_(1)", []), ("print('after')", [])))
    run = confirm(tmp_path, "--output-format", "concise", path.name)
    assert run.returncode == 1
    assert run.stdout.startswith("after\nlesson.ipynb:cell 2:1:1: TLC201 ")
    assert "(confirmed: PyTorch raised" in run.stdout
    path.write_text(notebook(first, ("w.add_(1)", expected), ("print('after')", [])))
    assert confirm(tmp_path, path.name).returncode == 0
    assert confirm(tmp_path, "--fail-on", "confirmed", path.name).returncode == 1


UNREACHED = (
    "import sys\nimport torch\nif len(sys.argv) > 3:\n    w = torch.ones(3, requires_grad=True)\n    w.add_(1)\n"
)


@pytest.mark.parametrize(
    ("text", "on", "status"),
    [
        (UNREACHED, "any", 1),
        (UNREACHED, "confirmed", 0),
        ("import torch\ntorch.ones(3).add(1)\nraise SystemExit(3)\n", "confirmed", 3),
    ],
)
def test_when_to_fail(tmp_path: Path, text: str, on: str, status: int) -> None:
    (tmp_path / "train.py").write_text(text)
    assert confirm(tmp_path, "--fail-on", on, "train.py").returncode == status


def test_a_module_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "__init__.py").write_text("import no_such_package\n")
    (tmp_path / "broken" / "train.py").write_text("")
    for name, status in {"nomodule": 2, "broken.absent.train": 1, "broken.train": 1}.items():
        run = confirm(tmp_path, "-m", name)
        assert run.returncode == status, run.stderr
    (tmp_path / "broken" / "__init__.py").write_text("")
    run = confirm(tmp_path, "-m", "broken.absent")
    assert run.returncode == 2
    assert run.stdout == ""
