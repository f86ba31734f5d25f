"""A process that checks, as the server sees it: it is given jobs, has one at a time, and can be ended in the midst."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from torchlint.import_path import interpreter_options, safe_path

if TYPE_CHECKING:
    from collections.abc import Callable

_SCRIPT = Path(__file__).with_name("worker.py")
_ROOT = Path(__file__).parents[3]


@dataclass(eq=False)
class Job:
    """A method of ``Checker`` to call. ``arguments`` are asked for when its turn comes; ``uri`` is the document."""

    name: str
    arguments: Callable[[], tuple[object, ...]] = tuple
    uri: str | None = None
    answer: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Answer(NamedTuple):
    """What a job came to, or why it did not, and what is to be told to the user."""

    value: object
    error: Exception | None
    said: list[str]


class Worker:
    """One process. ``answered`` is called in the event loop after each job; with None when the process has ended."""

    def __init__(self, answered: Callable[[Worker, Job | None, Answer], None]) -> None:
        self._answered = answered
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Job] = deque()
        self._since = 0.0
        self.doing: Job | None = None
        self._process = subprocess.Popen(
            [sys.executable, *interpreter_options(), str(_SCRIPT), str(os.getpid()), *safe_path(), str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def seconds(self) -> float:
        """For how long it has been checking one document."""
        return time.monotonic() - self._since if self.doing is not None and self.doing.uri is not None else 0.0

    def give(self, job: Job) -> None:
        """Have a job done after all that were given before."""
        self._waiting.append(job)
        self._go_on()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()

    def _go_on(self) -> None:
        if self.doing is not None or not self._waiting:
            return
        self.doing = self._waiting.popleft()
        self._since = time.monotonic()
        assert self._process.stdin is not None
        try:
            pickle.dump((self.doing.name, self.doing.arguments()), self._process.stdin)
            self._process.stdin.flush()
        except OSError:  # the process has ended, as will be told in a moment
            pass

    def _read(self) -> None:
        """Wait for answers, in a thread of its own."""
        assert self._process.stdout is not None
        while True:
            try:
                answer = Answer(*pickle.load(self._process.stdout))
            except (EOFError, OSError, pickle.UnpicklingError):
                break
            self._tell(self._done, answer)
        status = self._process.wait()
        known = -status in set(signal.Signals)
        how = f"was killed by {signal.Signals(-status).name}" if known else f"left with status {status}"
        self._tell(self._ended, Answer(None, RuntimeError(f"the process that checks {how}"), []))

    def _tell(self, act: Callable[[Answer], None], answer: Answer) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act, answer)

    def _done(self, answer: Answer) -> None:
        job, self.doing = self.doing, None
        self._go_on()
        self._answered(self, job, answer)

    def _ended(self, answer: Answer) -> None:
        jobs = [self.doing, *self._waiting]
        self.doing = None
        self._waiting.clear()
        self._answered(self, None, answer._replace(error=None))
        for job in filter(None, jobs):
            self._answered(self, job, answer)
