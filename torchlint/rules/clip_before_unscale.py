"""Gradients that are clipped while they are scaled.

What it does
    Finds ``clip_grad_norm_`` and ``clip_grad_value_`` between a backward of a loss that a ``GradScaler`` has scaled and
    the scaler's step, where no ``scaler.unscale_`` comes before.

Why
    The gradients are some ten thousand times too large then: all of them are clipped, and what the step undoes of the
    scale leaves next to nothing. Training is slow or stands still without a word.

Example
    ``scaler.scale(loss).backward()``, ``clip_grad_norm_(...)``, ``scaler.step(optimizer)``.

Fix safety
    ``scaler.unscale_(optimizer)`` is put before the clipping where it stands in the block of the step: unsafe, as the
    program trains in another way afterwards.

What it misses
    Scalers and clipping in code that is not seen, and gradients that are clipped by hand.

Source
    "Gradient clipping" in PyTorch's examples of automatic mixed precision; the examples run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.interpreter.events import Clip, Handed, Scaling
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC602",
    slug="clip-before-unscale",
    since="0.1.0",
    message="gradients that are clipped while they are scaled",
    triggers=(Trigger(Sign.PROGRAM_CALL, frozenset({"clip_grad_norm_", "clip_grad_value_"})),),
    fix=Applicability.UNSAFE,
)

_SMALL = Effect(EffectKind.SILENT, "the scaled gradients are clipped, and nearly nothing is left for the step")


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A clipping of gradients that a scaler has scaled, and the scaler's step that uses them. ``is_sure``: the scaler
    is known to be enabled."""

    at: ast.AST
    step: ast.AST
    is_sure: bool


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every clipping of scaled gradients."""
    story = facts.story
    for found in story.seen(_clipped):
        clipped = found.what
        where = story.line(clipped.step, clipped.at)
        text = f"the gradients are still scaled here: only the scaler's step at {where} unscales them"
        related = Related("step", "unscales them and uses what is left", story.place(clipped.step))
        certainty = None if clipped.is_sure else Certainty.LIKELY
        yield RULE.seeing(story, found, text, _SMALL, (related,), _fix(facts, clipped), certainty)


def _clipped(events: Sequence[Event]) -> Iterator[_Scaled]:
    is_scaled, clips = False, list[ast.AST]()
    for event in events:
        match event:
            case Scaling(method="scale"):
                is_scaled = True
            case Clip(at=at) if is_scaled:
                clips.append(at)
            case Scaling(method="step", at=step, is_sure=is_sure):
                yield from (_Scaled(at, step, is_sure) for at in clips)
                is_scaled, clips = False, []
            case Scaling(method="unscale_") | Handed():
                is_scaled, clips = False, []


def _fix(facts: Facts, clipped: _Scaled) -> Fix | None:
    """Unscale the gradients right before they are clipped."""
    layout, step = facts.layout, clipped.step
    if not (layout.owns(clipped.at) and layout.owns(step)):
        return None
    before = layout.statement(clipped.at)
    if layout.block(before) is not layout.block(layout.statement(step)):
        return None
    match step:
        case ast.Call(func=ast.Attribute(value=scaler), args=[optimizer], keywords=[]):
            call = f"{layout.text(scaler)}.unscale_({layout.text(optimizer)})"
            edits = layout.before(before, call)
            return Fix(Applicability.UNSAFE, f"Call `{call}` before", edits) if edits else None
    return None


EXAMPLES = (
    Example(
        "clipped between the backward and the step",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
start = model.weight.detach().clone()
for x in [torch.ones(4, 2)]:
    optimizer.zero_grad()
    loss = model(x).mean() / 10
    scaler.scale(loss).backward()
    ⟦nn.utils.clip_grad_norm_(model.parameters(), 1.0)⟧
    scaler.step(optimizer)
    scaler.update()
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
start = model.weight.detach().clone()
for x in [torch.ones(4, 2)]:
    optimizer.zero_grad()
    loss = model(x).mean() / 10
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
""",
        proof="fault = bool((model.weight - start).abs().max() < 0.01)",
    ),
    Example(
        "unscaled first, and a scaler that is disabled",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
start = model.weight.detach().clone()
for scaler in [torch.amp.GradScaler("cpu")]:
    optimizer.zero_grad()
    scaler.scale(model(torch.ones(4, 2)).mean() / 10).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
disabled = torch.amp.GradScaler("cpu", enabled=False)
optimizer.zero_grad()
disabled.scale(model(torch.ones(4, 2)).mean() / 10).backward()
nn.utils.clip_grad_norm_(model.parameters(), 1.0)
disabled.step(optimizer)
""",
        proof="fault = bool((model.weight - start).abs().max() < 0.1)",
    ),
)
