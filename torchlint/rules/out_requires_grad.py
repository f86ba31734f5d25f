"""``out=`` with a tensor that requires grad.

What it does
    Finds calls with ``out=`` in which an argument, or the tensor written to, requires grad.

Why
    A function that writes into a given tensor records no gradient. Rather than lose it PyTorch raises.

Example
    ``torch.add(w, 1, out=buffer)`` where ``w`` is a parameter.

Fix safety
    ``buffer = torch.add(w, 1)`` instead of ``torch.add(w, 1, out=buffer)`` is the differentiable way: unsafe, as the
    tensor that was written to may be read elsewhere, and where no gradient is wanted ``torch.no_grad()`` around the
    call is right. Offered for local names.

What it misses
    Arguments that are not known to require grad. In a function that nothing seen calls the caller may have switched
    gradients off: then the finding is only likely.

Source
    "Creation with out" in the documentation of torch.autograd; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC206",
    slug="out-requires-grad",
    since="0.1.0",
    message="`out=` with an argument that requires grad",
    triggers=GRADIENTS,
    fix=Applicability.UNSAFE,
)

_RAISES = "functions with out=... arguments don't support automatic differentiation"


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every call with ``out=`` that PyTorch refuses."""
    story = facts.story
    for found in story.everywhere(Kind.OUT):
        fault = found.fault
        operation = story.operation(fault.at, fault.operation)
        text = f"`{operation}` with `out=` records no gradient, but {story.tensor(fault)} requires grad"
        fix = facts.out_of_place.without_out(fault.at) if facts.layout.owns(fault.at) else None
        yield RULE.telling(story, found, text, story.raises(fault), story.certainty_by_mode(found), fix)


EXAMPLES = (
    Example(
        "an input requires grad",
        """
import torch

w = torch.randn(3, requires_grad=True)
buffer = torch.empty(3)
⟦torch.add(w, 1, out=buffer)⟧
""",
        fixed="""
import torch

w = torch.randn(3, requires_grad=True)
buffer = torch.empty(3)
buffer = torch.add(w, 1)
""",
        raises=_RAISES,
    ),
    Example(
        "the output does",
        """
import torch

w = torch.randn(3, requires_grad=True)
h = w * 2
⟦torch.mul(torch.ones(3), 2, out=h)⟧
""",
        fixed="""
import torch

w = torch.randn(3, requires_grad=True)
h = w * 2
h = torch.mul(torch.ones(3), 2)
""",
        raises=_RAISES,
    ),
    Example(
        "without gradients, or without out",
        """
import torch

w = torch.randn(3, requires_grad=True)
buffer = torch.empty(3)
with torch.no_grad():
    torch.add(w, 1, out=buffer)
torch.add(w.detach(), 1, out=buffer)
h = torch.add(w, 1)
h.sum().backward()
""",
        proof="fault = buffer.requires_grad or w.grad is None",
    ),
)
