"""A name or argument that PyTorch warns about.

What it does
    Finds functions, classes, methods of tensors and arguments that the newest PyTorch which the project allows warns
    about: ``torch.cuda.amp.autocast``, ``nn.init.xavier_uniform``, ``size_average=``, ``x.lu()``.

Why
    What warns today raises in a later release: ``torch.qr`` warned for years and is gone in 2.14.

Example
    ``torch.testing.assert_allclose(a, b)``.

Fix safety
    What replaces it is written where it computes the same: safe. ``assert_close`` compares dtypes and devices as well
    and has other tolerances: unsafe.

What it misses
    Methods of what is not known to be a tensor, and what only the documentation calls deprecated. Code that asks for a
    version, an attribute or an ``ImportError`` first is taken to know what it does.

Source
    The Python files of PyTorch 1.13 to 2.14; what is in C++ was run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind
from torchlint.model.api.history_lookup import Status
from torchlint.model.fixes.newer_api import rewritten, told
from torchlint.rule import Example, Mark, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC902",
    slug="deprecated-api",
    since="0.1.0",
    message="a name or argument that PyTorch warns about",
    triggers=(Trigger(Sign.REFERENCE),),
    fix=Applicability.SAFE,
    mark=Mark.DEPRECATED,
    topics=frozenset({Topic.UPGRADE}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every use of what the newest PyTorch that the project allows warns about."""
    for use in facts.api_uses:
        change = use.change
        if change.status(facts.newest_version) is Status.DEPRECATED:
            effect = Effect(EffectKind.NONE, f"PyTorch warns: {change.words}" if change.words else "PyTorch warns")
            span = facts.layout.span(use.node)
            text = told(facts, use, Status.DEPRECATED)
            yield RULE.finding_at(
                facts.source, span, text, use.certainty, effect, (), rewritten(facts, use), release=change.deprecated
            )


_PROOF = """
import warnings

torch.set_warn_always(True)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    run(torch.ones(2, 2))
torch.set_warn_always(False)
fault = any("deprecated" in str(each.message) for each in caught)
"""

EXAMPLES = (
    Example(
        "mixed precision",
        """
import torch

def run(x):
    scaler = ⟦torch.cuda.amp.GradScaler⟧(enabled=False)
    with ⟦torch.cuda.amp.autocast⟧(enabled=False):
        return scaler.scale(x * 2)
""",
        fixed="""
import torch

def run(x):
    scaler = torch.amp.GradScaler("cuda", enabled=False)
    with torch.amp.autocast("cuda", enabled=False):
        return scaler.scale(x * 2)
""",
        proof=_PROOF,
    ),
    Example(
        "a sum by an old argument",
        """
import torch
import torch.nn.functional as F

def run(x):
    return F.mse_loss(x, torch.zeros(2, 2), ⟦size_average=False⟧)
""",
        fixed="""
import torch
import torch.nn.functional as F

def run(x):
    return F.mse_loss(x, torch.zeros(2, 2), reduction="sum")
""",
        proof=_PROOF.replace("deprecated", "reduction='sum' instead"),
    ),
    Example(
        "an initialisation that is imported",
        """
import torch
from torch.nn.init import xavier_uniform

def run(x):
    return ⟦xavier_uniform⟧(x)
""",
        fixed="""
import torch
from torch.nn.init import xavier_uniform_

def run(x):
    return xavier_uniform_(x)
""",
        proof=_PROOF,
    ),
    Example(
        "no equal in sight",
        """
import torch

def run(x):
    return ⟦torch.range⟧(0, 3)
""",
        proof=_PROOF,
    ),
    Example(
        "what is there to stay",
        """
import torch
import torch.nn.functional as F
from torch import nn

def run(x):
    y = F.tanh(x) + torch.ger(x[0], x[1])
    return nn.init.xavier_uniform_(y)
""",
        proof=_PROOF,
    ),
)
