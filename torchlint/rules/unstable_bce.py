"""A sigmoid and the logarithm of it in two steps.

What it does
    Advises against ``binary_cross_entropy`` and ``nn.BCELoss`` of the result of a sigmoid.

Why
    In 32 bits the sigmoid of 17 is 1: a wrong prediction as sure as that costs 100 instead of 17, and gets no gradient.
    ``binary_cross_entropy_with_logits`` computes both in one step, exactly, and also under autocast, where the other
    raises.

Example
    ``loss = F.binary_cross_entropy(torch.sigmoid(model(x)), y)``.

Fix safety
    Where the sigmoid stands in the call of the function, the function of logits is given what the sigmoid was: unsafe,
    as the numbers are not quite the same.

What it misses
    What comes out of modules and functions that are not seen.

Source
    torch.nn.BCEWithLogitsLoss ("more numerically stable than using a plain Sigmoid followed by a BCELoss"); the
    examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.fixes.replaced_operation import renamed, unwrapped
from torchlint.model.report.loss_inputs import losses_of
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.report.loss_inputs import LossOf

_LOSSES = frozenset(("binary_cross_entropy", "BCELoss"))
_SIGMOIDS = frozenset(("sigmoid", "Sigmoid", "expit"))

RULE = Rule(
    code="TLC703",
    slug="unstable-bce",
    since="0.1.0",
    message="a sigmoid and the logarithm of it in two steps",
    triggers=(Trigger(Sign.PROGRAM, _LOSSES), Trigger(Sign.PROGRAM_RECORD, _LOSSES | _SIGMOIDS)),
    fix=Applicability.UNSAFE,
    highest=Certainty.ADVICE,
)

_ROUNDED = Effect(
    EffectKind.NONE, "predictions that are surely wrong get no gradient, as the sigmoid is rounded to 0 or 1"
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every binary cross-entropy of a sigmoid."""
    story = facts.story
    for found in story.seen(lambda events: losses_of(events, _LOSSES, _SIGMOIDS)):
        loss, sigmoid = found.what.loss, found.what.maker
        name, maker = story.operation(loss.at, loss.label), story.operation(sigmoid.at, sigmoid.label)
        text = f"`{name}` takes the logarithm of what `{maker}` gave at {story.line(sigmoid.at, loss.at)}"
        text += ": a loss of logits computes both in one step"
        yield RULE.seeing(story, found, text, _ROUNDED, (), _fix(facts, found.what), Certainty.ADVICE)


def _fix(facts: Facts, of: LossOf) -> Fix | None:
    logits = unwrapped(facts.layout, of.loss.arguments["input"], of.maker)
    name = renamed(facts.layout, facts.outline, of.loss, "binary_cross_entropy_with_logits")
    if logits is None or name is None:
        return None
    return Fix(Applicability.UNSAFE, "Give the logits to the loss that takes them", (name, logits))


EXAMPLES = (
    Example(
        "in the call of the loss",
        """
import torch
import torch.nn.functional as F

logits = torch.tensor([30.0], requires_grad=True)
loss = ⟦F.binary_cross_entropy(torch.sigmoid(logits), torch.zeros(1))⟧
loss.backward()
""",
        Certainty.ADVICE,
        fixed="""
import torch
import torch.nn.functional as F

logits = torch.tensor([30.0], requires_grad=True)
loss = F.binary_cross_entropy_with_logits(logits, torch.zeros(1))
loss.backward()
""",
        proof="fault = not torch.allclose(loss, torch.tensor(30.0)) and not logits.grad",
    ),
    Example(
        "the last layer of a network",
        """
import torch
from torch import nn

net, criterion = nn.Sequential(nn.Linear(3, 1), nn.Sigmoid()), nn.BCELoss()
x, y = torch.rand(4, 3), torch.zeros(4, 1)
loss = ⟦criterion(net(x * 1000), y)⟧
""",
        Certainty.ADVICE,
    ),
    Example(
        "in one step",
        """
import torch
import torch.nn.functional as F

logits = torch.tensor([30.0], requires_grad=True)
loss = F.binary_cross_entropy_with_logits(logits, torch.zeros(1))
loss.backward()
""",
        proof="fault = not logits.grad",
    ),
)
