"""Arguments of a loader that PyTorch refuses together. Source: as run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.loaders import ITERABLE, LoaderCall, built_as, datasets, loader_calls
from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

_SHUFFLE = "sampler option is mutually exclusive with shuffle"
_BATCHES = "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
_NO_BATCHES = "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
_ITERABLE = "DataLoader with IterableDataset: expected unspecified {} option"
_PREFETCH = "prefetch_factor option could only be specified in multiprocessing"
_PERSISTENT = "persistent_workers option needs num_workers > 0"
_CONTEXT = "multiprocessing_context can only be used with multi-process loading (num_workers > 0)"


class Conflict(NamedTuple):
    """``loader`` is given a ``name`` that it refuses beside ``other``, in the words ``raises``."""

    loader: LoaderCall
    name: str
    other: str
    raises: str


def conflicts(facts: CodeFacts) -> Iterator[Conflict]:
    """The first conflict of each loader of the file, as PyTorch comes to it."""
    iterables: set[str] | None = None
    for loader in loader_calls(facts):
        if iterables is None:
            iterables = {each.name for each in datasets(facts, ITERABLE)}
        dataset = built_as(loader.arguments.get("dataset"), loader, facts)
        is_iterable = dataset is not None and (dotted(dataset.func) or "") in iterables
        found = next(_conflicts(loader, facts, is_iterable=is_iterable), None)
        if found is not None:
            yield found


def _conflicts(loader: LoaderCall, facts: CodeFacts, *, is_iterable: bool) -> Iterator[Conflict]:
    shuffles = loader.constant("shuffle") is True
    has_sampler = built_as(loader.arguments.get("sampler"), loader, facts) is not None
    has_batches = built_as(loader.arguments.get("batch_sampler"), loader, facts) is not None
    drops = loader.constant("drop_last") is True
    if loader.has_no_workers:
        yield from _without_workers(loader)
    if is_iterable:
        given = {"shuffle": shuffles, "sampler": has_sampler, "batch_sampler": has_batches}
        for name in (name for name, is_given in given.items() if is_given):
            yield Conflict(loader, name, "an `IterableDataset`", _ITERABLE.format(name))
    if shuffles and has_sampler:
        yield Conflict(loader, "shuffle", "`sampler`", _SHUFFLE)
    if has_batches:
        size = loader.constant("batch_size")
        others = {"batch_size": isinstance(size, int) and size != 1, "shuffle": shuffles, "sampler": has_sampler}
        for name in (name for name, is_given in {**others, "drop_last": drops}.items() if is_given):
            yield Conflict(loader, name, "`batch_sampler`", _BATCHES)
    size = loader.arguments.get("batch_size")
    if drops and isinstance(size, ast.Constant) and size.value is None:
        yield Conflict(loader, "drop_last", "`batch_size=None`", _NO_BATCHES)


def _without_workers(loader: LoaderCall) -> Iterator[Conflict]:
    if isinstance(loader.constant("multiprocessing_context"), str):
        yield Conflict(loader, "multiprocessing_context", "no workers", _CONTEXT)
    if isinstance(loader.constant("prefetch_factor"), int):
        yield Conflict(loader, "prefetch_factor", "no workers", _PREFETCH)
    if loader.constant("persistent_workers") is True:
        yield Conflict(loader, "persistent_workers", "no workers", _PERSISTENT)
