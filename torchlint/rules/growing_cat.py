"""A tensor that grows by a copy of all of it in each iteration.

What it does
    Finds ``x = torch.cat([x, y])`` and its relatives in a loop that does nothing else with ``x``.

Why
    ``torch.cat`` copies what it joins: a loop of n iterations copies n² / 2 parts where one ``torch.cat`` of a list
    behind the loop copies n. For the time of each copy the tensor is in memory twice, and with a graph every one of
    them is kept.

Example
    ``outputs = torch.cat([outputs, model(x)])`` for each batch.

Fix safety
    No fix: ``outputs.append(model(x))``, and ``torch.cat(outputs)`` behind the loop.

What it misses
    Attributes, and tensors that something else in the loop reads, as a generated text is by the model that goes on
    with it.

Source
    torch.cat; the examples run and count the elements that are copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.code.memory_in_loops import growing_tensors
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC811",
    slug="growing-cat",
    since="0.1.0",
    message="a tensor that grows by a copy of all of it in each iteration",
    triggers=(Trigger(Sign.WORD, frozenset({"cat", "concat", "concatenate", "vstack", "hstack"})),),
    default=False,
    topics=frozenset({Topic.PERFORMANCE}),
)

_COPIES = Effect(EffectKind.SLOW, "the number of copied elements grows with the square of that of the iterations")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every tensor that is copied to be made longer."""
    for each in growing_tensors(facts):
        loop = facts.source.place(facts.layout.span(each.loop))
        text = f"all of `{each.name}` is copied in each iteration: keep the parts in a list, and join them once"
        related = (Related("loop", "the loop that it grows in", loop),)
        yield RULE.finding_at(facts.source, facts.layout.span(each.at), text, Certainty.CERTAIN, _COPIES, related)


_COUNTED = """
from torch.utils._python_dispatch import TorchDispatchMode

class Copied(TorchDispatchMode):
    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        Copied.count += result.numel() if func is torch.ops.aten.cat.default else 0
        return result

with Copied():
    predicted = predict(torch.nn.Identity(), [torch.ones(4)] * 20)
fault = Copied.count > 80
"""

EXAMPLES = (
    Example(
        "predictions",
        """
import torch

def predict(model, batches):
    outputs = torch.empty(0)
    for x in batches:
        outputs = ⟦torch.cat([outputs, model(x)])⟧
    return outputs
""",
        proof=_COUNTED,
    ),
    Example(
        "with a first one",
        """
import torch

def predict(model, batches):
    outputs = None
    for x in batches:
        y = model(x)
        if outputs is None:
            outputs = y
        else:
            outputs = ⟦torch.cat((outputs, y), dim=0)⟧
    return outputs
""",
        proof=_COUNTED,
    ),
    Example(
        "joined once",
        """
import torch

def predict(model, batches):
    outputs = []
    for x in batches:
        outputs.append(model(x))
    return torch.cat(outputs)
""",
        proof=_COUNTED,
    ),
)
