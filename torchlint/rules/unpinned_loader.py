"""A loader whose batches are moved to a GPU out of memory that is not pinned.

What it does
    Finds ``DataLoader`` calls without ``pin_memory`` where a loop over the loader moves its batches by ``.to(device)``
    or ``.cuda()``, in files that name CUDA.

Why
    A GPU reads pinned memory by itself. Everything else is copied into such memory first, and the program waits for
    it; ``non_blocking=True`` changes nothing then. With ``pin_memory=True`` a thread of the loader makes that copy
    while the batch before is worked on.

Example
    ``for x, y in DataLoader(data, 64): x = x.cuda()``.

Fix safety
    ``pin_memory=True`` is added: unsafe, as it needs memory that cannot be swapped, and warns where there is no GPU.

What it misses
    Loaders that another file or function goes through, and datasets that are on the GPU already.

Source
    torch.utils.data, "Memory Pinning"; the examples run and show which loader pins. What a copy costs cannot be shown
    by running without a GPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.code.unpinned_loaders import unpinned_loaders
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC810",
    slug="unpinned-loader",
    since="0.1.0",
    message="a loader whose batches are moved to a GPU out of memory that is not pinned",
    triggers=(Trigger(Sign.WORD, frozenset({"DataLoader"})),),
    default=False,
    fix=Applicability.UNSAFE,
    topics=frozenset({Topic.PERFORMANCE}),
)

_WAITS = Effect(EffectKind.SLOW, "each batch is copied into pinned memory while the program waits")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every loader that could pin its batches."""
    for each in unpinned_loaders(facts):
        move = facts.source.place(facts.layout.span(each.move))
        text = f"the batches that line {move.line} moves are not in pinned memory: each move waits for a copy"
        related = (Related("moved", "moves a batch to the device", move),)
        edit = facts.layout.add_keyword(each.at, "pin_memory=True")
        fix = Fix(Applicability.UNSAFE, "Add `pin_memory=True`", (edit,))
        yield RULE.finding_at(facts.source, facts.layout.span(each.at), text, Certainty.LIKELY, _WAITS, related, fix)


_DATA = """
import torch
from torch.utils.data import DataLoader, TensorDataset

device = "cuda" if torch.cuda.is_available() else "cpu"
data = TensorDataset(torch.ones(8, 2))
"""

EXAMPLES = (
    Example(
        "batches for a GPU",
        f"""{_DATA}loader = ⟦DataLoader(data, batch_size=4)⟧
for (x,) in loader:
    x = x.to(device)
""",
        Certainty.LIKELY,
        fixed=f"""{_DATA}loader = DataLoader(data, batch_size=4, pin_memory=True)
for (x,) in loader:
    x = x.to(device)
""",
        proof="fault = not loader.pin_memory",
    ),
    Example(
        "pinned where there is a GPU, and never moved",
        f"""{_DATA}loader = DataLoader(data, batch_size=4, pin_memory=torch.cuda.is_available())
for (x,) in loader:
    x = x.to(device)
counted = sum(len(x) for (x,) in DataLoader(data))
""",
        proof="fault = loader.pin_memory != torch.cuda.is_available()",
    ),
)
