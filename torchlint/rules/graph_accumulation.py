"""Losses that are collected together with their graphs.

What it does
    Finds lists and sums to which a loop adds a tensor with its graph, though a backward has freed the graph of what an
    iteration before had added: ``losses.append(loss)``, ``total += loss`` in a training loop.

Why
    A tensor keeps the whole graph alive that it was computed by. The backward has freed what the graph had saved, and
    no other one can go through it: the number alone is wanted, but memory grows with each iteration.

Example
    ``loss.backward()``, then ``losses.append(loss)``.

Fix safety
    ``.detach()`` is put behind what is added after its backward: the values are the same, and no other backward could
    have used the graph. Unsafe, as the program may read ``requires_grad``. No fix where the backward is still to come.

What it misses
    Loops without a backward, whose graphs may be used later; lists that are given to code which is not seen in between.

Source
    PyTorch's FAQ, "My model reports cuda runtime error(2): out of memory"; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.autograd.faults import Kind
from torchlint.model.interpreter.events import Gathered
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC605",
    slug="graph-accumulation",
    since="0.1.0",
    message="losses that are collected together with their graphs",
    triggers=(Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),),
    fix=Applicability.UNSAFE,
    topics=frozenset({Topic.PERFORMANCE}),
)

_GROWS = Effect(EffectKind.SILENT, "the graph of each iteration is kept: memory grows")
_SINGLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
"""Expressions that need no parentheses before a dot."""


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every sum or list that holds on to graphs which no backward can use again."""
    story = facts.story
    for found in story.seen(_gathered):
        written, backward = found.what.written, found.what.backward
        freed = f"the backward at {story.line(backward, found.what.at)} frees"
        text = f"`{story.text(written)}` is kept together with its graph, which {freed}"
        related = [Related("backward", "the graph is freed here", story.place(backward))]
        if found.what.kept is not None:
            related.append(Related("kept", "it is kept here", story.place(found.what.kept)))
        yield RULE.seeing(story, found, text, _GROWS, related, _fix(facts, found.what), Certainty.LIKELY)
    yield from _growing(facts)


def _growing(facts: Facts) -> Iterator[Finding]:
    """Everything that follows other values with their graphs."""
    story = facts.story
    told = {found.what.kept or found.what.at for found in story.seen(_gathered)}
    for found in story.everywhere(Kind.GROWING):
        if found.fault.at not in told:
            operation = story.operation(found.fault.at, found.fault.operation)
            text = f"`{operation}` adds to the graph of earlier iterations, through which no backward ever goes"
            yield RULE.telling(story, found, text, _GROWS, Certainty.LIKELY)


def _gathered(events: Sequence[Event]) -> Iterator[Gathered]:
    return (each for each in events if isinstance(each, Gathered))


def _fix(facts: Facts, gathered: Gathered) -> Fix | None:
    """Detach what is added after the backward; one that is still to come may start from there."""
    written = gathered.written
    if not gathered.is_spent or not isinstance(written, _SINGLE) or not facts.layout.owns(written):
        return None
    detached = f"{facts.source.slice(facts.layout.whole(written))}.detach()"
    return Fix(Applicability.UNSAFE, "Keep it without its graph", (facts.layout.replace(written, detached),))


EXAMPLES = (
    Example(
        "a list of losses",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = []
for step in range(20):
    loss = F.mse_loss(model(torch.randn(4, 3)), torch.randn(4, 2))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    ⟦losses.append(loss)⟧
""",
        Certainty.LIKELY,
        fixed="""
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = []
for step in range(20):
    loss = F.mse_loss(model(torch.randn(4, 3)), torch.randn(4, 2))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.detach())
""",
        proof="fault = losses[0].grad_fn is not None",
    ),
    Example(
        "a sum, in a function that is given what it trains",
        """
import torch.nn.functional as F

def train(model, loader, optimizer):
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        ⟦total += loss⟧
    return total / len(loader)
""",
        Certainty.LIKELY,
        fixed="""
import torch.nn.functional as F

def train(model, loader, optimizer):
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.detach()
    return total / len(loader)
""",
        proof="""
import torch
model = torch.nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
fault = train(model, [(torch.randn(4, 3), torch.randn(4, 2))] * 3, optimizer).requires_grad
""",
    ),
    Example(
        "losses for one backward, and numbers to look at",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
history, total = [], 0.0
for step in range(3):
    losses = []
    for _ in range(2):
        losses.append(F.mse_loss(model(torch.randn(4, 3)), torch.randn(4, 2)))
    loss = torch.stack(losses).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(loss.item())
    total += loss.detach()
""",
        proof="fault = total.requires_grad",
    ),
)
