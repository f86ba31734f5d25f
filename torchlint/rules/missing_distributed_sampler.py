"""Data that each of several processes goes through as a whole.

What it does
    Finds ``DataLoader`` calls without a sampler whose batches train a model under ``DistributedDataParallel``, in files
    that share the data out in no other way.

Why
    ``DistributedDataParallel`` averages gradients and shares out nothing. Without a ``DistributedSampler`` each process
    goes through all of the data: an epoch takes as long as with one process, and has each example once for each of
    them.

Example
    ``loader = DataLoader(data, batch_size=64, shuffle=True)`` beside ``model = DistributedDataParallel(model)``.

Fix safety
    No fix: ``sampler=DistributedSampler(data)`` takes the place of ``shuffle=True``, and is to be told each epoch.

What it misses
    Loaders, models and loops that do not stand in one file, and files that mention samplers or shards anywhere.

Source
    torch.nn.parallel.DistributedDataParallel, torch.utils.data.distributed.DistributedSampler; the examples run in two
    processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.code.repeated_data import repeated_data
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC814",
    slug="missing-distributed-sampler",
    since="0.1.0",
    message="data that each of several processes goes through as a whole",
    triggers=(Trigger(Sign.WORD, frozenset({"DistributedDataParallel"})),),
)

_ALL = Effect(EffectKind.SILENT, "each process trains on all of the data")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every loader whose data nobody shares out."""
    for each in repeated_data(facts):
        wrapped, loop = (facts.source.place(facts.layout.span(part)) for part in (each.wrapped, each.training.target))
        text = "each process goes through all of the data: `DistributedDataParallel` shares out none"
        related = (
            Related("wrapped", "the model is one of several processes", wrapped),
            Related("used", "the model is trained with the data", loop),
        )
        yield RULE.finding_at(facts.source, facts.layout.span(each.at), text, Certainty.LIKELY, _ALL, related)


_PROOF = """
import multiprocessing
import os
import tempfile

def process(rank, path, seen):
    dist.init_process_group("gloo", f"file://{path}", world_size=2, rank=rank)
    try:
        seen.put(train(TensorDataset(torch.arange(8.0).view(8, 1))))
        seen.close()
        seen.join_thread()
    except BaseException:
        os._exit(1)
    os._exit(0)

with tempfile.TemporaryDirectory() as folder:
    context = multiprocessing.get_context("fork")
    seen = context.Queue()
    both = [context.Process(target=process, args=(rank, f"{folder}/store", seen)) for rank in range(2)]
    for each in both:
        each.start()
    examples = [number for _ in both for number in seen.get(timeout=60)]
    for each in both:
        each.join(30)
fault = len(examples) != len(set(examples))
"""

EXAMPLES = (
    Example(
        "a loader as for one process",
        """
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset

def train(data):
    model = DistributedDataParallel(torch.nn.Linear(1, 1))
    loader = ⟦DataLoader(data, batch_size=2, shuffle=True)⟧
    seen = []
    for (x,) in loader:
        model(x).mean().backward()
        seen += x.flatten().tolist()
    return seen
""",
        Certainty.LIKELY,
        proof=_PROOF,
    ),
    Example(
        "a part for each process",
        """
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

def train(data):
    model = DistributedDataParallel(torch.nn.Linear(1, 1))
    loader = DataLoader(data, batch_size=2, sampler=DistributedSampler(data))
    seen = []
    for (x,) in loader:
        model(x).mean().backward()
        seen += x.flatten().tolist()
    return seen
""",
        proof=_PROOF,
    ),
)
