"""A leaf that requires grad, changed in place while gradients are recorded.

What it does
    Finds in-place operations (``w += 1``, ``w.normal_()``, ``relu(w, inplace=True)``) on tensors that the program
    itself made and that require grad: parameters, and tensors with ``requires_grad=True``.

Why
    The gradient of a leaf is collected for the value that it had when it was used. PyTorch could not say for which
    value a gradient is once the leaf has changed under autograd's eyes, so it refuses: the statement raises.

Example
    A hand-written ``w -= rate * w.grad`` outside of ``no_grad``.

Fix safety
    The statement is put under ``torch.no_grad()``, together with those right after it that do the same. That is safe
    where it is an update by the leaf's own gradient (``w -= rate * w.grad``), or gives a weight its first values in
    ``__init__``, ``reset_parameters`` or the like: neither is part of what is differentiated. Elsewhere it is unsafe: a
    computation through which gradients ought to flow belongs out of place, ``w = w + 1``, and which of the two is
    meant is not in the code. An activation whose result is used is told not to work in place: unsafe too. No fix where
    the statement does something else too, or shares its line.

What it misses
    Tensors that come from elsewhere: arguments, attributes of objects that are not seen, results of other files. In a
    function that nothing seen calls the caller may have switched gradients off: then the finding is only likely.

Source
    check_inplace in torch/csrc/autograd/VariableTypeUtils.h; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty
from torchlint.model.autograd.faults import LEAF, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.fixes.no_grad import under_no_grad
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding, Fix
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC201",
    slug="leaf-inplace",
    since="0.1.0",
    message="an in-place operation on a leaf that requires grad",
    triggers=GRADIENTS,
    fix=Applicability.SAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every change of a leaf that PyTorch refuses."""
    story = facts.story
    for found in story.everywhere(Kind.LEAF):
        fault = found.fault
        text = f"{story.tensor(fault)} is a leaf that requires grad, and `{fault.operation}` changes it in place"
        certainty = story.certainty_by_mode(found)
        yield RULE.telling(story, found, text, story.raises(fault), certainty, _fix(facts, fault))


def _fix(facts: Facts, fault: Fault) -> Fix | None:
    """The change under ``no_grad``, else out of place."""
    if not facts.layout.owns(fault.at):
        return None
    fix = under_no_grad(facts.layout, facts.spelling, fault)
    if fix is None and fault.tensor is not None:
        fix = facts.out_of_place.without_inplace(fault.at, fault.tensor)
    return fix


EXAMPLES = (
    Example(
        "an update by hand",
        """
import torch

w = torch.randn(3, requires_grad=True)
loss = (w * torch.ones(3)).sum()
loss.backward()
⟦w -= 0.1 * w.grad⟧
""",
        fixed="""
import torch

w = torch.randn(3, requires_grad=True)
loss = (w * torch.ones(3)).sum()
loss.backward()
with torch.no_grad():
    w -= 0.1 * w.grad
""",
        raises=LEAF,
    ),
    Example(
        "a row of a weight set by hand, an activation in place",
        """
from torch import nn

layer = nn.Linear(2, 3)
⟦layer.bias.fill_(0.5)⟧
""",
        fixed="""
import torch
from torch import nn

layer = nn.Linear(2, 3)
with torch.no_grad():
    layer.bias.fill_(0.5)
""",
        raises=LEAF,
    ),
    Example(
        "in a function that may be called without gradients",
        """
import torch

def start(size):
    w = torch.zeros(size, requires_grad=True)
    ⟦w.uniform_(-1, 1)⟧
    return w
""",
        Certainty.LIKELY,
        fixed="""
import torch

def start(size):
    w = torch.zeros(size, requires_grad=True)
    with torch.no_grad():
        w.uniform_(-1, 1)
    return w
""",
        proof="start(3)",
        raises=LEAF,
    ),
    Example(
        "before it requires grad, without gradients, out of place, and what is no leaf",
        """
import torch
from torch import nn

w = torch.zeros(3)
w += 1
w.requires_grad_()
with torch.no_grad():
    w += 1
nn.init.normal_(w)
h = w * 1
h += 1
w = w + 1
w += 1
w.sum().backward()
""",
        proof="fault = not w.requires_grad",
    ),
)
