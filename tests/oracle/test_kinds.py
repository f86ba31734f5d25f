"""The classifier knows PyTorch's own words, and PyTorch does what is known of it, shape by shape."""

from __future__ import annotations

import pytest

from tests.oracle.kinds import KINDS, RARE, kind_of

HEAD = "import torch\ndef leaf():\n    return torch.randn(3, requires_grad=True)\n"

FAULTS = {
    "saved": "x = leaf()\ny = x.exp()\ny += 1\ny.sum().backward()",
    "twice": "x = leaf()\ny = x.exp().sum()\ny.backward()\ny.backward()",
    "leaf": "x = leaf()\nx += 1",
    "view": "x = leaf()\nx[0] = 1",
    "view, several": "x = leaf() * 2\nfor r in x:\n    r += 1",
    "view, quiet": "x = leaf() * 2\nwith torch.no_grad():\n    v = x[:1]\nv += 1",
    "view, inference": "x = leaf()\nwith torch.inference_mode():\n    v = x[:1]\nv += 1",
    "view, expanded": "x = torch.zeros(3).expand(2, 3)\nx += 1",
    "out": "x = leaf()\ntorch.exp(x, out=torch.empty(3))",
    "without-grad": "x = torch.randn(3)\nx.sum().backward()",
    "without-grad, input": "x = leaf()\nk = torch.ones(3)\ntorch.autograd.grad((x * k).sum(), k)",
    "inference": "w = leaf()\nwith torch.inference_mode():\n    k = torch.ones(3)\ny = w * k",
    "inference, changed": "with torch.inference_mode():\n    k = torch.ones(3)\nk += 1",
    "inference, flag": "with torch.inference_mode():\n    k = torch.ones(3)\nk.requires_grad_()",
    "flags": "x = leaf() * 2\nx.requires_grad_(False)",
}


@pytest.mark.torch
@pytest.mark.parametrize("name", FAULTS)
def test_real_messages(name: str) -> None:
    pytest.importorskip("torch")
    with pytest.raises(RuntimeError) as raised:
        exec(HEAD + FAULTS[name], {})
    assert kind_of(str(raised.value)) == name.partition(",")[0]


def test_ordinary_messages() -> None:
    assert kind_of("The size of tensor a (3) must match the size of tensor b (4)") is None
    assert kind_of("name 'x' is not defined") is None


def test_every_kind_but_silent_has_words() -> None:
    assert {name.partition(",")[0] for name in FAULTS} == {*KINDS, *RARE} - {"silent"}
