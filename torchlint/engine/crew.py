"""Many files, checked in several processes.

A process is a fresh, isolated interpreter: it takes nothing from the current folder or from Python's environment
variables, only the import path of this process. It answers file by file, so when it dies it is known which file it was
on: that file is reported, the others go to another process.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING

from torchlint.engine.garbage import Garbage
from torchlint.engine.workers import Checked, check_file, check_here, failed
from torchlint.import_path import interpreter_options, safe_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torchlint.engine.workers import Check, Task

_MAX_CHUNK = 16
_START = "import sys; sys.path[:] = sys.argv[1:]; from torchlint.engine.crew import serve; serve()"
_SECONDS_TO_END = 1


def check_in_processes(
    tasks: Sequence[Task], check: Check, jobs: int, tell: Callable[[str], None] = lambda line: None
) -> Iterator[Checked]:
    """Check the files in ``jobs`` processes, in no particular order.

    Where processes cannot be started, ``tell`` is told so once and the files are checked in this one. However the
    caller ends, no process is left.
    """
    with _Crew(tasks, check, jobs) as crew:
        yield from crew.results()
        if left := crew.left_over():
            tell(f"no other process can check files ({crew.trouble}); going on in this one")
            yield from check_here(left, check)


class _Crew:
    """Threads that each drive one process, give it chunks of the tasks, and put what it answers into one queue."""

    def __init__(self, tasks: Sequence[Task], check: Check, jobs: int) -> None:
        self._chunks = deque(_chunks(tasks, jobs))
        self._check = check
        self._answers: SimpleQueue[Checked | None] = SimpleQueue()
        self._threads = [Thread(target=self._drive, daemon=True) for _ in range(min(jobs, len(self._chunks)))]
        self._workers: list[Worker] = []
        self._is_over = False
        self.trouble = ""

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        for worker in list(self._workers):
            worker.process.terminate()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def results(self) -> Iterator[Checked]:
        """What the processes answer, until all is done or processes turn out not to work here."""
        running = 0
        try:
            for thread in self._threads:
                thread.start()
                running += 1
        except RuntimeError as error:  # no more threads
            self.trouble = str(error)
        while running:
            answer = self._answers.get()
            if answer is None:
                running -= 1
            else:
                yield answer

    def left_over(self) -> list[Task]:
        """The files that no process took."""
        return [task for chunk in self._chunks for task in chunk]

    def _drive(self) -> None:
        """Have chunks checked by a process, and by another one where it dies, until none is left."""
        worker = None
        try:
            while self._chunks and not self._is_over:
                worker = worker or self._hire()
                if not self._have_checked(worker):
                    self._dismiss(worker)
                    worker = None
        except OSError as error:
            self.trouble = str(error)
        finally:
            if worker is not None:
                self._dismiss(worker)
            self._answers.put(None)

    def _hire(self) -> Worker:
        """A process that is ready. Raises: OSError."""
        worker = Worker(self._check)
        self._workers.append(worker)
        try:
            worker.wait_until_ready()
        except OSError:
            self._dismiss(worker)
            raise
        return worker

    def _dismiss(self, worker: Worker) -> None:
        worker.end()
        self._workers.remove(worker)

    def _have_checked(self, worker: Worker) -> bool:
        """Have one chunk checked; whether the process can go on. Of a dead one's files, the one it was on is lost."""
        try:
            chunk = self._chunks.popleft()
        except IndexError:  # another process took the last one
            return True
        if not worker.send(chunk):
            self._chunks.appendleft(chunk)
            raise OSError(f"one {_ending(worker.end())} before it was given a file")
        for at, task in enumerate(chunk):
            answer = None if self._is_over else worker.receive()
            if answer is None:
                status = worker.end()
                self._answers.put(failed(task, f"the process that checked it {_ending(status)}; it was not checked"))
                if rest := chunk[at + 1 :]:
                    self._chunks.appendleft(rest)
                return False
            self._answers.put(answer)
        return True


def _chunks(tasks: Sequence[Task], jobs: int) -> Iterator[Sequence[Task]]:
    """Parts of the tasks for one process at a time, ever smaller: nothing waits behind the last ones for long."""
    start = 0
    while start < len(tasks):
        size = max(1, min(_MAX_CHUNK, (len(tasks) - start) // (jobs * 8)))
        yield tasks[start : start + size]
        start += size


class Worker:
    """An isolated interpreter that checks files. Raises: OSError where it cannot be started."""

    def __init__(self, check: Check) -> None:
        if getattr(sys, "frozen", False) or not sys.executable:  # what would start is not Python
            raise OSError("there is no Python interpreter to start")
        self.process = subprocess.Popen(
            [sys.executable, *interpreter_options(), "-c", _START, *safe_path()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(sys.executable).parent,  # not where anything is that was given to be checked
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._requests: IO[bytes] = self.process.stdin
        self._answers: IO[bytes] = self.process.stdout
        self.send((check, Path.cwd()))

    def wait_until_ready(self) -> None:
        """Wait until the process has started. Raises: OSError where it died instead."""
        try:
            pickle.load(self._answers)
        except Exception as error:
            raise OSError(f"one {_ending(self.end())} when it was started") from error

    def send(self, message: object) -> bool:
        """Send a message; whether the process lives to read it."""
        try:
            pickle.dump(message, self._requests)
            self._requests.flush()
        except OSError:
            return False
        return True

    def receive(self) -> Checked | None:
        """The next answer, None where the process died."""
        try:
            answer = pickle.load(self._answers)
        except Exception:  # end of file, or half a message whose sender died
            return None
        return answer if isinstance(answer, Checked) else None

    def end(self) -> int:
        """End the process and return its exit status."""
        with suppress(OSError):
            self._requests.close()
        self._answers.close()
        try:
            return self.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def serve() -> None:
    """The life of a worker: files in, results out, until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the first process ends the others
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what anything prints is no answer
    check, folder = pickle.load(requests)
    os.chdir(folder)

    def answer(message: Checked | None) -> None:
        pickle.dump(message, answers)
        answers.flush()

    with Garbage() as garbage, suppress(EOFError, OSError):
        answer(None)
        while True:
            for task in pickle.load(requests):
                answer(check_file(task, check))
                garbage.collect()


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        try:
            return f"was killed by {signal.Signals(-status).name}"
        except ValueError:
            return f"was killed by signal {-status}"
    return f"ended unexpectedly with exit status {status}"
