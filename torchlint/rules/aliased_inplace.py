"""An in-place activation of a tensor that is read under another name afterwards.

What it does
    Finds activations and dropouts that work in place (``inplace=True``, ``relu_``) on a tensor that another name was
    given to before and that is read by that name afterwards; or that work inside of a module on what it is called with,
    where the caller computes with that afterwards.

Why
    The other name is no copy: it has the activated content too, and so have the sums and products it goes into. PyTorch
    says nothing, as everything is well defined; the network only is another one than it looks like.

Example
    ``identity = x; out = relu(x)`` with ``nn.ReLU(inplace=True)``, then ``out + identity``: the skip connection has
    lost its negative half.

Fix safety
    No fix: without ``inplace=True`` the network computes something else, for which trained weights may not fit.

What it misses
    Names of what comes in as arguments of functions that nothing seen calls, unless a module is called with them; and
    names that are bound by containers.

Source
    torch.nn.ReLU ("can optionally do the operation in-place"); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC208",
    slug="aliased-inplace",
    since="0.1.0",
    message="an in-place activation of a tensor that is read under another name",
    triggers=GRADIENTS,
    highest=Certainty.LIKELY,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every activation that shows where another name of its tensor is read, unless something raises there."""
    story = facts.story
    for found in story.of(Kind.ALIASED):
        fault = found.fault
        if fault.surfaces is None or story.is_told(fault.at, Kind.SAVED, Kind.LEAF, Kind.VIEW):
            continue
        other, read = story.text(fault.source), story.line(fault.surfaces, fault.at)
        text = f"`{other}` is the same tensor as {story.tensor(fault)}, changes with it and is read at {read}"
        if fault.name == fault.source:
            text = f"`{other}` is changed inside the module that is called with it, and is read again at {read}"
        effect = story.silent(fault, "it has the activated content")
        yield RULE.telling(story, found, text, effect, Certainty.LIKELY)


EXAMPLES = (
    Example(
        "a skip connection that is activated too",
        """
import torch
from torch import nn

relu = nn.ReLU(inplace=True)
x = nn.Linear(2, 2)(torch.ones(1, 2)) - 5
identity = x
before = identity.clone()
out = ⟦relu(x)⟧
total = out + identity
""",
        Certainty.LIKELY,
        proof="fault = not torch.equal(total, torch.relu(before) + before)",
    ),
    Example(
        "by function",
        """
import torch

w = torch.full((3,), -1.0, requires_grad=True)
h = w * 2
raw = h
z = ⟦torch.relu_(h)⟧
loss = (z + raw).sum()
""",
        Certainty.LIKELY,
        proof="fault = loss.item() != -6",
    ),
    Example(
        "names of the result, and a name that is bound anew",
        """
import torch
from torch import nn

relu = nn.ReLU(inplace=True)
x = nn.Linear(2, 2)(torch.ones(1, 2))
out = x
x = relu(x)
out = x
print(out)
first = x + 1
second = first
first = relu(first)
second = first + 1
print(second)
""",
    ),
)
