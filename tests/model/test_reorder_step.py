"""A step between a forward and its backward: what is shown, and that it runs."""

from __future__ import annotations

import pytest

import torchlint
from torchlint.engine.fix import apply_edits
from torchlint.finding import Applicability
from torchlint.syntax.source import Source

HEAD = """\
import torch
from torch import nn

model, other = nn.Linear(2, 1), nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""
LOSSES = """\
first = model(torch.ones(3, 2)).pow(2).mean()
second = model(other(torch.ones(3, 2))).pow(2).mean()
"""


def shown(code: str) -> str | None:
    """A program with the fix that is shown for its step."""
    (finding,) = (each for each in torchlint.lint_source(code) if each.code in ("TLC205", "TLC301"))
    if finding.fix is None:
        return None
    assert finding.fix.applicability is Applicability.DISPLAY
    return apply_edits(Source(code, "example.py"), finding.fix.edits)


CASES = [
    pytest.param(
        f"{LOSSES}first.backward()\noptimizer.step()\noptimizer.zero_grad()\nsecond.backward()\n",
        "first = model(torch.ones(3, 2)).pow(2).mean()\nfirst.backward()\noptimizer.step()\n"
        "second = model(other(torch.ones(3, 2))).pow(2).mean()\noptimizer.zero_grad()\nsecond.backward()\n",
        id="the loss after the step",
    ),
    pytest.param(
        "h = model(torch.ones(3, 2))\nfirst = h.mean()\nfirst.backward(retain_graph=True)\n"
        "out = model(other(torch.ones(3, 2)))\nsecond = out.pow(2)\noptimizer.step()\nsecond.sum().backward()\n",
        "h = model(torch.ones(3, 2))\nfirst = h.mean()\nfirst.backward(retain_graph=True)\n"
        "optimizer.step()\nout = model(other(torch.ones(3, 2)))\nsecond = out.pow(2)\nsecond.sum().backward()\n",
        id="two statements of a forward",
    ),
    pytest.param(
        f"{LOSSES}print(second)\nfirst.backward()\noptimizer.step()\nsecond.backward()\n",
        f"{LOSSES}print(second)\nfirst.backward()\nsecond.backward()\noptimizer.step()\n",
        id="a loss that is read before: the step after the backward",
    ),
    pytest.param(
        f"{LOSSES}print(second)\nfirst.backward()\noptimizer.step()\nsecond.backward()\noptimizer.step()\n",
        f"{LOSSES}print(second)\nfirst.backward()\nsecond.backward()\noptimizer.step()\n",
        id="which is there anyway",
    ),
    pytest.param(
        f"{LOSSES}print(second)\nfirst.backward()\noptimizer.step()\noptimizer.zero_grad()\nsecond.backward()\n",
        None,
        id="not behind what would clear its gradients",
    ),
    pytest.param(
        "total = 0.0\nfor _ in range(2):\n    loss = model(other(torch.ones(3, 2))).mean()\n    total = total + loss\n"
        "    loss.backward(retain_graph=True)\n    optimizer.step()\ntotal.backward()\n",
        None,
        id="not what the loop with the step begins with",
    ),
    pytest.param(
        f"def update():\n    for p in model.parameters():\n        p.data -= 0.1 * p.grad\n\n"
        f"{LOSSES}first.backward()\nupdate()\nsecond.backward()\n",
        "def update():\n    for p in model.parameters():\n        p.data -= 0.1 * p.grad\n\n"
        "first = model(torch.ones(3, 2)).pow(2).mean()\nfirst.backward()\nupdate()\n"
        "second = model(other(torch.ones(3, 2))).pow(2).mean()\nsecond.backward()\n",
        id="a step written by hand, in a function",
    ),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_what_is_shown(before: str, after: str | None) -> None:
    assert shown(HEAD + before) == (None if after is None else HEAD + after)


@pytest.mark.torch
@pytest.mark.parametrize("after", [pytest.param(each.values[1], id=str(each.id)) for each in CASES if each.values[1]])
def test_what_is_shown_runs(after: str) -> None:
    pytest.importorskip("torch")
    exec(compile(HEAD + after, "shown", "exec"), {})
