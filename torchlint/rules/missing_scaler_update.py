"""A gradient scaler that is used again before it is updated.

What it does
    Finds a second ``scaler.step(optimizer)`` or ``scaler.unscale_(optimizer)`` for an optimizer, and an ``unscale_``
    after the step, with no ``scaler.update()`` in between.

Why
    The scaler keeps of each optimizer whether its gradients are unscaled and whether it has stepped, until ``update()``
    begins the next iteration. Without it the second call raises, which in a loop is in the second iteration.

Example
    ``scaler.step(optimizer)`` in a loop without ``scaler.update()``; ``scaler.unscale_(optimizer)`` for each of several
    batches whose gradients are added up.

Fix safety
    ``scaler.update()`` is added after the step where the program has none: unsafe, as it changes the scale. Where it
    belongs if there is one, only the author knows.

What it misses
    Scalers and optimizers that code makes or is given which is not seen, and scalers that may be disabled.

Source
    torch.amp.GradScaler.step, torch.amp.GradScaler.unscale_, torch.amp.GradScaler.update; the examples run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.interpreter.events import Handed, Scaling
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC611",
    slug="missing-scaler-update",
    since="0.1.0",
    message="a gradient scaler that is used again before it is updated",
    triggers=(Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),),
    fix=Applicability.UNSAFE,
)

_RAISED = {
    ("step", "step"): "step() has already been called since the last update().",
    ("unscale_", "unscale_"): "unscale_() has already been called on this optimizer since the last update().",
    ("step", "unscale_"): "unscale_() is being called after step().",
}
"""What PyTorch says of the second of two calls."""


@dataclass(frozen=True, slots=True)
class _Again:
    """A call for which a scaler would have to be updated since the ``first`` one. ``is_updated``: it is, elsewhere;
    ``is_sure``: it is known to be enabled."""

    at: ast.AST
    first: ast.AST
    message: str
    is_updated: bool
    is_sure: bool


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every call that the scaler refuses."""
    story = facts.story
    for found in story.seen(_repeated):
        again = found.what
        first = "an earlier run of this line" if again.first is again.at else story.line(again.first, again.at)
        text = f"the scaler is not updated between {first} and this call"
        effect = Effect(EffectKind.RAISES, again.message, story.place(again.at))
        related = Related("first", "the call before", story.place(again.first))
        certainty = None if again.is_sure else Certainty.LIKELY
        yield RULE.seeing(story, found, text, effect, (related,), _fix(facts, again), certainty)


def _repeated(events: Sequence[Event]) -> Iterator[_Again]:
    """The first call that is refused."""
    done: dict[tuple[int, int], Scaling] = {}
    for event in events:
        match event:
            case Scaling(method="update", scaler=scaler):
                for key in [key for key in done if key[0] == scaler]:
                    del done[key]
            case Scaling(method="step" | "unscale_", optimizer=int(optimizer)):
                before = done.get((event.scaler, optimizer))
                message = _RAISED.get((before.method, event.method)) if before is not None else None
                if before is not None and message is not None:
                    updates = any(isinstance(each, Scaling) and each.method == "update" for each in events)
                    yield _Again(event.at, before.at, message, updates, event.is_sure)
                    return
                done[event.scaler, optimizer] = event
            case Handed():
                done.clear()


def _fix(facts: Facts, again: _Again) -> Fix | None:
    """Update the scaler after its step, where nothing does."""
    layout = facts.layout
    if again.is_updated or again.first is not again.at or not layout.owns(again.at):
        return None
    match again.at:
        case ast.Call(func=ast.Attribute(attr="step", value=scaler)):
            call = f"{layout.text(scaler)}.update()"
            edits = layout.after(layout.statement(again.at), call)
            return Fix(Applicability.UNSAFE, f"Call `{call}` after it", edits) if edits else None
    return None


EXAMPLES = (
    Example(
        "never updated",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")
for step in range(3):
    optimizer.zero_grad()
    scaler.scale(model(torch.ones(4, 2)).mean()).backward()
    ⟦scaler.step(optimizer)⟧
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")
for step in range(3):
    optimizer.zero_grad()
    scaler.scale(model(torch.ones(4, 2)).mean()).backward()
    scaler.step(optimizer)
    scaler.update()
""",
        raises="step() has already been called since the last update().",
    ),
    Example(
        "unscaled for each batch",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")
for step in range(4):
    scaler.scale(model(torch.ones(4, 2)).mean()).backward()
    ⟦scaler.unscale_(optimizer)⟧
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    if step % 2:
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
""",
        raises="unscale_() has already been called on this optimizer since the last update().",
    ),
    Example(
        "two optimizers with one update, and one that is unscaled right before its step",
        """
import torch
from torch import nn

model, critic = nn.Linear(2, 2), nn.Linear(2, 1)
optimizers = [torch.optim.SGD(each.parameters(), lr=0.1) for each in (model, critic)]
scaler = torch.amp.GradScaler("cpu")
for step in range(3):
    scaler.scale(critic(model(torch.ones(4, 2))).mean()).backward()
    for each in optimizers:
        scaler.unscale_(each)
        scaler.step(each)
        each.zero_grad()
    scaler.update()
""",
        proof="fault = scaler.get_scale() < 0",
    ),
)
