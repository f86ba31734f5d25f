"""Data of tensors: ``TensorDataset``, and ``DataLoader`` over one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.autograd.results import tensors_in
from torchlint.model.interpreter.identities import Count
from torchlint.model.interpreter.values.value import Value

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from torchlint.model.autograd.sizes import Size
    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.protocol import Interpreter


@dataclass(frozen=True, slots=True)
class Dataset(Value):
    """A dataset of tensors, or a part of one: each item is a row of each."""

    tensors: tuple[Tensor, ...]

    @property
    def is_lasting(self) -> bool:
        return True

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        if isinstance(index, slice):
            return vm.unknown()
        return tuple(vm.tensor_operation(at, "select", "TensorDataset", each, [0, index]) for each in self.tensors)

    def iterate(self, vm: Interpreter, at: ast.AST) -> Iterator[object]:
        while True:
            yield self.item(vm, vm.unknown(), at)


@dataclass(frozen=True, slots=True)
class Loader(Value):
    """A loader over a dataset: each batch is a new stack of rows, as many as ``batch`` says where that is known."""

    dataset: Dataset
    batch: int | None = None

    @property
    def is_lasting(self) -> bool:
        return True

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        return self.dataset if name == "dataset" else Value.attribute(self, vm, name, at)

    def iterate(self, vm: Interpreter, at: ast.AST) -> Iterator[object]:
        while True:
            size = self.batch or Count(vm.run.fresh(), 0)
            yield [self._stacked(vm, at, each, size) for each in self.dataset.tensors]

    def _stacked(self, vm: Interpreter, at: ast.AST, tensor: Tensor, size: Size) -> object:
        batch = vm.tensor_operation(at, "clone", "DataLoader", tensor, [])
        for each in tensors_in(batch):
            each.sizes = tensor.sizes.having(0, size, at)
        return batch


def dataset_of(value: object) -> Dataset | None:
    """A value as a dataset, None where it is not known to be one of known tensors."""
    return value if isinstance(value, Dataset) else None
