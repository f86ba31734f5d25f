"""Many files, checked here or in several processes.

Each process has a pipe of its own and answers file by file, so when one dies it is known which file it was on: that
file is reported, the others go to another process.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from torchlint.engine.cache import content_digest
from torchlint.engine.check import FileResult
from torchlint.engine.garbage import Garbage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext
    from multiprocessing.process import BaseProcess

    from torchlint.engine.settings import Settings

_MAX_CHUNK = 16
_PRELOADED = ("torchlint.engine.workers", "libcst")
_STARTS_THAT_MAY_FAIL = 3


class Check(Protocol):
    """What ``check_bytes`` looks like. It must be a module's function, so that other processes can import it."""

    def __call__(self, data: bytes, path: str, settings: Settings) -> FileResult: ...


class Task(NamedTuple):
    """One file to check; ``number`` is the caller's."""

    number: int
    absolute: str
    path: str
    settings: Settings


class Checked(NamedTuple):
    """The result of a task and the digest of the very bytes it is about, None where they could not be read."""

    number: int
    content: str | None
    result: FileResult


def check_file(task: Task, check: Check) -> Checked:
    """Read and check one file; whatever goes wrong becomes the result's error."""
    content = None
    try:
        data = Path(task.absolute).read_bytes()
        content = content_digest(data)
        return Checked(task.number, content, check(data, task.path, task.settings))
    except OSError as error:
        reason = f"cannot read it: {error.strerror or error}"
    except Exception as error:  # a fault of torchlint must not cost the other files their check
        reason = f"internal error: {type(error).__name__}: {error}"
    return _failed(task, reason)


def _failed(task: Task, reason: str) -> Checked:
    return Checked(task.number, None, FileResult(task.path, (), error=reason))


def check_here(tasks: Iterable[Task], check: Check) -> Iterator[Checked]:
    """Check the files one after the other in this process."""
    with Garbage() as garbage:
        for task in tasks:
            yield check_file(task, check)
            garbage.collect()


def check_in_processes(tasks: Sequence[Task], check: Check, jobs: int) -> Iterator[Checked]:
    """Check the files in ``jobs`` processes, in no particular order.

    Where processes cannot be started, the files are checked in this one. However the caller ends, no process is left.
    """
    with _Crew(tasks, check, jobs) as crew:
        yield from crew.results()
        yield from check_here(crew.left_over(), check)


@dataclass(eq=False, slots=True)
class _Worker:
    """A process and the files it was given and has not answered for, the one it is on first."""

    process: BaseProcess
    pipe: Connection[Sequence[Task], Checked | None]
    ready: bool = False
    tasks: deque[Task] = field(default_factory=deque)


class _Crew:
    def __init__(self, tasks: Sequence[Task], check: Check, jobs: int) -> None:
        size = max(1, min(_MAX_CHUNK, len(tasks) // (jobs * 8)))
        self._chunks = deque(tasks[start : start + size] for start in range(0, len(tasks), size))
        self._check = check
        self._jobs = jobs
        self._workers: list[_Worker] = []
        self._failed_starts = 0

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(1)
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()

    def results(self) -> Iterator[Checked]:
        """What the processes answer, until all is done or processes turn out not to work here."""
        from multiprocessing.connection import wait

        while True:
            self._assign()
            self._hire()
            if not any(worker.tasks or not worker.ready for worker in self._workers):
                return
            for pipe in wait([worker.pipe for worker in self._workers]):
                worker = next(each for each in self._workers if each.pipe is pipe)
                yield from self._answer(worker)

    def left_over(self) -> Iterator[Task]:
        """The files that no process took."""
        for chunk in self._chunks:
            yield from chunk

    def _answer(self, worker: _Worker) -> Iterator[Checked]:
        """Take one message of a worker."""
        try:
            answer = worker.pipe.recv()
        except Exception:  # end of file, or half a message whose sender died
            yield from self._bury(worker)
            return
        if answer is None:
            worker.ready = True
        else:
            worker.tasks.popleft()
            yield answer

    def _assign(self) -> None:
        """Give files to the processes that wait for some."""
        for worker in self._workers:
            if worker.ready and not worker.tasks and self._chunks:
                chunk = self._chunks.popleft()
                worker.tasks.extend(chunk)
                with suppress(OSError):  # it died while idle: that is seen when its pipe is read
                    worker.pipe.send(chunk)

    def _bury(self, worker: _Worker) -> Iterator[Checked]:
        """Report the file that a dead worker was on and take back the rest."""
        worker.pipe.close()
        worker.process.join(1)
        if worker.process.exitcode is None:
            worker.process.kill()
            worker.process.join()
        self._workers.remove(worker)
        if not worker.ready:
            self._failed_starts += 1
        if worker.tasks:
            lost = worker.tasks.popleft()
            yield _failed(lost, f"the process that checked it {_ending(worker.process.exitcode)}; it was not checked")
        if worker.tasks:
            self._chunks.appendleft(list(worker.tasks))

    def _hire(self) -> None:
        """Start processes while there are files for them and starting works."""
        starting = sum(not worker.ready for worker in self._workers)
        while len(self._workers) < self._jobs and starting < len(self._chunks):
            if self._failed_starts >= _STARTS_THAT_MAY_FAIL:
                return
            try:
                self._workers.append(_start(self._check))
                starting += 1
            except (OSError, AssertionError):  # no more processes; or this one is itself a daemon, which may have none
                self._failed_starts += 1


def _start(check: Check) -> _Worker:
    """Start a process. Raises: OSError, AssertionError."""
    context = _context()
    ours, theirs = context.Pipe()
    try:
        process = context.Process(target=_work, args=(theirs, check, Path.cwd()), name="torchlint", daemon=True)
        process.start()
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()  # else its end would never be seen
    return _Worker(process, ours)


def _context() -> ForkServerContext | SpawnContext:
    """How processes are started: never by forking this one, which would copy the locks that its threads hold."""
    import multiprocessing  # not before there is something to start: a run over few files does without

    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))  # loaded once, shared by all that the server forks
    return context


def _work(pipe: Connection[Checked | None, Sequence[Task]], check: Check, folder: Path) -> None:
    """The life of a process: files in, results out, until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the first process ends the others
    os.chdir(folder)
    with Garbage() as garbage, suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            for task in pipe.recv():
                pipe.send(check_file(task, check))
                garbage.collect()


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        try:
            return f"was killed by {signal.Signals(-status).name}"
        except ValueError:
            return f"was killed by signal {-status}"
    return f"ended unexpectedly with exit status {status}"


def usable_cpus() -> int:
    """How many CPUs this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
