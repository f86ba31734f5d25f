"""A deep copy of what holds the result of an operation.

What it does
    Finds ``copy.deepcopy`` of tensors that operations on tensors with gradients gave, and of modules, lists and dicts
    that hold one.

Why
    A copy of a result would need a copy of its graph. PyTorch copies leaves only, and raises.

Example
    ``best = copy.deepcopy(model)`` where the model keeps its last loss in an attribute.

Fix safety
    No fix: what is kept beside the parameters is to be detached where it is stored.

What it misses
    Copies by code that is not seen, such as that of an average of models.

Source
    torch.Tensor.__deepcopy__; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import DEEPCOPY, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC306",
    slug="deepcopy-nonleaf",
    since="0.1.0",
    message="a deep copy of what holds the result of an operation",
    triggers=(*GRADIENTS, Trigger(Sign.PROGRAM_SCRIPT, frozenset({"deepcopy"}))),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every deep copy that PyTorch refuses."""
    story = facts.story
    for found in story.everywhere(Kind.COPIED):
        fault = found.fault
        made = f" of {story.line(fault.made, fault.at)}" if fault.made is not None else ""
        text = f"{story.tensor(fault)}{made} is the result of an operation, and only leaves can be copied: detach it"
        yield RULE.telling(story, found, text, story.raises(fault))


EXAMPLES = (
    Example(
        "a result",
        """
import copy
import torch

w = torch.ones(3, requires_grad=True)
saved = ⟦copy.deepcopy(w * 2)⟧
""",
        raises=DEEPCOPY,
    ),
    Example(
        "a model that keeps its last output",
        """
import copy
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)
        self.last = None

    def forward(self, x):
        self.last = self.layer(x)
        return self.last

model = Model()
model(torch.ones(3, 2)).sum().backward()
best = ⟦copy.deepcopy(model)⟧
""",
        raises=DEEPCOPY,
    ),
    Example(
        "leaves, detached results, and what was computed without gradients",
        """
import copy
import torch
from torch import nn

model = nn.Linear(2, 1)
model(torch.ones(3, 2)).sum().backward()
best = copy.deepcopy(model)
kept = copy.deepcopy([model(torch.ones(3, 2)).detach(), model.weight])
with torch.no_grad():
    seen = copy.deepcopy(model(torch.ones(3, 2)))
""",
        proof="fault = not torch.equal(best.weight, model.weight)",
    ),
)
