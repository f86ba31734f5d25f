"""Results that hold tensors: named tuples, and containers in one another."""

from __future__ import annotations

from dataclasses import dataclass

from torchlint.model.autograd.tensor import Tensor


@dataclass(eq=False, slots=True)
class Packed:
    """A named tuple of results: ``values`` and ``indices`` of ``max``."""

    names: tuple[str, ...]
    items: tuple[object, ...]


def tensors_in(value: object, depth: int = 4) -> list[Tensor]:
    """The tensors in a value: itself, or those in its containers."""
    if isinstance(value, Tensor):
        return [value]
    if depth and isinstance(value, (list, tuple)):
        return [tensor for each in value for tensor in tensors_in(each, depth - 1)]
    if depth and isinstance(value, dict):
        return [tensor for each in value.values() for tensor in tensors_in(each, depth - 1)]
    if depth and isinstance(value, Packed):
        return tensors_in(value.items, depth - 1)
    return []
