"""Which line made a node of the graph, and which backward freed or kept it.

Autograd numbers its nodes in each thread as it makes them. So nothing is written into nodes: for each operation it is
enough to know the numbers that it used up.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Any

from torchlint.confirm.observe.abilities import next_number

_MOST = 2_000_000


class Tape:
    """The operations of one thread that made nodes, in the order of their nodes' numbers.

    ``starts`` and ``ends`` are the half-open range of numbers, ``lines`` who made them, ``clocks`` how many changes
    there had been by then; ``freed`` and ``retained`` are the lines of backwards, 0 for none; ``created`` marks nodes
    that a backward made.
    """

    def __init__(self) -> None:
        self.starts = array("q")
        self.ends = array("q")
        self.lines = array("l")
        self.clocks = array("q")
        self.freed = array("l")
        self.retained = array("l")
        self.created = array("b")
        self.last = next_number()
        self._columns: tuple[array[Any], ...] = (
            self.starts, self.ends, self.lines, self.clocks, self.freed, self.retained, self.created,
        )  # fmt: skip

    def add(self, start: int, line: int, clock: int, created: bool = False) -> None:
        """Note that the nodes from number ``start`` on were made by ``line``, 0 where that is not known."""
        start, end = max(start, self.last), next_number()  # hooks that ran inside have noted theirs
        if start >= end:
            return
        self.last = end
        self.starts.append(start)
        self.ends.append(end)
        self.lines.append(line)
        self.clocks.append(clock)
        self.freed.append(0)
        self.retained.append(0)
        self.created.append(created)
        if len(self.starts) > _MOST:
            for column in self._columns:
                del column[: _MOST // 2]

    def catch_up(self, clock: int) -> None:
        """Note the nodes that were made unseen, by ``Function.apply`` say, as nobody's."""
        if next_number() > self.last:
            self.add(self.last, 0, clock)

    def find(self, number: int) -> int:
        """The index of the operation that made the node of a number, -1 where that is not known."""
        if not self.ends or number >= self.ends[-1]:
            return -1
        at = bisect_right(self.starts, number) - 1
        return at if at >= 0 and number < self.ends[at] else -1
