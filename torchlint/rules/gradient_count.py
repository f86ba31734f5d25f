"""A custom function whose backward returns too few gradients, or too many.

What it does
    Finds ``torch.autograd.Function`` classes of which ``backward`` returns another number of gradients than ``forward``
    takes inputs.

Why
    Each input of ``forward`` but the context gets one gradient, None where it has none. PyTorch counts them when the
    backward comes there, and raises; more than that are allowed where they are None.

Example
    ``forward(ctx, x, scale)`` with ``return grad_output * ctx.scale``.

Fix safety
    No fix: which input a gradient is missing for, only the author knows. For an input that needs none it is ``None``.

What it misses
    Gradients that are put together elsewhere, and ``forward`` with defaults or ``*args``, where the call decides.

Source
    "Extending torch.autograd" in the notes of PyTorch; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related, Role
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.code.function_gradients import miscounts
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC406",
    slug="gradient-count",
    since="0.1.0",
    message="a custom function whose backward returns too few gradients, or too many",
    triggers=GRADIENTS,
)

_RAISES = "returned an incorrect number of gradients (expected {}, got {})"


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every ``return`` of a ``backward`` with another number of gradients than there are inputs."""
    for each in miscounts(facts):
        span, forward = facts.layout.span(each.at), facts.source.place(facts.layout.span(each.forward))
        given = "1 gradient" if each.gradients == 1 else f"{each.gradients} gradients"
        wanted = "1 input" if each.inputs == 1 else f"{each.inputs} inputs"
        text = f"returns {given}, but `forward` at line {forward.line} takes {wanted}: one for each, or None"
        effect = Effect(EffectKind.RAISES, _RAISES.format(each.inputs, each.gradients))
        related = Related(Role.RECORDED.value, "these are its inputs", forward)
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, effect, (related,))


EXAMPLES = (
    Example(
        "none for the factor",
        """
import torch

class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x * factor

    @staticmethod
    def backward(ctx, grad_output):
        ⟦return grad_output * ctx.factor⟧
""",
        Certainty.LIKELY,
        raises=_RAISES.format(2, 1),
        proof="Scale.apply(torch.ones(3, requires_grad=True), 2.0).sum().backward()",
    ),
    Example(
        "one that nothing was taken for",
        """
import torch
from torch.autograd import Function

class Product(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, grad):
        x, y = ctx.saved_tensors
        ⟦return grad * y, grad * x, grad / 2⟧
""",
        Certainty.LIKELY,
        raises=_RAISES.format(2, 3),
        proof="Product.apply(torch.ones(3, requires_grad=True), torch.ones(3)).sum().backward()",
    ),
    Example(
        "as many as there are inputs, None for the rest, and what is put together elsewhere",
        """
import torch
from torch.autograd import Function

class Scale(Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x * factor

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.factor, None, None

class Many(Function):
    @staticmethod
    def forward(ctx, first, *others):
        ctx.number = len(others)
        return first * 2

    @staticmethod
    def backward(ctx, grad):
        return (grad * 2,) + (None,) * ctx.number

class Same(Function):
    @staticmethod
    def forward(x, y):
        return x + y

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def backward(ctx, grad):
        return grad, grad
""",
        proof="""
x = torch.ones(3, requires_grad=True)
(Scale.apply(x, 2.0) + Many.apply(x, 1, 2) + Same.apply(x, torch.ones(3))).sum().backward()
fault = x.grad is None
""",
    ),
)
