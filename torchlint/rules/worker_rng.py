"""A dataset's own generator of random numbers, of which each worker has the same copy.

What it does
    Finds datasets that make a generator once, as ``self.rng = numpy.random.default_rng()``, and draw from it for their
    items, where a loader with several workers is built for them.

Why
    Each worker gets a copy of the dataset, the state of its generator included: all workers draw the same numbers, and,
    as they are made anew from the same dataset, do so in each epoch. ``numpy.random`` and ``random`` themselves are no
    fault any more: PyTorch seeds them anew in each worker.

Example
    ``self.rng.random()`` in ``__getitem__``.

Fix safety
    No fix: a ``worker_init_fn``, or ``torch.initial_seed()`` where an item is made, gives each worker its own numbers.

What it misses
    Loaders that another file builds, and generators inside of transforms.

Source
    torch.utils.data, "Randomness in multi-process data loading"; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.code.worker_copies import copied_generators
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC801",
    slug="worker-rng",
    since="0.1.0",
    message="a dataset's own generator of random numbers, of which each worker has the same copy",
    triggers=(Trigger(Sign.WORD, frozenset({"DataLoader"})),),
)

_SAME = Effect(EffectKind.SILENT, "the workers draw the same numbers, in each epoch anew")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every generator that workers have copies of."""
    for each in copied_generators(facts):
        loader = facts.source.place(facts.layout.span(each.loader.at))
        text = f"each worker of the loader at line {loader.line} has the same copy of `self.{each.name}`"
        related = (Related("used", "its workers copy the dataset", loader),)
        span = facts.layout.span(each.at)
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _SAME, related)


_DRAWN = """
drawn = [batch[0] for batch in loader]
fault = len(set(drawn)) < 4
"""

EXAMPLES = (
    Example(
        "noise",
        """
import numpy as np
from torch.utils.data import DataLoader, Dataset

class Noise(Dataset):
    def __init__(self):
        ⟦self.rng = np.random.default_rng(0)⟧

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return self.rng.random()

data = Noise()
loader = DataLoader(data, num_workers=2, multiprocessing_context="fork", collate_fn=list)
""",
        Certainty.LIKELY,
        proof=_DRAWN,
    ),
    Example(
        "NumPy's own generator",
        """
import numpy as np
from torch.utils.data import DataLoader, Dataset

class Noise(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return np.random.random()

data = Noise()
loader = DataLoader(data, num_workers=2, multiprocessing_context="fork", collate_fn=list)
""",
        proof=_DRAWN,
    ),
)
