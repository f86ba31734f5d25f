"""What is taken out of tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from torchlint.model.autograd.tensor import Cut, Name, Storage


@dataclass(frozen=True, slots=True)
class Array:
    """A NumPy array that shares memory with a tensor: writes that no version counter sees."""

    storage: Storage
    name: Name = ""
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A Python number taken from a tensor: the graph ends here. ``cut`` is None if the tensor had none."""

    key: Hashable
    cut: Cut | None
