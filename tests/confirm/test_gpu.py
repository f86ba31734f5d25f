"""What can only be seen on a GPU: where tensors really stay, fused optimizers, device threads of autograd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.confirm.forked import run
from torchlint import lint_source
from torchlint.confirm.judge import Judge
from torchlint.finding import VerdictKind

if TYPE_CHECKING:
    from pathlib import Path

    from torchlint.finding import Verdict

pytestmark = [pytest.mark.torch, pytest.mark.gpu]


@pytest.fixture(scope="module", autouse=True)
def _gpu() -> None:
    """A GPU, asked for without initialising CUDA: programs run in forked copies of this process."""
    torch = pytest.importorskip("torch")
    if torch.cuda.device_count() == 0:
        pytest.skip("no NVIDIA GPU that this PyTorch can use")


def verdict(folder: Path, text: str, code: str) -> Verdict:
    path = folder / "program.py"
    path.write_text(text)
    findings = lint_source(text, path=str(path))
    _, records = run(path, findings=findings)
    assert records.problems == []
    (found,) = (Judge(records).judged(str(path), each).verdict for each in findings if each.code == code)
    assert found is not None
    return found


def test_a_tensor_that_stays_behind(tmp_path: Path) -> None:
    text = (
        "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.layer = nn.Linear(3, 3)\n        self.noise = torch.randn(3)\n\n"
        "    def forward(self, x):\n        return self.layer(x) + self.noise\n\n\n"
        "net = Net().to('cuda')\nprint(net.noise.device)\n"
    )
    found = verdict(tmp_path, text, "TLC101")
    assert found.kind is VerdictKind.CONFIRMED
    assert found.device == "cpu"
    assert "the module is on cuda:0" in found.message


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_fused_step(tmp_path: Path, optimizer: str) -> None:
    text = (
        f"import torch\n\nx = torch.ones(3, device='cuda', requires_grad=True)\n"
        f"opt = torch.optim.{optimizer}([x], lr=1.0, fused=True)\nx.sum().backward()\ny = (x * x).sum()\nopt.step()\n"
        "y.backward()\n"
    )
    found = verdict(tmp_path, text, "TLC205")
    assert found.kind is VerdictKind.CONFIRMED
    assert [each.place.line for each in found.seen] == [6, 7, 8]


def test_lines_of_a_backward_on_device_threads(tmp_path: Path) -> None:
    text = (
        "import torch\n\nx = torch.ones(3, device='cuda', requires_grad=True)\ny = x.exp()\ny += 1\ny.sum().backward()"
    )
    found = verdict(tmp_path, text, "TLC202")
    assert found.kind is VerdictKind.CONFIRMED
    assert [each.place.line for each in found.seen] == [4, 5, 6]


def test_memory_held_in_vain(tmp_path: Path) -> None:
    text = (
        "import torch\n\nx = torch.ones(1 << 20, device='cuda', requires_grad=True)\ny = x.exp().sin().sum()\n"
        "y.backward(retain_graph=True)\n"
    )
    found = verdict(tmp_path, text, "TLC402")
    assert found.kind is VerdictKind.CONFIRMED
    assert found.held == 8 << 20 or found.held == 4 << 20
    assert "cuda:0" in found.message
