"""``requires_grad`` switched off on the result of an operation.

What it does
    Finds ``h.requires_grad = False`` and ``h.requires_grad_(False)`` where ``h`` was computed from tensors that
    require grad.

Why
    The flag of a result follows from its operands; only leaves have a flag of their own. PyTorch raises.

Example
    ``features = encoder(x); features.requires_grad = False``.

Fix safety
    No fix: ``features = features.detach()`` cuts the graph here, ``with torch.no_grad():`` around the computation saves
    its cost too. Which one fits depends on where else the tensor is used.

What it misses
    Tensors that are not known to require grad.

Source
    torch/csrc/autograd/python_variable.cpp (THPVariable_set_requires_grad); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import NON_LEAF_FLAG, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC508",
    slug="nonleaf-requires-grad",
    since="0.1.0",
    message="`requires_grad` switched off on the result of an operation",
    triggers=GRADIENTS,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every flag that PyTorch refuses to change."""
    story = facts.story
    for found in story.everywhere(Kind.FLAG):
        fault = found.fault
        text = f"{story.tensor(fault)} is the result of an operation, and only a leaf can stop requiring grad"
        yield RULE.telling(story, found, text, story.raises(fault), story.certainty_by_mode(found))


EXAMPLES = (
    Example(
        "a result that should be frozen",
        """
import torch

w = torch.randn(3, requires_grad=True)
h = torch.exp(w)
⟦h.requires_grad⟧ = False
""",
        raises=NON_LEAF_FLAG,
    ),
    Example(
        "by method",
        """
import torch
from torch import nn

features = nn.Linear(2, 2)(torch.ones(1, 2))
⟦features.requires_grad_(False)⟧
""",
        raises=NON_LEAF_FLAG,
    ),
    Example(
        "leaves, copies outside the graph, and results of no_grad",
        """
import torch
from torch import nn

layer = nn.Linear(2, 2)
for parameter in layer.parameters():
    parameter.requires_grad = False
w = torch.ones(3, requires_grad=True)
h = torch.exp(w).detach()
h.requires_grad = False
with torch.no_grad():
    y = w * 2
y.requires_grad_(False)
z = w * 2
z.requires_grad_()
""",
    ),
)
