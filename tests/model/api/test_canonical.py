from __future__ import annotations

import importlib

import pytest

from torchlint.model.api.canonical import canonical
from torchlint.model.api.torch_names import HOMES


@pytest.mark.parametrize(
    ("name", "public"),
    [
        pytest.param("torch.nn.modules.linear.Linear", "torch.nn.Linear", id="module"),
        pytest.param("torch.nn.modules.Linear", "torch.nn.Linear", id="package-of-modules"),
        pytest.param("torch.nn.parameter.Parameter", "torch.nn.Parameter", id="parameter"),
        pytest.param("torch.autograd.grad_mode.no_grad", "torch.no_grad", id="grad-mode"),
        pytest.param("torch.autograd.no_grad", "torch.no_grad", id="autograd-package"),
        pytest.param("torch._tensor.Tensor.add_", "torch.Tensor.add_", id="attribute"),
        pytest.param("torch.optim.adam.Adam", "torch.optim.Adam", id="optimizer"),
        pytest.param("torch.nn.Linear", "torch.nn.Linear", id="public-already"),
        pytest.param("torch.nn.modules.loss._Loss", "torch.nn.modules.loss._Loss", id="private-only"),
        pytest.param("torch", "torch", id="torch"),
        pytest.param("mytorch.nn.modules.linear.Linear", "mytorch.nn.modules.linear.Linear", id="another-package"),
    ],
)
def test_canonical(name: str, public: str) -> None:
    assert canonical(name) == public


@pytest.mark.torch
def test_homes_hold_what_the_table_says() -> None:
    pytest.importorskip("torch")
    for home, spaces in HOMES.items():
        for space, names in spaces.items():
            for name in names.split():
                there = getattr(importlib.import_module(home), name)
                assert there is getattr(importlib.import_module(space), name), (home, space, name)
