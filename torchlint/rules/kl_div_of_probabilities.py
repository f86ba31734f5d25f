"""A divergence whose input has probabilities instead of their logarithms.

What it does
    Finds ``kl_div`` and ``nn.KLDivLoss`` whose input is the result of a softmax or a sigmoid.

Why
    The input must have log-probabilities, unlike the target, which has probabilities unless ``log_target`` is set. Of
    probabilities PyTorch computes something without a word that is no divergence and is smallest somewhere else.

Example
    ``loss = F.kl_div(F.softmax(student, dim=1), F.softmax(teacher, dim=1))``.

Fix safety
    A softmax in the call of the loss becomes ``log_softmax``: unsafe, as the loss becomes another one.

What it misses
    What comes out of modules and functions that are not seen, and what is computed from probabilities.

Source
    torch.nn.KLDivLoss ("expects the argument input in the log-space"); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind, Fix
from torchlint.model.fixes.replaced_operation import logarithmic
from torchlint.model.report.loss_inputs import losses_of
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.report.loss_inputs import LossOf

_LOSSES = frozenset(("kl_div", "KLDivLoss"))
_SIGMOIDS = ("sigmoid", "sigmoid_", "Sigmoid", "expit")
_PROBABILITIES = frozenset(("softmax", "Softmax", "Softmax2d", "softmin", "Softmin", *_SIGMOIDS))

RULE = Rule(
    code="TLC713",
    slug="kl-div-of-probabilities",
    since="0.1.0",
    message="a divergence whose input has probabilities instead of their logarithms",
    triggers=(Trigger(Sign.PROGRAM, _LOSSES), Trigger(Sign.PROGRAM_RECORD, _LOSSES | _PROBABILITIES)),
    fix=Applicability.UNSAFE,
)

_OTHER = Effect(EffectKind.SILENT, "the result is no divergence: it is smallest where the two are not the same")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every divergence of probabilities."""
    story = facts.story
    for found in story.seen(lambda events: losses_of(events, _LOSSES, _PROBABILITIES)):
        text, made = found.what.told(story, "log-probabilities", "probabilities")
        yield RULE.seeing(story, found, text, _OTHER, (made,), _fix(facts, found.what))


def _fix(facts: Facts, of: LossOf) -> Fix | None:
    edit = logarithmic(facts.layout, facts.outline, of.loss.arguments["input"], of.maker)
    return Fix(Applicability.UNSAFE, "Give it `log_softmax`", (edit,)) if edit else None


EXAMPLES = (
    Example(
        "of two distributions",
        """
import torch
import torch.nn.functional as F

student, teacher = torch.eye(3), torch.eye(3)
loss = ⟦F.kl_div(F.softmax(student, dim=1), F.softmax(teacher, dim=1), reduction="batchmean")⟧
""",
        fixed="""
import torch
import torch.nn.functional as F

student, teacher = torch.eye(3), torch.eye(3)
loss = F.kl_div(F.log_softmax(student, dim=1), F.softmax(teacher, dim=1), reduction="batchmean")
""",
        proof="fault = not torch.allclose(loss, torch.zeros(()), atol=1e-6)",
    ),
    Example(
        "of what a forward gives",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 4)

    def forward(self, x):
        return torch.softmax(self.layer(x), dim=1)

net, criterion = Net(), nn.KLDivLoss(reduction="batchmean")
x = torch.eye(3)
loss = ⟦criterion(net(x), net(x))⟧
""",
        proof="fault = not torch.allclose(loss, torch.zeros(()), atol=1e-6)",
    ),
    Example(
        "log-probabilities",
        """
import torch
import torch.nn.functional as F

student, teacher = torch.eye(3), torch.eye(3)
target = F.softmax(teacher, dim=1)
loss = F.kl_div(F.log_softmax(student, dim=1), target, reduction="batchmean")
same = F.kl_div(F.softmax(student, dim=1).log(), target, reduction="batchmean")
""",
        proof="fault = not torch.allclose(loss, same) or bool(loss.abs() > 1e-6)",
    ),
)
