"""A softmax over a dimension that PyTorch guesses.

What it does
    Finds ``F.softmax``, ``F.log_softmax``, ``F.softmin``, ``nn.Softmax``, ``nn.LogSoftmax`` and ``nn.Softmin`` without
    ``dim``.

Why
    PyTorch warns and takes dimension 0 of tensors with no, one or three dimensions, and dimension 1 of all others. Of a
    batch of sequences that is the batch: each example changes the result of all others.

Example
    ``F.softmax(scores)``.

Fix safety
    The dimension that is guessed is written down where the tensor is known to have one, two or four dimensions: unsafe,
    as the code may be run with other tensors, too. For three it is most likely not the one that is meant, and there is
    no fix.

What it misses
    What is not given a ``dim`` by a wrapper whose own argument may be one.

Source
    ``_get_softmax_dim`` in torch.nn.functional; measured for each of the six with one to four dimensions.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind, Fix
from torchlint.model.interpreter.events import Built, Operation
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Argument, Event
    from torchlint.model.interpreter.judging import Sighting

_FUNCTIONS = frozenset(("softmax", "log_softmax", "softmin"))
_LAYERS = frozenset(("Softmax", "LogSoftmax", "Softmin"))

RULE = Rule(
    code="TLC705",
    slug="missing-softmax-dim",
    since="0.1.0",
    message="a softmax over a dimension that PyTorch guesses",
    triggers=(Trigger(Sign.PROGRAM_SHORT, _FUNCTIONS | _LAYERS), Trigger(Sign.PROGRAM_RECORD, _FUNCTIONS | _LAYERS)),
    fix=Applicability.UNSAFE,
    topics=frozenset({Topic.UPGRADE}),
)

_GUESS = "PyTorch warns and takes dimension 0 of tensors with 0, 1 or 3 dimensions, dimension 1 of others"


@dataclass(frozen=True, slots=True)
class _Guessed:
    """A softmax without ``dim``, where its function is called or its layer built, and the numbers of dimensions of what
    it is given on a path (None: not known)."""

    at: ast.AST
    label: str
    ranks: frozenset[int | None] = field(compare=False)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every softmax without ``dim``."""
    story = facts.story
    places: dict[ast.AST, list[Sighting[_Guessed]]] = {}
    for found in story.seen(_guessed):
        if found.here is found.what.at:  # else it is told where that file is linted
            places.setdefault(found.what.at, []).append(found)
    for found, *_ in places.values():
        ranks = found.what.ranks
        rank = next(iter(ranks)) if len(ranks) == 1 else None
        text = f"`{story.operation(found.what.at, found.what.label)}` is not told over which dimension"
        guess = _GUESS
        if rank is not None:
            guess = f"PyTorch warns and takes dimension {_guess(rank)} of a tensor with {rank}"
        yield RULE.seeing(story, found, text, Effect(EffectKind.SILENT, guess), (), _fix(facts, found.what.at, rank))


def _guessed(events: Sequence[Event]) -> Iterator[_Guessed]:
    places: dict[ast.AST, tuple[str, set[int | None]]] = {}
    for event in events:
        if isinstance(event, Built) and event.name in _LAYERS and _lacks_dim(event.arguments):
            places.setdefault(event.at, (event.label, set()))
        elif isinstance(event, Operation) and _lacks_dim(event.arguments) and "input" in event.arguments:
            shape = event.arguments["input"].shape
            rank = len(shape) if shape is not None else None
            if event.name in _FUNCTIONS:
                places.setdefault(event.at, (event.label, set()))[1].add(rank)
            elif event.built in places:
                places[event.built][1].add(rank)
    return (_Guessed(at, label, frozenset(ranks)) for at, (label, ranks) in places.items())


def _lacks_dim(arguments: Mapping[str, Argument]) -> bool:
    return "dim" not in arguments or arguments["dim"].is_none


def _guess(rank: int) -> int:
    return 0 if rank in (0, 1, 3) else 1


def _fix(facts: Facts, at: ast.AST, rank: int | None) -> Fix | None:
    """Write the guess down, unless it is most likely a wrong one."""
    if rank not in (1, 2, 4) or not isinstance(at, ast.Call) or not facts.layout.owns(at):
        return None
    if any(isinstance(each, ast.Constant) for each in at.args) or any(
        each.arg in ("dim", None) for each in at.keywords
    ):
        return None
    text = f"dim={_guess(rank)}"
    return Fix(Applicability.UNSAFE, f"Give it `{text}`, as PyTorch guesses", (facts.layout.add_keyword(at, text),))


EXAMPLES = (
    Example(
        "of a batch",
        """
import torch
import torch.nn.functional as F

def attend():
    scores = torch.ones(2, 3)
    return ⟦F.softmax(scores)⟧
""",
        fixed="""
import torch
import torch.nn.functional as F

def attend():
    scores = torch.ones(2, 3)
    return F.softmax(scores, dim=1)
""",
        proof="""
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    attend()
fault = bool(caught)
""",
    ),
    Example(
        "of a batch of sequences",
        """
import torch
import torch.nn.functional as F

scores = torch.ones(2, 5, 5)
weights = ⟦F.softmax(scores)⟧
""",
        proof="fault = not torch.allclose(weights.sum(dim=-1), torch.ones(2, 5))",
    ),
    Example(
        "the last layer",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 4), ⟦nn.LogSoftmax()⟧)

    def forward(self, x):
        return self.layers(x)
""",
        proof="""
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    Net()(torch.ones(2, 3))
fault = bool(caught)
""",
    ),
    Example(
        "told by position or by name",
        """
import torch
import torch.nn.functional as F
from torch import nn

scores = torch.ones(2, 5, 5)
weights = F.softmax(scores, -1)
same = nn.Softmax(dim=-1)(scores)
maps = nn.Softmax2d()(torch.ones(1, 2, 3, 3))
sharp = F.gumbel_softmax(scores)
""",
        proof="fault = not torch.allclose(weights, same)",
    ),
)
