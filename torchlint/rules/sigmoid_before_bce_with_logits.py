"""Probabilities where a binary loss takes logits: sigmoid, then a loss that applies it itself.

What it does
    Finds ``binary_cross_entropy_with_logits``, ``nn.BCEWithLogitsLoss`` and the multi-label soft margin loss whose
    input is the result of a sigmoid or a softmax, wherever it was applied: in the call, before it, in a module's
    ``forward`` or as a layer of a ``Sequential``.

Why
    The loss applies ``sigmoid`` itself. Of numbers between 0 and 1 a second one makes numbers between 0.5 and 0.73: for
    a target of 0 the loss cannot fall below 0.69, and training stops early without a word.

Example
    ``loss = F.binary_cross_entropy_with_logits(torch.sigmoid(model(x)), y)``.

Fix safety
    The sigmoid is dropped where it stands in the call of the loss: unsafe, as the loss becomes another one. Elsewhere
    something else may need the probabilities, and there is no fix.

What it misses
    What comes out of modules and functions that are not seen, and a sigmoid that is computed by hand.

Source
    torch.nn.BCEWithLogitsLoss ("combines a Sigmoid layer and the BCELoss in one single class"); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind, Fix
from torchlint.model.fixes.replaced_operation import unwrapped
from torchlint.model.report.loss_inputs import losses_of
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_LOSSES = frozenset(
    (
        "binary_cross_entropy_with_logits",
        "BCEWithLogitsLoss",
        "multilabel_soft_margin_loss",
        "MultiLabelSoftMarginLoss",
    )
)
_SIGMOIDS = frozenset(("sigmoid", "Sigmoid", "expit", "hardsigmoid", "Hardsigmoid"))
_OTHERS = frozenset(("sigmoid_", "softmax", "Softmax", "Softmax2d"))

RULE = Rule(
    code="TLC702",
    slug="sigmoid-before-bce-with-logits",
    since="0.1.0",
    message="probabilities given to a binary loss that takes logits",
    triggers=(Trigger(Sign.PROGRAM, _LOSSES), Trigger(Sign.PROGRAM_RECORD, _LOSSES | _SIGMOIDS | _OTHERS)),
    fix=Applicability.UNSAFE,
)

_FLAT = Effect(EffectKind.SILENT, "the loss applies sigmoid to probabilities: it cannot come near 0")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every binary loss of logits that is given probabilities."""
    story = facts.story
    for found in story.seen(lambda events: losses_of(events, _LOSSES, _SIGMOIDS | _OTHERS)):
        loss, maker = found.what.loss, found.what.maker
        text, made = found.what.told(story, "logits", "probabilities")
        edit = unwrapped(facts.layout, loss.arguments["input"], maker) if maker.name in _SIGMOIDS else None
        fix = Fix(Applicability.UNSAFE, "Give it the logits", (edit,)) if edit else None
        yield RULE.seeing(story, found, text, _FLAT, (made,), fix)


EXAMPLES = (
    Example(
        "in the call of the loss",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 1)
x, y = torch.eye(3), torch.zeros(3, 1)
loss = ⟦F.binary_cross_entropy_with_logits(torch.sigmoid(model(x) - 100), y)⟧
""",
        fixed="""
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 1)
x, y = torch.eye(3), torch.zeros(3, 1)
loss = F.binary_cross_entropy_with_logits(model(x) - 100, y)
""",
        proof="fault = bool(loss > 0.69)",
    ),
    Example(
        "the last layer of a discriminator",
        """
import torch
from torch import nn

class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.2), nn.Linear(4, 1), nn.Sigmoid())

    def forward(self, x):
        return self.main(x).view(-1)

critic, criterion = Discriminator(), nn.BCEWithLogitsLoss()
x = torch.eye(3)
loss = ⟦criterion(critic(x), torch.zeros(3))⟧
""",
        proof="fault = not torch.allclose(loss, nn.BCELoss()(critic(x), torch.zeros(3)))",
    ),
    Example(
        "logits for the loss, probabilities for the loss that takes them",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 1)
x, y = torch.eye(3), torch.zeros(3, 1)
logits = model(x)
probabilities = torch.sigmoid(logits)
loss = F.binary_cross_entropy_with_logits(logits, y)
same = F.binary_cross_entropy(probabilities, y)
soft = F.binary_cross_entropy_with_logits(logits, probabilities.detach())
""",
        proof="fault = not torch.allclose(loss, same)",
    ),
)
