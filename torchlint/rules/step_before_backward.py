"""An optimizer step between a forward and its backward.

What it does
    Finds ``optimizer.step()`` where a backward that comes later needs one of the parameters as it was: the forward used
    it before the step.

Why
    The step changes parameters in place. The backward of the other loss would be computed from the new weights, so it
    raises; before PyTorch 1.5 it silently was wrong. A fused optimizer (``fused=True``) changes its parameters without
    telling autograd, and the gradient still is silently wrong.

Example
    A GAN in which ``discriminator_optimizer.step()`` comes before the backward of the generator's loss through the old
    ``discriminator(fake)``.

Fix safety
    Shown only: the second loss computed after the first step or, where that cannot be told, the step after the
    backward, where one block has all of it. The two train different things, and only the author knows which one is
    meant. Where the backward goes on into an earlier iteration through what a loop carries, that is detached, as for
    TLC403: unsafe.

What it misses
    Optimizers of other packages, parameters of modules that are not seen, and parameters that are not known to have a
    gradient at the step: those are not changed by it.

Source
    pytorch/pytorch issue 39141; torch.optim (in-place updates under ``no_grad``); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.model.autograd.faults import MODIFIED, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.autograd.tensor import How
from torchlint.model.fixes.detach_carried import detach_carried
from torchlint.model.fixes.reorder_step import reordered
from torchlint.model.report.story import is_by
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding, Fix
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC205",
    slug="step-before-backward",
    since="0.1.0",
    message="an optimizer step changes parameters that a pending backward needs",
    triggers=GRADIENTS,
    fix=Applicability.UNSAFE,
)

_FUSED = "the gradient is computed from the weights after the step: a fused optimizer does not tell autograd"


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every step that a later backward notices, or ought to."""
    story = facts.story
    for found in story.everywhere(Kind.SAVED, Kind.STALE):
        fault = found.fault
        if is_by(fault, How.STEP):
            text = f"this step changes {story.kept(fault)}, which {story.keeping(fault)}"
            effect = story.raises(fault) if fault.kind is Kind.SAVED else story.silent(fault, _FUSED)
            yield RULE.telling(story, found, text, effect, fix=_fix(facts, fault))


def _fix(facts: Facts, fault: Fault) -> Fix | None:
    """Detach what a loop carries, where the backward goes into an earlier iteration; else another order."""
    layout, rehearsal = facts.layout, facts.rehearsal
    backward = fault.surfaces
    if backward is None or not (layout.owns(backward) and layout.owns(fault.at)):
        return None
    return reordered(layout, rehearsal, fault) or detach_carried(layout, rehearsal, backward, fault.at)


EXAMPLES = (
    Example(
        "one loss is stepped for before the other goes backward",
        """
import torch
from torch import nn

critic = nn.Linear(3, 1)
optimizer = torch.optim.SGD(critic.parameters(), lr=0.1)
fake = torch.randn(4, 3, requires_grad=True)
generator_loss = critic(fake).mean()
critic(torch.ones(4, 3)).mean().backward()
⟦optimizer.step()⟧
generator_loss.backward()
""",
        raises=MODIFIED,
    ),
    Example(
        "a fused optimizer does it in silence",
        """
import torch

w = torch.ones(3, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.5, fused=True)
first, second = (w * w).sum(), (w * w * 3).sum()
first.backward()
optimizer.zero_grad(set_to_none=False)
w.grad += 1
⟦optimizer.step()⟧
optimizer.zero_grad()
second.backward()
""",
        proof="fault = not torch.equal(w.grad, torch.full((3,), 6.0))",
    ),
    Example(
        "both backwards before both steps, and a forward after the step",
        """
import torch
from torch import nn

critic = nn.Linear(3, 1)
optimizer = torch.optim.Adam(critic.parameters())
fake = torch.randn(4, 3, requires_grad=True)
generator_loss = critic(fake).mean()
critic_loss = critic(fake.detach()).mean()
critic_loss.backward()
generator_loss.backward()
optimizer.step()
for _ in range(2):
    optimizer.zero_grad()
    critic(fake).mean().backward()
    optimizer.step()
""",
        proof="fault = fake.grad is None",
    ),
)
