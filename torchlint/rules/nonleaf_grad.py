"""The gradient of the result of an operation, which does not keep it.

What it does
    Finds ``x.grad`` where operations on tensors with gradients gave ``x`` and nothing told it to ``retain_grad()``.

Why
    Only leaves keep their gradient. PyTorch warns, and the attribute is None: the attack, the saliency map or the
    clipping that reads it has nothing to work with.

Example
    ``x = torch.randn(3, requires_grad=True) * 2``, a backward, and then ``x.grad``.

Fix safety
    No fix: ``x.retain_grad()`` before the backward keeps it; where ``x`` is meant to be a leaf, ``requires_grad`` is to
    be set on what was computed or moved.

What it misses
    Results of code that is not seen, unless a backward went through them. In a function that nothing seen calls the
    caller may have switched gradients off: it is told only where a backward ran before.

Source
    torch.Tensor.retain_grad; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC307",
    slug="nonleaf-grad",
    since="0.1.0",
    message="the gradient of the result of an operation, which does not keep it",
    triggers=GRADIENTS,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every gradient of a result that is read."""
    story = facts.story
    for found in story.of(Kind.UNKEPT):
        fault = found.fault
        made = f" of `{fault.operation}`" if fault.operation else ""
        text = f"{story.tensor(fault)} is the result{made}, not a leaf, and keeps no gradient"
        yield RULE.telling(story, found, text, story.silent(fault, "PyTorch warns, and gives None"))


EXAMPLES = (
    Example(
        "an input that was scaled",
        """
import torch

x = torch.ones(3, requires_grad=True) * 2
x.pow(2).sum().backward()
step = ⟦x.grad⟧
""",
        proof="fault = step is None",
    ),
    Example(
        "an input that was moved",
        """
import torch

device = "meta"
x = torch.ones(3, requires_grad=True).to(device)
loss = x.pow(2).sum()
step = ⟦x.grad⟧
""",
        Certainty.LIKELY,
        proof="fault = step is None",
    ),
    Example(
        "a leaf, and a result that is told to keep it",
        """
import torch

x = torch.ones(3, requires_grad=True)
y = x * 2
y.retain_grad()
y.pow(2).sum().backward()
step, inner = x.grad, y.grad
""",
        proof="fault = step is None or inner is None",
    ),
)
