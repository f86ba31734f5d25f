"""``retain_graph=True`` that nothing makes use of.

What it does
    Finds a backward that keeps its graph although no later backward goes through any operation of it.

Why
    The graph keeps every tensor that the forward saved until the last name for it is gone: memory that a training loop
    needs for its next step. It also hides a graph that grows from one iteration to the next, which would raise
    otherwise.

Example
    ``retain_graph=True`` for two losses that have only parameters in common.

Fix safety
    The argument is dropped: safe where the finding is certain, as the same gradients come out, else unsafe. If a
    backward that is not seen goes through the same graph it raises; it never computes something else.

What it misses
    Loops of which it is not known that no later iteration goes through the graph, and graphs that leave the function.
    Where a function that nothing seen calls returns something, the finding is advice.

Source
    torch.Tensor.backward ("in nearly all cases setting this option to True is not needed"); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.fixes.retention import RETAIN, drop
from torchlint.rule import Example, Mark, Rule, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC402",
    slug="needless-retain-graph",
    since="0.1.0",
    message="`retain_graph=True` with no later backward through the same graph",
    triggers=GRADIENTS,
    fix=Applicability.SAFE,
    mark=Mark.UNNECESSARY,
    topics=frozenset({Topic.PERFORMANCE}),
)

_SLOW = Effect(EffectKind.SLOW, "what the graph kept stays in memory until the last name for it is gone")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every backward that keeps a graph for nothing."""
    story = facts.story
    for found in story.of(Kind.RETAINED):
        name = story.tensor(found.fault)
        text = f"`retain_graph=True` keeps the graph of {name}, but no later backward goes through it"
        certainty = story.certainty(found)
        if found.is_entry:
            certainty = Certainty.ADVICE if story.gives_away(facts.layout.path_to(found.fault.at)) else Certainty.LIKELY
        fix = drop(facts.layout, found.fault.at, RETAIN, Applicability.SAFE)
        backwards = [each for each in facts.layout.backwards if not story.is_told(each, Kind.TWICE, Kind.SAVED)]
        if fix is not None and facts.rehearsal.harms(fix.edits, *backwards):
            continue  # another run of the same line needs it
        grade = Applicability.SAFE if certainty is Certainty.CERTAIN else Applicability.UNSAFE
        fix = drop(facts.layout, found.fault.at, RETAIN, grade)
        yield RULE.telling(story, found, text, _SLOW, certainty, fix)


EXAMPLES = (
    Example(
        "two losses that have only a weight in common",
        """
import torch

w = torch.ones(3, requires_grad=True)
error, penalty = (torch.ones(3) * w).exp().sum(), (w * w).sum()
⟦error.backward(retain_graph=True)⟧
penalty.backward()
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
error, penalty = (torch.ones(3) * w).exp().sum(), (w * w).sum()
error.backward()
penalty.backward()
""",
        proof="""
try:
    fault = error.grad_fn.next_functions[0][0]._saved_result is not None
except RuntimeError:
    fault = False
""",
    ),
    Example(
        "a function that keeps all to itself",
        """
import torch

def train(steps):
    w = torch.ones(3, requires_grad=True)
    loss = (w * w).sum()
    ⟦loss.backward(retain_graph=True)⟧
    print(w.grad)
""",
        Certainty.LIKELY,
        fixed="""
import torch

def train(steps):
    w = torch.ones(3, requires_grad=True)
    loss = (w * w).sum()
    loss.backward()
    print(w.grad)
""",
        proof="""
kept = []
backward = torch.Tensor.backward
torch.Tensor.backward = lambda loss, retain_graph=None: kept.append(retain_graph) or backward(loss)
train(1)
torch.Tensor.backward = backward
fault = kept == [True]
""",
    ),
    Example(
        "a shared part, the same loss, and gradients of gradients",
        """
import torch

w = torch.ones(3, requires_grad=True)
shared = torch.exp(w)
first, second = shared.sum(), (shared * 2).sum()
first.backward(retain_graph=True)
second.backward()
loss = (w * w).sum()
(gradient,) = torch.autograd.grad(loss, w, create_graph=True, retain_graph=True)
(loss + gradient.norm()).backward()
""",
        proof="fault = w.grad is None",
    ),
)
