"""A whole optimizer, scheduler or scaler in a file, instead of its state.

What it does
    Finds ``torch.save`` of what is built from a class of ``torch.optim`` or a gradient scaler, in the same function or
    at module level, also in a dictionary or list.

Why
    Since PyTorch 2.6 ``torch.load`` refuses such a file unless it is told to run whatever is in it. What is loaded has
    parameters of its own besides, which are no longer those of the model.

Example
    ``torch.save({"optimizer": optimizer}, "checkpoint.pt")``.

Fix safety
    There is no fix: what loads the file must change, too.

What it misses
    Optimizers that functions return, and those in attributes.

Source
    "Saving and Loading Models" in PyTorch's tutorials; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.given_values import given_values, saved_names
from torchlint.model.code.named_calls import public_name
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_SCALERS = frozenset(("torch.amp.GradScaler", "torch.cuda.amp.GradScaler", "torch.cpu.amp.GradScaler"))

RULE = Rule(
    code="TLC916",
    slug="whole-optimizer-saved",
    since="0.1.0",
    message="a whole optimizer, scheduler or scaler in a file, instead of its state",
    triggers=(Trigger(Sign.REFERENCE, frozenset({"torch.save"})),),
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.SECURITY}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every optimizer, scheduler or scaler that is saved as a whole."""
    for saved in saved_names(facts.layout, facts.references):
        if _has_state(facts, saved):
            text = f"`{saved.id}` is saved as an object: its `state_dict()` would be loaded by `torch.load` as it is"
            effect = Effect(EffectKind.RAISES, "Weights only load failed")
            span = facts.layout.span(saved)
            yield RULE.finding_at(facts.source, span, text, Certainty.ADVICE, effect)


def _has_state(facts: Facts, name: ast.Name) -> bool:
    """Whether all that a scope gives to a name is built from such a class."""
    found = given_values(facts.layout, name)
    return bool(found) and all(isinstance(each, ast.Call) and _is_class(facts, each.func) for each in found)


def _is_class(facts: Facts, called: ast.expr) -> bool:
    name = public_name(called, facts)
    return name in _SCALERS or (name.startswith("torch.optim.") and name.rpartition(".")[2][:1].isupper())


EXAMPLES = (
    Example(
        "an optimizer in a checkpoint",
        """
import io
import torch
from torch import nn

file = io.BytesIO()
model = nn.Linear(2, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
torch.save({"model": model.state_dict(), "optimizer": ⟦optimizer⟧, "scheduler": ⟦scheduler⟧}, file)
file.seek(0)
loaded = torch.load(file)
""",
        Certainty.ADVICE,
        raises="Weights only load failed",
    ),
    Example(
        "its state",
        """
import io
import torch
from torch import nn

file = io.BytesIO()
model = nn.Linear(2, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
checkpoint = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
torch.save(checkpoint, file)
file.seek(0)
loaded = torch.load(file)
""",
        proof='fault = loaded["optimizer"] != optimizer.state_dict()',
    ),
)
