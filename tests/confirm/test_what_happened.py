"""What happened is never denied: whoever caught it, whichever line needed it, and whether the model is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.confirm.forked import run
from torchlint import lint_source
from torchlint.confirm.judge import Judge
from torchlint.confirm.records import Ending, Line
from torchlint.confirm.sources import Flow, Sources
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


# What nobody predicted.

PLAIN = """\
def table():
    return torch.arange(4.0)

class Net(nn.Module):
    def __init__(self, make):
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.table = make()
        self.scale = torch.tensor(2.0)
        self.last = None

    def forward(self, x):
        self.last = self.layer(x) + self.table
        return self.last * self.scale

def main(make):
    Net(make)(torch.ones(2, 4))

main(globals()["ta" + "ble"])
"""
SEEN = {
    "a plain tensor that a helper makes": (PLAIN, [("TLC101", 11)]),
    "an optimizer that never finds a gradient": (
        "def step(optimizer):\n    getattr(optimizer, 'st' + 'ep')()\n\n"
        "a, b = nn.Linear(2, 1), nn.Linear(2, 1)\nopt = torch.optim.SGD(a.parameters(), lr=0.1)\n"
        "globals()['b'](torch.ones(1, 2)).sum().backward()\nstep(opt)\n",
        [("TLC609", 5)],
    ),
    "a result that nobody takes": (
        "def clip(values):\n    for each in values:\n        getattr(each, 'cla' + 'mp')(0, 1)\n\n"
        "import json\nclip([torch.tensor(each) for each in json.loads('[[2.0]]')])\n",
        [("TLC207", 6)],
    ),
    "an error that is caught": (
        "def change(t):\n    getattr(t, 'mul_')(2)\n\nw = torch.ones(3, requires_grad=True)\n"
        "try:\n    change(w)\nexcept RuntimeError:\n    pass\n",
        [("TLC201", 5)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_not_predicted(tmp_path: Path, name: str) -> None:
    text, expected = SEEN[name]
    found, unpredicted = judged(tmp_path, text)
    assert [(each.code, each.place.line) for each in unpredicted] == expected, found
    assert all(each.verdict is not None and each.verdict.kind is VerdictKind.UNPREDICTED for each in unpredicted)


HARMLESS = {
    "a result that is kept as an attribute": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layer = nn.Linear(2, 2)\n        self.last = None\n\n    def forward(self, x):\n"
        "        self.last = self.layer(x)\n        return self.last\n\nNet()(torch.ones(1, 2))\n"
    ),
    "a module that is kept from being registered": (
        "class Student(nn.Module):\n    def __init__(self, teacher):\n        super().__init__()\n"
        "        self.teacher = [teacher]\n        self.layer = nn.Linear(2, 2)\n\n"
        "Student(nn.Linear(2, 2)).layer(torch.ones(1, 2))\n"
    ),
    "a class that moves its tensors itself": (
        "class Net(nn.Module):\n    def __init__(self, make):\n        super().__init__()\n"
        "        self.table = make(4)\n\n"
        "    def _apply(self, fn, recurse=True):\n        self.table = fn(self.table)\n"
        "        return super()._apply(fn, recurse)\n\nNet(torch.ones).table.sum()\n"
    ),
    "layers that are named in a list, too": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a, self.b = nn.Linear(2, 2), nn.Linear(2, 2)\n"
        "        self.all = [self.a, self.b]\n\nNet().a(torch.ones(1, 2))\n"
    ),
    "a warm-up": (
        "net = nn.Linear(2, 2)\nx = torch.ones(1, 2)\nnet(x)\ntorch.mm(x, x.T)\nx.add_(1)\nx.requires_grad_()\n"
    ),
    "frozen parameters": (
        "net = nn.Linear(2, 2)\nnet.weight.requires_grad_(False)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "net(torch.ones(1, 2)).sum().backward()\nopt.step()\n"
    ),
    "gradients that a closure brings": (
        "w = torch.ones(2, requires_grad=True)\nopt = torch.optim.LBFGS([w], max_iter=2)\n\n"
        "def closure():\n    opt.zero_grad()\n    loss = (w * w).sum()\n    loss.backward()\n    return loss\n\n"
        "opt.step(closure)\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_nothing_is_volunteered(tmp_path: Path, name: str) -> None:
    _, unpredicted = judged(tmp_path, HARMLESS[name])
    assert unpredicted == []


# What must have run.


def test_lines_ahead_of_one_that_ran(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(
        "first()\nif a:\n    second()\n    seen()\n    third()\nelse:\n    fourth()\nfor b in c:\n    with d:\n"
        "        seen()\nfifth()\n"
    )
    flow = Flow(Sources(), {Line(str(path), None, 4), Line(str(path), None, 10)})
    lines = [Line(str(path), None, number) for number in range(1, 12)]
    assert [each.line for each in lines if flow.started(each)] == [1, 2, 3, 8, 9]
    assert [each.line for each in lines if flow.ended(each)] == [1, 2, 3, 8, 9]


def test_an_error_that_may_have_been_caught_is_not_denied(tmp_path: Path) -> None:
    text = "try:\n    with torch.no_grad:\n        pass\nexcept Exception:\n    pass\ntorch.ones(1).sum()\n"
    found, _ = judged(tmp_path, text)
    verdicts = [each.verdict.kind for each in found if each.code == "TLC502" and each.verdict]
    assert verdicts == [VerdictKind.INCONCLUSIVE]
