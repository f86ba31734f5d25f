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


def loader(machine: Interpreter, site: Site) -> object:
    """``DataLoader(dataset, ...)``; what a function of the program makes of a batch is not known."""
    given = dataset_of(site.argument(0, "dataset"))
    if given is not None and site.argument(6, "collate_fn") is None:
        return Loader(given)
    return Symbolic(DataSource(machine.run.fresh()))
