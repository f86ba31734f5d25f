"""Classes that a script imports, and whose bases their own file imports from others."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from torchlint.engine.check import check_bytes
from torchlint.engine.settings import Overrides, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from torchlint.engine.check import FileResult

HEAD = "import torch\nfrom torch import nn\n"
BASE = """
class Base(nn.Module):
    def learn(self, x):
        loss = self(x).sum()
        self.optimizer.zero_grad()
        {backward}
        self.optimizer.step()
"""
MODEL = """
class Model({base}):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)
        self.optimizer = torch.optim.SGD(self.parameters(), lr=0.1)

    def forward(self, x):
        return self.layer(x)
"""
SCRIPT = """
from model import Model

model = Model()
model.learn(torch.ones(2, 3))  # here
"""
ONCE, TWICE = "loss.backward()", "loss.backward(); loss.backward()"


def lint(folder: Path) -> FileResult:
    path = folder / "script.py"
    result = check_bytes(path.read_bytes(), str(path), load_settings(folder, Overrides(isolated=True)))
    assert result.error is None
    return result


def codes(folder: Path) -> list[str]:
    return [each.code for each in lint(folder).findings]


@pytest.fixture(params=["import base", "from base import Base", "from passed import *"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    base = "base.Base" if request.param == "import base" else "Base"
    (tmp_path / "base.py").write_text(HEAD + BASE.format(backward=TWICE), encoding="utf-8")
    (tmp_path / "passed.py").write_text("from base import Base\n", encoding="utf-8")
    (tmp_path / "model.py").write_text(f"{HEAD}{request.param}\n{MODEL.format(base=base)}", encoding="utf-8")
    (tmp_path / "script.py").write_text(HEAD + SCRIPT, encoding="utf-8")
    return tmp_path


def test_what_the_base_does_is_told(folder: Path) -> None:
    result = lint(folder)
    assert [each.code for each in result.findings] == ["TLC401"]
    assert result.findings[0].message.startswith("at line 8 of base.py: ")
    assert str(folder / "base.py") in result.depends


@pytest.mark.skipif(find_spec("torch") is None, reason="needs PyTorch")
def test_it_raises(folder: Path) -> None:
    done = subprocess.run([sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert "backward through the graph a second time" in done.stderr


def test_a_base_that_changes_is_read_again(folder: Path) -> None:
    assert codes(folder) == ["TLC401"]
    (folder / "base.py").write_text(HEAD + BASE.format(backward=ONCE), encoding="utf-8")
    assert codes(folder) == []
    (folder / "base.py").unlink()
    assert codes(folder) == []


def test_files_that_import_from_each_other(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(
        f"{HEAD}from model import Model\n{BASE.format(backward=TWICE)}\nclass Other(Model): pass\n", encoding="utf-8"
    )
    (tmp_path / "model.py").write_text(f"{HEAD}from base import Base\n{MODEL.format(base='Base')}", encoding="utf-8")
    (tmp_path / "script.py").write_text(
        HEAD + SCRIPT.replace("from model", "import base\nfrom model"), encoding="utf-8"
    )
    assert codes(tmp_path) == ["TLC401"]


def test_classes_that_are_bases_of_each_other(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text("from model import Model\nclass Base(Model): pass\n", encoding="utf-8")
    (tmp_path / "model.py").write_text(f"{HEAD}from base import Base\n{MODEL.format(base='Base')}", encoding="utf-8")
    (tmp_path / "script.py").write_text(HEAD + SCRIPT, encoding="utf-8")
    assert codes(tmp_path) == []
