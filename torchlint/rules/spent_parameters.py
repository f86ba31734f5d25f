"""A generator of parameters that is read again.

What it does
    Finds ``model.parameters()`` and ``model.named_parameters()`` that are kept under a name and read once more: by an
    optimizer, a loop, ``clip_grad_norm_`` and the like.

Why
    Both give generators. What has read one to its end leaves nothing of it: an optimizer refuses that, and a loop or a
    clipping does nothing without a word.

Example
    ``params = model.parameters()``, ``optimizer = torch.optim.SGD(params, lr=0.1)``,
    ``clip_grad_norm_(params, 1.0)``.

Fix safety
    No fix: a list, or a generator for each reader, would serve as well.

What it misses
    Generators that something may have read in part only, as ``next``, ``zip`` and loops with ``break`` do, and those
    that code is given which is not seen.

Source
    torch.nn.Module.parameters ("Return an iterator"), torch.optim.Optimizer ("optimizer got an empty parameter list");
    the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Effect, EffectKind, Related
from torchlint.model.interpreter.read_once import ReadAgain
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC614",
    slug="spent-parameters",
    since="0.1.0",
    message="a generator of parameters that is read again",
    triggers=(
        Trigger(Sign.PROGRAM_CALL, frozenset({"backward", "clip_grad_norm_"})),
        Trigger(Sign.PROGRAM, frozenset({"torch.optim"})),
    ),
)

_NOTHING = Effect(EffectKind.SILENT, "nothing is done, as no parameter is left")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every reader of a generator that comes too late."""
    story = facts.story
    for found in story.seen(_again):
        again = found.what
        first = "an earlier run of this line" if again.first is again.at else story.line(again.first, again.at)
        text = f"nothing is left here of a generator of parameters, which {first} has read to its end"
        effect = _NOTHING
        if again.is_refused:
            effect = Effect(EffectKind.RAISES, "optimizer got an empty parameter list", story.place(again.at))
        related = Related("read", "reads it to its end", story.place(again.first))
        yield RULE.seeing(story, found, text, effect, (related,))


def _again(events: Sequence[Event]) -> Iterator[ReadAgain]:
    for event in events:
        if isinstance(event, ReadAgain):
            yield event
            if event.is_refused:
                return


EXAMPLES = (
    Example(
        "counted before the optimizer is made",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
params = model.parameters()
print(sum(each.numel() for each in params))
optimizer = ⟦torch.optim.SGD(params, lr=0.1)⟧
""",
        raises="optimizer got an empty parameter list",
    ),
    Example(
        "clipped after the optimizer was made",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
params = model.parameters()
optimizer = torch.optim.SGD(params, lr=0.1)
for step in range(2):
    optimizer.zero_grad()
    model(torch.full((4, 2), 100.0)).sum().backward()
    ⟦nn.utils.clip_grad_norm_(params, 0.1)⟧
    optimizer.step()
""",
        proof="fault = bool(model.weight.grad.abs().max() > 1)",
    ),
    Example(
        "a list, a generator of its own for each, and one that is read in part",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
params = list(model.parameters())
count = sum(each.numel() for each in params) + sum(each.numel() for each in model.parameters())
optimizer = torch.optim.SGD(params, lr=0.1)
rest = model.parameters()
for each in rest:
    break
others = torch.optim.SGD(rest, lr=0.1)
for step in range(2):
    optimizer.zero_grad()
    model(torch.full((4, 2), 100.0)).sum().backward()
    nn.utils.clip_grad_norm_(params, 0.1)
    optimizer.step()
""",
        proof="fault = bool(model.weight.grad.abs().max() > 1)",
    ),
)
