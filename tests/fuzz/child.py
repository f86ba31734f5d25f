"""The process in which inputs are tried: it may crash, hang or swell, and is started anew."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.inputs import Input, Problem, Verdict
from torchlint.engine.garbage import Garbage

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from types import TracebackType

CPU_LIMIT = 5.0
"""Seconds of CPU that one step (checking, fixing, one command) may take."""
MEMORY_LIMIT = 1 << 30
"""Bytes that a process may have at its peak."""
_ADDRESS_SPACE = 4 << 30
_PATIENCE = 600
"""Seconds after which an input hangs whatever CPU it took: it waits for something."""
_LIFETIME = 400
"""Inputs after which a process is replaced, so that what one left behind does not count for many."""


class Child:
    """Tries inputs in a process of its own: ``with Child(judge) as child: child.verdict(each)``.

    ``judge`` is a function of a module; its second argument is to be called before each step, which has the CPU
    limit for itself.
    """

    def __init__(self, judge: Callable[[Input, Callable[[], None]], Verdict], cpu_limit: float = CPU_LIMIT) -> None:
        self._judge = judge
        self._cpu_limit = cpu_limit
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._tried = 0
        self._trace = tempfile.NamedTemporaryFile(prefix="torchlint-fuzz-", suffix=".trace")  # noqa: SIM115

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._trace.close()

    def verdict(self, given: Input) -> Verdict:
        """What trying an input comes to."""
        if self._tried >= _LIFETIME:
            self._stop()
        pipe = self._pipe or self._start()
        self._tried += 1
        try:
            pipe.send(given)
            answer: tuple[Verdict, int] | None = pipe.recv() if pipe.poll(_PATIENCE) else None
        except (EOFError, OSError):
            return Verdict((self._ended(),))
        if answer is None:
            self._stop()
            return Verdict((Problem("hang", f"no answer after {_PATIENCE} s"),))
        verdict, peak = answer
        if peak <= MEMORY_LIMIT:
            return verdict
        self._stop()
        problem = Problem("memory", f"{peak >> 20} MiB at the peak")
        return Verdict((*verdict.problems, problem), verdict.traits)

    def _start(self) -> Connection:
        spawning = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawning.Pipe()
        self._process = spawning.Process(
            target=_serve, args=(theirs, self._judge, self._cpu_limit, self._trace.name), daemon=True
        )
        self._process.start()
        theirs.close()
        self._tried = 0
        return self._pipe

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _ended(self) -> Problem:
        """Why the process is gone."""
        assert self._process is not None
        self._process.join()
        status = self._process.exitcode
        where = Path(self._trace.name).read_text(errors="replace")
        self._stop()
        if status == -signal.SIGPROF:
            return Problem("hang", f"over {self._cpu_limit:g} s of CPU, at\n{where}")
        return Problem("traceback", f"the process ended with {status}\n{where}")


def _serve(pipe: Connection, judge: Callable[[Input, Callable[[], None]], Verdict], limit: float, trace: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Path(trace).open("w") as file, Path(os.devnull).open() as nothing, Garbage() as garbage:
        os.dup2(nothing.fileno(), 0)
        faulthandler.enable(file)
        # In C, so that it works wherever Python hangs; then the signal ends the process.
        faulthandler.register(signal.SIGPROF, file, all_threads=False, chain=True)

        def step() -> None:
            garbage.collect()  # between two checks, as a worker does
            signal.setitimer(signal.ITIMER_PROF, limit)

        while True:
            try:
                given: Input = pipe.recv()
            except EOFError:
                return
            file.truncate(0)
            file.seek(0)
            _forget_peak()
            try:
                verdict = judge(given, step)
            except Exception:
                verdict = Verdict((Problem("traceback", traceback.format_exc()),))
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            pipe.send((verdict, _peak()))
            gc.collect()


def _forget_peak() -> None:
    """Let the kernel count the peak from now on, where it can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """The most memory that this process had, in bytes."""
    try:
        line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) << 10
    except (OSError, StopIteration):
        unit = 1 if sys.platform == "darwin" else 1 << 10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
