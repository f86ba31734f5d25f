"""A loop that writes a tensor element by element.

What it does
    Finds loops over ranges whose only statement gives each element of a new tensor its value, computed of the elements
    of other tensors at the same indices, of numbers and of functions that work on elements.

Why
    Each element is a tensor of its own for Python: an operation is called to read it, one to compute and one to write
    it, each of them as long as for a million elements. On a GPU each is a kernel that is launched.

Example
    ``for i in range(len(x)): y[i] = torch.exp(x[i])``.

Fix safety
    No fix: ``y = torch.exp(x)``.

What it misses
    Loops with more than that one statement, or of at most 16 elements in each dimension.

Source
    PyTorch's Performance Tuning Guide ("fuse operations"); the examples run and count the operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.element_loops import element_loops
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC812",
    slug="element-loop",
    since="0.1.0",
    message="a loop that writes a tensor element by element",
    triggers=(Trigger(Sign.WORD, frozenset({"range"})),),
    default=False,
    topics=frozenset({Topic.PERFORMANCE}),
)

_MANY = Effect(EffectKind.SLOW, "several operations for each element, where one would do for all")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every loop that one operation could replace."""
    if not any(each in facts.source.text for each in ("zeros", "ones", "empty", "full")):
        return
    for each in element_loops(facts):
        text = f"`{each.name}` is written element by element: an operation on whole tensors writes all at once"
        span = facts.layout.span(each.at.target)
        yield RULE.finding_at(facts.source, span, text, Certainty.CERTAIN, _MANY)


_COUNTED = """
from torch.utils._python_dispatch import TorchDispatchMode

class Operations(TorchDispatchMode):
    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        Operations.count += 1
        return func(*args, **(kwargs or {}))

x = torch.rand(50)
with Operations():
    y = gate(x)
assert torch.allclose(y, torch.exp(-x) + 1)
fault = Operations.count > 50
"""

EXAMPLES = (
    Example(
        "a function of each element",
        """
import torch

def gate(x):
    y = torch.empty_like(x)
    for ⟦i⟧ in range(len(x)):
        y[i] = torch.exp(-x[i]) + 1
    return y
""",
        proof=_COUNTED,
    ),
    Example(
        "all at once",
        """
import torch

def gate(x):
    y = torch.empty_like(x)
    y[:] = torch.exp(-x) + 1
    return y
""",
        proof=_COUNTED,
    ),
)
