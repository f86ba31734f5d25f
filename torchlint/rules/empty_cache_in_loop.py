"""The cache of a device's memory that is emptied in each iteration.

What it does
    Finds ``torch.cuda.empty_cache()`` and its relatives that each iteration of an innermost loop comes to.

Why
    PyTorch keeps what was freed, as it costs much to ask the driver for memory. ``empty_cache`` waits for the device
    and gives all of it back: the next iteration asks for it again. Tensors that are still in use keep their memory, so
    that the program has no more room than before.

Example
    ``torch.cuda.empty_cache()`` behind ``optimizer.step()``.

Fix safety
    The call is left out: unsafe, as another program on the same device may need the memory.

What it misses
    Calls in functions that the loop calls. Calls once an epoch, under a condition, or where an error is handled, are
    meant.

Source
    torch.cuda.empty_cache ("doesn't increase the amount of GPU memory available for PyTorch"); the examples run and
    count the calls.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.code.memory_in_loops import emptied_caches
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC813",
    slug="empty-cache-in-loop",
    since="0.1.0",
    message="the cache of a device's memory that is emptied in each iteration",
    triggers=(Trigger(Sign.WORD, frozenset({"empty_cache"})),),
    default=False,
    fix=Applicability.UNSAFE,
    topics=frozenset({Topic.PERFORMANCE}),
)

_ASKS = Effect(EffectKind.SLOW, "each iteration waits for the device, and asks the driver for its memory again")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every cache that is emptied again and again."""
    for each in emptied_caches(facts):
        loop = facts.source.place(facts.layout.span(each.loop))
        text = f"`{facts.story.text(each.at)}` gives back in each iteration what the next one asks for"
        related = (Related("loop", "the loop", loop),)
        span = facts.layout.span(each.at)
        yield RULE.finding_at(facts.source, span, text, Certainty.CERTAIN, _ASKS, related, _fix(facts, each.at))


def _fix(facts: Facts, call: ast.Call) -> Fix | None:
    statement = facts.layout.statement(call)
    if not isinstance(statement, ast.Expr) or statement.value is not call:
        return None
    edits = facts.layout.remove(statement)
    return Fix(Applicability.UNSAFE, "Leave the cache to PyTorch", edits) if edits else None


_COUNTED = """
calls = []
torch.cuda.empty_cache = lambda: calls.append(1)
evaluate(torch.nn.Identity(), [torch.ones(2)] * 5)
fault = len(calls) == 5
"""

EXAMPLES = (
    Example(
        "behind each batch",
        """
import torch

def evaluate(model, batches):
    for x in batches:
        y = model(x)
        ⟦torch.cuda.empty_cache()⟧
""",
        fixed="""
import torch

def evaluate(model, batches):
    for x in batches:
        y = model(x)
""",
        proof=_COUNTED,
    ),
    Example(
        "once, and where memory ran out",
        """
import torch

def evaluate(model, batches):
    for x in batches:
        try:
            y = model(x)
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
    torch.cuda.empty_cache()
""",
        proof=_COUNTED,
    ),
)
