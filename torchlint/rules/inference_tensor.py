"""A tensor made in inference mode that autograd, or a change, needs outside of it.

What it does
    Finds tensors made under ``torch.inference_mode()`` that an operation outside keeps for backward, that are changed
    in place outside, or that are told to require grad.

Why
    Inference tensors have no version counter, which is what makes them cheap, so autograd can neither keep them nor
    watch them change. The operation raises where it is recorded, not at the backward. What keeps nothing (an addition)
    is fine.

Example
    Features computed under ``inference_mode`` as the input of a layer that is trained.

Fix safety
    ``no_grad`` instead of ``inference_mode``, where the tensor is made: safe, it gives the same values as ordinary
    tensors, a little slower. No fix where the mode depends on an argument, or where it is not seen which one it was.

What it misses
    Inference tensors that come from functions of other files. In a function that nothing seen calls the caller may have
    entered a grad mode: then the finding is only likely.

Source
    "Inference mode" in the notes of torch.autograd; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Fix
from torchlint.model.autograd.faults import INFERENCE_CHANGED, INFERENCE_FLAG, INFERENCE_SAVED, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.fixes.replace_mode import INFERENCE, NO_GRAD, mode_around, swapped
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC501",
    slug="inference-tensor",
    since="0.1.0",
    message="an inference tensor that autograd keeps, or that is changed, outside of inference mode",
    triggers=GRADIENTS,
    fix=Applicability.SAFE,
)

_WHAT = {
    INFERENCE_SAVED: "`{}` here would keep it for backward",
    INFERENCE_CHANGED: "`{}` changes it in place outside",
    INFERENCE_FLAG: "it cannot require grad outside",
}


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every inference tensor where PyTorch refuses it."""
    story = facts.story
    for found in story.everywhere(Kind.INFERENCE):
        fault = found.fault
        what = _WHAT[fault.message].format(story.operation(fault.at, fault.operation))
        text = f"{story.tensor(fault)} was made in inference mode: {what}"
        fix = _fix(facts, fault.made) if fault.made is not None and facts.layout.owns(fault.made) else None
        yield RULE.telling(story, found, text, story.raises(fault), story.certainty_by_mode(found), fix)


def _fix(facts: Facts, made: ast.AST) -> Fix | None:
    """An ordinary tensor without a gradient, where the inference tensor is made."""
    mode = mode_around(facts.layout, made, INFERENCE)
    edits = swapped(facts.layout, facts.spelling, mode, NO_GRAD) if mode is not None else None
    return Fix(Applicability.SAFE, "Use `no_grad` to make it", edits) if edits else None


EXAMPLES = (
    Example(
        "kept by a layer that is trained",
        """
import torch
from torch import nn

head = nn.Linear(3, 1)
with torch.inference_mode():
    features = torch.ones(2, 3) * 2
scores = ⟦head(features)⟧
""",
        fixed="""
import torch
from torch import nn

head = nn.Linear(3, 1)
with torch.no_grad():
    features = torch.ones(2, 3) * 2
scores = head(features)
""",
        raises=INFERENCE_SAVED,
    ),
    Example(
        "changed in place outside",
        """
import torch

@torch.inference_mode()
def features(x):
    return x * 2

y = features(torch.ones(3))
⟦y.add_(1)⟧
""",
        fixed="""
import torch

@torch.no_grad()
def features(x):
    return x * 2

y = features(torch.ones(3))
y.add_(1)
""",
        raises=INFERENCE_CHANGED,
    ),
    Example(
        "in a function that nothing seen calls",
        """
import torch

def attack(steps):
    with torch.inference_mode():
        x = torch.zeros(3)
    ⟦x.requires_grad_()⟧
    return x
""",
        Certainty.LIKELY,
        fixed="""
import torch

def attack(steps):
    with torch.no_grad():
        x = torch.zeros(3)
    x.requires_grad_()
    return x
""",
        proof="attack(1)",
        raises=INFERENCE_FLAG,
    ),
    Example(
        "added, cloned, made under no_grad, or changed inside",
        """
import torch

w = torch.ones(3, requires_grad=True)
with torch.inference_mode():
    x = torch.ones(3) * 2
    x += 1
with torch.no_grad():
    z = torch.ones(3) * 2
    z += 1
loss = (w + x).sum() + (w * x.clone()).sum() + (w * z).sum()
loss.backward()
""",
        proof="fault = w.grad is None",
    ),
)
