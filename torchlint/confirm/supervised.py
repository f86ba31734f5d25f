"""A program that runs under a supervisor: how it ended, and how to end it with all that it has started."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.confirm.processes import signal_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_GRACE = 5.0
"""Seconds between asking a program to stop and stopping it."""
_PATIENCE = 15.0
"""Seconds for a supervisor to end: more than it takes itself for killing what does not want to end."""


class Supervised:
    """A program, started in a process group of its own. Raises: OSError where it cannot be started.

    ``descriptors`` are open in the program under the numbers that they have here; what it prints goes to ``output``,
    None for where this process prints to.
    """

    def __init__(
        self,
        command: Sequence[str],
        descriptors: Sequence[int],
        environment: Mapping[str, str] | None,
        output: int | None = None,
    ) -> None:
        theirs, self._leash = os.pipe()
        self._report, report = os.pipe()
        try:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(_SUPERVISOR), str(theirs), str(report), *command],
                pass_fds=(theirs, report, *descriptors),
                env=environment,
                stdout=output,
            )
        except BaseException:
            self._close(self._leash, self._report)
            raise
        finally:
            self._close(theirs, report)
        self._told = b""
        self.status: int | None = None
        """The exit status, negative for a signal; None while the program runs."""
        self.group = int(self._line() or self._supervisor.pid)

    @property
    def root(self) -> int:
        """The process that all of the program's come from."""
        return self._supervisor.pid

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the program, at most some seconds; whether it has ended."""
        until = time.monotonic() + seconds
        while self.status is None:
            if not select.select([self._report], [], [], max(until - time.monotonic(), 0))[0]:
                return False
            line = self._line()
            # The supervisor says nothing where it was killed itself, and the program with it.
            self.status = int(line) if line else self._supervisor.wait()
        return True

    def ask(self, number: int) -> None:
        """Ask all of the program to stop by a signal, and give it some seconds for it."""
        signal_all(self.root, self.group, number)
        self.wait(_GRACE)

    def let_live(self) -> None:
        """Leave alone what a program that has ended has left behind."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._leash, b".")

    def close(self) -> None:
        """Kill all of the program that there is, unless it was let live."""
        os.close(self._leash)
        try:
            self._supervisor.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
            self._supervisor.wait()
        if self.status is None:
            self.wait(0)
        self._close(self._report)

    def _line(self) -> bytes:
        """The next line of the supervisor, empty where it ended without one."""
        while b"\n" not in self._told:
            more = os.read(self._report, 64)
            if not more:
                return b""
            self._told += more
        line, _, self._told = self._told.partition(b"\n")
        return line

    @staticmethod
    def _close(*descriptors: int) -> None:
        for each in descriptors:
            os.close(each)
