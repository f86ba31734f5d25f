"""Results whose number is not known: those of ``chunk``, ``split`` and ``unbind``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from torchlint.model.autograd.tensor import Counter, Storage, Tensor


@dataclass(eq=False, slots=True)
class Several:
    """The tensors that one call gives at once, their number not known: each like ``first``."""

    first: Tensor
    known: dict[int, Tensor] = field(default_factory=dict)

    def item(self, index: int) -> Tensor:
        """The tensor at a position, the same each time."""
        if index not in self.known:
            self.known[index] = replace(self.first) if self.first.base is not None else _like(self.first)
        return self.known[index]


def _like(tensor: Tensor) -> Tensor:
    return replace(tensor, storage=Storage(), counter=Counter())
