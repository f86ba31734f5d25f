"""A scheduler that steps before its optimizer.

What it does
    Finds ``scheduler.step()`` in a training loop where the first of these steps comes before the first step of the
    optimizer that the scheduler was made for.

Why
    A scheduler sets the first rate when it is made. Stepping before the optimizer has used that rate skips it, and each
    later one comes a step too early. PyTorch warns once ("Detected call of `lr_scheduler.step()` before
    `optimizer.step()`").

Example
    ``scheduler.step()`` at the head of the loop over epochs.

Fix safety
    The step belongs behind those of the optimizer, which may be in another function: no fix.

What it misses
    Optimizers and schedulers that code makes or steps which is not seen. Silent on purpose: ``scheduler.step(epoch)``,
    which says which rate it wants, and steps before the loop, which resume a training.

Source
    torch.optim ("How to adjust learning rate"), torch.optim.lr_scheduler.LRScheduler.step; the examples run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.interpreter.events import Cleared, Handed, SchedulerStep, Step
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC606",
    slug="scheduler-before-optimizer",
    since="0.1.0",
    message="a scheduler that steps before its optimizer",
    triggers=(
        Trigger(Sign.PROGRAM, frozenset({"lr_scheduler"})),
        Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),
    ),
)

_SKIPPED = Effect(EffectKind.SILENT, "the first rate is skipped, and each later one comes a step too early")


@dataclass(frozen=True, slots=True)
class _Early:
    """A step of a scheduler before the first one of its optimizer. ``is_repeated``: in a loop of both that is seen.
    ``is_known``: it is the scheduler of this optimizer, and not called so alone."""

    at: ast.AST
    step: ast.AST
    is_repeated: bool
    is_known: bool


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every scheduler that steps first."""
    story = facts.story
    told: set[ast.AST] = set()
    for found in story.seen(_early):
        early = found.what
        if early.at in told or not (early.is_repeated or _stand_together(facts, early)):
            continue  # else a training is resumed
        if not (found.is_certain or _stands_before(facts, early)):
            continue  # the optimizer's step was only passed over, as by one that waits for more gradients
        told.add(early.at)
        text = f"the scheduler steps before its optimizer has, at {story.line(early.step, early.at)}"
        related = Related("step", "uses the rate", story.place(early.step))
        yield RULE.seeing(story, found, text, _SKIPPED, (related,), None, None if early.is_known else Certainty.LIKELY)


def _early(events: Sequence[Event]) -> Iterator[_Early]:
    stepped: dict[int, ast.AST] = {}
    waiting: dict[ast.AST, int | None] = {}
    clear: ast.AST | None = None
    for event in events:
        match event:
            case Cleared():
                clear = event.at
            case Step():
                if event.optimizer not in stepped:
                    owners = (event.optimizer, None)
                    yield from (
                        _Early(at, event.at, False, each is not None) for at, each in waiting.items() if each in owners
                    )
                stepped.setdefault(event.optimizer, event.at)
            case SchedulerStep(at=at, optimizer=optimizer):
                found = next(iter(stepped.values()), None) if optimizer is None else stepped.get(optimizer)
                if found is None:
                    waiting[at] = optimizer
                elif at in waiting:  # it is in a loop with the step
                    del waiting[at]
                    yield _Early(at, found, True, optimizer is not None)
            case Handed(at=at) if at is not clear:  # else it is a clearing that may have come to others as well
                return  # what is not seen may have stepped


def _stand_together(facts: Facts, early: _Early) -> bool:
    """Whether both steps are statements of one block: one comes with the other, in whatever loop that is."""
    layout = facts.layout
    if not (layout.owns(early.at) and layout.owns(early.step)):
        return False
    return layout.block(layout.statement(early.at)) is layout.block(layout.statement(early.step))


def _stands_before(facts: Facts, early: _Early) -> bool:
    """Whether the scheduler's step is written before the optimizer's in the same function."""
    layout = facts.layout
    if not (layout.owns(early.at) and layout.owns(early.step)):
        return False
    if layout.function(early.at) is not layout.function(early.step):
        return False
    return layout.span(early.at).start < layout.span(early.step).start


EXAMPLES = (
    Example(
        "at the head of the loop",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.1)
rates = []
for epoch in range(3):
    ⟦scheduler.step()⟧
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.zero_grad()
    model(torch.ones(4, 2)).mean().backward()
    optimizer.step()
""",
        proof="fault = rates[0] != 1.0",
    ),
    Example(
        "before a function that trains",
        """
import torch
from torch import nn

def train(model, optimizer):
    optimizer.zero_grad()
    model(torch.ones(4, 2)).mean().backward()
    optimizer.step()
    return optimizer.param_groups[0]["lr"]

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.1)
rates = []
for epoch in range(3):
    ⟦scheduler.step()⟧
    rates.append(train(model, optimizer))
""",
        proof="fault = rates[0] != 1.0",
    ),
    Example(
        "after the optimizer",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.1)
rates = []
for epoch in range(3):
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.zero_grad()
    model(torch.ones(4, 2)).mean().backward()
    optimizer.step()
    scheduler.step()
""",
        proof="fault = rates[0] != 1.0",
    ),
)
