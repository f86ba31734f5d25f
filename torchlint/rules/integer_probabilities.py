"""Targets that are probabilities, given as integers.

What it does
    Finds ``cross_entropy`` of a one-hot target as ``F.one_hot`` makes it, and binary cross-entropies and ``kl_div`` of
    targets that are integers or truth values; as functions and as modules.

Why
    Of a target with the shape of its input, these losses take each value for a probability, which is no integer. They
    raise.

Example
    ``loss = F.cross_entropy(model(x), F.one_hot(y, 10))``.

Fix safety
    ``.float()`` is added to the target: unsafe, as models in half precision may need another dtype. For a cross-entropy
    the indices of the classes would do as well.

What it misses
    Targets whose dtype is not known.

Source
    Each loss was called with such targets; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.api.scalar_types import INTEGERS
from torchlint.model.fixes.replaced_operation import converted
from torchlint.model.interpreter.events import operations
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Argument, Event, Operation

_CROSS_ENTROPY = frozenset(("cross_entropy", "CrossEntropyLoss"))
_WORDS = {
    "binary_cross_entropy": "Found dtype {} but expected Float",
    "BCELoss": "Found dtype {} but expected Float",
    "binary_cross_entropy_with_logits": "result type Float can't be cast to the desired output type {}",
    "BCEWithLogitsLoss": "result type Float can't be cast to the desired output type {}",
    "kl_div": "kl_div: Integral inputs not supported.",
    "KLDivLoss": "kl_div: Integral inputs not supported.",
}
_LOSSES = _CROSS_ENTROPY.union(_WORDS)

RULE = Rule(
    code="TLC709",
    slug="integer-probabilities",
    since="0.1.0",
    message="a target of probabilities that are integers",
    triggers=(Trigger(Sign.PROGRAM, _LOSSES), Trigger(Sign.PROGRAM_RECORD, _LOSSES | {"one_hot"})),
    fix=Applicability.UNSAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every loss whose target should have probabilities and has integers."""
    story = facts.story
    for found in story.seen(_integers):
        loss, target = found.what, found.what.arguments["target"]
        name, given = story.operation(loss.at, loss.label), story.text(target.written)
        text = f"`{name}` takes probabilities as its target, but `{given}` has integers"
        effect = Effect(EffectKind.RAISES, _words(loss.name, INTEGERS[target.dtype or ""]))
        made, certainty = target.producer, None
        if loss.name in _CROSS_ENTROPY and target.shape is None:
            certainty = Certainty.LIKELY  # of two classes, the target may have any shape without their dimension
        related = (Related("made", "makes integers", story.place(made.at)),) if made and made.at is not loss.at else ()
        edit = converted(facts.layout, target, loss, "float")
        fix = Fix(Applicability.UNSAFE, "Make it floating point", (edit,)) if edit else None
        yield RULE.seeing(story, found, text, effect, related, fix, certainty)


def _words(loss: str, dtype: str) -> str:
    if dtype == "Bool" and "ogits" in loss:
        return "Subtraction, the `-` operator, with two bool tensors is not supported."
    return _WORDS.get(loss, "Expected floating point type for target with class probabilities, got {}").format(dtype)


def _integers(events: Sequence[Event]) -> Iterator[Operation]:
    for loss in operations(events, _LOSSES):
        target = loss.arguments.get("target")
        if target is not None and target.dtype in INTEGERS and _has_classes(loss, loss.arguments["input"], target):
            yield loss


def _has_classes(loss: Operation, given: Argument, target: Argument) -> bool:
    """Whether a target of integers has a number for each class, as far as shapes are known."""
    if loss.name not in _CROSS_ENTROPY:
        return True
    if given.shape is not None and target.shape is not None:
        return given.shape == target.shape
    return target.producer is not None and target.producer.name == "one_hot"


EXAMPLES = (
    Example(
        "a one-hot target",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.ones(3, 3), torch.tensor([0, 1, 2])
loss = ⟦F.cross_entropy(model(x), F.one_hot(y, 4))⟧
""",
        fixed="""
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.ones(3, 3), torch.tensor([0, 1, 2])
loss = F.cross_entropy(model(x), F.one_hot(y, 4).float())
""",
        raises="Expected floating point type for target with class probabilities, got Long",
    ),
    Example(
        "truth values for a binary loss",
        """
import torch
from torch import nn

model, criterion = nn.Linear(3, 1), nn.BCEWithLogitsLoss()
x, y = torch.ones(3, 3), torch.tensor([[0], [1], [2]])
loss = ⟦criterion(model(x), y == 1)⟧
""",
        fixed="""
import torch
from torch import nn

model, criterion = nn.Linear(3, 1), nn.BCEWithLogitsLoss()
x, y = torch.ones(3, 3), torch.tensor([[0], [1], [2]])
loss = criterion(model(x), (y == 1).float())
""",
        raises="Subtraction, the `-` operator, with two bool tensors is not supported.",
    ),
    Example(
        "floating point, and indices of classes",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.ones(3, 3), torch.tensor([0, 1, 2])
loss = F.cross_entropy(model(x), y)
same = F.cross_entropy(model(x), F.one_hot(y, 4).float())
other = F.binary_cross_entropy_with_logits(model(x), F.one_hot(y, 4).to(x.dtype))
""",
        proof="fault = not torch.allclose(loss, same)",
    ),
)
