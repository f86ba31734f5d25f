"""Data of tensors: ``TensorDataset``, and ``DataLoader`` over one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.interpreter.protocol import Value

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.protocol import Interpreter


@dataclass(frozen=True, slots=True)
class Loader(Value):
    """A dataset of tensors, or a loader over one: each batch is a new stack of rows."""

    tensors: tuple[Tensor, ...]
    is_batched: bool

    def iterate(self, vm: Interpreter, at: ast.AST) -> Iterator[object]:
        while True:
            yield [vm.tensor_operation(at, "clone", "DataLoader", each, []) for each in self.tensors]
