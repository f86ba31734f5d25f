"""``requires_grad`` misspelled, as ``require_grad``.

What it does
    Finds ``x.require_grad = False``, ``torch.ones(3, require_grad=True)`` and ``x.require_grad_()``, also as
    ``required_grad``, ``requires_grads`` and the like.

Why
    Python gives a tensor or a module an attribute of any name, which nobody reads: what was to be frozen goes on
    training, and what was to get a gradient gets none. As a keyword or a method the name raises.

Example
    ``for p in model.parameters(): p.require_grad = False``.

Fix safety
    An assignment by its right name does what it never did: unsafe. A call by it raises no more: safe.

What it misses
    Files in which something reads or declares an attribute of that name, and assignments to ``self``, which may be for
    a use of the class's own.

Source
    torch.Tensor.requires_grad, TorchFix TOR002; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.misspelled_flags import misspelled_flags
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.code.misspelled_flags import MisspelledFlag
    from torchlint.model.facts import Facts

_WORDS = frozenset(
    {
        "require_grad",
        "required_grad",
        "require_grads",
        "required_grads",
        "requires_grads",
        "require_gradient",
        "requires_gradient",
        "requires_gradients",
        "reqires_grad",
        "requries_grad",
        "rquires_grad",
        "require_grad_",
        "required_grad_",
        "requires_grads_",
    }
)

RULE = Rule(
    code="TLC308",
    slug="requires-grad-typo",
    since="0.1.0",
    message="`requires_grad` misspelled: an attribute that nobody reads, or an argument that is refused",
    triggers=(Trigger(Sign.WORD, _WORDS),),
    fix=Applicability.SAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every misspelled flag."""
    for each in misspelled_flags(facts):
        yield _assigned(facts, each) if each.is_assigned else _given(facts, each)


def _assigned(facts: Facts, flag: MisspelledFlag) -> Finding:
    assert isinstance(flag.at, ast.Attribute)
    owner = facts.story.text(flag.at.value)
    text = f"`{flag.name}` is no attribute of `{owner}`: it is `requires_grad`, which stays as it is"
    effect = Effect(EffectKind.SILENT, "an attribute that nobody reads is set")
    span = facts.layout.span(flag.at)
    fix = Fix(Applicability.UNSAFE, "Write `requires_grad`", (facts.layout.edit(flag.span, "requires_grad"),))
    return RULE.finding_at(facts.source, span, text, Certainty.LIKELY, effect, (), fix)


def _given(facts: Facts, flag: MisspelledFlag) -> Finding:
    is_method = isinstance(flag.at, ast.Attribute)
    right = "requires_grad_" if is_method else "requires_grad"
    text = f"there is no {'method' if is_method else 'argument'} `{flag.name}`: it is `{right}`"
    message = f"object has no attribute '{flag.name}'" if is_method else f"unexpected keyword argument '{flag.name}'"
    certainty = Certainty.LIKELY if is_method else Certainty.CERTAIN
    fix = Fix(Applicability.SAFE, f"Write `{right}`", (facts.layout.edit(flag.span, right),))
    effect = Effect(EffectKind.RAISES, message)
    return RULE.finding_at(facts.source, flag.span, text, certainty, effect, (), fix)


EXAMPLES = (
    Example(
        "parameters that were to be frozen",
        """
import torch
from torch import nn

model = nn.Linear(3, 2)
for parameter in model.parameters():
    ⟦parameter.require_grad⟧ = False
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

model = nn.Linear(3, 2)
for parameter in model.parameters():
    parameter.requires_grad = False
""",
        proof="fault = model.weight.requires_grad",
    ),
    Example(
        "an argument",
        """
import torch

w = torch.ones(3, ⟦require_grad⟧=True)
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
""",
        raises="unexpected keyword argument 'require_grad'",
    ),
    Example(
        "a method",
        """
from torch import nn

model = nn.Linear(3, 2)
model.⟦require_grad_⟧(False)
""",
        Certainty.LIKELY,
        fixed="""
from torch import nn

model = nn.Linear(3, 2)
model.requires_grad_(False)
""",
        raises="object has no attribute 'require_grad_'",
    ),
    Example(
        "a setting of the program's own",
        """
import torch
from torch import nn

class Config:
    def __init__(self):
        self.require_grad = True

config = Config()
config.require_grad = False
w = torch.ones(3, requires_grad=config.require_grad)
""",
        proof="fault = w.requires_grad",
    ),
)
