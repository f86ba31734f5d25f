"""A scheduler that follows a metric, and is stepped without one.

What it does
    Finds ``scheduler.step()`` without an argument where the scheduler is a ``ReduceLROnPlateau``.

Why
    That scheduler lowers the rate when a metric no longer improves, and must be told the metric: the call raises. It
    comes at the end of the first epoch, when all of that has been computed.

Example
    ``scheduler = ReduceLROnPlateau(optimizer)``, ``scheduler.step()``.

Fix safety
    Which metric is meant, only the author knows: no fix.

What it misses
    Schedulers that code makes or steps which is not seen.

Source
    torch.optim.lr_scheduler.ReduceLROnPlateau.step; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Effect, EffectKind, Related
from torchlint.model.interpreter.events import BareStep
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC612",
    slug="step-without-metric",
    since="0.1.0",
    message="a scheduler that follows a metric, and is stepped without one",
    triggers=(
        Trigger(Sign.PROGRAM, frozenset({"ReduceLROnPlateau"})),
        Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),
    ),
)

_RAISED = "ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'"


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every step that lacks its metric."""
    story = facts.story
    for found in story.seen(_bare):
        step = found.what
        text = (
            f"the `ReduceLROnPlateau` made at {story.line(step.made, step.at)} must be given the metric that it follows"
        )
        effect = Effect(EffectKind.RAISES, _RAISED, story.place(step.at))
        yield RULE.seeing(story, found, text, effect, (Related("made", "it was made", story.place(step.made)),))


def _bare(events: Sequence[Event]) -> Iterator[BareStep]:
    """The first of them, which raises."""
    yield from [each for each in events if isinstance(each, BareStep)][:1]


EXAMPLES = (
    Example(
        "stepped like any other",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=2)
for epoch in range(3):
    optimizer.zero_grad()
    model(torch.ones(4, 2)).mean().backward()
    optimizer.step()
    ⟦scheduler.step()⟧
""",
        raises="missing 1 required positional argument: 'metrics'",
    ),
    Example(
        "with its metric, where it is one",
        """
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR

model, rates = nn.Linear(2, 1), []
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for scheduler in (ReduceLROnPlateau(optimizer, patience=0), StepLR(optimizer, 1)):
    for epoch in range(3):
        optimizer.zero_grad()
        loss = model(torch.ones(4, 2)).mean()
        loss.backward()
        optimizer.step()
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(loss.item())
        else:
            scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
""",
        proof="fault = rates[-1] == 0.1",
    ),
)
