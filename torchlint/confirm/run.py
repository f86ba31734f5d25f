"""Running a program in a process of its own, and reading what was seen there, however it ends.

The process leads a process group of its own, so that all that it started can be stopped with it. Records are appended
to a file outside of the project as they come; standard input, output and error are the program's own.
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
from torchlint.confirm.records import Ending, Records, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.confirm.plan import Plan

_PROGRAM = Path(__file__).with_name("program.py")
_GRACE = 5.0
"""Seconds between asking a program to stop and stopping it."""
_STEP = 0.02
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


def run(plan: Plan, limits: Limits) -> Outcome:
    """Run a program under observation. Raises: OSError where it cannot be started."""
    with _records() as (path, descriptor):
        begin = time.monotonic()
        ending, status = _supervised(replace(plan, descriptor=descriptor), limits)
        seconds = time.monotonic() - begin
        records = read_records(path.read_bytes().splitlines())
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
def _records() -> Iterator[tuple[Path, int]]:
    """A file for records, open for appending under a number that no program would take by chance."""
    with tempfile.TemporaryDirectory(prefix="torchlint-confirm-") as folder:
        path = Path(folder) / "records"
        first = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        descriptor = _moved_up(first)
        try:
            yield path, descriptor
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


def _supervised(plan: Plan, limits: Limits) -> tuple[Ending | None, int]:
    """Run to the end, or to a limit; the ending is None where the program ended by itself."""
    with tempfile.TemporaryDirectory(prefix="torchlint-plan-") as folder:
        told = Path(folder) / "plan.json"
        told.write_text(plan.dump(), encoding="utf-8")
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        # -B, for the program's imports must not write into the project either.
        command = [sys.executable, "-B", *flags, str(_PROGRAM), str(told)]
        process = subprocess.Popen(
            command, pass_fds=(plan.descriptor,), preexec_fn=os.setpgrp, env=_environment(plan.device)
        )
        with _in_foreground(process.pid), _forwarding() as asked:
            try:
                return _watched(process, limits, asked)
            finally:
                if process.poll() is None or process.returncode < 0:
                    _stop_group(process)


def _environment(device: str) -> dict[str, str] | None:
    """The environment of a program, None for that of this process."""
    if device == "cpu":
        return {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    if device == "cuda":  # so that an error is raised by the line that causes it
        return {**os.environ, "CUDA_LAUNCH_BLOCKING": "1"}
    return None


def _watched(process: subprocess.Popen[bytes], limits: Limits, asked: list[int]) -> tuple[Ending | None, int]:
    until = time.monotonic() + limits.timeout
    memory = Memory(process.pid, limits.memory)
    while process.poll() is None:
        if asked:
            _end(process, asked[0])
            return Ending.INTERRUPTED, process.returncode or 0
        if time.monotonic() >= until:
            _end(process, signal.SIGTERM)
            return Ending.TIMEOUT, process.returncode or 0
        if memory.is_exceeded():
            _end(process, signal.SIGKILL)
            return Ending.MEMORY, process.returncode or 0
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STEP)
    return None, process.returncode


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    """Ask a program to stop, and stop it where it does not."""
    _signal_group(process.pid, number)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    _stop_group(process)
    process.wait()


def _stop_group(process: subprocess.Popen[bytes]) -> None:
    _signal_group(process.pid, signal.SIGKILL)


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


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
        with contextlib.suppress(ValueError):  # not in the main thread
            before[number] = signal.signal(number, lambda received, _: asked.append(received))
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
