"""A gradient that becomes NaN where ``torch.where`` does not take a value.

What it does
    Finds ``torch.where`` by a comparison of a tensor that requires grad, which keeps a root, a logarithm or a quotient
    away from zero that is computed of all of that tensor.

Why
    ``torch.where`` chooses among values that are computed already. Backward, the branch that was not taken gets a
    gradient of zero, and multiplies it with its derivative, which is infinite there: the gradient is NaN, and so are
    the weights after the next step.

Example
    ``torch.where(x > 0, torch.sqrt(x), 0.0)``.

Fix safety
    The operation is given ``torch.where(x > 0, x, 1.0)`` in the place of ``x``: the values stay the same, and gradients
    that were NaN are zero. Unsafe, as the program computes something else then.

What it misses
    Tensors of which it is not known whether they require grad, as most arguments of functions, and masks that are
    computed otherwise than by one comparison with a number.

Source
    PyTorch's issue 4132, "torch.where produces nan in backward pass"; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.report.masked_infinities import CHOOSING, COMPARING, masked_infinities
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.report.masked_infinities import MaskedInfinity

_WORDS = frozenset({CHOOSING})

RULE = Rule(
    code="TLC715",
    slug="gradient-behind-where",
    since="0.1.0",
    message="a gradient that becomes NaN where `torch.where` does not take a value",
    triggers=(Trigger(Sign.PROGRAM, _WORDS), Trigger(Sign.PROGRAM_RECORD, _WORDS.union(COMPARING))),
    default=False,
    fix=Applicability.UNSAFE,
)

_NAN = Effect(EffectKind.SILENT, "where the tensor is zero its gradient is NaN")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every choice that comes too late for the gradient."""
    story = facts.story
    for found in story.seen(masked_infinities):
        masked = found.what
        infinite, given = story.text(masked.infinite), story.text(masked.given)
        text = f"`{infinite}` is computed of all of `{given}`, and where that is zero its gradient is NaN, taken or not"
        related = (Related("test", "the values are chosen by this", story.place(masked.test)),)
        yield RULE.seeing(story, found, text, _NAN, related, _fix(facts, masked), Certainty.LIKELY)


def _fix(facts: Facts, masked: MaskedInfinity) -> Fix | None:
    """Give the operation another number where the value is not taken."""
    layout = facts.layout
    if not all(map(layout.owns, (masked.at, masked.test, masked.infinite))):
        return None
    spelled = facts.spelling.of("torch.where", masked.at)
    if spelled is None or layout.statement(masked.test) is not layout.statement(masked.infinite):
        return None
    test, given = layout.text(masked.test), layout.text(masked.given)
    kept = f"{test}, 1.0, {given}" if masked.is_other else f"{test}, {given}, 1.0"
    edit = layout.replace(masked.given, f"{spelled.text}({kept})")
    return Fix(Applicability.UNSAFE, "Choose before it is computed", (edit, *spelled.edits))


EXAMPLES = (
    Example(
        "a root of what is not negative",
        """
import torch

x = torch.tensor([0.0, 4.0], requires_grad=True)
y = ⟦torch.where(x > 0, torch.sqrt(x), 0.0)⟧
y.sum().backward()
""",
        Certainty.LIKELY,
        fixed="""
import torch

x = torch.tensor([0.0, 4.0], requires_grad=True)
y = torch.where(x > 0, torch.sqrt(torch.where(x > 0, x, 1.0)), 0.0)
y.sum().backward()
""",
        proof="fault = bool(x.grad.isnan().any())",
    ),
    Example(
        "a quotient in a layer",
        """
import torch
from torch import nn

class Inverse(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([0.0, 2.0]))

    def forward(self, x):
        return x * ⟦torch.where(self.scale == 0, 0.0, 1 / self.scale)⟧

layer = Inverse()
layer(torch.ones(2)).sum().backward()
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

class Inverse(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([0.0, 2.0]))

    def forward(self, x):
        return x * torch.where(self.scale == 0, 0.0, 1 / torch.where(self.scale == 0, 1.0, self.scale))

layer = Inverse()
layer(torch.ones(2)).sum().backward()
""",
        proof="fault = bool(layer.scale.grad.isnan().any())",
    ),
    Example(
        "kept away from zero before",
        """
import torch

x = torch.tensor([0.0, 4.0], requires_grad=True)
y = torch.where(x > 0, torch.sqrt(x.clamp(min=1e-6)), 0.0)
z = torch.where(x > 0, x.exp(), 0.0)
(y + z).sum().backward()
""",
        proof="fault = bool(x.grad.isnan().any())",
    ),
)
