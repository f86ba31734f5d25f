"""Gradients that are used twice, as nothing clears them in a training loop.

What it does
    Finds a backward in a loop that adds to the gradients which it left in the iteration before, though an optimizer's
    step has used them since, where the next step uses the sum.

Why
    ``backward`` adds to ``.grad``. Without ``zero_grad()`` between a step and the next backward every step follows the
    sum of all gradients so far: the loss goes astray without a word. Gradients that are added up on purpose, over
    several backwards, are cleared after the step that uses them.

Example
    ``loss.backward()`` and ``optimizer.step()`` in a loop without ``optimizer.zero_grad()``.

Fix safety
    ``optimizer.zero_grad()`` is put before the backward where only that one feeds the step: unsafe, as the program
    trains in another way afterwards.

What it misses
    Loops that give the model or the optimizer to code that is not seen, which may clear the gradients, and optimizers
    that are not PyTorch's, or that a function is given without an annotation and never tells to clear.

Source
    torch.optim.Optimizer.zero_grad, torch.Tensor.backward ("accumulates gradients in the leaves"); the examples run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.interpreter.events import Backward, Handed, Step
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC603",
    slug="missing-zero-grad",
    since="0.1.0",
    message="gradients that a step has used are added to and used again",
    triggers=(Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),),
    fix=Applicability.UNSAFE,
)

_SUM = Effect(EffectKind.SILENT, "each step follows the sum of all gradients so far")


@dataclass(frozen=True, slots=True)
class _Repeated:
    """A backward that adds to what a step has used, for a step that uses the sum. ``is_seen``: so do the parameters;
    ``is_alone``: no other backward feeds them."""

    at: ast.AST
    step: ast.AST
    is_seen: bool
    is_alone: bool


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every backward whose gradients are never cleared."""
    story = facts.story
    for found in story.seen(_uncleared):
        repeated = found.what
        text = (
            f"this backward adds to gradients that the step at {story.line(repeated.step, repeated.at)} has used "
            "before: nothing clears them in between"
        )
        related = Related("step", "uses the gradients, and the sum the next time", story.place(repeated.step))
        certainty = None if repeated.is_seen else Certainty.LIKELY
        yield RULE.seeing(story, found, text, _SUM, (related,), _fix(facts, repeated), certainty)


def _uncleared(events: Sequence[Event]) -> Iterator[_Repeated]:
    used: dict[int, ast.AST] = {}
    added: dict[int, set[ast.AST]] = {}
    for event in events:
        match event:
            case Backward():
                for leaf in event.fresh:
                    used.pop(leaf, None)
                    added.pop(leaf, None)
                for leaf in event.again & used.keys():
                    added.setdefault(leaf, set()).add(event.at)
            case Step():
                for leaf in event.uses:
                    backwards = added.get(leaf, set())
                    for backward in backwards:
                        yield _Repeated(backward, used[leaf], event.is_seen, len(backwards) == 1)
                    used[leaf] = event.at
            case Handed():
                used.clear()
                added.clear()


def _fix(facts: Facts, repeated: _Repeated) -> Fix | None:
    """Clear the gradients right before the backward, where only that one feeds the step after it."""
    layout, step = facts.layout, repeated.step
    if not (repeated.is_alone and layout.owns(repeated.at) and layout.owns(step)):
        return None
    before = layout.statement(repeated.at)
    if layout.block(before) is not layout.block(layout.statement(step)) or not isinstance(step, ast.Call):
        return None
    if not isinstance(step.func, ast.Attribute) or step.args or step.keywords:
        return None
    optimizer = layout.text(step.func.value)
    edits = layout.before(before, f"{optimizer}.zero_grad()")
    if edits is None or not facts.rehearsal.settles(edits, repeated.at):
        return None
    return Fix(Applicability.UNSAFE, f"Clear the gradients of `{optimizer}` before the backward", edits)


EXAMPLES = (
    Example(
        "never cleared",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(3):
    loss = model(torch.ones(4, 2)).mean()
    ⟦loss.backward()⟧
    optimizer.step()
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(3):
    loss = model(torch.ones(4, 2)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        proof="fault = not torch.allclose(model.bias.grad, torch.ones(1))",
    ),
    Example(
        "a class that trains a model which it is given",
        """
import torch
from torch import nn

class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def fit(self, batches):
        for x in batches:
            loss = self.model(x).mean()
            ⟦loss.backward()⟧
            self.optimizer.step()
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def fit(self, batches):
        for x in batches:
            loss = self.model(x).mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
""",
        proof="""
model = nn.Linear(2, 1)
Trainer(model).fit([torch.ones(4, 2)] * 3)
fault = not torch.allclose(model.bias.grad, torch.ones(1))
""",
    ),
    Example(
        "gradients of two batches that are added up on purpose",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(4):
    loss = model(torch.ones(4, 2)).mean() / 2
    loss.backward()
    if step % 2:
        optimizer.step()
        optimizer.zero_grad()
""",
        proof="fault = model.bias.grad is not None",
    ),
    Example(
        "a closure that clears them, and a step for each of two losses",
        """
import torch
from torch import nn

model, critic = nn.Linear(2, 1), nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
critics = torch.optim.SGD(critic.parameters(), lr=0.1)
x = torch.ones(4, 2)

def closure():
    optimizer.zero_grad()
    loss = critic(model(x)).mean()
    loss.backward()
    return loss

for step in range(3):
    critics.zero_grad()
    critic(model(x).detach()).mean().backward()
    critics.step()
    optimizer.step(closure)
""",
        proof="fault = not torch.allclose(model.bias.grad, critic.weight.detach().flatten())",
    ),
)
