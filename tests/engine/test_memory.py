"""A file that is checked version after version has the findings that it has when it is seen for the first time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.edits import edited
from torchlint.engine.check import check_source
from torchlint.engine.settings import Overrides, load_settings
from torchlint.finding import Certainty
from torchlint.model.interpreter.memory import Memory
from torchlint.rule import all_rules
from torchlint.syntax.source import Cell, Source

EVERYTHING = load_settings(Path.cwd(), Overrides(select=("ALL",), certainty=Certainty.ADVICE, isolated=True))
EXAMPLES = [each.code.replace("⟦", "").replace("⟧", "") for rule in all_rules().values() for each in rule.examples]


@pytest.mark.parametrize("seed", range(12))
def test_random_edits_leave_no_trace(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    text, found = "\n\n".join(chance.sample(EXAMPLES, 4)), 0
    (tmp_path / "other.py").write_text("from torch import nn\n\n\nclass Base(nn.Module):\n    pass\n", encoding="utf-8")
    memory, before = Memory(), text
    for _ in range(25):
        source = Source(text, str(tmp_path / "a.py"))
        fresh = check_source(source, EVERYTHING)
        assert check_source(source, EVERYTHING, memory=memory) == fresh, text
        found += len(fresh.findings)
        if all(each.code != "TLC001" for each in fresh.findings):
            before = text
        text = edited(before, chance)
    assert found


SEVERAL = """\
import torch
from torch import nn
from other import Base


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x):
        return self.layer(x)


class Net(Base):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.weight = nn.Parameter(torch.ones(3))

    def scaled(self, x):
        return x * 2

    def forward(self, x):
        y = self.scaled(self.weight.exp())
        z = self.weight.exp()
        z += 1
        return self.block(x) * y * z
"""


OTHER = """\
from torch import nn


class Base(nn.Module):
    pass


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = {layer}

    def forward(self, x):
        return self.layer(x)
"""


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(("return x * 2", "x *= 2\n        return x"), id="a-method-that-is-called"),
        pytest.param(("z += 1", "z = z + 1"), id="the-fault"),
        pytest.param(("import torch\n", "import torch\n\n\n"), id="only-lines"),
        pytest.param(("class Net(Base)", "class Net(nn.Module)"), id="a-head"),
        pytest.param(("self.layer(x)", "self.layer(x) + 1"), id="another-class"),
        pytest.param(("nn.Parameter(torch.ones(3))", "torch.ones(3)"), id="the-constructor"),
        pytest.param(("from torch import nn", "from jax import nn"), id="an-import"),
    ],
)
def test_an_entry_runs_again_where_it_must(change: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("from torch import nn\n\n\nclass Base(nn.Module):\n    pass\n", encoding="utf-8")
    memory = Memory()
    for text in (SEVERAL, SEVERAL.replace(*change), SEVERAL, SEVERAL.replace(*change) + "\n"):
        source = Source(text, str(tmp_path / "a.py"))
        assert check_source(source, EVERYTHING, memory=memory) == check_source(source, EVERYTHING)


def test_an_entry_runs_again_where_another_file_changed(tmp_path: Path) -> None:
    text = SEVERAL.replace("class Block", "class Other").replace("import Base", "import Base, Block")
    text = text.replace("z = self.weight.exp()", "z = self.block(x).exp()")
    memory, other = Memory(), tmp_path / "other.py"
    source = Source(text, str(tmp_path / "a.py"))
    codes = []
    for layer in ("nn.Linear(3, 3)", "nn.ReLU()"):
        other.write_text(OTHER.format(layer=layer), encoding="utf-8")
        fresh = check_source(source, EVERYTHING)
        assert check_source(source, EVERYTHING, memory=memory) == fresh
        codes.append([each.code for each in fresh.findings])
    assert codes == [["TLC202"], []]


def test_cells_of_a_notebook() -> None:
    memory = Memory()
    parts = ["import torch\nw = torch.ones(3, requires_grad=True)\ny = w.exp()", "y.add_(1)", "y.sum().backward()"]
    for new in ("y.add_(1)", "y = y + 1", "y.add_(2)\n"):
        texts = [parts[0], new, parts[2]]
        cells, line = [], 1
        for number, text in enumerate(texts, 1):
            cells.append(Cell(number, line, text.count("\n") + 1, text))
            line += text.count("\n") + 1
        source = Source("\n".join(texts), "a.ipynb", cells=tuple(cells))
        assert check_source(source, EVERYTHING, memory=memory) == check_source(source, EVERYTHING)
