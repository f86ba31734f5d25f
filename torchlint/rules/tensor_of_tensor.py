"""``torch.tensor`` of what is a tensor already.

What it does
    Finds ``torch.tensor(x)`` where ``x`` is known to be a tensor.

Why
    ``torch.tensor`` makes tensors of numbers, lists and arrays. Of a tensor it makes a copy outside of the graph, and
    warns each time: whether a copy was meant, or the tensor itself, the code does not say.

Example
    ``target = torch.tensor(output)``.

Fix safety
    ``x.detach().clone()``, which is the same and says so: safe. There is none where ``x`` has a graph, which may be
    meant, nor where the call says what ``clone`` does not take.

What it misses
    Tensors that are not known to be some, as arguments of functions, and those whose type the code asks for before.

Source
    The warning of torch.tensor; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind, Fix
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.code.type_checks import is_asked_for
from torchlint.model.interpreter.events import Rewrapped
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC309",
    slug="tensor-of-tensor",
    since="0.1.0",
    message="`torch.tensor` of what is a tensor already",
    triggers=(*GRADIENTS, Trigger(Sign.PROGRAM_SCRIPT, frozenset({"tensor"}))),
    fix=Applicability.SAFE,
)

_WARNS = Effect(EffectKind.NONE, "PyTorch warns: to copy construct from a tensor, use detach().clone()")
_LEAVES = Effect(EffectKind.SILENT, "no gradient goes through the copy")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every tensor that is made of a tensor."""
    story = facts.story
    for found in story.seen(_rewrapped):
        made = found.what
        if facts.layout.owns(made.at) and is_asked_for(made.written, facts.layout.around(made.at)):
            continue
        text = f"`{story.text(made.written)}` is a tensor already: this copies it without its graph, and warns"
        fix = None if made.has_graph else _fix(facts, made)
        yield RULE.seeing(story, found, text, _LEAVES if made.has_graph else _WARNS, (), fix)


def _rewrapped(events: Sequence[Event]) -> Iterator[Rewrapped]:
    return (each for each in events if isinstance(each, Rewrapped))


def _fix(facts: Facts, made: Rewrapped) -> Fix | None:
    """``torch.tensor(x)`` -> ``x.detach().clone()``."""
    match made.at:
        case ast.Call(args=[ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript() as data], keywords=[]):
            if facts.layout.owns(made.at):
                text = f"{facts.layout.text(data)}.detach().clone()"
                return Fix(Applicability.SAFE, "Copy it", (facts.layout.replace(made.at, text),))
    return None


_WARNED = """
import warnings

with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    make()
fault = any("copy construct" in str(each.message) for each in told)
"""

EXAMPLES = (
    Example(
        "a copy of a target",
        """
import torch

def make():
    target = torch.zeros(3)
    return ⟦torch.tensor(target)⟧

make()
""",
        fixed="""
import torch

def make():
    target = torch.zeros(3)
    return target.detach().clone()

make()
""",
        proof=_WARNED,
    ),
    Example(
        "a result with a graph",
        """
import torch
from torch import nn

model = nn.Linear(3, 2)
output = model(torch.ones(1, 3))
copy = ⟦torch.tensor(output)⟧
""",
        proof="fault = output.requires_grad and not copy.requires_grad",
    ),
    Example(
        "of numbers, and a copy that says so",
        """
import torch

def make():
    target = torch.zeros(3)
    return torch.tensor([target.sum().item(), 1.0]), target.clone(), torch.as_tensor(target)

def size_of(image: torch.Tensor, size: torch.Tensor):
    return torch.tensor(size) if isinstance(size, torch.Size) else size

make(), size_of(torch.ones(2, 3), torch.ones(2, 3).shape)
""",
        proof=_WARNED,
    ),
)
