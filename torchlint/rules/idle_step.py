"""A step that trains nothing, as no backward comes to what its optimizer has.

What it does
    Finds the steps of an optimizer none of whose parameters a backward of the program reaches, where all of its
    parameters and all backwards are seen.

Why
    ``step`` passes over parameters without a gradient and says nothing. An optimizer that was given the parameters of
    another network, or a loss that is computed from other tensors, trains nothing from the first step to the last.

Example
    ``optimizer = torch.optim.Adam(target_net.parameters())`` where the loss is that of ``policy_net``.

Fix safety
    No fix: whether the optimizer or the loss is the wrong one, only its author knows.

What it misses
    Optimizers of models that are not looked into or that are given away, and steps whose gradients were lost at a known
    place, which is TLC304 or TLC504, or whose parameters were replaced, which is TLC601. Parameters that something else
    changes, such as a moving average.

Source
    torch.optim.Optimizer.step ("if p.grad is None: continue" in each optimizer); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.report.stale_optimizers import told_stale
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC609",
    slug="idle-step",
    since="0.1.0",
    message="a step to whose parameters no backward comes",
    triggers=GRADIENTS,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every step that finds no gradient, where nothing says why."""
    story = facts.story
    steps = {found.what.step for found in told_stale(story)}
    for found in story.everywhere(Kind.IDLE):
        if found.fault.cut is None and found.fault.surfaces not in steps:
            text = "no backward comes to the parameters of this optimizer: the step has nothing to do"
            effect = story.silent(found.fault, "no parameter of that optimizer is ever trained")
            yield RULE.telling(story, found, text, effect, Certainty.LIKELY)


EXAMPLES = (
    Example(
        "the parameters of another network",
        """
import copy

import torch
from torch import nn

policy = nn.Linear(3, 2)
target = copy.deepcopy(policy)
optimizer = torch.optim.Adam(target.parameters())
for step in range(3):
    loss = policy(torch.ones(4, 3)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    ⟦optimizer.step()⟧
""",
        Certainty.LIKELY,
        proof="fault = all(each.grad is None for each in target.parameters()) and not optimizer.state",
    ),
    Example(
        "a loss of other tensors",
        """
import torch
from torch import nn

actor, critic = nn.Linear(3, 2), nn.Linear(5, 1)
actors = torch.optim.Adam(actor.parameters())
critics = torch.optim.Adam(critic.parameters())
states, actions = torch.ones(4, 3), torch.ones(4, 2)
for step in range(3):
    critics.zero_grad()
    critic(torch.cat([states, actions], dim=1)).pow(2).mean().backward()
    critics.step()
    actors.zero_grad()
    loss = -critic(torch.cat([states, actions], dim=1)).mean()
    loss.backward()
    ⟦actors.step()⟧
""",
        Certainty.LIKELY,
        proof="fault = not actors.state",
    ),
    Example(
        "a step that has to wait for its gradients, and one of frozen parameters",
        """
import torch
from torch import nn

body, head = nn.Linear(3, 2), nn.Linear(2, 1)
frozen = nn.Linear(2, 2)
for each in frozen.parameters():
    each.requires_grad = False
bodies = torch.optim.SGD(body.parameters(), lr=0.1)
heads = torch.optim.SGD(head.parameters(), lr=0.1)
rest = torch.optim.SGD(frozen.parameters(), lr=0.1)
for step in range(4):
    features = body(torch.ones(4, 3))
    if step < 2:
        features = features.detach()
    head(features).mean().backward()
    heads.step()
    bodies.step()
    rest.step()
""",
        proof="fault = body.weight.grad is None",
    ),
)
