"""A whole module in a file, instead of its state.

What it does
    Finds ``torch.save`` of what is built from a class of modules, in the same function or at module level, and of
    ``self`` in a method of one, also in a dictionary or list.

Why
    The file names the class by its place in the code, so that it cannot be loaded once that has moved, and since
    PyTorch 2.6 ``torch.load`` refuses it unless it is told to run whatever is in it.

Example
    ``torch.save(model, "model.pt")``.

Fix safety
    There is no fix: what loads the file must change, too.

What it misses
    Modules that functions return, and those in attributes.

Source
    "Saving and Loading Models" in PyTorch's tutorials; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.given_values import saved_names
from torchlint.model.code.module_names import is_module
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC908",
    slug="whole-module-saved",
    since="0.1.0",
    message="a whole module in a file, instead of its state",
    triggers=(Trigger(Sign.REFERENCE, frozenset({"torch.save"})),),
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.SECURITY}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every module that is saved as a whole."""
    for saved in saved_names(facts.layout, facts.references):
        if is_module(facts, facts.layout, saved):
            text = f"`{saved.id}` is saved with its class: its `state_dict()` would be loaded by `torch.load` as it is"
            effect = Effect(EffectKind.RAISES, "Weights only load failed")
            span = facts.layout.span(saved)
            yield RULE.finding_at(facts.source, span, text, Certainty.ADVICE, effect)


EXAMPLES = (
    Example(
        "a model",
        """
import io
import torch
from torch import nn

file = io.BytesIO()
model = nn.Linear(2, 3)
torch.save(⟦model⟧, file)
file.seek(0)
loaded = torch.load(file)
""",
        Certainty.ADVICE,
        raises="Weights only load failed",
    ),
    Example(
        "a model in a checkpoint",
        """
import io
import torch
from torch import nn

def save(file):
    model = nn.Linear(2, 3)
    checkpoint = {"epoch": 3, "model": ⟦model⟧}
    torch.save(checkpoint, file)

file = io.BytesIO()
save(file)
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
torch.save(model.state_dict(), file)
file.seek(0)
model.load_state_dict(torch.load(file))
""",
        proof="fault = not isinstance(model, nn.Linear)",
    ),
)
