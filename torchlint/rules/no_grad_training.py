"""A training step whose forward runs without recording gradients.

What it does
    Finds backwards that reach nothing but the loss itself, because what it was computed with ran under ``no_grad`` or
    ``inference_mode`` and ``requires_grad`` was switched on afterwards; and optimizers that are stepped though all that
    was computed with their parameters ran so.

Why
    Nothing was recorded, so there is nothing to go backward through. ``loss.requires_grad_()`` makes the loss a leaf
    and the error disappear: the backward runs, no parameter gets a gradient, and nothing is trained.

Example
    ``with torch.no_grad(): loss = criterion(model(x), y)`` and then ``loss.requires_grad_(); loss.backward()``.

Fix safety
    No fix yet: the forward belongs out of the ``no_grad`` block, as far as it is to be trained; which part that is,
    only the author knows.

What it misses
    A grad mode that is switched off in a file that is not seen. A backward that raises is TLC404.

Source
    torch.no_grad; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.autograd.tensor import CutKind
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC504",
    slug="no-grad-training",
    since="0.1.0",
    message="a training step whose forward runs without recording gradients",
    triggers=GRADIENTS,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every backward from a leaf that was computed without gradients, and every step that has none for that reason."""
    story = facts.story
    for found in story.everywhere(Kind.REWRAPPED):
        fault, cut = found.fault, found.fault.cut
        if cut is None or cut.kind is not CutKind.NO_GRAD or fault.surfaces is None:
            continue
        if story.is_told(fault.surfaces, Kind.NO_GRAD):
            continue
        operation, backward = story.operation(cut.at, cut.operation), story.line(fault.surfaces, fault.at)
        text = f"`{operation}` runs here without recording gradients: the backward at {backward} reaches no parameter"
        yield RULE.telling(story, found, text, story.silent(fault, "no parameter gets a gradient"))
    for found in story.everywhere(Kind.IDLE):
        fault = found.fault
        if fault.cut is None or fault.cut.kind is not CutKind.NO_GRAD or fault.surfaces is None:
            continue
        operation, step = story.operation(fault.at, fault.cut.operation), story.line(fault.surfaces, fault.at)
        text = f"`{operation}` runs here without recording gradients: the step at {step} has none to use"
        yield RULE.telling(story, found, text, story.silent(fault, "nothing is trained"), Certainty.LIKELY)


EXAMPLES = (
    Example(
        "the loss is told to require grad",
        """
import torch

w = torch.ones(3, requires_grad=True)
with torch.no_grad():
    loss = ⟦torch.dot(w, w)⟧
loss.requires_grad_()
loss.backward()
""",
        proof="fault = w.grad is None",
    ),
    Example(
        "a forward that records, and one that is only watched",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = torch.dot(w, w)
loss.backward()
with torch.no_grad():
    print(torch.dot(w, w))
    with torch.enable_grad():
        again = torch.dot(w, w)
again.backward()
""",
        proof="fault = w.grad is None",
    ),
)
