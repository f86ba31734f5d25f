"""A custom function that is called as its class, or as an instance of it, and not by ``apply``.

What it does
    Finds ``Square(x)``, ``Square()(x)`` and calls of what ``Square()`` was assigned to, where ``Square`` is a
    ``torch.autograd.Function`` of the file.

Why
    The methods of a Function are static, and only ``Square.apply(x)`` runs them. PyTorch refuses to call an instance; a
    class that is given the inputs makes an instance, and computes nothing.

Example
    ``y = Square()(x)``.

Fix safety
    ``Square.apply(x)``: safe where an instance without settings is called right away, which raises; unsafe where the
    class is called.

What it misses
    Functions of other files, and instances that are passed on.

Source
    torch.autograd.Function.apply; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.function_instances import function_calls
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.code.function_instances import FunctionCall
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC409",
    slug="function-instance",
    since="0.1.0",
    message="a custom function that is called as its class or an instance, and not by `apply`",
    triggers=(Trigger(Sign.WORD, frozenset({"Function"})),),
    fix=Applicability.SAFE,
    topics=frozenset({Topic.UPGRADE}),
)

_LEGACY = "Legacy autograd function with non-static forward method is deprecated"
_RAISES = Effect(EffectKind.RAISES, _LEGACY)
_NOTHING = Effect(EffectKind.SILENT, "it gives an object of the class, and computes nothing")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every Function that is called without ``apply``."""
    for each in function_calls(facts):
        span = facts.layout.span(each.at)
        if each.built is None:
            text = f"`{each.name}` is a class: only `{each.name}.apply` computes something"
            yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _NOTHING, (), _fix(facts, each))
        else:
            text = f"an instance of `{each.name}` cannot be called: it is `{each.name}.apply` that runs it"
            yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _RAISES, (), _fix(facts, each))


def _fix(facts: Facts, call: FunctionCall) -> Fix | None:
    """``Square()(x)`` and ``Square(x)`` -> ``Square.apply(x)``."""
    built, function = call.built, call.at.func
    if call.at.keywords or (built is not None and (function is not built or built.args or built.keywords)):
        return None
    applicability = Applicability.UNSAFE if built is None else Applicability.SAFE
    assert isinstance(function, ast.expr)
    return Fix(applicability, "Apply it", (facts.layout.replace(function, f"{call.name}.apply"),))


_SQUARE = """
import torch
from torch.autograd import Function

class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.saved_tensors[0]

x = torch.ones(3, requires_grad=True)
"""

EXAMPLES = (
    Example(
        "an instance",
        _SQUARE + "y = ⟦Square()(x)⟧\n",
        Certainty.LIKELY,
        fixed=_SQUARE + "y = Square.apply(x)\n",
        raises=_LEGACY,
    ),
    Example(
        "the class",
        _SQUARE + "y = ⟦Square(x)⟧\n",
        Certainty.LIKELY,
        fixed=_SQUARE + "y = Square.apply(x)\n",
        proof="fault = not torch.is_tensor(y)",
    ),
    Example(
        "with settings, kept under a name",
        """
import torch
from torch.autograd import Function

class Power(Function):
    def __init__(self, exponent):
        self.exponent = exponent

    def forward(self, x):
        return x ** self.exponent

power = Power(3)
y = ⟦power(torch.ones(3))⟧
""",
        Certainty.LIKELY,
        raises=_LEGACY,
    ),
    Example(
        "applied",
        _SQUARE + "square = Square.apply\ny = square(x) + Square.apply(x)\n",
        proof="fault = not torch.is_tensor(y)",
    ),
)
