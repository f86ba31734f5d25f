"""A network that gets gradients, and that no optimizer has.

What it does
    Finds optimizers that were made with other parameters than the loss needs: a backward comes to a network that no
    optimizer has, and the optimizer that steps after it has parameters to which no backward comes, or which another
    optimizer has as well.

Why
    PyTorch adds gradients to every leaf that a backward comes to, whoever may want them. Those of a network without an
    optimizer grow from step to step, and the network stays as it was initialised. Nothing raises.

Example
    ``of_generator = torch.optim.Adam(critic.parameters())`` where ``of_critic`` has those, too.

Fix safety
    No fix: whether the network was mistaken for another one or left out, only its author knows.

What it misses
    Optimizers whose parameters all get gradients, as where one of two networks was left out: what is added to a
    network that is only read, an attack, for instance, looks the same. Networks that are loaded, that are given to code
    that is not seen, or that something else than a step changes.

Source
    torch.Tensor.backward ("This function accumulates gradients in the leaves"); the examples run.
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
    code="TLC615",
    slug="untrained-module",
    since="0.1.0",
    message="a network that gets gradients, and that no optimizer has",
    triggers=GRADIENTS,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every optimizer that has other parameters than those of a network that gets gradients and has none."""
    story = facts.story
    if story.reads_gradients():
        return
    told = {each.fault.surfaces for each in story.of(Kind.IDLE)} | {each.what.step for each in told_stale(story)}
    for found in story.of(Kind.UNTRAINED):
        fault = found.fault
        if fault.made is None or fault.backward is None or fault.surfaces in told:
            continue
        network = f"`{story.text(fault.made)}` at {story.line(fault.made, fault.at)}"
        backward = story.line(fault.backward, fault.at)
        text = f"neither this nor another optimizer has the parameters of {network}, to which the backward at "
        text += f"{backward} comes"
        yield RULE.telling(story, found, text, story.silent(fault, "it is never trained"), Certainty.LIKELY)


EXAMPLES = (
    Example(
        "two optimizers of one network",
        """
import torch
from torch import nn

generator, critic = nn.Linear(3, 2), nn.Linear(2, 1)
of_critic = torch.optim.Adam(critic.parameters())
of_generator = ⟦torch.optim.Adam(critic.parameters())⟧
for step in range(3):
    fake = generator(torch.ones(4, 3))
    of_critic.zero_grad()
    critic(fake.detach()).mean().backward()
    of_critic.step()
    of_generator.zero_grad()
    (-critic(fake).mean()).backward()
    of_generator.step()
""",
        Certainty.LIKELY,
        proof="fault = generator.weight.grad is not None and not any(generator.weight is each for optimizer in "
        "(of_critic, of_generator) for each in optimizer.state)",
    ),
    Example(
        "each network has its own",
        """
import torch
from torch import nn

generator, critic = nn.Linear(3, 2), nn.Linear(2, 1)
of_generator = torch.optim.Adam(generator.parameters())
of_critic = torch.optim.Adam(critic.parameters())
for step in range(3):
    fake = generator(torch.ones(4, 3))
    of_critic.zero_grad()
    critic(fake.detach()).mean().backward()
    of_critic.step()
    of_generator.zero_grad()
    (-critic(fake).mean()).backward()
    of_generator.step()
""",
        proof="fault = not of_generator.state",
    ),
)
