"""Class indices of a dtype that the loss refuses.

What it does
    Finds ``nll_loss`` and ``cross_entropy``, as functions and as modules, whose target has class indices that are
    floating point, truth values or integers of another size than 64 bits.

Why
    PyTorch raises: it picks a value of the input by each index, which must be int64 or uint8.

Example
    ``loss = F.nll_loss(log_probs, labels.float())``.

Fix safety
    ``.long()`` is added to the target: unsafe, as numbers with a fraction would be cut off.

What it misses
    Targets whose dtype is not known. Floating point for a cross-entropy is found where shapes show that it cannot have
    probabilities.

Source
    Each loss was called with such targets; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind, Fix
from torchlint.model.api.scalar_types import FLOATING, INTEGERS
from torchlint.model.fixes.replaced_operation import converted
from torchlint.model.interpreter.events import operations
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Argument, Event, Operation

_LIKELIHOODS = frozenset(("nll_loss", "NLLLoss"))
_LOSSES = _LIKELIHOODS | {"cross_entropy", "CrossEntropyLoss"}
_WHOLE = {dtype: name for dtype, name in INTEGERS.items() if name not in ("Long", "Byte")}
_REFUSED = {**_WHOLE, **FLOATING}

RULE = Rule(
    code="TLC710",
    slug="class-index-dtype",
    since="0.1.0",
    message="class indices of a dtype that the loss refuses",
    triggers=(Trigger(Sign.PROGRAM, _LOSSES), Trigger(Sign.PROGRAM_RECORD, _LOSSES | {"one_hot"})),
    fix=Applicability.UNSAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every loss whose class indices are no int64."""
    story = facts.story
    for found in story.seen(_refused):
        loss, target = found.what, found.what.arguments["target"]
        name, given = story.operation(loss.at, loss.label), story.text(target.written)
        dtype = _REFUSED[target.dtype or ""]
        text = f"`{name}` takes class indices in int64, but `{given}` has the dtype {dtype}"
        effect = Effect(EffectKind.RAISES, f"expected target dtype to be Long or Byte, but got {dtype}")
        edit = converted(facts.layout, target, loss, "long")
        fix = Fix(Applicability.UNSAFE, "Make it int64", (edit,)) if edit else None
        yield RULE.seeing(story, found, text, effect, (), fix)


def _refused(events: Sequence[Event]) -> Iterator[Operation]:
    for loss in operations(events, _LOSSES):
        target = loss.arguments.get("target")
        if target is not None and target.dtype in _REFUSED and _are_indices(loss, loss.arguments["input"], target):
            yield loss


def _are_indices(loss: Operation, given: Argument, target: Argument) -> bool:
    """Whether a target cannot have probabilities: what may have is another rule's."""
    if loss.name in _LIKELIHOODS:
        return True
    if given.shape is not None and target.shape is not None:
        return len(given.shape) == len(target.shape) + 1
    return target.dtype in _WHOLE and not (target.producer is not None and target.producer.name == "one_hot")


EXAMPLES = (
    Example(
        "labels in floating point",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.ones(3, 3), torch.tensor([0.0, 1.0, 2.0])
loss = ⟦F.cross_entropy(model(x), y)⟧
""",
        fixed="""
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.ones(3, 3), torch.tensor([0.0, 1.0, 2.0])
loss = F.cross_entropy(model(x), y.long())
""",
        raises="expected target dtype to be Long or Byte, but got Float",
    ),
    Example(
        "labels in 32 bits",
        """
import torch
from torch import nn

model, criterion = nn.Sequential(nn.Linear(3, 4), nn.LogSoftmax(dim=1)), nn.NLLLoss()
x, y = torch.ones(3, 3), torch.tensor([0, 1, 2], dtype=torch.int32)
loss = ⟦criterion(model(x), y)⟧
""",
        fixed="""
import torch
from torch import nn

model, criterion = nn.Sequential(nn.Linear(3, 4), nn.LogSoftmax(dim=1)), nn.NLLLoss()
x, y = torch.ones(3, 3), torch.tensor([0, 1, 2], dtype=torch.int32)
loss = criterion(model(x), y.long())
""",
        raises="expected target dtype to be Long or Byte, but got Int",
    ),
    Example(
        "int64, and probabilities",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(3, 4)
x, y = torch.ones(3, 3), torch.tensor([0, 1, 2])
loss = F.cross_entropy(model(x), y)
soft = F.cross_entropy(model(x), torch.full((3, 4), 0.25))
same = F.cross_entropy(model(x), y.to(torch.uint8))
""",
        proof="fault = not torch.allclose(loss, same)",
    ),
)
