"""A name or argument that PyTorch removed.

What it does
    Finds functions, classes, modules, methods of tensors and arguments that are no longer there in the newest PyTorch
    that the project allows, or are only there to say so: ``torch.symeig``, ``x.lstsq(a)``, the ``verbose`` of
    schedulers, ``torch._six``.

Why
    The code raises as soon as it comes there, or its import does.

Example
    ``torch.symeig(a, eigenvectors=True)``.

Fix safety
    What replaces it is written where it computes the same: safe. The ``verbose`` of a scheduler is taken away, and
    with it what it printed: unsafe.

What it misses
    Methods of what is not known to be a tensor. Code that asks for a version, an attribute or an ``ImportError`` first
    is taken to know what it does.

Source
    The Python files of PyTorch 1.13 to 2.14; what they do not tell was run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind
from torchlint.model.api.history_lookup import Status
from torchlint.model.fixes.newer_api import rewritten, told
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC901",
    slug="removed-api",
    since="0.1.0",
    message="a name or argument that PyTorch removed",
    triggers=(Trigger(Sign.REFERENCE),),
    fix=Applicability.SAFE,
    topics=frozenset({Topic.UPGRADE}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every use of what the newest PyTorch that the project allows does not have."""
    for use in facts.api_uses:
        change = use.change
        if change.status(facts.newest_version) is Status.REMOVED:
            words = change.words or f"there is no `{change.name.partition('(')[0]}`"
            effect = Effect(EffectKind.RAISES, words)
            span = facts.layout.span(use.node)
            text = told(facts, use, Status.REMOVED)
            yield RULE.finding_at(
                facts.source, span, text, use.certainty, effect, (), rewritten(facts, use), release=change.removed
            )


EXAMPLES = (
    Example(
        "eigenvalues",
        """
import torch

a = torch.eye(3) * 2
values, vectors = ⟦torch.symeig⟧(a, eigenvectors=True)
""",
        fixed="""
import torch

a = torch.eye(3) * 2
values, vectors = torch.linalg.eigh(a, UPLO="U")
""",
        raises="This function was deprecated since version 1.9 and is now removed.",
    ),
    Example(
        "a method of a tensor",
        """
import torch

a, b = torch.eye(3), torch.ones(3, 1)
solved = ⟦a.lstsq⟧(b)
""",
        raises="This function was deprecated since version 1.9 and is now removed.",
    ),
    Example(
        "a scheduler that reports",
        """
import torch

optimizer = torch.optim.SGD([torch.ones(2, requires_grad=True)], lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10, ⟦verbose=True⟧)
""",
        fixed="""
import torch

optimizer = torch.optim.SGD([torch.ones(2, requires_grad=True)], lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
""",
        raises="got an unexpected keyword argument 'verbose'",
    ),
    Example(
        "for several versions",
        """
import torch

a = torch.eye(3) * 2
if hasattr(torch.linalg, "eigh"):
    values, vectors = torch.linalg.eigh(a)
else:
    values, vectors = torch.symeig(a, eigenvectors=True)
try:
    from torch._six import inf
except ImportError:
    from torch import inf
""",
        proof="fault = not torch.equal(values, torch.tensor([2.0, 2.0, 2.0]))",
    ),
)
