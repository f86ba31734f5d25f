"""A step of an optimizer with gradients that are still scaled.

What it does
    Finds ``optimizer.step()`` after the backward of a loss that a ``GradScaler`` has scaled, where neither
    ``scaler.step(optimizer)`` nor ``scaler.unscale_(optimizer)`` unscales the gradients.

Why
    The scaler multiplies the loss by 65,536 at first, so that small gradients do not vanish in half precision. Only its
    own ``step`` divides them by that, and skips those that are infinite. A plain step is as many times too large.

Example
    ``scaler.scale(loss).backward()``, ``optimizer.step()``.

Fix safety
    The scaler takes the step, and is updated after it where nothing does: unsafe, as the program trains in another way
    afterwards.

What it misses
    Scalers and optimizers in code that is not seen, and programs that use gradients themselves, which may unscale them.

Source
    torch.amp.GradScaler.step; "Typical Mixed Precision Training" in PyTorch's examples; the examples run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.interpreter.events import Backward, Cleared, Handed, Scaling, Step
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Edit, Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC610",
    slug="scaled-step",
    since="0.1.0",
    message="a step of an optimizer with gradients that are still scaled",
    triggers=(Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),),
    fix=Applicability.UNSAFE,
)

_LARGE = Effect(EffectKind.SILENT, "the gradients are 65,536 times too large, at the scale with which a scaler begins")


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A step that uses what ``scale`` has scaled. ``is_updated``: the scaler is, somewhere; ``is_sure``: it is known to
    be enabled, and whose gradients these are."""

    at: ast.AST
    scale: ast.AST
    is_updated: bool
    is_sure: bool


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every plain step after a scaled backward."""
    story = facts.story
    for found in story.seen(_plain_steps):
        if story.reads_gradients():
            return
        scaled = found.what
        text = (
            f"this step uses gradients that are scaled since {story.line(scaled.scale, scaled.at)}: only the scaler's "
        )
        text += "own `step` unscales them"
        related = Related("scaled", "the loss is scaled", story.place(scaled.scale))
        certainty = None if scaled.is_sure else Certainty.LIKELY
        yield RULE.seeing(story, found, text, _LARGE, (related,), _fix(facts, scaled), certainty)


def _plain_steps(events: Sequence[Event]) -> Iterator[_Scaled]:
    calls = [each for each in events if isinstance(each, Scaling)]
    is_updated = any(each.method == "update" for each in calls)
    unscaling = {each.optimizer for each in calls if each.method in ("step", "unscale_")}
    by_scaler = {each.at for each in calls if each.method == "step"}
    scaling: Scaling | None = None
    scaled: dict[int, Scaling] = {}
    for event in events:
        match event:
            case Scaling(method="scale"):
                scaling = event
            case Backward(at=ast.Call(func=ast.Attribute(value=root)), fresh=fresh):
                if scaling is not None and (root is scaling.at or not isinstance(root, ast.Call)):
                    scaled.update(dict.fromkeys(fresh, scaling))
                scaling = None
            case Step(at=at, uses=uses, is_seen=is_seen, optimizer=optimizer) if at not in by_scaler:
                scale = next((scaled[each] for each in uses if each in scaled), None)
                if scale is not None and (optimizer not in unscaling if is_seen else not unscaling):
                    yield _Scaled(at, scale.at, is_updated, scale.is_sure and is_seen)
            case Cleared(leaves=leaves):
                for leaf in leaves:
                    scaled.pop(leaf, None)
            case Handed():
                scaled.clear()


def _fix(facts: Facts, scaled: _Scaled) -> Fix | None:
    """Let the scaler take the step."""
    layout = facts.layout
    if not (layout.owns(scaled.at) and layout.owns(scaled.scale)):
        return None
    if layout.function(scaled.at) is not layout.function(scaled.scale):
        return None
    match scaled.at, scaled.scale:
        case (
            ast.Call(func=ast.Attribute(value=optimizer), args=[], keywords=[]) as step,
            ast.Call(func=ast.Attribute(value=scaler)),
        ):
            by = layout.text(scaler)
            call, update = f"{by}.step({layout.text(optimizer)})", f"{by}.update()"
            edits: tuple[Edit, ...] | None = ()
            if not scaled.is_updated:
                edits = layout.after(layout.statement(step), update)
            if edits is not None:
                return Fix(Applicability.UNSAFE, f"Step by `{call}`", (layout.replace(step, call), *edits))
    return None


EXAMPLES = (
    Example(
        "the optimizer's own step",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
for step in range(2):
    optimizer.zero_grad()
    loss = model(torch.ones(4, 2)).mean()
    scaler.scale(loss).backward()
    ⟦optimizer.step()⟧
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
for step in range(2):
    optimizer.zero_grad()
    loss = model(torch.ones(4, 2)).mean()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
""",
        proof="fault = bool((model.weight - start).abs().max() > 1)",
    ),
    Example(
        "unscaled first, and another optimizer whose loss is not scaled",
        """
import torch
from torch import nn

model, critic = nn.Linear(2, 2), nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
critics = torch.optim.SGD(critic.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")
for step in range(2):
    optimizer.zero_grad()
    scaler.scale(model(torch.ones(4, 2)).mean()).backward()
    scaler.unscale_(optimizer)
    optimizer.step()
    scaler.update()
    critics.zero_grad()
    critic(model(torch.ones(4, 2)).detach()).mean().backward()
    critics.step()
""",
        proof="fault = bool((model.weight - start).abs().max() > 1)",
    ),
)
