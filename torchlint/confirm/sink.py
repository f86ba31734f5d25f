"""Where records go: one JSON object a line, written at once, so that no ending of the program can lose them."""

from __future__ import annotations

import contextlib
import json
import os


class Sink:
    """Appends records to a file that is already open; forked processes append to the same file.

    A program may close every descriptor it does not know, and be given the same number for a file of its own: before
    each write it is made sure that the number still means the file of records.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._identity = _identity(descriptor)
        self._written: set[str] = set()

    def write(self, **record: object) -> None:
        """Write a record, once; one that cannot be written is lost."""
        line = json.dumps(record, separators=(",", ":"), default=str)
        if line in self._written:
            return
        self._written.add(line)
        with contextlib.suppress(OSError):
            if _identity(self._descriptor) == self._identity:
                # A line end ahead of it too: what was cut off there, or is not ours, must not take this one with it.
                os.write(self._descriptor, b"\n%s\n" % line.encode("utf-8", "surrogatepass"))


def _identity(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino
