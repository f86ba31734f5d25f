"""``with torch.no_grad:`` without a call, or ``torch.no_grad()`` without a ``with``.

What it does
    Finds ``no_grad``, ``inference_mode``, ``enable_grad`` and ``set_grad_enabled`` entered by a ``with`` but not
    called; the first three called as a statement of their own; and, where the target version is below 2.1, as
    decorators without parentheses.

Why
    ``torch.no_grad`` is a class, and only its instances are context managers: entering the class raises. A bare call
    makes such an instance and drops it, so gradients are recorded as before. As a decorator without parentheses
    ``no_grad`` raises at import before PyTorch 2.1, and ``inference_mode`` replaces the function by a context manager.

Example
    ``with torch.no_grad:`` raises when it runs, which is often only at the first evaluation.

Fix safety
    The missing parentheses are added: safe. ``set_grad_enabled`` needs an argument that only the author knows, a bare
    call needs a ``with`` around the statements that it is meant for: no fix.

What it misses
    Grad modes that are passed around or kept under another name first.

Source
    torch.autograd.grad_mode; pytorch/pytorch pull request 107086 (decorators without parentheses); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Fix, Span
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.grad_modes import GradMode
    from torchlint.model.facts import Facts

_NAMES = frozenset({"no_grad", "enable_grad", "inference_mode", "set_grad_enabled"})

RULE = Rule(
    code="TLC502",
    slug="uncalled-grad-mode",
    since="0.1.0",
    message="a grad mode that is entered without a call, or called without being entered",
    triggers=(Trigger(Sign.UNCALLED, _NAMES), Trigger(Sign.DISCARDED_CALL, _NAMES)),
    fix=Applicability.SAFE,
)

# Python 3.10 raises AttributeError and says only `__enter__`, later versions raise TypeError.
_NOT_ENTERED = "the class itself does not support the context manager protocol, so that `with` raises"
_DECORATING = {
    "no_grad": Effect(EffectKind.RAISES, "__init__() takes 1 positional argument but 2 were given"),
    "inference_mode": Effect(EffectKind.SILENT, "the function is replaced by a context manager and never runs"),
}


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every grad mode that lacks its call or its ``with``."""
    signs = {sign for region in facts.outline.regions for sign in region.signs}
    if signs.isdisjoint((Sign.UNCALLED, Sign.DISCARDED_CALL)):
        return
    from torchlint.model.code import grad_modes

    for each in grad_modes.uncalled_items(facts, Sign.UNCALLED):
        yield _uncalled(each)
    for each in grad_modes.bare_calls(facts, Sign.DISCARDED_CALL):
        yield _bare(each)
    if facts.target_version is not None and facts.target_version < (2, 1):
        for each in grad_modes.uncalled_decorators(facts, Sign.UNCALLED):
            if each.name in _DECORATING:
                yield _decorator(each)


def _uncalled(found: GradMode) -> Finding:
    text = f"`with {_code(found)}:` enters the class, not a context manager: call it"
    effect = Effect(EffectKind.RAISES, _NOT_ENTERED, found.region.place(found.node))
    fix = None if found.name == "set_grad_enabled" or found.is_async else _call(found)
    return RULE.finding(found.region, found.node, text, Certainty.CERTAIN, effect, (), fix)


def _bare(found: GradMode) -> Finding:
    text = f"`{_code(found)}` as a statement has no effect: it needs a `with`"
    effect = Effect(EffectKind.SILENT, "the grad mode stays as it was", found.region.place(found.node))
    return RULE.finding(found.region, found.node, text, Certainty.CERTAIN, effect)


def _decorator(found: GradMode) -> Finding:
    text = f"`@{_code(found)}` without parentheses works from PyTorch 2.1 on only"
    effect = _DECORATING[found.name]
    return RULE.finding(found.region, found.node, text, Certainty.ADVICE, effect, (), _call(found))


def _code(found: GradMode) -> str:
    return found.region.code(found.node)


def _call(found: GradMode) -> Fix:
    end = found.region.span(found.node).end
    return Fix(Applicability.SAFE, f"Call `{_code(found)}`", (found.region.edit(Span(end, end), "()"),))


EXAMPLES = (
    Example(
        "entered without a call",
        """
import torch

def evaluate(model, x):
    with ⟦torch.no_grad⟧:
        return model(x)
""",
        fixed="""
import torch

def evaluate(model, x):
    with torch.no_grad():
        return model(x)
""",
        proof="""
try:
    evaluate(abs, torch.ones(1))
    fault = False
except (TypeError, AttributeError):
    fault = True
""",
    ),
    Example(
        "one of several, under another name",
        """
from contextlib import nullcontext
from torch import inference_mode as inference, ones

def evaluate(model, x):
    with nullcontext(), ⟦inference⟧ as mode:
        return model(x)
""",
        fixed="""
from contextlib import nullcontext
from torch import inference_mode as inference, ones

def evaluate(model, x):
    with nullcontext(), inference() as mode:
        return model(x)
""",
        proof="""
try:
    evaluate(abs, ones(1))
    fault = False
except (TypeError, AttributeError):
    fault = True
""",
    ),
    Example(
        "called and dropped",
        """
import torch

def predict(weight, x):
    ⟦torch.no_grad()⟧
    return weight * x
""",
        proof="fault = predict(torch.ones(1, requires_grad=True), torch.ones(1)).requires_grad",
    ),
    Example(
        "without the argument that it needs",
        """
import torch

def run(x, training):
    with ⟦torch.set_grad_enabled⟧:
        return x * 2
""",
        proof="""
try:
    run(torch.ones(1), False)
    fault = False
except (TypeError, AttributeError):
    fault = True
""",
    ),
    Example(
        "entered, in force at once, or a decorator",
        """
import torch

@torch.no_grad
def predict(weight, x):
    return weight * x

def run(weight, x):
    torch.set_grad_enabled(False)
    with torch.enable_grad():
        y = weight * x
    torch.set_grad_enabled(True)
    return y
""",
        proof="""
weight = torch.ones(1, requires_grad=True)
fault = predict(weight, weight).requires_grad or not run(weight, weight).requires_grad
""",
    ),
)
