"""Sizes that do not fit each other.

What it does
    Finds operations and layers that PyTorch refuses because of the sizes of what they are given: products, sums,
    concatenations and other shapes of tensors, linear layers, convolutions, normalisations, recurrent layers and
    losses. Of layers that follow each other in an ``nn.Sequential``, it finds those that do not fit without any call.

Why
    PyTorch raises as soon as the code runs.

Example
    ``nn.Linear(64, 10)`` on the output of an ``nn.Linear(784, 128)``.

Fix safety
    There is no fix: any of the sizes may be the wrong one.

What it misses
    Sizes that depend on data, on arguments that are not seen, or on layers that find out their own.

Source
    Each operation was called with such sizes; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.interpreter.events import Refused
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event
    from torchlint.model.report.story import Story

_SIZED = frozenset(
    (
        "Linear",
        "Conv1d",
        "Conv2d",
        "Conv3d",
        "ConvTranspose2d",
        "BatchNorm1d",
        "BatchNorm2d",
        "LayerNorm",
        "LSTM",
        "GRU",
    )
)

RULE = Rule(
    code="TLC717",
    slug="shape-mismatch",
    since="0.1.0",
    message="sizes that do not fit each other",
    triggers=(
        *GRADIENTS,
        Trigger(Sign.PROGRAM_SIZED, _SIZED),
    ),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every operation that PyTorch refuses because of sizes."""
    story = facts.story
    for found in story.seen(_refused):
        refused = found.what
        text = f"`{story.operation(refused.at, refused.label)}` {refused.text}"
        if refused.is_built:
            certainty, text = Certainty.LIKELY, f"{text} by the layer before"
        elif found.is_entry and not found.is_certain:
            certainty = Certainty.ADVICE  # whoever calls it may never bring these conditions about together
        else:
            certainty = story.certainty(found)
        effect = Effect(EffectKind.RAISES, refused.message)
        yield RULE.seeing(story, found, text, effect, tuple(_sources(story, refused)), None, certainty)


def _refused(events: Sequence[Event]) -> Iterator[Refused]:
    """The first one that runs, which tells more than that it was built, and those that are only built."""
    refused = [each for each in events if isinstance(each, Refused)]
    first = next((each for each in refused if not each.is_built), None)
    if first is not None:
        yield first
    yield from (each for each in refused if each.is_built and (first is None or each.at is not first.at))


def _sources(story: Story, refused: Refused) -> Iterator[Related]:
    for sizes, source in refused.sizes:
        if source is not None and source is not refused.at:
            yield Related("made", f"gives the shape {sizes}", story.place(source))


EXAMPLES = (
    Example(
        "layers that do not fit",
        """
import torch
from torch import nn

net = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), ⟦nn.Linear(64, 10)⟧)
out = net(torch.rand(4, 784))
""",
        raises="mat1 and mat2 shapes cannot be multiplied (4x128 and 64x10)",
    ),
    Example(
        "an image of another size",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5)
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Linear(6 * 14 * 14, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv(x)))
        return ⟦self.head(x.flatten(1))⟧

out = Net()(torch.rand(4, 1, 28, 28))
""",
        raises="mat1 and mat2 shapes cannot be multiplied (4x864 and 1176x10)",
    ),
    Example(
        "features that are joined along the batch",
        """
import torch
from torch import nn

class Fusion(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Linear(512, 64)
        self.text = nn.Linear(300, 64)
        self.head = nn.Linear(192, 2)

    def forward(self, image, text):
        both = torch.cat([self.image(image), self.text(text)], dim=-1)
        return ⟦self.head(both)⟧
""",
        proof="Fusion()(torch.rand(4, 512), torch.rand(4, 300))",
        raises="mat1 and mat2 shapes cannot be multiplied (4x128 and 192x2)",
    ),
    Example(
        "a target without the dimension of its prediction",
        """
import torch
from torch import nn

model, criterion = nn.Linear(3, 1), nn.BCEWithLogitsLoss()
loss = ⟦criterion(model(torch.rand(4, 3)), torch.ones(4))⟧
""",
        raises="Target size (torch.Size([4])) must be the same as input size (torch.Size([4, 1]))",
    ),
    Example(
        "sizes that fit",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
        self.head = nn.Linear(6 * 12 * 12, 10)

    def forward(self, x):
        x = self.conv(x)
        return self.head(x.view(x.size(0), -1))

out = Net()(torch.rand(4, 1, 28, 28))
same = out + torch.zeros(4, 1)
""",
        proof="fault = same.shape != (4, 10)",
    ),
)
