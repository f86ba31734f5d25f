"""A checkpoint that does not say which of its two ways is meant.

What it does
    Finds ``checkpoint`` and ``checkpoint_sequential`` of ``torch.utils.checkpoint`` without ``use_reentrant``.

Why
    PyTorch warns, and says that it will raise. It is reentrant now, which needs an input that requires grad and knows
    less; ``use_reentrant=False`` is what PyTorch recommends.

Example
    ``checkpoint(layer, x)``.

Fix safety
    ``use_reentrant=True`` says what happens now: safe. Whether ``False`` gives the same depends on the function.

What it misses
    Calls with ``**`` arguments.

Source
    The examples run under PyTorch 2.13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.deliberate import is_deliberate
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_CHECKPOINTS = {f"torch.utils.checkpoint.{name}" for name in ("checkpoint", "checkpoint_sequential")}
_SINCE = (2, 1)

RULE = Rule(
    code="TLC907",
    slug="implicit-use-reentrant",
    since="0.1.0",
    message="a checkpoint that does not say whether it is reentrant",
    triggers=(Trigger(Sign.REFERENCE, frozenset(_CHECKPOINTS)),),
    fix=Applicability.SAFE,
    topics=frozenset({Topic.UPGRADE}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every checkpoint without ``use_reentrant``."""
    if facts.newest_version < _SINCE:
        return
    for reference in facts.references.of(_CHECKPOINTS):
        call = reference.call
        if call is None or any(each.arg in (None, "use_reentrant") for each in call.keywords):
            continue
        if is_deliberate(facts.layout, call):
            continue
        text = "this checkpoint is reentrant only because that is the default: pass `use_reentrant`"
        effect = Effect(EffectKind.NONE, "PyTorch warns: the use_reentrant parameter should be passed explicitly")
        edit = facts.layout.add_keyword(call, "use_reentrant=True")
        fix = Fix(Applicability.SAFE, "Say what happens now", (edit,))
        span = facts.layout.span(reference.node)
        yield RULE.finding_at(facts.source, span, text, Certainty.CERTAIN, effect, (), fix, release=_SINCE)


_PROOF = """
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    run(torch.ones(2, 2, requires_grad=True))
fault = any("use_reentrant" in str(each.message) for each in caught)
"""

EXAMPLES = (
    Example(
        "a layer",
        """
import torch
from torch.utils.checkpoint import checkpoint

def run(x):
    return ⟦checkpoint⟧(torch.sin, x)
""",
        fixed="""
import torch
from torch.utils.checkpoint import checkpoint

def run(x):
    return checkpoint(torch.sin, x, use_reentrant=True)
""",
        proof=_PROOF,
    ),
    Example(
        "that says it",
        """
import torch
import torch.utils.checkpoint as cp

def run(x, **settings):
    y = cp.checkpoint(torch.sin, x, use_reentrant=False)
    return cp.checkpoint(torch.sin, y, **{"use_reentrant": False, **settings})
""",
        proof=_PROOF,
    ),
)
