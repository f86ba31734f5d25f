"""State that a loop carries into its next iteration together with its graph.

What it does
    Finds a backward inside a loop that reaches what an earlier iteration computed, after the backward of that iteration
    freed it: a hidden state, a running value, a buffer.

Why
    The graph of the new loss goes on through the state into the iteration before, whose backward has already freed it:
    the second iteration raises. With ``retain_graph=True`` it would not, but each iteration would go backward through
    all before it.

Example
    ``output, hidden = rnn(batch, hidden)`` and ``loss.backward()`` in one loop.

Fix safety
    ``hidden = hidden.detach()`` (each tensor of a tuple) at the head of the loop, at its end for what begins as None or
    a number, at the head of the method that keeps it, or after the backward there: truncated backpropagation through
    time, nearly always what is meant. A list of losses that nothing else reads is cleared after their backward. It is
    unsafe, for where the gradient ought to go through all steps, the losses are summed and go backward once after the
    loop. Offered where the carried names can be told.

What it misses
    State kept in objects that are not seen. Where it is not known how often the loop runs the finding is likely.

Source
    torch.nn.RNN and the notes of torch.autograd; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty
from torchlint.model.autograd.faults import TWICE, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.fixes.detach_carried import detach_carried
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC403",
    slug="carried-graph",
    since="0.1.0",
    message="state carried into the next iteration together with its graph",
    triggers=GRADIENTS,
    fix=Applicability.UNSAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every backward that reaches into an earlier iteration."""
    story = facts.story
    for found in story.everywhere(Kind.TWICE):
        fault = found.fault
        if fault.carried:
            text = f"what is carried over leads back into an earlier iteration: {story.freed(fault)}; detach it"
            is_here = facts.layout.owns(fault.at)
            fix = detach_carried(facts.layout, facts.rehearsal, fault.at) if is_here else None
            yield RULE.telling(story, found, text, story.raises(fault), fix=fix)


EXAMPLES = (
    Example(
        "a hidden state",
        """
import torch

w = torch.ones(3, requires_grad=True)
hidden = torch.zeros(3)
for step in range(3):
    hidden = torch.tanh(hidden * w)
    loss = hidden.sum()
    ⟦loss.backward()⟧
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
hidden = torch.zeros(3)
for step in range(3):
    hidden = hidden.detach()
    hidden = torch.tanh(hidden * w)
    loss = hidden.sum()
    loss.backward()
""",
        raises=TWICE,
    ),
    Example(
        "however often the loop runs",
        """
import torch
from torch import nn

def train(batches):
    cell = nn.GRUCell(2, 2)
    hidden = torch.zeros(1, 2)
    for batch in batches:
        hidden = cell(batch, hidden)
        ⟦hidden.sum().backward()⟧
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

def train(batches):
    cell = nn.GRUCell(2, 2)
    hidden = torch.zeros(1, 2)
    for batch in batches:
        hidden = hidden.detach()
        hidden = cell(batch, hidden)
        hidden.sum().backward()
""",
        proof="train([torch.ones(1, 2)] * 2)",
        raises=TWICE,
    ),
    Example(
        "detached, or gone backward through after the loop",
        """
import torch

w = torch.ones(3, requires_grad=True)
hidden = torch.zeros(3)
for step in range(3):
    hidden = torch.tanh(hidden.detach() * w)
    hidden.sum().backward()
total = 0
hidden = torch.zeros(3)
for step in range(3):
    hidden = torch.tanh(hidden * w)
    total = total + hidden.sum()
total.backward()
""",
        proof="fault = w.grad is None",
    ),
)
