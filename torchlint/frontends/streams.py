"""The standard streams, whatever has become of them: closed, a pipe that nobody reads, a full disk."""

from __future__ import annotations

import os
import select
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from torchlint.frontends.visible import as_line

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.errors import TorchlintError

BROKEN_PIPE = 141
"""The exit status of what writes to a pipe that nobody reads any more, as shells have it: 128 and SIGPIPE."""
_STANDARD_ERROR = 2


def tell(line: str) -> None:
    """Write one line to standard error; what cannot be written there can be told nowhere."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{as_line(line)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        silence(sys.stderr)


def tell_error(error: TorchlintError) -> None:
    """Say what is wrong, and what stands below that."""
    tell(f"error: {error}")
    for line in error.more:
        tell(line)


def silence(stream: TextIO) -> None:
    """Send what is still to be written nowhere: it cannot be written, and Python would complain when it exits."""
    with suppress(OSError, ValueError):  # a stream that stands in for it may have no number
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def is_read(stream: TextIO) -> bool:
    """Whether somebody may still read what is written; where that cannot be asked, nobody does."""
    try:
        poll = select.poll()
        poll.register(stream, 0)
        return not poll.poll(0)
    except (AttributeError, OSError, ValueError):
        return False


def prepare() -> bool:
    """Make the standard streams safe to use; False where there is no standard output to write to.

    A closed one leaves its number to the next file that is opened, which would then be written to; and a path may have
    characters that the terminal's encoding lacks.
    """
    if None in (sys.stdin, sys.stdout, sys.stderr):
        while (nowhere := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
            os.set_inheritable(nowhere, True)
        if sys.stderr is None:
            sys.stderr = os.fdopen(nowhere, "w", encoding="utf-8")
        else:
            os.close(nowhere)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    return sys.stdout is not None
