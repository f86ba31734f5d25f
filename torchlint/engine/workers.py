"""The files to check, and checking them one after the other in this process.

Nothing that starts processes is imported here: a run over few files does without.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple, Protocol

from torchlint.engine.cache import content_digest
from torchlint.engine.check import FileResult
from torchlint.engine.garbage import Garbage
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchlint.engine.settings import Settings


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
        data = read_bytes(task.absolute, given=True)
        content = content_digest(data)
        return Checked(task.number, content, check(data, task.path, task.settings))
    except OSError as error:
        reason = f"cannot read it: {error.strerror or error}"
    except Exception as error:  # a fault of torchlint must not cost the other files their check
        reason = f"internal error: {type(error).__name__}: {error}"
    return failed(task, reason)


def failed(task: Task, reason: str) -> Checked:
    """A file that was not checked, and why."""
    return Checked(task.number, None, FileResult(task.path, (), error=reason))


def check_here(tasks: Iterable[Task], check: Check) -> Iterator[Checked]:
    """Check the files one after the other in this process."""
    with Garbage() as garbage:
        for task in tasks:
            yield check_file(task, check)
            garbage.collect()


def usable_cpus() -> int:
    """How many CPUs this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
