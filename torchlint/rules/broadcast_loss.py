"""A loss of each prediction against each target.

What it does
    Finds ``mse_loss``, ``l1_loss``, ``smooth_l1_loss`` and ``huber_loss``, as functions and as modules, whose input and
    target have shapes that broadcast to one larger than both, such as ``(N, 1)`` and ``(N,)``.

Why
    PyTorch warns and compares every prediction with every target: of N of each, N times N differences. The model learns
    the mean of all targets.

Example
    ``loss = F.mse_loss(model(x), y)`` where the model gives ``(64, 1)`` and ``y`` is ``(64,)``.

Fix safety
    There is no fix: either of the two may have the wrong shape.

What it misses
    Tensors whose shape is not known.

Source
    torch.nn.functional.mse_loss ("Using a target size ... that is different to the input size ..."); the examples run.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from torchlint.finding import Effect, EffectKind
from torchlint.model.autograd.sizes import common_shape
from torchlint.model.interpreter.events import operations
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event, Operation

_FUNCTIONS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
_LOSSES = frozenset((*_FUNCTIONS, "MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"))

RULE = Rule(
    code="TLC711",
    slug="broadcast-loss",
    since="0.1.0",
    message="a loss of each prediction against each target",
    triggers=(Trigger(Sign.PROGRAM, _LOSSES), Trigger(Sign.PROGRAM_RECORD, _LOSSES)),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every loss that compares each prediction with each target."""
    story = facts.story
    for found in story.seen(_broadcast):
        loss = found.what
        given, target = loss.arguments["input"], loss.arguments["target"]
        name, shapes = story.operation(loss.at, loss.label), (given.shape, target.shape)
        text = f"`{name}` compares a prediction of shape {shapes[0]} with a target of shape {shapes[1]}"
        effect = Effect(EffectKind.SILENT, f"PyTorch warns and takes the mean of {common_shape(shapes)} differences")
        yield RULE.seeing(story, found, text, effect)


def _broadcast(events: Sequence[Event]) -> Iterator[Operation]:
    for loss in operations(events, _LOSSES):
        if "input" in loss.arguments and "target" in loss.arguments:
            shapes = loss.arguments["input"].shape, loss.arguments["target"].shape
            together = common_shape(shapes)
            if together is not None and all(each is not None and prod(together) > prod(each) for each in shapes):
                yield loss


EXAMPLES = (
    Example(
        "a column against a row",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 1)
x, y = torch.rand(4, 3), torch.tensor([0.0, 1.0, 2.0, 3.0])
loss = ⟦F.mse_loss(model(x), y)⟧
""",
        proof="fault = not torch.allclose(loss, ((model(x)[:, 0] - y) ** 2).mean())",
    ),
    Example(
        "targets with a dimension too many",
        """
import torch
from torch import nn

criterion = nn.SmoothL1Loss()
values = torch.zeros(4, 2)[:, 0]
loss = ⟦criterion(values, torch.tensor([0.0, 1.0, 2.0, 3.0]).unsqueeze(1))⟧
""",
        proof="""
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    criterion(values, torch.tensor([0.0, 1.0, 2.0, 3.0]).unsqueeze(1))
fault = bool(caught)
""",
    ),
    Example(
        "of the same shape",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 1)
x, y = torch.rand(4, 3), torch.tensor([0.0, 1.0, 2.0, 3.0])
loss = F.mse_loss(model(x).squeeze(1), y)
same = F.mse_loss(model(x), y.view(-1, 1))
""",
        proof="fault = not torch.allclose(loss, same)",
    ),
)
