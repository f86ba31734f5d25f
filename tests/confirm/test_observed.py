"""What is seen of each shape of fault, and what is said of its finding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.confirm.forked import run
from torchlint import lint_source
from torchlint.confirm.judge import Judge
from torchlint.confirm.records import Ending
from torchlint.finding import EffectKind, VerdictKind

if TYPE_CHECKING:
    from torchlint.confirm.records import Records
    from torchlint.finding import Finding, Verdict

pytestmark = pytest.mark.torch

HEAD = "import torch\nfrom torch import nn\n\nx = torch.linspace(0.5, 1.5, 3).requires_grad_()\n"

# A program after HEAD, whose first line is line 5; the code of its finding; the lines that must be seen.
CONFIRMED = {
    "saved": ("y = x.exp()\ny += 1\ny.sum().backward()", "TLC202", ["saved 5", "changed 6", "raised 7"]),
    "by a helper": (
        "def double(t):\n    t.mul_(2)\n\ny = x.exp()\ndouble(y)\ny.sum().backward()", "TLC202",
        ["saved 8", "changed 6", "raised 10"],
    ),
    "leaf": ("x.add_(1)", "TLC201", ["raised 5"]),
    "view": ("x[0] = 1.0", "TLC203", ["raised 5"]),
    "out": ("torch.exp(x, out=torch.empty(3))", "TLC206", ["raised 5"]),
    "inference": (
        "with torch.inference_mode():\n    c = torch.ones(3)\ny = x * c", "TLC501", ["raised 7"],
    ),
    "without grad": ("y = x.detach().sum()\ny.backward()", "TLC404", ["raised 6"]),
    "twice": ("y = (x * x).sum()\ny.backward()\ny.backward()", "TLC401", ["freed 6", "raised 7"]),
    "data": ("y = x.exp()\ny.data.mul_(2)\ny.sum().backward()", "TLC301", ["saved 5", "changed 6", "backward 7"]),
    "data replaced": (
        "h = x * 1\ny = h.sin()\nh.data = torch.zeros(3)\ny.sum().backward()", "TLC301",
        ["saved 6", "changed 7", "backward 8"],
    ),
    "numpy": (
        "y = x.exp()\ny.detach().numpy()[:] = 9\ny.sum().backward()", "TLC301",
        ["saved 5", "changed 7", "backward 7"],
    ),
    "no backward yet": ("x.data.normal_()", "TLC301", ["changed 5"]),
    "step": (
        "opt = torch.optim.SGD([x], lr=1.0)\nx.sum().backward()\ny = (x * x).sum()\nopt.step()\ny.backward()",
        "TLC205", ["saved 7", "changed 8", "raised 9"],
    ),
    "fused step": (
        "opt = torch.optim.SGD([x], lr=1.0, fused=True)\nx.sum().backward()\ny = (x * x).sum()\nopt.step()\n"
        "y.backward()",
        "TLC205", ["saved 7", "changed 8", "backward 9"],
    ),
    "wrapped again": (
        "y = torch.tensor(x.sum().item(), requires_grad=True)\ny.backward()", "TLC304", ["backward 6"],
    ),
    "alias": ("y = x * 2\nz = y.detach()\nz[0] = 9.0\nprint(y[0])\n", "TLC303", ["changed 7", "read 8"]),
    "another name": (
        "h = x * 2\nr = h\nz = torch.relu_(h)\n(z + r).sum().backward()", "TLC208", ["changed 7", "read 8"],
    ),
    "retained": ("y = (x * x).sum()\ny.backward(retain_graph=True)", "TLC402", ["backward 6"]),
    "max_norm": (
        "e = nn.Embedding(3, 2, max_norm=1.0)\nwith torch.no_grad():\n    e.weight.fill_(2.0)\ny = e.weight ** 2\n"
        "z = e(torch.tensor([0]))\n(y.sum() + z.sum()).backward()",
        "TLC204", ["saved 8", "changed 9", "raised 10"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _torch() -> None:
    pytest.importorskip("torch")


def observed(folder: Path, text: str) -> tuple[Path, list[Finding], Records]:
    path = folder / "program.py"
    path.write_text(f"{HEAD}{text}\n")
    findings = lint_source(f"{HEAD}{text}\n", path=str(path))
    _, records = run(path, findings=findings)
    assert records.problems == []
    return path, findings, records


def verdict(folder: Path, text: str, code: str, ending: Ending = Ending.FINISHED) -> Verdict:
    path, findings, records = observed(folder, text)
    (finding,) = (each for each in findings if each.code == code)
    found = Judge(records, ending).judged(str(path), finding).verdict
    assert found is not None
    return found


@pytest.mark.parametrize("name", CONFIRMED)
def test_confirmed(tmp_path: Path, name: str) -> None:
    text, code, lines = CONFIRMED[name]
    found = verdict(tmp_path, text, code)
    assert found.kind is VerdictKind.CONFIRMED, found
    assert [f"{each.role} {each.place.line}" for each in found.seen] == lines
    expected = EffectKind.RAISES if lines[-1].startswith("raised") else found.effect
    assert found.effect is expected


def test_how_far_a_gradient_is_off(tmp_path: Path) -> None:
    found = verdict(tmp_path, "y = x.exp()\ny.data.mul_(3)\ny.sum().backward()", "TLC301")
    assert found.gradient is not None
    absolute, relative = found.gradient
    assert absolute == pytest.approx(2 * 2.718281828**1.5, rel=1e-5)
    assert relative == pytest.approx(2.0)
    fused = verdict(tmp_path, CONFIRMED["fused step"][0], "TLC205")
    assert fused.gradient is not None
    assert fused.gradient[0] == pytest.approx(2.0)


# What does not happen.

FLAG = "import os\nflag = os.environ.get('NEVER_SET')\n"


def test_refuted(tmp_path: Path) -> None:
    text = f"{FLAG}y = x.exp()\nz = y.detach() if flag is None else y\nz = z.clone() if flag is None else z\nz += 1\n"
    path, findings, records = observed(tmp_path, f"{text}y.sum().backward()")
    judge = Judge(records)
    for finding in findings:
        found = judge.judged(str(path), finding).verdict
        assert found is not None
        assert found.kind is VerdictKind.REFUTED
    text = "y = (x * x).sum()\ny.backward(retain_graph=True)\nif x.grad.sum() > 0:\n    y.backward()"
    found = next(
        (Judge(records).judged(str(path), each).verdict for path, findings, records in [observed(tmp_path, text)]
         for each in findings if each.code == "TLC402"), None,
    )  # fmt: skip
    assert found is None or found.kind is VerdictKind.REFUTED


def test_not_reached(tmp_path: Path) -> None:
    text = f"{FLAG}y = x.exp()\nif flag:\n    y += 1\ny.sum().backward()"
    found = verdict(tmp_path, text, "TLC202")
    assert found.kind is VerdictKind.NOT_REACHED
    assert found.message.startswith("its line did not run")
    found = verdict(tmp_path, "y = x.exp()\ny += 1\nprint(undefined)\ny.sum().backward()", "TLC202")
    assert found.kind is VerdictKind.NOT_REACHED
    assert "line 8" in found.message


def test_inconclusive(tmp_path: Path) -> None:
    found = verdict(tmp_path, "y = (x * x).sum()\ny.backward(retain_graph=True)", "TLC402", Ending.TIMEOUT)
    assert found.kind is VerdictKind.INCONCLUSIVE
    assert "its time was up" in found.message


def test_faults_that_nobody_predicted(tmp_path: Path) -> None:
    helper = "def change(t):\n    getattr(t, 'mul_')(2)\n\ny = x.exp()\nchange(y)\ny.sum().backward()"
    path, findings, records = observed(tmp_path, helper)
    assert findings == []
    ((name, extra),) = Judge(records).unpredicted(lambda line: line.path, [])
    assert (name, extra.code, extra.place.line) == (str(path), "TLC202", 6)
    assert extra.verdict is not None
    assert extra.verdict.kind is VerdictKind.UNPREDICTED
    silent = "def change(t):\n    getattr(t, 'da' + 'ta').mul_(2)\n\ny = x.exp()\nchange(y)\ny.sum().backward()"
    path, findings, records = observed(tmp_path, silent)
    ((_, extra),) = Judge(records).unpredicted(lambda line: line.path, [])
    assert (extra.code, extra.place.line) == ("TLC301", 6)
    assert extra.verdict is not None
    assert extra.verdict.gradient == (pytest.approx(2.718281828**1.5, rel=1e-5), pytest.approx(1.0))


@pytest.mark.parametrize(
    "text",
    [
        "y = x * 2\nwith torch.no_grad():\n    x.mul_(3)\ny.sum().backward()",
        "y = x.exp()\ny.data = torch.zeros(3)\ny.sum().backward()",
        "y = x.exp().sum()\ny.backward(retain_graph=True)\ny.backward()",
        "n = nn.BatchNorm1d(3)\ny = n(torch.randn(4, 3)).sum() + n(torch.randn(4, 3)).sum()\ny.backward()",
        "o = torch.zeros(2, 3)\nfor i in range(2):\n    o[i] = x * i\no.sum().backward()",
    ],
    ids=["nothing kept", "own output replaced", "retained", "batch norm", "buffer"],
)
def test_nothing_is_seen_where_nothing_is_wrong(tmp_path: Path, text: str) -> None:
    _, _, records = observed(tmp_path, text)
    assert Judge(records).unpredicted(lambda line: line.path, []) == []


def test_a_torch_without_a_hook_loses_that_observation_only(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    lost = "import torch._C\ndel torch._C._autograd._get_sequence_nr\n"
    text = f"{HEAD}y = x.exp()\ny.data.mul_(2)\ny.sum().backward()\nx.add_(1)\n"
    path.write_text(text)
    findings = lint_source(text, path=str(path))
    observing = tmp_path / "observing.py"
    observing.write_text(
        f"{lost}import runpy, sys\nfrom torchlint.confirm.observe import begin\nfrom torchlint.confirm.plan import *\n"
        "from torchlint.confirm.sink import Sink\n"
        "observer = begin(Plan(Form.SCRIPT, ''), Sink(int(sys.argv[1])), {})\n"
        f"runpy.run_path({str(path)!r})\n"
    )
    import subprocess
    import sys

    from torchlint.confirm.records import read_records

    with (tmp_path / "records").open("wb+") as file:
        number = file.fileno()
        subprocess.run([sys.executable, str(observing), str(number)], pass_fds=(number,), capture_output=True,
                       env={"PYTHONPATH": str(Path(__file__).parents[2])})  # fmt: skip
        file.seek(0)
        records = read_records(file.readlines())
    found = {each.code: Judge(records).judged(str(path), each).verdict for each in findings}
    assert found["TLC301"] is not None
    assert found["TLC301"].kind is VerdictKind.INCONCLUSIVE
    assert "does not number the nodes" in found["TLC301"].message
    assert found["TLC201"] is not None
    assert found["TLC201"].kind is VerdictKind.CONFIRMED
