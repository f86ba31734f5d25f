"""A custom function that changes its input in place and does not tell autograd.

What it does
    Finds a ``torch.autograd.Function`` whose ``forward`` changes an input in place and returns it, without
    ``ctx.mark_dirty``.

Why
    Without it the tensor that was given keeps the graph that it had before the change: whoever goes on with that one
    gets the gradient of a computation that did not happen. A leaf that requires grad is changed without an error.

Example
    ``x.mul_(2)`` and ``return x``.

Fix safety
    ``ctx.mark_dirty(x)`` before the change: unsafe, as gradients through what was given are others, and a leaf is
    refused then.

What it misses
    Changes through views or other functions, and inputs that are not returned.

Source
    torch.autograd.function.FunctionCtx.mark_dirty; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.function_contexts import unmarked_changes
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC408",
    slug="unmarked-inplace",
    since="0.1.0",
    message="a custom function that changes its input in place and does not tell autograd",
    triggers=(Trigger(Sign.WORD, frozenset({"Function"})),),
    fix=Applicability.UNSAFE,
)

_OLD = Effect(EffectKind.SILENT, "a backward through the tensor that was given does not see the change")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every input that is changed in place and not marked."""
    for each in unmarked_changes(facts):
        text = f"`{each.name}` is changed in place without `{each.context}.mark_dirty({each.name})`"
        edits = facts.layout.before(each.at, f"{each.context}.mark_dirty({each.name})")
        fix = Fix(Applicability.UNSAFE, "Tell autograd", edits) if edits else None
        span = facts.layout.span(each.at)
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _OLD, (), fix)


EXAMPLES = (
    Example(
        "doubled in place",
        """
import torch
from torch.autograd import Function

class Double(Function):
    @staticmethod
    def forward(ctx, x):
        ⟦x.mul_(2)⟧
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2

w = torch.ones(3, requires_grad=True)
x = w * 1
Double.apply(x)
x.sum().backward()
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch.autograd import Function

class Double(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(2)
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2

w = torch.ones(3, requires_grad=True)
x = w * 1
Double.apply(x)
x.sum().backward()
""",
        proof="fault = w.grad[0].item() != 2",
    ),
    Example(
        "marked, or a copy",
        """
import torch
from torch.autograd import Function

class Double(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2

class Triple(Function):
    @staticmethod
    def forward(ctx, x):
        x = x.clone()
        x.mul_(3)
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad * 3

w = torch.ones(3, requires_grad=True)
x = w * 1
Double.apply(x)
Triple.apply(x).sum().backward()
""",
        proof="fault = w.grad[0].item() != 6",
    ),
)
