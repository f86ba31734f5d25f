"""An input or output of a custom function that is kept as an attribute of the context.

What it does
    Finds ``ctx.x = x`` in the ``forward`` of a ``torch.autograd.Function``, where ``x`` is a tensor that it is given or
    returns.

Why
    Only of what ``ctx.save_for_backward`` is given does PyTorch notice that it was changed in place before the
    backward: an attribute has the new values, and the gradient is silently wrong. What is kept by an attribute is not
    freed by the backward either, and an output that its own node holds is only freed when Python looks for garbage.

Example
    ``ctx.result = result`` before ``return result``.

Fix safety
    No fix: ``backward`` has to read ``ctx.saved_tensors`` instead.

What it misses
    Inputs of which nothing says that they are tensors, and what is kept by ``setup_context``.

Source
    torch.autograd.function.FunctionCtx.save_for_backward; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.function_contexts import kept_tensors
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC407",
    slug="context-tensor",
    since="0.1.0",
    message="an input or output of a custom function kept as an attribute of the context",
    triggers=(Trigger(Sign.WORD, frozenset({"Function"})),),
    highest=Certainty.ADVICE,
)

_UNNOTICED = Effect(EffectKind.SILENT, "after a change in place the backward computes with the new values")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every input or output that is an attribute of a context."""
    for each in kept_tensors(facts):
        what = "an output" if each.is_output else "an input"
        text = f"`{each.name}` is {what} of `forward`: unless `save_for_backward` keeps it, no change is noticed"
        span = facts.layout.span(each.at)
        yield RULE.finding_at(facts.source, span, text, Certainty.ADVICE, _UNNOTICED)


EXAMPLES = (
    Example(
        "an input that is changed afterwards",
        """
import torch
from torch.autograd import Function

class Square(Function):
    @staticmethod
    def forward(ctx, x: torch.Tensor):
        ⟦ctx.x = x⟧
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.x

w = torch.ones(3, requires_grad=True)
x = w * 1
y = Square.apply(x)
x.mul_(5)
y.sum().backward()
""",
        Certainty.ADVICE,
        proof="fault = w.grad[0].item() != 2",
    ),
    Example(
        "an output",
        """
import torch
from torch.autograd import Function

class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        result = x.exp()
        ⟦ctx.result = result⟧
        return result

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.result

x = torch.zeros(3, requires_grad=True)
y = Exp.apply(x)
y.mul_(5)
y.sum().backward()
""",
        Certainty.ADVICE,
        proof="fault = x.grad[0].item() != 5",
    ),
    Example(
        "saved, and settings that are no tensors",
        """
import torch
from torch.autograd import Function

class Scale(Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor, ctx.size = factor, x.shape
        ctx.twice = factor
        ctx.save_for_backward(x)
        return x * factor

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.factor, None

x = torch.ones(3, requires_grad=True)
Scale.apply(x, 2.0).sum().backward()
""",
        proof="fault = x.grad[0].item() != 2",
    ),
)
