"""A graph that is left on the way to a backward.

What it does
    Finds backwards that reach nothing but a leaf made of a value which had left its graph before: by ``.item()``,
    ``.detach()``, ``.numpy()``, ``torch.tensor(...)`` or a conversion to integers.

Why
    ``requires_grad=True`` on the new tensor silences the error that PyTorch would raise; it does not bring the graph
    back. The backward runs, and no parameter gets a gradient: nothing is trained, without a word.

Example
    ``loss = torch.tensor(loss.item(), requires_grad=True); loss.backward()``.

Fix safety
    What cuts is dropped, together with the ``torch.tensor`` around it and the ``requires_grad`` that hides the cut:
    unsafe, as more is trained then, and offered only where the backward then runs through the graph. No fix for
    integers and comparisons, which have no gradient.

What it misses
    Backwards that reach some parameters and lose others. A backward that raises because of the cut is TLC404, one whose
    forward ran under ``no_grad`` TLC504.

Source
    torch.Tensor.item, torch.tensor ("no autograd history"); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.autograd.tensor import CutKind
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC304",
    slug="cut-graph",
    since="0.1.0",
    message="a backward that reaches nothing, as its graph was left before",
    triggers=GRADIENTS,
    fix=Applicability.UNSAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every backward from a leaf that was made of a value cut out of a graph."""
    story = facts.story
    for found in story.of(Kind.REWRAPPED):
        fault, cut = found.fault, found.fault.cut
        if cut is None or cut.kind is CutKind.NO_GRAD or fault.surfaces is None:
            continue
        if story.is_told(fault.surfaces, Kind.NO_GRAD):
            continue
        source = f"`{story.text(cut.source)}` leaves its graph" if cut.source else "the graph ends"
        backward = story.line(fault.surfaces, fault.at)
        text = f"{source} here, at `{cut.operation}`: the backward at {backward} reaches nothing behind it"
        fix = facts.reconnection.fix(fault, fault.surfaces)
        yield RULE.telling(story, found, text, story.silent(fault, "no parameter gets a gradient"), fix=fix)


EXAMPLES = (
    Example(
        "a number made a tensor again",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss = torch.tensor(⟦loss.item()⟧, requires_grad=True)
loss.backward()
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward()
""",
        proof="fault = w.grad is None",
    ),
    Example(
        "detached, and told to require grad",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = ⟦(w * w).sum().detach()⟧
loss.requires_grad_()
loss.backward()
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward()
""",
        proof="fault = w.grad is None",
    ),
    Example(
        "a tensor around a tensor",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = ⟦torch.tensor((w * w).sum(), requires_grad=True)⟧
loss.backward()
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward()
""",
        proof="fault = w.grad is None",
    ),
    Example(
        "numbers beside the graph, and a new leaf that is differentiated itself",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
print(loss.item())
loss.backward()
x = (w * 2).detach().requires_grad_()
(x * x).sum().backward()
""",
        proof="fault = w.grad is None or x.grad is None",
    ),
)
