"""How much memory a process group has, as Linux counts it; elsewhere no limit is watched."""

from __future__ import annotations

import os
import time
from pathlib import Path

_EVERY = 0.5


class Memory:
    """Watches the memory of a process group. ``limit`` is in bytes, None for none."""

    def __init__(self, group: int, limit: int | None) -> None:
        self._group = group
        self._limit = limit
        self._next = 0.0

    def is_exceeded(self) -> bool:
        """Whether the group has more memory than it may have; looked at twice a second."""
        now = time.monotonic()
        if self._limit is None or now < self._next:
            return False
        used = memory_of_group(self._group)
        self._next = max(now, time.monotonic()) + _EVERY
        return used > self._limit


def memory_of_group(group: int) -> int:
    """The bytes that the processes of a group hold; memory that they share is counted in parts."""
    return sum(_proportional(entry, group) for entry in Path("/proc").glob("[0-9]*"))


def _proportional(process: Path, group: int) -> int:
    """The bytes of one process, 0 where it is of another group or has just ended."""
    try:
        if os.getpgid(int(process.name)) != group:
            return 0
        lines = (process / "smaps_rollup").read_text().splitlines()
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
