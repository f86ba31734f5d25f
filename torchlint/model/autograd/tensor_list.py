"""Results whose number is not known: those of ``chunk``, ``split`` and ``unbind``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from torchlint.model.autograd.tensor import Counter, Storage, Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.model.autograd.sizes import Sizes


@dataclass(eq=False, slots=True)
class Several:
    """The tensors that one call gives at once, their number not known: each like ``first``, or of its ``parts``'
    sizes."""

    first: Tensor
    known: dict[int, Tensor] = field(default_factory=dict)
    parts: Sequence[Sizes] = ()

    def item(self, index: int) -> Tensor:
        """The tensor at a position, the same each time."""
        if index not in self.known:
            found = replace(self.first) if self.first.base is not None else _like(self.first)
            if -len(self.parts) <= index < len(self.parts):
                found.sizes = self.parts[index]
            self.known[index] = found
        return self.known[index]


def _like(tensor: Tensor) -> Tensor:
    return replace(tensor, storage=Storage(), counter=Counter())
