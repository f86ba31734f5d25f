"""NumPy arrays that share memory with tensors: writes through them are seen by looking again.

Nothing tells when an array is written to. So the content of each array that shares a tensor's memory is compared at
every torch operation while the array lives, as long as there are few of them and they are small.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torchlint.confirm.observe.changes import Changes, OldBytes, storage_of

if TYPE_CHECKING:
    import torch

_LARGEST = 256 << 10
_MOST = 16
_OURS = 2


@dataclass(slots=True)
class _Shared:
    array: Any
    storage: int
    content: bytes
    clock: int


class Arrays:
    """The arrays that share memory with tensors."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self.shared: list[_Shared] = []

    def note(self, array: Any, tensor: torch.Tensor) -> None:
        """Note that an array may have the memory of a tensor."""
        interface = getattr(array, "__array_interface__", None)
        if interface is None or tensor.device.type != "cpu":
            return
        base = tensor.untyped_storage()
        start = base.data_ptr()
        if not start <= interface["data"][0] < start + max(base.nbytes(), 1):
            return
        if array.nbytes > _LARGEST:
            return
        if len(self.shared) >= _MOST:
            del self.shared[0]
        self.shared.append(_Shared(array, storage_of(tensor), array.tobytes(), self._changes.clock))

    def look(self, line: int) -> None:
        """Note what was written since the last look, at the latest just before ``line``."""
        for each in self.shared:
            content = each.array.tobytes()
            if content != each.content:
                if not self._changes.since(each.storage, each.clock):  # else torch itself wrote there
                    whole = each.array.flags.c_contiguous
                    old = OldBytes(each.array.__array_interface__["data"][0], each.content) if whole else None
                    self._changes.note(each.storage, line, "array", old)
                each.content = content
            each.clock = self._changes.clock
        # An array that nobody else has any more was looked at for the last time.
        self.shared = [each for each in self.shared if sys.getrefcount(each.array) > _OURS]
