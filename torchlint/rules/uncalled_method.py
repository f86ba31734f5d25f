"""``model.eval``, ``optimizer.step`` and the like without parentheses.

What it does
    Finds statements that only name a method of a model, a loss, an optimizer, a scheduler or a gradient scaler:
    ``eval``, ``train``, ``step``, ``zero_grad``, ``backward``, ``update``, ``unscale_``.

Why
    Without parentheses Python looks the method up and drops it. The model stays in the mode that it was in, gradients
    are neither computed nor cleared nor used, and nothing says so.

Example
    ``model.eval`` before an evaluation, which then runs with dropout.

Fix safety
    The parentheses are added: unsafe, as the program then does what it did not do before. ``backward`` and a step that
    may need arguments are called without any.

What it misses
    ``train`` and ``update`` of something that the file never uses as a model or a scaler, and methods that are named in
    a larger expression.

Source
    torch.nn.Module.eval, torch.optim.Optimizer.step; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.uncalled_methods import named_methods
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_EFFECTS = {
    "eval": "the mode of the model stays as it was",
    "train": "the mode of the model stays as it was",
    "step": "nothing takes a step",
    "zero_grad": "the gradients stay as they were",
    "backward": "no gradient is computed",
    "update": "the scale stays as it was",
    "unscale_": "the gradients stay scaled",
}
RULE = Rule(
    code="TLC608",
    slug="uncalled-method",
    since="0.1.0",
    message="a method of a model, optimizer, scheduler or scaler that is named as a statement, but not called",
    triggers=(Trigger(Sign.MENTIONED, frozenset(_EFFECTS)),),
    fix=Applicability.UNSAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every statement that only names such a method."""
    if any(Sign.MENTIONED in region.signs for region in facts.outline.regions):
        for named in named_methods(facts.tree(), facts.source.cell_ranges, _EFFECTS, facts.layout.around):
            yield _finding(facts, named)


def _finding(facts: Facts, named: ast.Attribute) -> Finding:
    code = " ".join(facts.layout.text(named).split())
    text = f"`{code}` only names the method: without parentheses it is not called"
    effect = Effect(EffectKind.SILENT, _EFFECTS[named.attr])
    span = facts.layout.span(named)
    fix = Fix(Applicability.UNSAFE, f"Call `{code}`", (facts.layout.insert(span.end, "()"),))
    return RULE.finding_at(facts.source, span, text, Certainty.LIKELY, effect, (), fix)


EXAMPLES = (
    Example(
        "an evaluation with dropout",
        """
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5))
⟦model.eval⟧
with torch.no_grad():
    print(model(torch.ones(1, 4)))
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5))
model.eval()
with torch.no_grad():
    print(model(torch.ones(1, 4)))
""",
        proof="fault = model.training",
    ),
    Example(
        "an optimizer that never steps",
        """
import torch
from torch import nn

def train(model, optimizer, batches):
    for x in batches:
        optimizer.zero_grad()
        model(x).sum().backward()
        ⟦optimizer.step⟧
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

def train(model, optimizer, batches):
    for x in batches:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
""",
        proof="""
model = nn.Linear(2, 1)
before = model.weight.detach().clone()
train(model, torch.optim.SGD(model.parameters(), lr=0.1), [torch.ones(1, 2)])
fault = torch.equal(before, model.weight)
""",
    ),
    Example(
        "called, passed on, or tried out",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
model.eval()
restore = model.train
restore()
try:
    torch.optim.step
except AttributeError:
    found = False
""",
        proof="fault = found or not model.training",
    ),
)
