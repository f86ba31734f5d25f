"""Running a program in a process of its own, and reading what was seen there, however it ends.

Whatever it starts can be stopped with it, for a supervisor is between it and torchlint. What it is told, and the file
that records are appended to as they come, have no name in the file system: there is nothing that the program could
delete. Standard input, output and error are its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.confirm.memory import Memory
from torchlint.confirm.records import Ending, Records, read_records, record_lines
from torchlint.confirm.supervised import Supervised

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from torchlint.confirm.plan import Plan

_PROGRAM = Path(__file__).with_name("program.py")
_STEP = 0.02
"""Seconds between two looks at the limits."""
_INTERRUPTED, _TIMED_OUT = 130, 124


@dataclass(frozen=True, slots=True)
class Limits:
    """``timeout`` in seconds of wall-clock time; ``memory`` in bytes of all processes together, None for no limit."""

    timeout: float = 300.0
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended, what was seen of it, its exit status as a shell has it, and the seconds that it took."""

    ending: Ending
    records: Records
    status: int
    seconds: float
    signal: str = ""


def run(plan: Plan, limits: Limits, output: int | None = None) -> Outcome:
    """Run a program under observation; ``output`` is the descriptor that it prints to, where not to standard output.

    Raises: OSError where it cannot be started.
    """
    with _records() as (written, descriptor):
        begin = time.monotonic()
        ending, status = _supervised(replace(plan, descriptor=descriptor), limits, output)
        seconds = time.monotonic() - begin
        records = read_records(record_lines(written))
    if ending is None:
        ending = _own_ending(status, records)
    name = signal.Signals(-status).name if status < 0 and -status in set(signal.Signals) else ""
    codes = {Ending.TIMEOUT: _TIMED_OUT, Ending.INTERRUPTED: _INTERRUPTED, Ending.MEMORY: 128 + signal.SIGKILL}
    return Outcome(ending, records, codes.get(ending, 128 - status if status < 0 else status), seconds, name)


def _own_ending(status: int, records: Records) -> Ending:
    if status == -signal.SIGINT:
        return Ending.INTERRUPTED
    if status < 0:
        return Ending.KILLED
    if not records.ended:
        return Ending.LEFT
    return Ending.RAISED if records.error else Ending.FINISHED


@contextlib.contextmanager
def _records() -> Iterator[tuple[BinaryIO, int]]:
    """A file for records, and the number under which it is open for appending: one that no program takes by chance."""
    first, name = tempfile.mkstemp(prefix="torchlint-confirm-")
    with open(first, "rb") as written:  # noqa: PTH123 (it is open already)
        descriptor = _moved_up(os.open(name, os.O_WRONLY | os.O_APPEND))
        os.unlink(name)  # noqa: PTH108
        try:
            yield written, descriptor
        finally:
            os.close(descriptor)


def _moved_up(descriptor: int) -> int:
    try:
        import fcntl

        high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 200)
    except (ImportError, OSError):
        return descriptor
    os.close(descriptor)
    return high


def _supervised(plan: Plan, limits: Limits, output: int | None) -> tuple[Ending | None, int]:
    """Run to the end, or to a limit; the ending is None where the program ended by itself."""
    with tempfile.TemporaryFile() as told:
        told.write(plan.dump().encode())
        told.seek(0)
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        # -B, for the program's imports must not write into the project either.
        command = [sys.executable, "-B", *flags, str(_PROGRAM), str(told.fileno())]
        program = Supervised(command, (told.fileno(), plan.descriptor), _environment(plan.device), output)
    try:
        with _in_foreground(program.group), _forwarding() as asked:
            ending = _watched(program, limits, asked)
        if program.status is not None and program.status >= 0 and ending is None:
            program.let_live()
    finally:
        program.close()
    return ending, program.status or 0


def _environment(device: str) -> dict[str, str] | None:
    """The environment of a program, None for that of this process."""
    if device == "cpu":
        return {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    if device == "cuda":  # so that an error is raised by the line that causes it
        return {**os.environ, "CUDA_LAUNCH_BLOCKING": "1"}
    return None


def _watched(program: Supervised, limits: Limits, asked: list[int]) -> Ending | None:
    """Wait until the program has ended, or until it has been asked to, which the ending is the reason for."""
    until = time.monotonic() + limits.timeout
    memory = Memory(program.root, limits.memory)
    while not program.wait(_STEP):
        if asked:
            program.ask(asked[0])
            return Ending.INTERRUPTED
        if time.monotonic() >= until:
            program.ask(signal.SIGTERM)
            return Ending.TIMEOUT
        if memory.is_exceeded():
            return Ending.MEMORY
    return None


@contextlib.contextmanager
def _in_foreground(group: int) -> Iterator[None]:
    """The program has the terminal while it runs, so that it can read from it and Ctrl-C reaches it, and it alone."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        if os.tcgetpgrp(terminal) != os.getpgrp():  # we are in the background ourselves
            yield
            return
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        with contextlib.suppress(OSError):
            os.tcsetpgrp(terminal, group)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                os.tcsetpgrp(terminal, os.getpgrp())
            signal.signal(signal.SIGTTOU, before)
    finally:
        os.close(terminal)


@contextlib.contextmanager
def _forwarding() -> Iterator[list[int]]:
    """Signals that ask torchlint to stop are noted, and the program is asked in turn."""
    asked: list[int] = []
    before = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:  # as under nohup
            continue
        with contextlib.suppress(ValueError):  # not in the main thread
            before[number] = signal.signal(number, lambda received, _: asked.append(received))
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
