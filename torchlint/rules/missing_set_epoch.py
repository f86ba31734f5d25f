"""A distributed sampler that is never told which epoch it is.

What it does
    Finds a ``DistributedSampler`` that shuffles, whose loader is gone through in a loop over epochs, where nothing
    calls ``set_epoch``.

Why
    The sampler seeds its order with the epoch, and takes it for the first one until it is told: each epoch has the same
    order, and each process the same part of the data.

Example
    ``for epoch in range(10)`` around ``for batch in loader``.

Fix safety
    ``sampler.set_epoch(epoch)`` at the beginning of the loop: unsafe, as the order of the data is another one then.

What it misses
    Samplers, loaders and loops that do not stand in one file.

Source
    torch.utils.data.distributed.DistributedSampler.set_epoch; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.code.epoch_samplers import untold_samplers
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.code.epoch_samplers import UntoldSampler
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC804",
    slug="missing-set-epoch",
    since="0.1.0",
    message="a distributed sampler that is never told which epoch it is",
    triggers=(Trigger(Sign.WORD, frozenset({"DistributedSampler"})),),
    fix=Applicability.UNSAFE,
)

_SAME = Effect(EffectKind.SILENT, "each epoch has the same order")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every sampler that repeats its order."""
    for each in untold_samplers(facts):
        loop = facts.source.place(facts.layout.span(each.epochs.target))
        text = f"the loop at line {loop.line} never calls `{each.name}.set_epoch`: each epoch has the same order"
        related = (Related("used", "goes through the data once more", loop),)
        span = facts.layout.span(each.at)
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _SAME, related, _fix(facts, each))


def _fix(facts: Facts, sampler: UntoldSampler) -> Fix | None:
    """Tell it at the beginning of each epoch, where one body has both."""
    target = sampler.epochs.target
    if not isinstance(target, ast.Name) or facts.layout.scope(sampler.at) is not facts.layout.scope(sampler.epochs):
        return None
    edits = facts.layout.before(sampler.epochs.body[0], f"{sampler.name}.set_epoch({target.id})")
    return Fix(Applicability.UNSAFE, "Tell it the epoch", edits) if edits else None


_LOADER = """
import torch
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

data = TensorDataset(torch.arange(16))
"""
_PROOF = "fault = orders[0] == orders[1]"

EXAMPLES = (
    Example(
        "two epochs",
        _LOADER
        + """
sampler = ⟦DistributedSampler(data, num_replicas=2, rank=0)⟧
loader = DataLoader(data, batch_size=8, sampler=sampler)
orders = []
for epoch in range(2):
    for (batch,) in loader:
        orders.append(batch.tolist())
""",
        Certainty.LIKELY,
        fixed=_LOADER
        + """
sampler = DistributedSampler(data, num_replicas=2, rank=0)
loader = DataLoader(data, batch_size=8, sampler=sampler)
orders = []
for epoch in range(2):
    sampler.set_epoch(epoch)
    for (batch,) in loader:
        orders.append(batch.tolist())
""",
        proof=_PROOF,
    ),
    Example(
        "told",
        _LOADER
        + """
sampler = DistributedSampler(data, num_replicas=2, rank=0)
loader = DataLoader(data, batch_size=8, sampler=sampler)
orders = []
for epoch in range(2):
    loader.sampler.set_epoch(epoch)
    for (batch,) in loader:
        orders.append(batch.tolist())
""",
        proof=_PROOF,
    ),
    Example(
        "an evaluation, which is in order",
        _LOADER
        + """
sampler = DistributedSampler(data, num_replicas=2, rank=0, shuffle=False)
loader = DataLoader(data, batch_size=8, sampler=sampler)
orders = []
for epoch in range(2):
    for (batch,) in loader:
        orders.append(batch.tolist())
""",
        proof="fault = orders[0] != sorted(orders[0])",
    ),
)
