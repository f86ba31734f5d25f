"""A backward from a tensor that cannot require grad.

What it does
    Finds ``backward`` and ``autograd.grad`` on tensors that certainly have no graph: nothing they were computed from
    requires grad, or the graph was left on the way (``no_grad``, ``.detach()``, ``.item()``, ``argmax``, a comparison,
    an integer dtype), and on the numbers that ``.item()`` and ``float`` give. It says where.

Why
    There is nothing to go backward through: the statement raises.

Example
    A loss computed from ``prediction.argmax(1)``, or under ``torch.no_grad()``.

Fix safety
    ``.detach()``, ``.data``, ``.item()`` and ``float`` are dropped, with the ``torch.tensor`` that made a tensor of the
    number again; ``torch.stack`` takes the place of ``torch.tensor`` for a list; a block or function is let out of
    ``no_grad``, unless its name says that it evaluates; ``set_grad_enabled`` is told the condition of the backward. The
    input of ``autograd.grad`` is told to require grad, and a gradient that goes backward again gets
    ``create_graph=True``. All are unsafe, as more is trained then, and offered only where the backward then runs. No
    fix where nothing requires grad, and for what no gradient flows through (``argmax``, a comparison, an integer
    dtype): what takes its place, the code does not say. ``loss.requires_grad_()`` only hides the error (TLC304).

What it misses
    Tensors that come from elsewhere, of which it is not known that they do not require grad.

Source
    torch.autograd.backward; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.facts import Facts
    from torchlint.model.report.story import Story

RULE = Rule(
    code="TLC404",
    slug="backward-without-grad",
    since="0.1.0",
    message="a backward from a tensor that cannot require grad",
    triggers=GRADIENTS,
    fix=Applicability.UNSAFE,
)

_RAISES = "does not require grad and does not have a grad_fn"


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every backward that has no graph."""
    story = facts.story
    for found in story.everywhere(Kind.NO_GRAD):
        fault = found.fault
        why = story.leaving(fault) if fault.cut is not None else _nothing(story, fault)
        text = f"{story.tensor(fault)} has no graph to go backward through: {why}"
        fix = facts.reconnection.fix(fault, fault.at) if facts.layout.owns(fault.at) else None
        yield RULE.telling(story, found, text, story.raises(fault), fix=fix)


def _nothing(story: Story, fault: Fault) -> str:
    text = "nothing that it is computed from requires grad"
    if fault.tensor is None:
        return text
    return f"{text}, `{story.text(fault.tensor.name)}` of {story.line(fault.tensor.made, fault.at)} included"


EXAMPLES = (
    Example(
        "the forward ran under no_grad",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
with torch.no_grad():
    prediction = model(torch.ones(1, 2))
loss = (prediction - 1).pow(2).sum()
⟦loss.backward()⟧
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
prediction = model(torch.ones(1, 2))
loss = (prediction - 1).pow(2).sum()
loss.backward()
""",
        raises=_RAISES,
    ),
    Example(
        "indices have no gradient",
        """
import torch

w = torch.randn(4, 3, requires_grad=True)
wrong = (w.argmax(1) != torch.zeros(4)).float().mean()
⟦wrong.backward()⟧
""",
        raises=_RAISES,
    ),
    Example(
        "nothing requires grad",
        """
import torch

x = torch.ones(3)
loss = (x * x).sum()
⟦torch.autograd.grad(loss, x)⟧
""",
        raises=_RAISES,
    ),
    Example(
        "gradients on again, and accuracy beside the loss",
        """
import torch

w = torch.randn(4, 3, requires_grad=True)
with torch.no_grad():
    accuracy = (w.argmax(1) == 0).float().mean()
    with torch.enable_grad():
        loss = (w * w).sum()
loss.backward()
x = torch.ones(3)
x.requires_grad_()
(x * accuracy).sum().backward()
""",
        proof="fault = w.grad is None or x.grad is None",
    ),
)
