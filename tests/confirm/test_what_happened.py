"""What happened is never denied: whoever caught it, whichever line needed it, and whether the model is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.confirm.forked import run
from torchlint import lint_source
from torchlint.confirm.judge import Judge
from torchlint.confirm.records import Ending
from torchlint.finding import VerdictKind

if TYPE_CHECKING:
    from pathlib import Path

    from torchlint.finding import Finding

pytestmark = pytest.mark.torch

HEAD = "import torch\nfrom torch import nn\n\n"
MODEL = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.noise = torch.randn(4)

    def forward(self, x):
        return self.layer(x) + self.noise

"""
EARLY = """\
class Net(nn.Module):
    def __init__(self):
        self.weight = nn.Parameter(torch.ones(3))
        super().__init__()

"""


@pytest.fixture(scope="module", autouse=True)
def _torch() -> None:
    pytest.importorskip("torch")


def judged(folder: Path, text: str, ending: Ending = Ending.FINISHED) -> tuple[list[Finding], list[Finding]]:
    """The findings of a program with their verdicts, and what was seen besides."""
    path = folder / "program.py"
    path.write_text(HEAD + text)
    found = [(str(path), each) for each in lint_source(HEAD + text, path=str(path), certainty="advice")]
    _, records = run(path, findings=[each for _, each in found])
    assert records.problems == []
    judge = Judge(records, ending)
    with_verdicts = [(name, judge.judged(name, each)) for name, each in found]
    unpredicted = judge.unpredicted(lambda line: line.path, with_verdicts)
    return [each for _, each in with_verdicts], [each for _, each in unpredicted]


CONFIRMED = {
    "a model that only a function has": (
        f"{MODEL}def main():\n    net = Net()\n    print(net(torch.ones(2, 4)).sum())\n\nmain()\n", "TLC101",
    ),
    "a model that is built and dropped": (f"{MODEL}Net()\nprint(torch.ones(2).sum())\n", "TLC101"),
    "a model that is trained in a function": (
        f"{MODEL}def main():\n    net = Net()\n    opt = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "    for _ in range(2):\n        opt.zero_grad()\n        net(torch.ones(2, 4)).sum().backward()\n"
        "        opt.step()\n\nmain()\n",
        "TLC101",
    ),
    "layers in a list, of a model that only a function has": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layers = [nn.Linear(4, 4) for _ in range(2)]\n\n    def forward(self, x):\n"
        "        for each in self.layers:\n            x = each(x)\n        return x\n\n"
        "def main():\n    print(Net()(torch.ones(2, 4)).sum())\n\nmain()\n",
        "TLC102",
    ),
    "an assignment before init, caught": (
        f"{EARLY}try:\n    Net()\nexcept AttributeError as error:\n    print(error)\n", "TLC104",
    ),
    "an assignment before init, caught by a bare except": (
        f"{EARLY}def build():\n    try:\n        return Net()\n    except Exception:\n        return None\n\nbuild()\n",
        "TLC104",
    ),
    "a grad mode without a call": (
        "w = torch.ones(3, requires_grad=True)\nwith torch.no_grad:\n    y = w * 2\n", "TLC502",
    ),
    "a grad mode as a statement": (
        "w = torch.ones(3, requires_grad=True)\ntorch.no_grad()\ny = w * 2\nprint(y.requires_grad)\n", "TLC502",
    ),
    "a later backward than the first is the one that raises": (
        "import random\nw = torch.ones(3, requires_grad=True)\ny = w.exp()\nother = (w * 2).sum()\ny.add_(1)\n"
        "for loss in [other, y.sum()]:\n    loss.backward()\n", "TLC202",
    ),
    "an error that is caught": (
        "w = torch.ones(3, requires_grad=True)\ntry:\n    w.numpy()\nexcept RuntimeError:\n    pass\n", "TLC305",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIRMED)
def test_confirmed(tmp_path: Path, name: str) -> None:
    text, code = CONFIRMED[name]
    found, _ = judged(tmp_path, text)
    verdicts = [each.verdict for each in found if each.code == code]
    assert verdicts, [each.code for each in found]
    assert all(each is not None and each.kind is VerdictKind.CONFIRMED for each in verdicts), verdicts
