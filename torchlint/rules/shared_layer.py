"""One layer several times in a list, where several layers are meant.

What it does
    Finds ``[nn.Linear(4, 4)] * 3``, also as an argument of ``nn.Sequential`` and ``nn.ModuleList``, where the layer has
    parameters.

Why
    ``*`` repeats the list, not the call: there is one layer, run three times with the same weights. The network has a
    third of the parameters that its author counts on.

Example
    ``nn.Sequential(*[nn.Linear(4, 4)] * 3)``.

Fix safety
    A list comprehension, which builds each: unsafe, as the network then has other parameters.

What it misses
    A layer that is built before, and weights that are shared on purpose where the line, or the one above, says so.

Source
    The repetition of sequences in Python; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.repeated_layers import repeated_layers
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC106",
    slug="shared-layer",
    since="0.1.0",
    message="one layer several times in a list, where several layers are meant",
    triggers=(Trigger(Sign.PROGRAM_RECORD),),  # it reads the text alone: no region has to be parsed for it
    fix=Applicability.UNSAFE,
)

_SHARED = Effect(EffectKind.SILENT, "all have the same weights, which count once")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every list that repeats one layer."""
    for each in repeated_layers(facts):
        built, times = facts.layout.text(each.layer), facts.layout.text(each.times)
        text = f"`{facts.story.text(each.layer)}` is built once: the list has the same layer {times} times"
        comprehension = f"[{built} for _ in range({times})]"
        fix = Fix(Applicability.UNSAFE, "Build each", (facts.layout.replace(each.at, comprehension),))
        span = facts.layout.span(each.at)
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _SHARED, (), fix)


EXAMPLES = (
    Example(
        "a stack of layers",
        """
from torch import nn

model = nn.Sequential(*⟦[nn.Linear(4, 4)] * 3⟧)
""",
        Certainty.LIKELY,
        fixed="""
from torch import nn

model = nn.Sequential(*[nn.Linear(4, 4) for _ in range(3)])
""",
        proof="fault = len(list(model.parameters())) == 2",
    ),
    Example(
        "a block of one's own",
        """
from torch import nn

class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, size)

    def forward(self, x):
        return self.layer(x).relu()

class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.blocks = nn.ModuleList(⟦[Block(8)] * (depth - 1)⟧)

net = Net(4)
""",
        Certainty.LIKELY,
        fixed="""
from torch import nn

class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, size)

    def forward(self, x):
        return self.layer(x).relu()

class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.blocks = nn.ModuleList([Block(8) for _ in range(depth - 1)])

net = Net(4)
""",
        proof="fault = len(list(net.parameters())) == 2",
    ),
    Example(
        "no weights, each built, and weights that are shared on purpose",
        """
from torch import nn

activations = nn.ModuleList([nn.ReLU()] * 3)
layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])
# the weights are shared over the steps
steps = nn.ModuleList([nn.Linear(4, 4)] * 3)
""",
        proof="fault = len(list(layers.parameters())) == 2",
    ),
)
