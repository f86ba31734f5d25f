"""Rules where more than one file, or a notebook, decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from torchlint.engine.check import FileResult, check_bytes
from torchlint.engine.settings import Overrides, load_settings
from torchlint.finding import Certainty

SETTINGS = load_settings(Path(__file__).parent, Overrides(select=("TLC1",), certainty=Certainty.LIKELY, isolated=True))
HEAD = "import torch\nfrom torch import nn\n"
SHIFT = """
class Shift({base}):
    def __init__(self):
        super().__init__()
        self.table = torch.ones(3)

    def forward(self, x):
        return x + self.table
"""


def check(folder: Path, files: dict[str, str]) -> FileResult:
    """Check the first of some files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / next(iter(files))
    result = check_bytes(path.read_bytes(), str(path), SETTINGS)
    assert result.error is None
    return result


BASES = [
    pytest.param("class Base(nn.Module): pass\n", ["TLC101"], id="a module"),
    pytest.param("class Base: pass\n", [], id="no module"),
    pytest.param(
        "class Base(nn.Module):\n    def _apply(self, fn):\n        self.table = fn(self.table)\n", [], id="moves it"
    ),
    pytest.param(
        "class Base(nn.Module):\n    def __init__(self):\n        self.register_buffer('table', None)\n",
        [],
        id="registers it",
    ),
    pytest.param("class Base(nn.Module):\n    table: int = 3\n", ["TLC101"], id="a class attribute"),
    pytest.param("from torchmetrics import Metric as Base\n", [], id="a metric"),
]


@pytest.mark.parametrize(("base", "codes"), BASES)
def test_a_base_in_another_file(tmp_path: Path, base: str, codes: list[str]) -> None:
    files = {
        "p/shift.py": HEAD + "from .base import Base\n" + SHIFT.format(base="Base"),
        "p/base.py": HEAD + base,
        "p/__init__.py": "",
    }
    result = check(tmp_path, files)
    assert [each.code for each in result.findings] == codes
    assert str(tmp_path / "p" / "base.py") in result.depends


EARLY = (
    HEAD + "from .base import Base\n\nclass Net(Base):\n    def __init__(self):\n        self.layer = nn.Linear(2, 2)\n"
)


@pytest.mark.parametrize(
    ("base", "certainties"),
    [
        pytest.param("class Base(nn.Module): pass\n", [Certainty.CERTAIN], id="seen"),
        pytest.param("from lightning import LightningModule as Base\n", [Certainty.LIKELY], id="known"),
        pytest.param("from somewhere import Base\n", [], id="not seen"),
        pytest.param("from fastai.torch_core import Module as Base\n", [], id="initialises itself"),
    ],
)
def test_a_missing_call_of_a_base_in_another_file(tmp_path: Path, base: str, certainties: list[Certainty]) -> None:
    files = {"p/net.py": EARLY, "p/base.py": HEAD + base, "p/__init__.py": ""}
    assert [each.certainty for each in check(tmp_path, files).findings] == certainties


@pytest.mark.parametrize(
    ("neighbour", "codes"),
    [
        pytest.param("# This file was automatically generated from modular_net.py.\n", [], id="generated"),
        pytest.param("# This file was automatically generated from other.py.\n", ["TLC104"], id="from another"),
        pytest.param("# This has nothing to do with modular_net.py.\n", ["TLC104"], id="not generated"),
    ],
)
def test_a_template_is_never_run(tmp_path: Path, neighbour: str, codes: list[str]) -> None:
    net = HEAD + "class Net(nn.Module):\n    def __init__(self):\n        self.layer = nn.Linear(2, 2)\n"
    result = check(tmp_path, {"modular_net.py": net, "net.py": neighbour})
    assert [each.code for each in result.findings] == codes


def notebook(*cells: str) -> str:
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell}
                for cell in cells
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


NOISE = (
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.noise = torch.randn(3)\n"
)


def test_random_state_read_in_a_later_cell(tmp_path: Path) -> None:
    result = check(tmp_path, {"a.ipynb": notebook(HEAD, NOISE, "net = Net()\nprint(net.noise)")})
    (finding,) = result.findings
    assert (finding.code, finding.place.cell, finding.place.line) == ("TLC101", 2, 4)
    assert [(each.role, each.place.cell, each.place.line) for each in finding.related] == [("read", 3, 2)]


def test_random_state_that_nobody_reads(tmp_path: Path) -> None:
    assert check(tmp_path, {"a.ipynb": notebook(HEAD, NOISE, "net = Net()")}).findings == ()


def test_a_cell_that_is_no_python_hides_nothing(tmp_path: Path) -> None:
    result = check(tmp_path, {"a.ipynb": notebook(HEAD, "class (", SHIFT.format(base="nn.Module"))})
    assert [(each.code, each.place.cell) for each in result.findings if each.code != "TLC001"] == [("TLC101", 3)]


SEED = Path(__file__).parents[3] / "shared" / "seeds" / "22_Buffers_vs_Parameters.ipynb"


@pytest.mark.skipif(not SEED.exists(), reason="needs the notebooks that are not part of the repository")
def test_the_notebook_about_buffers() -> None:
    result = check_bytes(SEED.read_bytes(), str(SEED), SETTINGS)
    assert [(each.code, each.place.cell, each.place.line) for each in result.findings] == [("TLC101", 4, 15)]


GAN = """
import torch
from nets import Net

G, D = Net(), Net()
optimizer_g = torch.optim.SGD(G.parameters(), lr=0.1)
optimizer_d = torch.optim.SGD(D.parameters(), lr=0.1)
fake = G(torch.ones(1, 2))
loss = D(fake).sum()
optimizer_d.zero_grad()
loss.backward()
optimizer_d.step()
again = {again}
optimizer_g.zero_grad()
again.backward()
optimizer_g.step()
"""
NETS = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x):
        return self.fc(x).tanh()
"""


@pytest.mark.parametrize(
    ("again", "message"),
    [
        pytest.param(
            "D(fake).sum()", "Detach `fake` from the first loss", id="a generator that the loss does not train"
        ),
        pytest.param("loss * 2", None, id="a graph that the step has changed"),
    ],
)
def test_a_fix_is_rehearsed_with_the_classes_of_other_files(tmp_path: Path, again: str, message: str | None) -> None:
    (tmp_path / "nets.py").write_text(NETS, encoding="utf-8")
    settings = load_settings(tmp_path, Overrides(select=("TLC401",), isolated=True))
    path = tmp_path / "train.py"
    path.write_text(GAN.format(again=again), encoding="utf-8")
    (finding,) = check_bytes(path.read_bytes(), str(path), settings).findings
    assert (finding.fix.message if finding.fix else None) == message


NOISE_FILE = """
import torch
from torch import nn

class Noise(nn.Module):
    def __init__(self):
        super().__init__()
        {sigma}

    def forward(self, x):
        return x * self.sigma

class Holder(nn.Module):
    def __init__(self):
        super().__init__()
        self.noise = Noise()

    def forward(self, x):
        return self.noise(x)
"""
SHARED = """
import torch
from noise import {name}

def fit(sample):
    y = {name}()(sample)
    x = torch.ones(3, requires_grad=True)
    for _ in range(3):
        (x * y).exp().sum().backward()
"""


BUFFER = 'self.register_buffer("sigma", torch.tensor(0.1))'
PARAMETER = "self.sigma = nn.Parameter(torch.tensor(0.1))"


@pytest.mark.parametrize(
    ("name", "sigma", "codes"),
    [
        pytest.param("Noise", BUFFER, [], id="a buffer"),
        pytest.param("Holder", BUFFER, [], id="a module that has a buffer"),
        pytest.param("Holder", PARAMETER, ["TLC401"], id="a module that has a parameter"),
    ],
)
def test_only_parameters_give_the_result_of_a_module_a_graph(
    tmp_path: Path, name: str, sigma: str, codes: list[str]
) -> None:
    (tmp_path / "noise.py").write_text(NOISE_FILE.format(sigma=sigma), encoding="utf-8")
    settings = load_settings(tmp_path, Overrides(isolated=True))
    path = tmp_path / "fit.py"
    path.write_text(SHARED.format(name=name), encoding="utf-8")
    assert [each.code for each in check_bytes(path.read_bytes(), str(path), settings).findings] == codes


def test_what_is_wrong_whoever_runs_it_is_told_in_its_own_file_alone(tmp_path: Path) -> None:
    files = {
        "script.py": HEAD + "from other import predict\n\nx = predict(torch.ones(2, 3))\nx.sum().backward()\n",
        "other.py": HEAD + "import torch.nn.functional as F\n\ndef predict(x):\n    return F.softmax(x)\n",
    }
    settings = load_settings(tmp_path, Overrides(select=("TLC705",), isolated=True))
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    told = {name: check_bytes(text.encode(), str(tmp_path / name), settings).findings for name, text in files.items()}
    assert {name: [each.code for each in findings] for name, findings in told.items()} == {
        "script.py": [],
        "other.py": ["TLC705"],
    }


def test_what_another_file_runs_in_this_one_is_told_where_it_is(tmp_path: Path) -> None:
    script = """
from other import fit

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)
        self.losses = []

    def step(self, x):
        loss = self.layer(x).sum()
        self.losses.append(loss)  # here
        return loss

fit(Net())
"""
    other = """
def fit(net):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        net.step(torch.ones(2, 3)).backward()
        optimizer.step()
"""
    (tmp_path / "other.py").write_text(HEAD + other, encoding="utf-8")
    (tmp_path / "script.py").write_text(text := HEAD + script, encoding="utf-8")
    settings = load_settings(tmp_path, Overrides(select=("TLC605",), isolated=True))
    findings = check_bytes(text.encode(), str(tmp_path / "script.py"), settings).findings
    assert [text.splitlines()[each.place.line - 1].endswith("  # here") for each in findings] == [True]
