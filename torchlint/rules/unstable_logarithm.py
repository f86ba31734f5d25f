"""A logarithm whose argument has lost its digits before.

What it does
    Advises against the logarithm of a softmax, of a sum of exponentials and of ``1 + x``, and against ``exp(x) - 1``.

Why
    In 32 bits a softmax is 0 where a logit is some hundred below the largest, and its logarithm ``-inf``, with a
    gradient of NaN; ``exp(89)`` is ``inf``; and ``1 + 1e-8`` is 1. ``log_softmax``, ``logsumexp``, ``log1p`` and
    ``expm1`` compute the same without the step in between.

Example
    ``torch.log(F.softmax(logits, dim=1))``.

Fix safety
    ``log_softmax`` takes the place of a logarithm around a softmax: unsafe, as the numbers are not quite the same. No
    fix for the others.

What it misses
    What comes out of modules and functions that are not seen.

Source
    torch.nn.functional.log_softmax ("doing these two operations separately is slower and numerically unstable"),
    torch.logsumexp, torch.log1p, torch.expm1; the examples run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.interpreter.events import operations
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Argument, Event, Operation

_ASKED = frozenset(("log", "sub"))
_SOFTMAX = frozenset(("softmax", "Softmax"))
_RECORDED = _ASKED | _SOFTMAX | {"add", "sum", "exp"}

RULE = Rule(
    code="TLC714",
    slug="unstable-logarithm",
    since="0.1.0",
    message="a logarithm whose argument has lost its digits before",
    triggers=(Trigger(Sign.PROGRAM, frozenset({"log", "exp"})), Trigger(Sign.PROGRAM_RECORD, _RECORDED)),
    fix=Applicability.UNSAFE,
    highest=Certainty.ADVICE,
)


@dataclass(frozen=True, slots=True)
class _TwoSteps:
    """``at`` computes in two steps, after ``first``, what ``better`` does in one; ``lost`` is what goes wrong."""

    at: ast.AST
    first: Operation
    better: str
    lost: str


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every logarithm, or difference, that one function computes without the step before."""
    story = facts.story
    for found in story.seen(_in_two_steps):
        steps = found.what
        text = f"`{story.text(steps.at)}`: {steps.lost}, and `{steps.better}` computes it in one step"
        effect = Effect(EffectKind.NONE, steps.lost)
        yield RULE.seeing(story, found, text, effect, (), _fix(facts, steps), Certainty.ADVICE)


def _in_two_steps(events: Sequence[Event]) -> Iterator[_TwoSteps]:
    for operation in operations(events, _ASKED):
        given = _given(operation)
        first = given.producer if given is not None else None
        if first is None:
            continue
        if operation.name == "sub":
            if first.name == "exp" and _has_number(operation, 1):
                yield _TwoSteps(operation.at, first, "expm1", "small numbers are lost beside 1")
        elif first.name in _SOFTMAX:
            yield _TwoSteps(operation.at, first, "log_softmax", "small probabilities are rounded to 0")
        elif first.name == "add" and _has_number(first, 1):
            yield _TwoSteps(operation.at, first, "log1p", "small numbers are lost beside 1")
        elif first.name == "sum" and _is_of_exponentials(first):
            yield _TwoSteps(operation.at, first, "logsumexp", "exponentials of 89 and more are infinite")


def _given(operation: Operation) -> Argument | None:
    return operation.arguments.get("self", operation.arguments.get("input"))


def _has_number(operation: Operation, number: int) -> bool:
    other = operation.arguments.get("other")
    return other is not None and other.constant == number and "alpha" not in operation.arguments


def _is_of_exponentials(operation: Operation) -> bool:
    given = _given(operation)
    return given is not None and given.producer is not None and given.producer.name == "exp"


def _fix(facts: Facts, steps: _TwoSteps) -> Fix | None:
    """The logarithm and the softmax that stands in its call, in one."""
    layout, at, inner = facts.layout, steps.at, steps.first.at
    if steps.first.name != "softmax" or not (layout.owns(at) and layout.owns(inner)):
        return None
    name, dot, rest = layout.text(inner).partition("softmax(")
    if layout.parent(inner) is not at or not dot or "(" in name:
        return None
    return Fix(Applicability.UNSAFE, "Compute both in one step", (layout.replace(at, f"{name}log_softmax({rest}"),))


EXAMPLES = (
    Example(
        "of a softmax",
        """
import torch
import torch.nn.functional as F

logits = torch.tensor([[0.0, 200.0]], requires_grad=True)
loss = -⟦torch.log(F.softmax(logits, dim=1))⟧[0, 0]
loss.backward()
""",
        Certainty.ADVICE,
        fixed="""
import torch
import torch.nn.functional as F

logits = torch.tensor([[0.0, 200.0]], requires_grad=True)
loss = -F.log_softmax(logits, dim=1)[0, 0]
loss.backward()
""",
        proof="fault = bool(loss.isinf()) and bool(logits.grad.isnan().any())",
    ),
    Example(
        "of a sum of exponentials",
        """
import torch

x = torch.tensor([100.0, 101.0])
total = ⟦x.exp().sum().log()⟧
""",
        Certainty.ADVICE,
        proof="fault = bool(total.isinf())",
    ),
    Example(
        "beside 1",
        """
import torch

x = torch.tensor([1e-8])
y = ⟦torch.log(1 + x)⟧
z = ⟦torch.exp(x) - 1⟧
""",
        Certainty.ADVICE,
        proof="fault = y.item() == 0 and z.item() == 0",
    ),
    Example(
        "in one step",
        """
import torch
import torch.nn.functional as F

logits = torch.tensor([[0.0, 200.0]], requires_grad=True)
loss = -F.log_softmax(logits, dim=1)[0, 0] + torch.logsumexp(logits, 1) + torch.log1p(logits).sum()
loss.backward()
""",
        proof="fault = bool(logits.grad.isnan().any())",
    ),
)
