"""Arguments of a loader that PyTorch refuses together.

What it does
    Finds ``DataLoader`` calls with arguments that exclude each other: ``shuffle=True`` with a sampler or an
    ``IterableDataset``, ``batch_sampler`` with ``batch_size`` and its like, ``persistent_workers``, ``prefetch_factor``
    and ``multiprocessing_context`` without workers.

Why
    The constructor raises, in code that often comes to it late.

Example
    ``DataLoader(data, shuffle=True, sampler=DistributedSampler(data))``.

Fix safety
    The argument that the other one overrules is taken away: safe, as the call raises with it; unsafe for ``shuffle``
    and an ``IterableDataset``, which then has to shuffle by itself.

What it misses
    Samplers and datasets that may be None, or of which it is not seen what they are.

Source
    torch.utils.data.DataLoader; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.loader_conflicts import conflicts
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.code.loader_conflicts import Conflict
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC802",
    slug="loader-arguments",
    since="0.1.0",
    message="arguments of a loader that PyTorch refuses together",
    triggers=(Trigger(Sign.WORD, frozenset({"DataLoader"})),),
    fix=Applicability.SAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every loader that cannot be built."""
    for each in conflicts(facts):
        value = each.loader.arguments[each.name]
        text = f"`{each.name}` and {each.other} exclude each other"
        if each.other == "no workers":
            text = f"`{each.name}` is for loaders with workers, and this one has none"
        effect = Effect(EffectKind.RAISES, each.raises)
        span = facts.layout.span(value)
        yield RULE.finding_at(facts.source, span, text, Certainty.CERTAIN, effect, (), _fix(facts, each))


def _fix(facts: Facts, conflict: Conflict) -> Fix | None:
    """Take the argument away, where it has its name."""
    call = conflict.loader.at
    edit = None
    if any(each.arg == conflict.name for each in call.keywords):
        edit = facts.layout.remove_keyword(call, conflict.name)
    is_order = conflict.name == "shuffle" and "Iterable" in conflict.other
    applicability = Applicability.UNSAFE if is_order else Applicability.SAFE
    return Fix(applicability, f"Leave out `{conflict.name}`", (edit,)) if edit is not None else None


EXAMPLES = (
    Example(
        "shuffled twice",
        """
import torch
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

data = TensorDataset(torch.ones(4, 2))
sampler = RandomSampler(data)
loader = DataLoader(data, batch_size=2, shuffle=⟦True⟧, sampler=sampler)
""",
        fixed="""
import torch
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

data = TensorDataset(torch.ones(4, 2))
sampler = RandomSampler(data)
loader = DataLoader(data, batch_size=2, sampler=sampler)
""",
        raises="sampler option is mutually exclusive with shuffle",
    ),
    Example(
        "workers that are not there",
        """
import torch
from torch.utils.data import DataLoader, TensorDataset

data = TensorDataset(torch.ones(4, 2))
loader = DataLoader(data, batch_size=2, persistent_workers=⟦True⟧)
""",
        fixed="""
import torch
from torch.utils.data import DataLoader, TensorDataset

data = TensorDataset(torch.ones(4, 2))
loader = DataLoader(data, batch_size=2)
""",
        raises="persistent_workers option needs num_workers > 0",
    ),
    Example(
        "a stream that is to be shuffled",
        """
from torch.utils.data import DataLoader, IterableDataset

class Stream(IterableDataset):
    def __iter__(self):
        return iter(range(4))

loader = DataLoader(Stream(), shuffle=⟦True⟧)
""",
        fixed="""
from torch.utils.data import DataLoader, IterableDataset

class Stream(IterableDataset):
    def __iter__(self):
        return iter(range(4))

loader = DataLoader(Stream())
""",
        raises="DataLoader with IterableDataset: expected unspecified shuffle option",
    ),
    Example(
        "batches of its own, and a size of them",
        """
import torch
from torch.utils.data import BatchSampler, DataLoader, SequentialSampler, TensorDataset

data = TensorDataset(torch.ones(4, 2))
loader = DataLoader(data, ⟦2⟧, batch_sampler=BatchSampler(SequentialSampler(data), 2, drop_last=False))
""",
        raises="batch_sampler option is mutually exclusive with batch_size",
    ),
    Example(
        "no sampler, or one that decides",
        """
import torch
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

data = TensorDataset(torch.ones(4, 2))

def load(sampler=None, workers=0):
    return DataLoader(data, 2, shuffle=sampler is None, sampler=sampler, persistent_workers=workers > 0)

loader = load(RandomSampler(data))
plain = DataLoader(data, shuffle=False, sampler=RandomSampler(data), num_workers=0, prefetch_factor=None)
""",
        proof="fault = len(loader) != 2",
    ),
)
