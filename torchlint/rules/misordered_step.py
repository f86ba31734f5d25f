"""A training step whose parts come in an order in which gradients are lost.

What it does
    Finds ``zero_grad()`` between a backward and the step that is to use its gradients, a step that comes before its
    backward where ``zero_grad()`` comes next, gradients that are clipped when the step has used them, and gradients of
    several iterations that are cleared in each, before the step that waits for them.

Why
    ``optimizer.step()`` uses what is in ``.grad`` at that moment. After ``zero_grad()`` that is nothing: each parameter
    is passed over, nothing raises, and nothing is ever trained. Clipping that comes later changes what is cleared next.

Example
    ``loss.backward()``, ``optimizer.zero_grad()``, ``optimizer.step()``.

Fix safety
    The clearing is put before the backward, the step or the clipping where it belongs, where one block has all of it:
    unsafe, as the program trains in another way afterwards.

What it misses
    Optimizers and models that are given to code which is not seen, and steps that have gradients in some other way
    through the program.

Source
    torch.optim.Optimizer.step, torch.optim.Optimizer.zero_grad, torch.nn.utils.clip_grad_norm_; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.fixes.reorder_step import is_handed_on, moved
from torchlint.model.report.unused_gradients import discarded, late, steps_in_use, wasted
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.interpreter.judging import Sighting
    from torchlint.model.report.unused_gradients import Discarded, Late, Wasted

RULE = Rule(
    code="TLC604",
    slug="misordered-step",
    since="0.1.0",
    message="gradients that are cleared before a step uses them, or clipped when it has",
    triggers=(Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),),
    fix=Applicability.UNSAFE,
)

_UNTRAINED = Effect(EffectKind.SILENT, "the step finds no gradients, and nothing is trained")
_THROWN_AWAY = Effect(EffectKind.SILENT, "each step uses the gradients of the last backward alone")
_UNCLIPPED = Effect(EffectKind.SILENT, "the step uses the gradients as they were")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every step that finds nothing, and every clipping that comes too late."""
    story = facts.story
    in_use = {found.what.at for found in story.seen(steps_in_use)}
    for found in story.seen(wasted):
        if found.what.step not in in_use and not is_handed_on(
            facts.layout, found.what.backward, found.what.clear, found.what.step
        ):
            yield _of_wasted(facts, found)
    for each in story.seen(discarded):
        if _waits(facts, each.what):
            yield _of_discarded(facts, each)
    for other in story.seen(late):
        if facts.layout.owns(other.what.at) and isinstance(facts.layout.parent(other.what.at), ast.Expr):
            yield _of_late(facts, other)


def _of_wasted(facts: Facts, found: Sighting[Wasted]) -> Finding:
    """What is said of gradients that are cleared too early, or used too early."""
    story, what = facts.story, found.what
    backward = f"the backward at {story.line(what.backward, what.at)}"
    if what.at is what.step:
        clear = story.line(what.clear, what.at)
        text = f"this step comes before {backward}, whose gradients are cleared at {clear} before the next step"
        fix = _moved(facts, what.step, what.backward, "Step after the backward")
    else:
        step = story.line(what.step, what.at)
        text = f"this clears the gradients of {backward} before the step at {step} uses them"
        fix = _moved(facts, what.clear, what.backward, "Clear the gradients before the backward")
    related = (
        Related("backward", "computes the gradients", story.place(what.backward)),
        Related("clear", "clears them", story.place(what.clear)),
        Related("step", "finds none", story.place(what.step)),
    )
    others = [each for each in related if each.place != story.place(what.at)]
    return RULE.seeing(story, found, text, _UNTRAINED, others, fix)


def _waits(facts: Facts, what: Discarded) -> bool:
    """Whether the step is taken every so many iterations of the loop, and the gradients are cleared in each."""
    layout = facts.layout
    if not all(map(layout.owns, (what.at, what.backward, what.step))):
        return False
    loop = layout.loop(what.step)
    if loop is None or any(layout.loop(each) is not loop for each in (what.at, what.backward)):
        return False
    waits = [
        each for each in _conditions(layout, what.step) if any(isinstance(part, ast.Mod) for part in ast.walk(each))
    ]
    passed = _conditions(layout, what.backward)
    return bool(waits) and not _conditions(layout, what.at) and not any(each in passed for each in waits)


def _conditions(layout: Layout, node: ast.AST) -> list[ast.expr]:
    """The conditions under which a node is come to in its loop."""
    loop = layout.loop(node)
    return [each.test for each in layout.around(node) if isinstance(each, ast.If) and layout.loop(each) is loop]


def _of_discarded(facts: Facts, found: Sighting[Discarded]) -> Finding:
    """What is said of gradients that are to be added up, and never are."""
    story, what = facts.story, found.what
    text = (
        f"this clears the gradients of the backward at {story.line(what.backward, what.at)} in each iteration, though "
        f"the step at {story.line(what.step, what.at)} waits for those of several"
    )
    related = (
        Related("backward", "computes the gradients", story.place(what.backward)),
        Related("step", "is taken every so many iterations", story.place(what.step)),
    )
    return RULE.seeing(story, found, text, _THROWN_AWAY, related, None, Certainty.LIKELY)


def _of_late(facts: Facts, found: Sighting[Late]) -> Finding:
    """What is said of clipping that comes too late."""
    story, what = facts.story, found.what
    text = f"the step at {story.line(what.step, what.at)} has used these gradients already"
    related = Related("step", "uses the gradients as they are", story.place(what.step))
    fix = _moved(facts, what.at, what.step, "Clip before the step")
    return RULE.seeing(story, found, text, _UNCLIPPED, (related,), fix)


def _moved(facts: Facts, what: ast.AST, place: ast.AST, message: str) -> Fix | None:
    """Move a call that is a statement to the other side of a place, where one block has both."""
    layout = facts.layout
    if not (layout.owns(what) and layout.owns(place) and isinstance(layout.parent(what), ast.Expr)):
        return None
    edits = moved(layout, layout.statement(what), layout.statement(place))
    if edits is None or not facts.rehearsal.settles(edits, what, place):
        return None
    return Fix(Applicability.UNSAFE, message, edits)


EXAMPLES = (
    Example(
        "cleared right before the step",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(3):
    loss = model(torch.ones(4, 2)).mean()
    loss.backward()
    ⟦optimizer.zero_grad()⟧
    optimizer.step()
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(3):
    loss = model(torch.ones(4, 2)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        proof="fault = torch.equal(model.weight, start)",
    ),
    Example(
        "the step before the backward",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(3):
    optimizer.zero_grad()
    loss = model(torch.ones(4, 2)).mean()
    ⟦optimizer.step()⟧
    loss.backward()
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(3):
    optimizer.zero_grad()
    loss = model(torch.ones(4, 2)).mean()
    loss.backward()
    optimizer.step()
""",
        proof="fault = torch.equal(model.weight, start)",
    ),
    Example(
        "clipped after the step",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
for x in [torch.full((4, 2), 100.0)]:
    optimizer.zero_grad()
    model(x).sum().backward()
    optimizer.step()
    ⟦nn.utils.clip_grad_norm_(model.parameters(), 0.1)⟧
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
for x in [torch.full((4, 2), 100.0)]:
    optimizer.zero_grad()
    model(x).sum().backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    optimizer.step()
""",
        proof="fault = bool((model.weight - start).abs().max() > 0.2)",
    ),
    Example(
        "cleared after the step, a step of gradients from before, and a norm that is only read",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
start = model.weight.detach().clone()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model(torch.ones(4, 2)).mean().backward()
for step in range(3):
    optimizer.step()
    norm = nn.utils.clip_grad_norm_(model.parameters(), float("inf"))
    optimizer.zero_grad()
    model(torch.ones(4, 2)).mean().backward()
""",
        proof="fault = torch.equal(model.weight, start)",
    ),
)
