"""The class of a loss that is called like its function.

What it does
    Finds the classes of losses, ``nn.CrossEntropyLoss`` and its like, that are built with a tensor where they take a
    setting: with the prediction and the target.

Why
    The class makes a module, which then takes prediction and target. Its constructor takes them for settings: it asks
    whether a tensor is true and raises, or gives a module where a number is expected.

Example
    ``loss = nn.CrossEntropyLoss(model(x), y)``.

Fix safety
    A pair of brackets is added, so that the module is called: unsafe, as the constructor may have given a module for
    tensors with one element.

What it misses
    Targets of which it is not known that they are tensors.

Source
    The constructors of torch.nn.modules.loss; each was called with tensors.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind, Fix
from torchlint.model.interpreter.events import Built
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

_LOSSES = frozenset(
    (
        "BCELoss",
        "BCEWithLogitsLoss",
        "CTCLoss",
        "CosineEmbeddingLoss",
        "CrossEntropyLoss",
        "HingeEmbeddingLoss",
        "HuberLoss",
        "KLDivLoss",
        "L1Loss",
        "MSELoss",
        "MarginRankingLoss",
        "MultiLabelMarginLoss",
        "MultiLabelSoftMarginLoss",
        "MultiMarginLoss",
        "NLLLoss",
        "PoissonNLLLoss",
        "SmoothL1Loss",
        "SoftMarginLoss",
        "TripletMarginLoss",
    )
)
_TESTED = ("size_average", "reduce")
_SETTINGS = (*_TESTED, "reduction", "ignore_index", "delta", "p", "eps", "log_input", "full", "blank")

RULE = Rule(
    code="TLC706",
    slug="loss-class-called",
    since="0.1.0",
    message="the class of a loss that is called like its function",
    triggers=(Trigger(Sign.PROGRAM_POSITIONAL, _LOSSES), Trigger(Sign.PROGRAM_RECORD, _LOSSES)),
    fix=Applicability.UNSAFE,
)

_RAISES = Effect(EffectKind.RAISES, "Boolean value of Tensor with more than one value is ambiguous")
_GIVES = Effect(EffectKind.SILENT, "it gives a module, or raises")


@dataclass(frozen=True, slots=True)
class _Settings:
    """A loss that is built with tensors for its settings."""

    at: ast.AST
    label: str
    first: ast.AST = field(compare=False)
    is_tested: bool = field(compare=False)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every loss that is built with tensors for its settings."""
    story = facts.story
    for found in story.seen(_with_tensors):
        if found.here is not found.what.at:
            continue  # told where that file is linted
        name = story.operation(found.what.at, found.what.label)
        text = (
            f"`{name}` is built with `{story.text(found.what.first)}` as a setting: the module takes it, not the class"
        )
        yield RULE.seeing(
            story, found, text, _RAISES if found.what.is_tested else _GIVES, (), _fix(facts, found.what.at)
        )


def _with_tensors(events: Sequence[Event]) -> Iterator[_Settings]:
    for event in events:
        if isinstance(event, Built) and event.name in _LOSSES:
            given = [name for name in _SETTINGS if name in event.arguments and event.arguments[name].is_tensor]
            if given:
                first = event.arguments[given[0]].written
                yield _Settings(event.at, event.label, first, given[0] in _TESTED)


def _fix(facts: Facts, at: ast.AST) -> Fix | None:
    """Call the module."""
    if not isinstance(at, ast.Call) or not facts.layout.owns(at) or at.keywords:
        return None
    if len(at.args) not in (2, 3) or any(isinstance(each, (ast.Starred, ast.Constant)) for each in at.args):
        return None
    edit = facts.layout.insert(facts.layout.whole(at.func).end, "()")
    return Fix(Applicability.UNSAFE, "Build the loss, then call it", (edit,))


EXAMPLES = (
    Example(
        "with prediction and target",
        """
import torch
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.eye(3), torch.tensor([0, 1, 2])
loss = ⟦nn.CrossEntropyLoss(model(x), y)⟧
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.eye(3), torch.tensor([0, 1, 2])
loss = nn.CrossEntropyLoss()(model(x), y)
""",
        raises="Boolean value of Tensor with more than one value is ambiguous",
    ),
    Example(
        "that makes no error",
        """
import torch
from torch import nn

model = nn.Linear(3, 4)
x = torch.eye(3)
loss = ⟦nn.PoissonNLLLoss(model(x), torch.ones(3, 4))⟧
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(3, 4)
x = torch.eye(3)
loss = nn.PoissonNLLLoss()(model(x), torch.ones(3, 4))
""",
        proof="fault = not torch.is_tensor(loss)",
    ),
    Example(
        "built with weights, then called",
        """
import torch
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.eye(3), torch.tensor([0, 1, 2])
loss = nn.CrossEntropyLoss(torch.ones(4))(model(x), y)
same = nn.CrossEntropyLoss()(model(x), y)
margin = nn.TripletMarginLoss(2.0)
""",
        proof="fault = not torch.allclose(loss, same)",
    ),
)
