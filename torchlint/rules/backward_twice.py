"""A backward through a graph that an earlier one freed.

What it does
    Finds a second ``backward`` or ``autograd.grad`` that needs what an operation kept, after the first had freed it:
    from the same loss again, from two losses that share a part, or in a loop around something that is computed once.

Why
    A backward frees what the operations kept as it goes through them. What only adds, copies or reshapes keeps nothing
    and can be gone through again; everything else raises.

Example
    ``loss.backward()`` twice, or two losses of one forward that go backward one after the other.

Fix safety
    What the first loss need not go back into, such as a generator whose gradient is cleared before its own step, is
    given to it detached: where every step then gets the gradients that it would get otherwise. Two losses that go
    backward one right after the other are summed, which gives both to the same optimizer; else the first backward gets
    ``retain_graph=True``, which keeps its memory. All are unsafe, and offered only where the program then runs past
    that place: a step in between would change what was kept. Recomputing the forward is another way.

What it misses
    Graphs that come from functions of other files. State that a loop carries into its next iteration is TLC403.

Source
    "Saved tensors" in the notes of torch.autograd; what keeps nothing is measured by running PyTorch; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.model.autograd.faults import TWICE, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.fixes.detach_from_first_loss import cut_off
from torchlint.model.fixes.retention import add_up, retain
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding, Fix
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC401",
    slug="backward-twice",
    since="0.1.0",
    message="a backward through a graph that an earlier one freed",
    triggers=GRADIENTS,
    fix=Applicability.UNSAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every second backward that raises, apart from those of carried state."""
    story = facts.story
    for found in story.everywhere(Kind.TWICE):
        fault = found.fault
        if not fault.carried:
            hint = ": the sum of the losses needs one backward only" if story.has_siblings(fault) else ""
            text = f"{story.freed(fault)}, and this backward needs it again{hint}"
            yield RULE.telling(story, found, text, story.raises(fault), fix=_fix(facts, fault))


def _fix(facts: Facts, fault: Fault) -> Fix | None:
    """One backward from the sum of two losses that go backward one after the other, else keep the graph.

    A loss whose way through the graph trains nothing is cut off from it.
    """
    layout, first, second = facts.layout, fault.backward, fault.at
    if first is None or not (layout.owns(first) and layout.owns(second)):
        return None
    summed, cut = add_up(layout, first, second), cut_off(layout, facts.rehearsal, fault)
    if cut is not None:
        return cut
    for fix in (summed, retain(layout, first)):
        if fix is not None and facts.rehearsal.settles(fix.edits, first, second):
            return fix
    return None


EXAMPLES = (
    Example(
        "the same loss again",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward()
⟦loss.backward()⟧
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward(retain_graph=True)
loss.backward()
""",
        raises=TWICE,
    ),
    Example(
        "two losses that share a part",
        """
import torch
from torch import nn

model = nn.Linear(2, 2)
features = torch.relu(model(torch.ones(1, 2)))
first, second = features.sum(), (features * 2).sum()
first.backward()
⟦second.backward()⟧
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 2)
features = torch.relu(model(torch.ones(1, 2)))
first, second = features.sum(), (features * 2).sum()
(first + second).backward()
""",
        raises=TWICE,
    ),
    Example(
        "computed once, gone backward through in a loop",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = torch.exp(w).sum()
for step in range(3):
    ⟦loss.backward()⟧
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
loss = torch.exp(w).sum()
for step in range(3):
    loss.backward(retain_graph=True)
""",
        raises=TWICE,
    ),
    Example(
        "retained, computed anew, only leaves in common, and nothing that was kept",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward(retain_graph=True)
loss.backward()
for step in range(2):
    loss = (w * w).sum()
    loss.backward()
(w * 3).sum().backward()
(w * 4).sum().backward()
shared = w + 1
shared.sum().backward()
shared.mean().backward()
""",
        proof="fault = w.grad is None",
    ),
)
