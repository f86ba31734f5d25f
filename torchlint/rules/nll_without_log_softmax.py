"""A negative log-likelihood of what are no log-probabilities.

What it does
    Finds ``nll_loss`` and ``nn.NLLLoss`` whose input is the result of a softmax or a sigmoid, or of a layer that gives
    scores of any size, such as ``nn.Linear``.

Why
    The loss computes no logarithm: it takes log-probabilities and picks out, with a minus, that of each target. Of
    probabilities it picks the probability itself, whose gradient vanishes where the model is wrong; of scores it can be
    made as small as one likes by larger and larger scores. PyTorch says nothing.

Example
    ``loss = F.nll_loss(F.softmax(model(x), dim=1), y)``.

Fix safety
    A softmax in the call of the loss becomes ``log_softmax``, and ``nll_loss`` of scores ``cross_entropy``: unsafe, as
    the loss becomes another one.

What it misses
    What comes out of modules and functions that are not seen, and what is computed from scores or probabilities. A loss
    with ``reduction="none"`` is left alone, as it may be used to pick out values.

Source
    torch.nn.NLLLoss ("The input given through a forward call is expected to contain log-probabilities of each class");
    the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind, Fix
from torchlint.model.fixes.replaced_operation import logarithmic, renamed
from torchlint.model.report.loss_inputs import losses_of
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event
    from torchlint.model.report.loss_inputs import LossOf

_LOSSES = frozenset(("nll_loss", "NLLLoss"))
_SIGMOIDS = ("sigmoid", "sigmoid_", "Sigmoid", "expit", "hardsigmoid", "Hardsigmoid")
_PROBABILITIES = frozenset(("softmax", "Softmax", "Softmax2d", "softmin", "Softmin", *_SIGMOIDS))
_LINEAR = ("linear", "Linear", "Bilinear", "conv1d", "conv2d", "conv3d", "Conv1d", "Conv2d", "Conv3d")
_TRANSPOSED = ("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")
_OTHERS = ("relu", "ReLU", "tanh", "Tanh", "gelu", "GELU", "LeakyReLU", "BatchNorm1d", "BatchNorm2d", "LayerNorm")
_SCORES = frozenset((*_LINEAR, *_TRANSPOSED, *_OTHERS))

RULE = Rule(
    code="TLC704",
    slug="nll-without-log-softmax",
    since="0.1.0",
    message="a negative log-likelihood of what are no log-probabilities",
    triggers=(Trigger(Sign.PROGRAM, _LOSSES), Trigger(Sign.PROGRAM_RECORD, _LOSSES | _PROBABILITIES | _SCORES)),
    fix=Applicability.UNSAFE,
)

_PICKED = Effect(EffectKind.SILENT, "the loss is the negative probability: a model that is wrong has no gradient left")
_ENDLESS = Effect(EffectKind.SILENT, "the loss is the negative score, which has no lower bound")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every negative log-likelihood of probabilities or scores."""
    story = facts.story
    for found in story.seen(_losses):
        is_score = found.what.maker.name in _SCORES
        text, made = found.what.told(story, "log-probabilities", "scores" if is_score else "probabilities")
        fix = _cross_entropy(facts, found.what) if is_score else _log_softmax(facts, found.what)
        yield RULE.seeing(story, found, text, _ENDLESS if is_score else _PICKED, (made,), fix)


def _losses(events: Sequence[Event]) -> Iterator[LossOf]:
    for each in losses_of(events, _LOSSES, _PROBABILITIES | _SCORES):
        reduction = each.loss.arguments.get("reduction")
        if reduction is None or reduction.constant in ("mean", "sum"):
            yield each


def _log_softmax(facts: Facts, of: LossOf) -> Fix | None:
    edit = logarithmic(facts.layout, facts.outline, of.loss.arguments["input"], of.maker)
    return Fix(Applicability.UNSAFE, "Give it `log_softmax`", (edit,)) if edit else None


def _cross_entropy(facts: Facts, of: LossOf) -> Fix | None:
    edit = renamed(facts.layout, facts.outline, of.loss, "cross_entropy") if of.loss.name == "nll_loss" else None
    return Fix(Applicability.UNSAFE, "Use `cross_entropy`", (edit,)) if edit else None


EXAMPLES = (
    Example(
        "of probabilities",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.eye(3), torch.tensor([0, 1, 2])
loss = ⟦F.nll_loss(F.softmax(model(x), dim=1), y)⟧
""",
        fixed="""
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.eye(3), torch.tensor([0, 1, 2])
loss = F.nll_loss(F.log_softmax(model(x), dim=1), y)
""",
        proof="fault = not torch.allclose(loss, F.cross_entropy(model(x), y))",
    ),
    Example(
        "of scores",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 4))
x, y = torch.eye(3), torch.tensor([0, 1, 2])
output = model(x)
loss = ⟦F.nll_loss(output, y)⟧
""",
        fixed="""
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 4))
x, y = torch.eye(3), torch.tensor([0, 1, 2])
output = model(x)
loss = F.cross_entropy(output, y)
""",
        proof="fault = not torch.allclose(loss, nn.CrossEntropyLoss()(output, y))",
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
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        return self.softmax(self.layer(x))

net, criterion = Net(), nn.NLLLoss()
x, y = torch.eye(3), torch.tensor([0, 1, 2])
loss = ⟦criterion(net(x), y)⟧
""",
        proof="fault = bool(loss < 0)",
    ),
    Example(
        "log-probabilities",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.eye(3), torch.tensor([0, 1, 2])
logits = model(x)
loss = F.nll_loss(F.log_softmax(logits, dim=1), y)
same = nn.NLLLoss()(torch.log(F.softmax(logits, dim=1)), y)
again = F.nll_loss(logits - logits.logsumexp(dim=1, keepdim=True), y)
""",
        proof="fault = not (torch.allclose(loss, same) and torch.allclose(loss, again))",
    ),
)
