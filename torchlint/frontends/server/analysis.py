"""Who checks what: documents go to processes, so that one that takes long delays no other, and all can end at once.

There is one process until a document keeps it busy for longer than an editor should wait. Of a document that changes
faster than it is checked, only the newest content counts.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from torchlint.engine.check import FileResult
from torchlint.frontends.server.workers import Answer, Job, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torchlint.frontends.server.documents import Document, Snapshot

_MOST = 3
"""Processes: each takes the memory of a whole linter."""
_PATIENCE = 0.5
"""Seconds that a document waits for the process that knows its last version, while that checks another."""


class Analysis:
    """Checks documents. ``done`` is told each document, what was checked and the result; ``say`` tells the user."""

    def __init__(self, done: Callable[[Document, Snapshot, FileResult], None], say: Callable[[str], None]) -> None:
        self._done = done
        self._say = say
        self._said: set[str] = set()
        self._workers: list[Worker] = []
        self._jobs: list[Job] = []
        self._asked: dict[int, Document] = {}
        self._homes: dict[str, Worker] = {}
        self._again: asyncio.TimerHandle | None = None
        self._settings: Mapping[Path, object] = {}

    def begin(self) -> None:
        """Start the first process, ahead of the first document."""
        self._start().give(Job("warm_up"))

    def end(self) -> None:
        """End all processes, whatever they are doing."""
        for each in self._workers:
            each.end()

    def use_settings(self, values: Mapping[Path, object]) -> None:
        """Put the editor's own settings, by workspace folder, on top from now on."""
        self._settings = values
        self._tell_all("use_settings", values)

    def read_files_again(self) -> None:
        """Forget what was read from other files and configurations."""
        self._tell_all("read_files_again")

    def tidy(self) -> None:
        """Search everything for garbage; for when nobody waits."""
        self._tell_all("tidy")

    def request(self, document: Document) -> None:
        """Check a document as it is by then."""
        if id(document) not in self._asked:
            self._asked[id(document)] = document
            self._check(document)

    def forget(self, uri: str) -> None:
        """A document was closed."""
        home = self._homes.pop(uri, None)
        if home is not None:
            home.give(Job("close", lambda: (uri,)))

    def run(self, name: str, uri: str, *arguments: object) -> asyncio.Future[Any]:
        """Have something done for a document."""
        return self._enqueue(Job(name, lambda: arguments, uri))

    def _check(self, document: Document) -> None:
        uri, taken = document.snapshot.uri, []

        def newest() -> tuple[object, ...]:
            self._asked.pop(id(document), None)  # from here on a change is to be checked again
            taken.append(document.snapshot)
            return (document.snapshot,)

        def done(answer: asyncio.Future[FileResult]) -> None:
            if not taken:
                del self._asked[id(document)]
            snapshot = taken[0] if taken else document.snapshot
            error = answer.exception()
            if error is not None:
                self._say_once(f"{snapshot.path} cannot be checked: {error}")
            self._done(document, snapshot, FileResult(snapshot.path, ()) if error else answer.result())

        self._enqueue(Job("check", newest, uri)).add_done_callback(done)

    def _enqueue(self, job: Job) -> asyncio.Future[Any]:
        self._jobs.append(job)
        self._assign()
        return job.answer

    def _assign(self) -> None:
        """Give jobs to processes that have none."""
        for job in list(self._jobs):
            if all(each.doing for each in self._workers) and not self._may_start():
                break
            try:
                worker = self._worker_for(job)
            except OSError as error:  # no process can be started
                self._jobs.remove(job)
                job.answer.set_exception(error)
                continue
            if worker is not None:
                self._jobs.remove(job)
                if job.uri is not None:
                    self._homes[job.uri] = worker
                worker.give(job)
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(_PATIENCE, self._assign) if self._jobs else None

    def _may_start(self) -> bool:
        return not self._workers or (
            len(self._workers) < _MOST and all(each.seconds >= _PATIENCE for each in self._workers)
        )

    def _worker_for(self, job: Job) -> Worker | None:
        if any(each.doing is not None and each.doing.uri == job.uri for each in self._workers):
            return None  # one version after the other
        home = self._homes.get(job.uri or "") or next(iter(self._workers), None)
        if home is not None and (home.doing is None or home.seconds < _PATIENCE):
            return home if home.doing is None else None
        idle = next((each for each in self._workers if each.doing is None), None)
        return idle or (self._start() if self._may_start() else None)

    def _start(self) -> Worker:
        worker = Worker(self._answered)
        self._workers.append(worker)
        worker.give(Job("use_settings", lambda: (self._settings,)))
        return worker

    def _tell_all(self, name: str, *arguments: object) -> None:
        for each in self._workers:
            each.give(Job(name, lambda: arguments))

    def _answered(self, worker: Worker, job: Job | None, answer: Answer) -> None:
        for message in answer.said:
            self._say(message)
        if job is None:  # it has ended
            self._workers.remove(worker)
            self._homes = {uri: home for uri, home in self._homes.items() if home is not worker}
        elif answer.error is not None and job.uri is None:  # nobody waits for it
            self._say_once(str(answer.error))
        elif job.answer.done():  # the editor has cancelled what it asked for
            pass
        elif answer.error is not None:
            job.answer.set_exception(answer.error)
        else:
            job.answer.set_result(answer.value)
        self._assign()

    def _say_once(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self._say(message)
