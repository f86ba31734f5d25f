"""What the oracle says PyTorch does is what PyTorch does."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.oracle.program import Event, Program, Truth, load
from tests.oracle.quotas import MODULES, SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.oracle.quotas import Quotas

HEAD = (
    "import os, torch\nfrom torch import nn\nimport torch.nn.functional as F\nx = torch.randn(3, requires_grad=True)\n"
)
FLAG = 'a = os.environ.get("FLAG_A") == "1"\n'
STEPS = 'n = int(os.environ.get("STEPS", "2"))\n'

# A program after HEAD, whose first line is line 5, with its required and its optional events.
CASES = {
    "output changed": ("y = x.exp()\ny += 1\ny.sum().backward()", ["saved 7"], []),
    "nothing kept": ("y = x + 1\ny *= 2\ny.sum().backward()", [], []),
    "other operand": ("d = torch.ones(3)\ny = x * d\nd.detach().zero_()\ny.sum().backward()", ["saved 8"], []),
    "other operand, not kept": ("h = x + 0\ny = h * torch.ones(3)\nh += 1\ny.sum().backward()", [], []),
    "clone": ("y = x.exp()\ny.clone().add_(1)\ny.sum().backward()", [], []),
    "data": ("y = x.exp()\ny.data.mul_(2)\ny.sum().backward()", ["silent 7"], []),
    "numpy": ("y = x.exp()\ny.detach().numpy()[:] = 9\ny.sum().backward()", ["silent 7"], []),
    "data of an input": ("h = x * 1\ny = h.sin()\nh.data = torch.ones(3)\ny.sum().backward()", ["silent 8"], []),
    "data of an output": ("y = x.exp()\ny.data = torch.ones(3)\ny.sum().backward()", [], []),
    "stale, equal gradients": ("y = (x * x).relu()\ny.data.mul_(2)\ny.sum().backward()", [], ["silent 7"]),
    "written, equal numbers": ("d = torch.zeros(3)\ny = x * d\nd.data.mul_(2)\ny.sum().backward()", [], ["silent 8"]),
    "replaced, equal gradients": ("y = x.clamp(-9, 9)\nx.data = x.data / 2\ny.sum().backward()", [], ["silent 7"]),
    "leaf in no_grad": ("y = x * x\nwith torch.no_grad():\n    x += 1\ny.sum().backward()", ["saved 8"], []),
    "data of an output kept twice": (
        "h = x.relu()\ny = h.abs()\nh.data = h.detach() / 2\ny.sum().backward()",
        [],
        ["silent 8"],
    ),
    "in a buffer": ("o = torch.zeros(2, 3)\nfor i in range(2):\n    o[i] = x * i\no.sum().backward()", [], []),
    "step": (
        "opt = torch.optim.SGD([x], lr=1.0)\nx.sum().backward()\ny = (x * x).sum()\nopt.step()\ny.backward()",
        ["saved 9"],
        [],
    ),
    "fused step": (
        "opt = torch.optim.SGD([x], lr=1.0, fused=True)\nx.sum().backward()\ny = (x * x).sum()\n"
        "opt.step()\ny.backward()",
        ["silent 9"],
        [],
    ),
    "add keeps nothing": ("y = (x + 1).sum()\ny.backward()\ny.backward()", [], []),
    "a number is kept": ("y = (x * 2.0).sum()\ny.backward()\ny.backward()", ["twice 7"], []),
    "retain_graph": ("y = x.exp().sum()\ny.backward(retain_graph=True)\ny.backward()", [], []),
    "disjoint": ("y, z = x.exp().sum(), x.sin().sum()\nw = y + z\ny.backward()\nz.backward()", [], []),
    "wrapped again": ("y = torch.tensor(x.sum().item(), requires_grad=True)\ny.backward()", ["silent 6"], []),
    "max_norm": (
        "e = nn.Embedding(3, 2, max_norm=1.0)\ny = e.weight ** 2\ne(torch.tensor([0]))\ny.sum().backward()",
        ["saved 8"],
        [],
    ),
    "uncalled no_grad": ("torch.no_grad()\ny = x.sum()\ny.backward()", [], []),
    "one world": (f"{FLAG}y = x.exp()\nif a:\n    y += 1\ny.sum().backward()", ["saved 9"], []),
    "worlds apart": (f"{FLAG}y = x.exp()\nif a:\n    y += 1\nif not a:\n    y.sum().backward()", [], []),
    "unknown length": (f"{STEPS}y = x.exp().sum()\nfor _ in range(n):\n    y.backward()", ["twice 8"], []),
    "no iteration": (
        f"{STEPS}y = torch.ones(3)\nfor _ in range(n):\n    y = y * x\ny.sum().backward()",
        [],
        ["without-grad 9"],
    ),
    "after a silent one": (
        "y = x.exp()\ny.data.mul_(2)\nz = y.sum()\nz.backward()\nz.backward()",
        ["silent 8"],
        ["twice 9"],
    ),
    "caught": ("try:\n    x += 1\nexcept RuntimeError:\n    pass\nx[0] = 1", ["leaf 6"], ["view 9"]),
    "backward caught": (
        "y = x.exp().sum()\ny.backward()\ntry:\n    y.backward()\nexcept RuntimeError:\n    pass",
        ["twice 8"],
        [],
    ),
    "in a function": ("def f(t):\n    t += 1\n\nf(x)", ["leaf 6"], []),
}


@pytest.fixture(scope="module")
def truth() -> Iterator[ModuleType]:
    """The module that needs torch, watching."""
    pytest.importorskip("torch")
    from tests.oracle import truth

    with truth.watching():
        yield truth


def events(texts: list[str], cell: int = 0) -> frozenset[Event]:
    return frozenset(Event(kind, cell, int(line)) for kind, line in (text.split() for text in texts))


@pytest.mark.torch
@pytest.mark.parametrize("name", CASES)
def test_shapes(truth: ModuleType, name: str) -> None:
    text, required, optional = CASES[name]
    found = truth.truth_of(Program(1, name, (f"{HEAD}{text}\n",)))
    assert found == Truth(events(required), events(optional))


@pytest.mark.torch
def test_a_cell_that_raises_does_not_end_a_notebook(truth: ModuleType) -> None:
    cells = (HEAD, "y = x.exp()\nx += 1\n", "y += 1\ny.sum().backward()\n", "print(missing)\n")
    found = truth.truth_of(Program(1, "notebook", cells))
    assert found == Truth(frozenset({Event("leaf", 2, 2)}), frozenset({Event("saved", 3, 2)}))


@pytest.mark.torch
def test_an_ordinary_error_is_discarded(truth: ModuleType) -> None:
    with pytest.raises(truth.OrdinaryError, match="size of tensor"):
        truth.truth_of(Program(1, "sizes", (f"{HEAD}x + torch.ones(4)\n",)))


@pytest.mark.torch
def test_everything_is_restored() -> None:
    torch = pytest.importorskip("torch")
    from tests.oracle import truth

    def state() -> object:
        return (
            torch.Tensor.backward,
            torch.autograd.backward,
            torch.autograd.grad,
            torch.get_default_dtype(),
            torch.get_num_threads(),
            torch.is_grad_enabled(),
            torch.get_rng_state().tolist(),
            dict(os.environ),
        )

    before = state()
    text = f"{HEAD}{FLAG}torch.set_grad_enabled(False)\ntorch.manual_seed(3)\n"
    assert len(list(truth.labelled([Program(1, "state", (text,))], Counter()))) == 1
    assert state() == before


@pytest.mark.torch
@pytest.mark.parametrize("quotas", [SCRIPTS, MODULES], ids=["scripts", "modules"])
def test_stored_truth_is_what_torch_gives_today(truth: ModuleType, quotas: Quotas) -> None:
    for each in load(quotas.stored)[::25]:
        assert truth.truth_of(each.program) == each.truth, each.program.text


@pytest.mark.torch
@pytest.mark.parametrize("quotas", [SCRIPTS, MODULES], ids=["scripts", "modules"])
def test_no_program_hangs_on_the_default_dtype(truth: ModuleType, quotas: Quotas) -> None:
    import torch

    torch.set_default_dtype(torch.float32)
    try:
        for each in load(quotas.stored)[7::40]:
            found = truth.truth_of(each.program)
            for here, there in ((found.required, each.truth.required), (found.optional, each.truth.optional)):
                assert _raised(here) == _raised(there), each.program.text
    finally:
        torch.set_default_dtype(torch.float64)


def _raised(events: frozenset[Event]) -> set[Event]:
    """Those that do not hang on how exact numbers are."""
    return {event for event in events if event.kind != "silent"}
