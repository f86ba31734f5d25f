"""Two functions that the mode on calls does not get right by itself.

``torch.overrides.has_torch_function``: some layers take a faster way, with other last bits, where nothing overrides
torch's functions. The observer's mode overrides them and changes nothing, so it does not count there.

``torch.from_numpy``: no mode sees it, for no tensor is among its arguments.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Protocol

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.confirm.observe.state import State


class Patch(Protocol):
    """Something that is put in place, and can be taken away again."""

    def install(self) -> None:
        """Put it in place."""

    def remove(self) -> None:
        """Take it away."""


class Together:
    """Several patches, which come and go together."""

    def __init__(self, *patches: Patch) -> None:
        self._patches = patches

    def install(self) -> None:
        """Put all in place."""
        for each in self._patches:
            each.install()

    def remove(self) -> None:
        """Take all away."""
        for each in reversed(self._patches):
            each.remove()


class Overrides:
    """The patches; ``is_ours`` tells the observer's own mode."""

    def __init__(self, state: State, is_ours: Callable[[Any], bool]) -> None:
        self._originals = (torch.overrides.has_torch_function, torch.from_numpy)
        has, lift = self._originals

        @functools.wraps(has)
        def has_torch_function(arguments: Any) -> bool:
            count: int = torch._C._len_torch_function_stack()
            if not count or not is_ours(torch._C._get_function_stack_at(count - 1)):
                return bool(has(arguments))
            mode = torch._C._pop_torch_function_stack()
            try:
                return bool(has(arguments))
            finally:
                torch._C._push_on_torch_function_stack(mode)

        @functools.wraps(lift)
        def from_numpy(array: Any) -> torch.Tensor:
            tensor: torch.Tensor = lift(array)
            state.guarded(state.arrays.note, array, tensor)
            return tensor

        self._patched = (has_torch_function, from_numpy)

    def install(self) -> None:
        """Put the patches in place."""
        torch.overrides.has_torch_function, torch.from_numpy = self._patched

    def remove(self) -> None:
        """Put the originals back: Dynamo knows them by their identity."""
        torch.overrides.has_torch_function, torch.from_numpy = self._originals
