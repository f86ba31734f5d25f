"""Which storages were written to, when, and by which line; and by which ways autograd could not notice.

Storages go by the address of their ``StorageImpl``: what a graph keeps stays alive as long as it is kept, so an address
names one storage for as long as it matters. Time is the number of changes so far.
"""

from __future__ import annotations

import itertools
import weakref
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import torch

_MOST_STORAGES = 50_000
_MOST_CHANGES = 16
_LARGEST_COPY = 64 << 20
_ALL_COPIES = 256 << 20


@dataclass(slots=True)
class Change:
    """One write. ``before`` is the old content where that was kept: the storage's, the tensor that ``.data =``
    replaced, or the bytes of an array. ``how`` is ``in-place``, ``replaced`` or ``array``."""

    clock: int
    line: int
    how: str = "in-place"
    before: Any = None


@dataclass(frozen=True, slots=True)
class OldBytes:
    """What was at an address of the process's memory."""

    address: int
    content: bytes


@dataclass(slots=True)
class Alias:
    """A tensor whose memory is also reached as ``kind``: ``data`` or ``detach``."""

    original: weakref.ref[torch.Tensor]
    kind: str
    line: int


@dataclass
class Changes:
    """All writes that were seen."""

    clock: int = 0
    of: OrderedDict[int, list[Change]] = field(default_factory=OrderedDict)
    aliases: dict[int, list[Alias]] = field(default_factory=dict)
    spoiled: dict[int, tuple[int, bool]] = field(default_factory=dict)
    """Storages that a line changed under another name, and whether only reads of the original count."""
    _copied: list[Change] = field(default_factory=list)
    _copied_bytes: int = 0

    def note(self, storage: int, line: int, how: str = "in-place", before: Any = None) -> Change:
        """Note a write, or the replacement of a tensor's data."""
        self.clock += 1
        change = Change(self.clock, line, how, before)
        known = self.of.get(storage)
        if known is None:
            known = self.of[storage] = []
            if len(self.of) > _MOST_STORAGES:
                for old in list(itertools.islice(self.of, _MOST_STORAGES // 2)):
                    del self.of[old]
        elif len(known) >= _MOST_CHANGES:
            del known[0]
        known.append(change)
        if before is not None:
            self._bound(change)
        return change

    def since(self, storage: int, clock: int) -> list[Change]:
        """The writes to a storage after a moment, the first first."""
        known = self.of.get(storage)
        if known is None or known[-1].clock <= clock:
            return []
        return [each for each in known if each.clock > clock]

    def alias(self, tensor: torch.Tensor, kind: str, line: int) -> None:
        """Note that the memory of a tensor is reached by a second way."""
        if len(self.aliases) > _MOST_STORAGES:
            self.aliases.clear()
        known = self.aliases.setdefault(storage_of(tensor), [])
        known[:] = [each for each in known[-7:] if each.original() is not None]
        known.append(Alias(weakref.ref(tensor), kind, line))

    def copy_of(self, tensor: torch.Tensor) -> Any:
        """The content of a tensor's storage, None where that is too large."""
        storage = tensor.untyped_storage()
        if tensor.device.type == "meta" or storage.nbytes() > _LARGEST_COPY:
            return None
        return storage.clone()

    def _bound(self, change: Change) -> None:
        self._copied.append(change)
        self._copied_bytes += _size(change.before)
        while self._copied_bytes > _ALL_COPIES:
            old = self._copied.pop(0)
            self._copied_bytes -= _size(old.before)
            old.before = None


def _size(copy: Any) -> int:
    if isinstance(copy, OldBytes):
        return len(copy.content)
    return int(copy.nbytes if isinstance(copy, torch.Tensor) else copy.nbytes())


def storage_of(tensor: torch.Tensor) -> int:
    """The address of a tensor's storage object, 0 where it has none (sparse tensors, some subclasses)."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):
        return 0
