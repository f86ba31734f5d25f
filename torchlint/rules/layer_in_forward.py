"""A layer or parameter that ``forward`` builds, uses once and drops.

What it does
    Finds layers with parameters, dropout layers and Parameters that the ``forward`` of a module, or a method that it
    calls, builds and only uses there.

Why
    Each call builds another one with new random weights. No optimizer has them, so that they are never trained, and
    ``state_dict`` does not have them. A dropout layer that is built there is always training: it drops in evaluation.

Example
    ``return nn.Linear(8, 2)(x)`` in ``forward``.

Fix safety
    No fix: the layer belongs into ``__init__``, with sizes that may only be known in ``forward``.

What it misses
    Layers that are built by a function, or that are used in any other way before they are dropped.

Source
    torch.nn.Module.parameters; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.passing_layers import passing_layers
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC105",
    slug="layer-in-forward",
    since="0.1.0",
    message="a layer or parameter that forward builds, uses once and drops",
    triggers=(Trigger(Sign.PROGRAM_RECORD),),  # it reads the text alone: no region has to be parsed for it
)

_UNTRAINED = Effect(EffectKind.SILENT, "its weights are new at each call, and never trained")
_DROPS = Effect(EffectKind.SILENT, "it drops in evaluation, too")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every layer or parameter that is dropped after its use."""
    if "forward" not in facts.source.text:
        return
    for each in passing_layers(facts):
        what = facts.story.text(each.at)
        why = "is always training" if each.is_dropout else "has new weights, which nothing trains"
        effect = _DROPS if each.is_dropout else _UNTRAINED
        text = f"`{what}` is built anew at each call and {why}"
        yield RULE.finding_at(facts.source, facts.layout.span(each.at), text, Certainty.LIKELY, effect)


EXAMPLES = (
    Example(
        "a head",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 8)

    def forward(self, x):
        x = self.body(x).relu()
        head = ⟦nn.Linear(8, 2)⟧
        return head(x)

net = Net()
x = torch.ones(1, 3)
""",
        Certainty.LIKELY,
        proof="fault = len(list(net.parameters())) == 2 and not torch.equal(net(x), net(x))",
    ),
    Example(
        "a dropout layer",
        """
import torch
from torch import nn

class Net(nn.Module):
    def forward(self, x):
        return ⟦nn.Dropout(0.5)⟧(x)

net = Net().eval()
""",
        Certainty.LIKELY,
        proof="fault = not torch.equal(net(torch.ones(100)), torch.ones(100))",
    ),
    Example(
        "a parameter",
        """
import torch
from torch import nn

class Scale(nn.Module):
    def forward(self, x):
        return x * ⟦nn.Parameter(torch.ones(1))⟧

scale = Scale()
""",
        Certainty.LIKELY,
        proof="fault = not list(scale.parameters())",
    ),
    Example(
        "kept, without weights, or given its weights",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2, 3))
        self.head = None

    def forward(self, x):
        if self.head is None:
            self.head = nn.Linear(2, 1)
        layer = nn.Linear(3, 2)
        layer.weight = self.weight
        return nn.Softmax(dim=1)(nn.ReLU()(self.head(layer(x))))

net = Net()
net(torch.ones(1, 3))
""",
        proof="fault = len(list(net.parameters())) != 3",
    ),
)
