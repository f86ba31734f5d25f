"""A stream of data that each worker of a loader gives from its beginning to its end.

What it does
    Finds ``IterableDataset`` classes whose ``__iter__`` gives all their data and never asks which worker it runs in,
    where a loader with several workers is built for them.

Why
    Each worker has a copy of the dataset and goes through all of it: with four workers each item comes four times.

Example
    ``return iter(self.items)`` and ``DataLoader(Stream(items), num_workers=4)``.

Fix safety
    No fix: which part of the data a worker takes depends on the dataset. ``torch.utils.data.get_worker_info()`` tells
    its number, as in ``self.items[info.id :: info.num_workers]``.

What it misses
    Loaders that another file builds, and streams that are read from something else than the dataset's attributes.

Source
    torch.utils.data.IterableDataset; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.code.worker_copies import unshared_streams
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC803",
    slug="unsharded-iterable",
    since="0.1.0",
    message="a stream of data that each worker of a loader gives from its beginning to its end",
    triggers=(Trigger(Sign.WORD, frozenset({"IterableDataset"})),),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every loader whose workers repeat a stream."""
    for each in unshared_streams(facts):
        workers = each.loader.constant("num_workers")
        stream = facts.source.place(facts.layout.span(each.at))
        text = f"each of the {workers} workers gives all of `{each.owner}`: its `__iter__` asks for no worker"
        effect = Effect(EffectKind.SILENT, f"each item comes {workers} times")
        related = (Related("used", "gives all that the dataset has", stream),)
        span = facts.layout.span(each.loader.at)
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, effect, related)


EXAMPLES = (
    Example(
        "all of a list",
        """
from torch.utils.data import DataLoader, IterableDataset

class Stream(IterableDataset):
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return iter(self.items)

stream = Stream([1, 2, 3])
loader = ⟦DataLoader(stream, num_workers=2, multiprocessing_context="fork", collate_fn=list)⟧
""",
        Certainty.LIKELY,
        proof="fault = len([batch for batch in loader]) == 6",
    ),
    Example(
        "a part for each worker, and one worker",
        """
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

class Stream(IterableDataset):
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        info = get_worker_info()
        yield from self.items[info.id :: info.num_workers] if info else self.items

class Plain(IterableDataset):
    def __iter__(self):
        yield from range(3)

loader = DataLoader(Stream([1, 2, 3]), num_workers=2, multiprocessing_context="fork", collate_fn=list)
other = DataLoader(Plain(), num_workers=1)
""",
        proof="fault = len([batch for batch in loader]) == 6",
    ),
)
