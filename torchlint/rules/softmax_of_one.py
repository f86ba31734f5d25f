"""A softmax over a single value.

What it does
    Finds softmaxes and cross-entropies over the last dimension of what a linear layer with one output gives.

Why
    The softmax of a single value is 1 whatever the value is, its logarithm 0, and so is the cross-entropy: nothing
    is learned, and PyTorch says nothing. For two classes the layer needs two outputs, or a sigmoid and a binary loss.

Example
    ``nn.Sequential(nn.Linear(64, 1), nn.Softmax(dim=-1))``.

Fix safety
    There is no fix: the layer may need more outputs, or the loss be another one.

What it misses
    Layers whose number of outputs is not written down as 1, and dimensions that are the last one only of tensors with
    as many dimensions as they are most likely given.

Source
    torch.nn.Softmax ("every slice along dim will sum to 1"); the examples run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.interpreter.events import Built, operations
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Argument, Event, Operation

_SOFTMAXES = frozenset(("softmax", "log_softmax", "softmin", "Softmax", "LogSoftmax", "Softmin"))
_LOSSES = frozenset(("cross_entropy", "CrossEntropyLoss"))
_NAMES = _SOFTMAXES | _LOSSES

RULE = Rule(
    code="TLC712",
    slug="softmax-of-one",
    since="0.1.0",
    message="a softmax over a single value",
    triggers=(Trigger(Sign.PROGRAM, _NAMES), Trigger(Sign.PROGRAM_RECORD, _NAMES | {"Linear"})),
)


@dataclass(frozen=True, slots=True)
class _OfOne:
    """A softmax over the output of a layer that has one. ``is_last``: that is the dimension, not only most likely."""

    softmax: Operation
    layer: Operation
    is_last: bool

    @property
    def at(self) -> ast.AST:
        return self.softmax.at


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every softmax over the output of a layer that has one."""
    story = facts.story
    for found in story.seen(_of_one):
        softmax, layer = found.what.softmax, found.what.layer
        name = story.operation(softmax.at, softmax.label)
        text = f"`{name}` is taken over the only value that `{layer.label}` gives at {story.line(layer.at, softmax.at)}"
        result = "0" if "og" in softmax.name or softmax.name in _LOSSES else "1"
        effect = Effect(EffectKind.SILENT, f"the result is {result} whatever the layer gives")
        assert layer.built is not None
        related = Related("made", "one output", story.place(layer.built))
        yield RULE.seeing(
            story, found, text, effect, (related,), None, None if found.what.is_last else Certainty.LIKELY
        )


def _of_one(events: Sequence[Event]) -> Iterator[_OfOne]:
    single = {each.at for each in events if isinstance(each, Built) and each.name == "Linear" and _gives_one(each)}
    for softmax in operations(events, _NAMES) if single else ():
        given = softmax.arguments.get("input", softmax.arguments.get("self"))
        if given is None or not given.is_result or given.producer is None or given.producer.built not in single:
            continue
        is_last = _is_last(softmax, given)
        if is_last is not False:
            yield _OfOne(softmax, given.producer, is_last is True)


def _gives_one(layer: Built) -> bool:
    outputs = layer.arguments.get("out_features")
    return outputs is not None and isinstance(outputs.written, ast.Constant) and outputs.written.value == 1


def _is_last(softmax: Operation, given: Argument) -> bool | None:
    """Whether a softmax is over the last dimension, None where it most likely is."""
    rank = len(given.shape) if given.shape is not None else None
    if softmax.name in _LOSSES:
        return None if rank is None else rank <= 2
    dim = softmax.arguments.get("dim")
    if dim is None or not isinstance(dim.constant, int):
        return False
    return dim.constant == -1 or dim.constant + 1 == rank


EXAMPLES = (
    Example(
        "the last layer of a classifier",
        """
import torch
from torch import nn

net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1), nn.Softmax(dim=-1))
probabilities = ⟦net(torch.rand(5, 3))⟧
""",
        proof="fault = bool((probabilities == 1).all())",
    ),
    Example(
        "a cross-entropy of one class",
        """
import torch
from torch import nn

model, criterion = nn.Linear(3, 1), nn.CrossEntropyLoss()
x, y = torch.rand(5, 3), torch.zeros(5, dtype=torch.long)
loss = ⟦criterion(model(x), y)⟧
""",
        proof="fault = not loss",
    ),
    Example(
        "weights over a sequence",
        """
import torch
import torch.nn.functional as F
from torch import nn

score = nn.Linear(3, 1)
x = torch.rand(2, 5, 3)
weights = F.softmax(score(x), dim=1)
same = F.softmax(score(x).squeeze(-1), dim=-1)
""",
        proof="fault = not torch.allclose(weights[:, :, 0], same)",
    ),
)
