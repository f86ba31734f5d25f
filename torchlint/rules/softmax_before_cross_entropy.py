"""Probabilities where a loss takes logits: softmax, then cross-entropy.

What it does
    Finds ``cross_entropy`` and ``nn.CrossEntropyLoss`` whose input is the result of a softmax, wherever it was applied:
    in the call, before it, in a module's ``forward`` or as a layer of a ``Sequential``.

Why
    The loss applies ``log_softmax`` itself. Of numbers between 0 and 1 the second softmax makes nearly equal ones: the
    loss cannot come near zero, its gradient is small, and training is slow or stops early without a word.

Example
    ``loss = F.cross_entropy(F.softmax(model(x), dim=1), y)``.

Fix safety
    The softmax is dropped where it stands in the call of the loss: unsafe, as the loss becomes another one. Elsewhere
    something else may need the probabilities, and there is no fix.

What it misses
    What comes out of modules and functions that are not seen, and a softmax that is computed by hand.

Source
    torch.nn.CrossEntropyLoss ("the input is expected to contain the unnormalized logits"); the examples run.
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

_LOSSES = frozenset(("cross_entropy", "CrossEntropyLoss"))
_SOFTMAX = frozenset(("softmax", "Softmax", "Softmax2d"))

RULE = Rule(
    code="TLC701",
    slug="softmax-before-cross-entropy",
    since="0.1.0",
    message="probabilities given to a cross-entropy that takes logits",
    triggers=(Trigger(Sign.PROGRAM, _LOSSES), Trigger(Sign.PROGRAM_RECORD, _LOSSES | _SOFTMAX)),
    fix=Applicability.UNSAFE,
)

_FLAT = Effect(EffectKind.SILENT, "softmax is applied twice: the loss cannot come near 0, and its gradient is small")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every cross-entropy of probabilities."""
    story = facts.story
    for found in story.seen(lambda events: losses_of(events, _LOSSES, _SOFTMAX)):
        loss, softmax = found.what.loss, found.what.maker
        text, made = found.what.told(story, "logits", "probabilities")
        edit = unwrapped(facts.layout, loss.arguments["input"], softmax)
        fix = Fix(Applicability.UNSAFE, "Give it the logits", (edit,)) if edit else None
        yield RULE.seeing(story, found, text, _FLAT, (made,), fix)


EXAMPLES = (
    Example(
        "in the call of the loss",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.eye(3), torch.tensor([0, 1, 2])
loss = ⟦F.cross_entropy(F.softmax(model(x) * 100, dim=1), y)⟧
""",
        fixed="""
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.eye(3), torch.tensor([0, 1, 2])
loss = F.cross_entropy(model(x) * 100, y)
""",
        proof="fault = not torch.allclose(loss, nn.NLLLoss()(torch.log_softmax(model(x) * 100, 1), y))",
    ),
    Example(
        "in a forward",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 4)

    def forward(self, x):
        return torch.softmax(self.layer(x), dim=-1)

net, criterion = Net(), nn.CrossEntropyLoss()
x, y = torch.eye(3), torch.tensor([0, 1, 2])
output = net(x)
loss = ⟦criterion(output, y)⟧
""",
        proof="fault = not torch.allclose(loss, nn.NLLLoss()(torch.log_softmax(net.layer(x), 1), y))",
    ),
    Example(
        "a layer of a Sequential made in a loop",
        """
import torch
from torch import nn

layers = []
for width in (4, 4):
    layers += [nn.Linear(width, width), nn.ReLU()]
layers.append(nn.Softmax(dim=1))
net = nn.Sequential(*layers)
x, y = torch.eye(4), torch.arange(4)
loss = ⟦nn.CrossEntropyLoss()(net(x).reshape(-1, 4), y)⟧
""",
        proof="fault = not torch.allclose(loss, nn.NLLLoss()(torch.log_softmax(net[:-1](x), 1), y))",
    ),
    Example(
        "logits for the loss, probabilities to look at, and their logarithm",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.eye(3), torch.tensor([0, 1, 2])
logits = model(x)
probabilities = F.softmax(logits, dim=1)
loss = F.cross_entropy(logits, y)
same = F.nll_loss(torch.log(probabilities), y)
again = F.cross_entropy(torch.log(probabilities), y)
""",
        proof="fault = not (torch.allclose(loss, same) and torch.allclose(loss, again))",
    ),
)
