"""An in-place change through ``.detach()``, which shares the memory of its tensor.

What it does
    Finds in-place operations on what ``.detach()`` gave, where the tensor that it came from belongs to a graph and is
    read afterwards.

Why
    ``.detach()`` copies nothing. The tensor in the graph changes too, though its gradient function does not: whatever
    reads it afterwards gets the new content. Where a backward needs the old one it raises, which is another rule's.

Example
    ``z = y.detach(); z[0] = 0; loss = y.sum()``: the loss is that of the changed ``y``.

Fix safety
    ``.detach().clone()`` where the alias gets its name: unsafe, as the change of both may be what was meant.

What it misses
    Aliases that are changed by a function that is not seen, and tensors that are only read in other files.

Source
    torch.Tensor.detach ("shares the same storage"); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.fixes.aliases import copied
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC303",
    slug="detach-alias",
    since="0.1.0",
    message="an in-place change through `.detach()` of a tensor that is read afterwards",
    triggers=GRADIENTS,
    fix=Applicability.UNSAFE,
    highest=Certainty.LIKELY,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every change of an alias that shows where its tensor is read, unless a backward tells it."""
    story = facts.story
    for found in story.of(Kind.ALIAS):
        fault = found.fault
        if fault.surfaces is None or story.is_told(fault.at, Kind.SAVED, Kind.STALE):
            continue
        source = f"`{story.text(fault.source)}`" if fault.source else "a tensor of the graph"
        read = story.line(fault.surfaces, fault.at)
        text = f"{story.tensor(fault)} shares its memory with {source}, which changes too and is read at {read}"
        effect = story.silent(fault, "it has the changed content")
        yield RULE.telling(story, found, text, effect, Certainty.LIKELY, copied(facts.layout, fault.at))


EXAMPLES = (
    Example(
        "read after its alias was changed",
        """
import torch

w = torch.ones(3, requires_grad=True)
y = w + 1
z = y.detach()
⟦z[0]⟧ = 999
total = y.sum()
""",
        Certainty.LIKELY,
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
y = w + 1
z = y.detach().clone()
z[0] = 999
total = y.sum()
""",
        proof="fault = total.item() != 6",
    ),
    Example(
        "scaled for a picture, then used for the loss",
        """
import torch

w = torch.ones(3, requires_grad=True)
image = w + 4
shown = image.detach()
⟦shown.div_(5)⟧
loss = image.mean()
""",
        Certainty.LIKELY,
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
image = w + 4
shown = image.detach().clone()
shown.div_(5)
loss = image.mean()
""",
        proof="fault = loss.item() != 5",
    ),
    Example(
        "a copy, a tensor that nobody reads again, and one that is no part of a graph",
        """
import torch

w = torch.ones(3, requires_grad=True)
y = w + 1
copy = y.detach().clone()
copy[0] = 999
total = y.sum()
last = (w + 2).detach()
last.zero_()
plain = torch.ones(3)
plain.detach().zero_()
print(plain)
""",
        proof="fault = total.item() != 6",
    ),
)
