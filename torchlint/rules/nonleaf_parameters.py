"""An optimizer over the results of operations.

What it does
    Finds optimizers that are given tensors which operations on tensors with gradients gave: scaled, cast or moved after
    they were told to require grad.

Why
    An optimizer changes leaves. A result has no gradient of its own, and the tensor that it was computed from is not
    what the optimizer was given: PyTorch raises.

Example
    ``x = torch.randn(3, requires_grad=True).cuda(); optimizer = torch.optim.Adam([x])``.

Fix safety
    No fix: ``requires_grad`` belongs to the last step, ``torch.randn(3, device=device, requires_grad=True)``, or
    ``.detach().requires_grad_()`` after it.

What it misses
    Parameters that come from code that is not seen.

Source
    torch.optim.Optimizer.add_param_group; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty
from torchlint.model.autograd.faults import NOT_A_LEAF, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC607",
    slug="nonleaf-parameters",
    since="0.1.0",
    message="an optimizer over the results of operations",
    triggers=GRADIENTS,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every optimizer that PyTorch refuses to build."""
    story = facts.story
    for found in story.everywhere(Kind.OPTIMIZED):
        fault = found.fault
        made = f" of `{fault.operation}`" if fault.operation else ""
        where = f" at {story.line(fault.made, fault.at)}" if fault.made is not None else ""
        text = f"{story.tensor(fault)} is the result{made}{where}, and only leaves can be optimized"
        yield RULE.telling(story, found, text, story.raises(fault), story.certainty_by_mode(found))


EXAMPLES = (
    Example(
        "scaled after it was told to require grad",
        """
import torch

x = torch.randn(3, requires_grad=True) * 0.1
optimizer = ⟦torch.optim.SGD([x], lr=0.1)⟧
""",
        raises=NOT_A_LEAF,
    ),
    Example(
        "moved after it was told to require grad",
        """
import torch

device = "meta"
latent = torch.zeros(1, 8, requires_grad=True).to(device)
optimizer = ⟦torch.optim.Adam([latent], lr=0.1)⟧
""",
        Certainty.LIKELY,
        raises=NOT_A_LEAF,
    ),
    Example(
        "leaves, moved before",
        """
import torch

latent = torch.zeros(1, 8).to("cpu").mul(0.1).requires_grad_()
optimizer = torch.optim.Adam([latent], lr=0.1)
""",
        proof="fault = not latent.is_leaf",
    ),
)
