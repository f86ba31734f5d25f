"""A NumPy array asked of a tensor that requires grad.

What it does
    Finds ``.numpy()`` on parameters, other leaves that require grad, and results computed from them.

Why
    The array would share memory with the tensor, and NumPy records nothing for backward: PyTorch raises.

Example
    ``predictions.append(model(x).numpy())`` outside of ``no_grad``.

Fix safety
    ``.detach()`` before it: safe, as the statement raises without it.

What it misses
    ``numpy.array(tensor)`` and other functions that ask for the array themselves. In a function that nothing seen calls
    the caller may have switched gradients off: it is told only where a backward ran before.

Source
    torch.Tensor.numpy; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix
from torchlint.model.autograd.faults import NUMPY, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC305",
    slug="numpy-requires-grad",
    since="0.1.0",
    message="a NumPy array asked of a tensor that requires grad",
    triggers=(*GRADIENTS, Trigger(Sign.PROGRAM_SCRIPT, frozenset({"numpy"}))),
    fix=Applicability.SAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every ``numpy()`` that PyTorch refuses."""
    story = facts.story
    for found in story.everywhere(Kind.NUMPY):
        fault = found.fault
        text = f"{story.tensor(fault)} requires grad, and NumPy would record nothing for backward"
        yield RULE.telling(story, found, text, story.raises(fault), fix=_fix(facts, fault.at))


def _fix(facts: Facts, at: ast.AST) -> Fix | None:
    """``x.numpy()`` -> ``x.detach().numpy()``."""
    if not facts.layout.owns(at) or not isinstance(at, ast.Call) or not isinstance(at.func, ast.Attribute):
        return None
    return Fix(
        Applicability.SAFE,
        "Detach it first",
        (facts.layout.insert(facts.layout.whole(at.func.value).end, ".detach()"),),
    )


EXAMPLES = (
    Example(
        "a curve to be drawn",
        """
import torch

w = torch.ones(3, requires_grad=True)
curve = ⟦(w * 2).numpy()⟧
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
curve = (w * 2).detach().numpy()
""",
        raises=NUMPY,
    ),
    Example(
        "a parameter that is plotted",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
model(torch.ones(3, 2)).sum().backward()
weight = ⟦model.weight.cpu().numpy()⟧
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
model(torch.ones(3, 2)).sum().backward()
weight = model.weight.cpu().detach().numpy()
""",
        raises=NUMPY,
    ),
    Example(
        "after a step, in a function",
        """
import torch
from torch import nn

def train(batches):
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    seen = []
    for x, y in batches:
        output = model(x)
        optimizer.zero_grad()
        (output - y).pow(2).mean().backward()
        optimizer.step()
        seen.append(⟦output.numpy()⟧)
    return seen
""",
        fixed="""
import torch
from torch import nn

def train(batches):
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    seen = []
    for x, y in batches:
        output = model(x)
        optimizer.zero_grad()
        (output - y).pow(2).mean().backward()
        optimizer.step()
        seen.append(output.detach().numpy())
    return seen
""",
        raises=NUMPY,
        proof="fault = len(train([(torch.ones(3, 2), torch.ones(3, 1))])) != 1",
    ),
    Example(
        "detached, forced, without gradients, and of whoever calls",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
x = torch.ones(3, 2)
model(x).sum().backward()
one, other = model(x).detach().numpy(), model(x).numpy(force=True)
with torch.no_grad():
    third = model(x).numpy()

def predict(x):
    return nn.Linear(2, 1)(x).numpy()
""",
        proof="""
with torch.no_grad():
    fault = predict(x).shape != (3, 1)
""",
    ),
)
