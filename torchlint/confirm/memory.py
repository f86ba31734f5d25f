"""How much memory a program and all that it started have, as Linux counts it; elsewhere no limit is watched."""

from __future__ import annotations

import os
import time
from pathlib import Path

from torchlint.confirm.processes import descendants

_EVERY = 0.5


class Memory:
    """Watches the memory of all that comes from a process. ``limit`` is in bytes, None for none."""

    def __init__(self, root: int, limit: int | None) -> None:
        self._root = root
        self._limit = limit
        self._next = 0.0

    def is_exceeded(self) -> bool:
        """Whether there is more memory than there may be; looked at twice a second."""
        now = time.monotonic()
        if self._limit is None or now < self._next:
            return False
        used = memory_below(self._root)
        self._next = max(now, time.monotonic()) + _EVERY
        return used > self._limit


def memory_below(root: int) -> int:
    """The bytes that what comes from a process holds; memory that several share is counted in parts."""
    return sum(map(_proportional, descendants(root)))


def _proportional(process: int) -> int:
    """The bytes of one process, 0 where it has just ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def total_memory() -> int | None:
    """The bytes of memory that this machine, or this container, has; None where that is not known."""
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None
    limits = map(_number_in, ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    return min(physical, *(each for each in limits if each is not None), physical)


def _number_in(name: str) -> int | None:
    try:
        return int(Path(name).read_text())
    except (OSError, ValueError):
        return None
