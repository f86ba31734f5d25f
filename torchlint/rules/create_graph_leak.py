"""``backward(create_graph=True)`` whose graph of gradients nothing uses.

What it does
    Finds ``backward(create_graph=True)`` in programs that read no gradient afterwards in a way that could differentiate
    it: there ``retain_graph=True``, or neither, was meant.

Why
    The gradients that it leaves in ``.grad`` have a graph of their own, which leads back to the parameters: a cycle of
    references that keeps the whole graph alive until the gradients are set to None. Memory grows with every step.

Example
    ``loss.backward(create_graph=True)`` to go backward twice.

Fix safety
    The argument is dropped, or becomes ``retain_graph=True`` where a later backward needs the graph: unsafe, as a
    gradient that is read in another file may be meant to have a graph. For that ``torch.autograd.grad(...,
    create_graph=True)`` does without the cycle.

What it misses
    Files in which any gradient is read, and optimizers that are not PyTorch's: they may differentiate it.

Source
    The warning of torch.autograd.backward ("will create a reference cycle between the parameter and its gradient"); the
    examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.fixes.retention import CREATE, RETAIN, drop, rename
from torchlint.model.report.story import is_method
from torchlint.rule import Example, Rule, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding, Fix
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC405",
    slug="create-graph-leak",
    since="0.1.0",
    message="`backward(create_graph=True)` where only `retain_graph=True` is meant",
    triggers=GRADIENTS,
    fix=Applicability.UNSAFE,
    highest=Certainty.LIKELY,
    topics=frozenset({Topic.PERFORMANCE}),
)

_LEAK = Effect(EffectKind.SLOW, "parameters and their gradients refer to each other, so that the graph stays in memory")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every backward that records its own graph for nobody."""
    story = facts.story
    for found in story.of(Kind.CREATED):
        if is_method(found.fault.at, "backward") and not story.reads_gradients():
            text = (
                f"`create_graph=True` records the gradients of {story.tensor(found.fault)}, but nothing differentiates "
                "them; `retain_graph=True` is enough to go backward again"
            )
            yield RULE.telling(story, found, text, _LEAK, Certainty.LIKELY, _fix(facts, found.fault))


def _fix(facts: Facts, fault: Fault) -> Fix | None:
    """Drop the argument, unless a later backward then lacks the graph."""
    fix = drop(facts.layout, fault.at, CREATE, Applicability.UNSAFE)
    if fix is not None and facts.rehearsal.settles(fix.edits, *facts.layout.backwards):
        return fix
    return rename(facts.layout, fault.at, CREATE, RETAIN)


EXAMPLES = (
    Example(
        "gradients that have a graph",
        """
import torch

w = torch.ones(3, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
loss = (w * w).sum()
⟦loss.backward(create_graph=True)⟧
optimizer.step()
""",
        Certainty.LIKELY,
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
loss = (w * w).sum()
loss.backward()
optimizer.step()
""",
        proof="fault = w.grad.grad_fn is not None or w.grad.requires_grad",
    ),
    Example(
        "gradients of gradients, and retain_graph",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
(gradient,) = torch.autograd.grad(loss, w, create_graph=True)
(gradient.norm() + loss).backward(retain_graph=True)
loss.backward()
""",
        proof="fault = w.grad.requires_grad",
    ),
)
