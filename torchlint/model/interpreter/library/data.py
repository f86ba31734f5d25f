"""``torch.utils.data``: datasets of tensors, their parts, and loaders over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.results import tensors_in
from torchlint.model.interpreter.identities import DataSource
from torchlint.model.interpreter.values.loader import Dataset, Loader, dataset_of
from torchlint.model.interpreter.values.symbolic import Symbolic

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


def dataset(machine: Interpreter, site: Site) -> object:
    """``TensorDataset(*tensors)``."""
    tensors = tensors_in(site.arguments)
    return Dataset(tuple(tensors)) if len(tensors) == len(site.arguments) else machine.unknown()


def subset(machine: Interpreter, site: Site) -> object:
    """``Subset(dataset, indices)``: rows of the same tensors."""
    return dataset_of(site.argument(0, "dataset")) or machine.unknown()


def split(machine: Interpreter, site: Site) -> object:
    """``random_split(dataset, lengths)``."""
    given, lengths = dataset_of(site.argument(0, "dataset")), site.argument(1, "lengths")
    if given is None or not isinstance(lengths, (list, tuple)):
        return machine.unknown()
    return [given for _ in lengths]


def _batch(site: Site, given: Dataset) -> int | None:
    """How many rows each batch has, None where that is not known or differs."""
    size, rows = site.argument(1, "batch_size", 1), {each.sizes.number(0) for each in given.tensors}
    count = rows.pop() if len(rows) == 1 else None
    if not isinstance(size, int) or not count or "batch_sampler" in site.keywords:
        return None
    is_even = count % size == 0 if size > 0 else False
    return size if is_even or (site.keywords.get("drop_last") is True and 0 < size <= count) else None


def loader(machine: Interpreter, site: Site) -> object:
    """``DataLoader(dataset, ...)``; what a function of the program makes of a batch is not known."""
    given = dataset_of(site.argument(0, "dataset"))
    if given is not None and site.argument(6, "collate_fn") is None:
        return Loader(given, _batch(site, given))
    return Symbolic(DataSource(machine.run.fresh()))
