"""Files and folders -> results in the order of paths: discovery, settings, cache, processes."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.check import FileResult, check_bytes
from torchlint.engine.discovery import Exclusion, Listed, Tell, discover, say_nothing
from torchlint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Set

    from torchlint.engine.cache import CacheLocation, Key, ResultCache
    from torchlint.engine.settings import Settings
    from torchlint.engine.workers import Check, Checked, Task

_FEW_FILES = 32
"""Below this many files to check, starting processes costs more than it saves."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run. ``settings_for`` gives the settings for the files of a folder and may raise ConfigError.

    ``jobs`` is how many processes check files: None means as many as there are CPUs, and one for few files. ``cache``
    is where results are kept between runs, None keeps none. ``check`` checks one file, and must be a module's
    function. ``force_exclude`` leaves excluded files out even where they are given by name. ``progress`` is called
    with how many files are done, and of how many, whenever one more is; ``tell`` with a line that the user should read.
    """

    settings_for: Callable[[Path], Settings]
    jobs: int | None = None
    cache: CacheLocation | None = None
    check: Check = check_bytes
    force_exclude: bool = False
    progress: Callable[[int, int], None] | None = None
    tell: Tell = say_nothing


def check_paths(paths: Iterable[str], run: RunOptions) -> Iterator[FileResult]:
    """The result of every file that ``paths`` lead to, in the order of their shown paths.

    What cannot be read, configured or checked is a result with an error. An unusable configuration is reported once,
    at the first of its files.
    """
    waiting: dict[int, FileResult] = {}
    at = 0
    for number, result in _as_ready(_Plan(run, paths), run, frozenset()):
        waiting[number] = result
        while at in waiting:
            yield waiting.pop(at)
            at += 1


def files_of(paths: Iterable[str], run: RunOptions) -> tuple[list[str], list[str]]:
    """The shown paths of the files that would be checked, and a line for each path that cannot be, with why."""
    plan = _Plan(run, paths)
    return plan.paths, [f"{result.path}: {result.error}" for result in plan.ready.values()]


def check_as_ready(
    paths: Iterable[str], run: RunOptions, found: Callable[[list[str]], None], written: Set[str]
) -> Iterator[FileResult]:
    """What ``check_paths`` gives, each result as soon as it is there, those of large files last.

    ``found`` is told the shown paths of all files first. The caller may change files meanwhile and put their real paths
    into ``written``.
    """
    plan = _Plan(run, paths)
    plan.put_large_files_last()
    found(plan.paths)
    for _, result in _as_ready(plan, run, written):
        yield result


def _as_ready(plan: _Plan, run: RunOptions, written: Set[str]) -> Iterator[tuple[int, FileResult]]:
    cache = plan.open_cache()
    todo = plan.look_up(cache)
    ready = len(plan.ready)
    try:
        yield from plan.ready.items()
        for number, checked in enumerate(_checked(todo, run), start=1):
            if run.progress is not None:
                run.progress(ready + number, ready + len(todo))
            # What was said of a file that is another one now is no result for later.
            if cache is not None and checked.content is not None and not _depends_on(checked.result, written):
                cache.remember(plan.keys[checked.number], checked.content, checked.result)
            yield checked.number, checked.result
    finally:
        if cache is not None:
            cache.save()


def _depends_on(result: FileResult, files: Set[str]) -> bool:
    return bool(files) and any(os.path.realpath(each) in files for each in result.depends)


def _checked(todo: list[Task], run: RunOptions) -> Iterator[Checked]:
    if not todo:
        return
    from torchlint.engine import workers

    jobs = run.jobs
    if jobs is None:
        jobs = 1 if len(todo) < _FEW_FILES else workers.usable_cpus()
    jobs = min(jobs, len(todo))
    if jobs > 1:
        from torchlint.engine import (
            crew,  # start-up: what starts processes takes longer to import than a small file to check
        )

        yield from crew.check_in_processes(todo, run.check, jobs, run.tell)
    else:
        yield from workers.check_here(todo, run.check)


class _Plan:
    """The files of a run by number: what is known of each (``ready``) and what is still to do."""

    def __init__(self, run: RunOptions, paths: Iterable[str]) -> None:
        self._run = run
        self._settings: dict[str, Settings | ConfigError] = {}
        self._files: dict[int, tuple[Listed, Settings]] = {}
        self.ready: dict[int, FileResult] = {}
        self.keys: dict[int, Key] = {}
        self._add(discover(paths, self._excludes, run.force_exclude, run.tell))

    @property
    def paths(self) -> list[str]:
        """The shown paths of the files that can be checked."""
        return [listed.path for listed, _ in self._files.values()]

    def put_large_files_last(self) -> None:
        """Order the files by size: what is likely to take long keeps nothing waiting."""
        self._files = dict(sorted(self._files.items(), key=lambda item: _size(item[1][0].absolute)))

    def _excludes(self, folder: str) -> Exclusion:
        """What the settings leave out of a folder given by name."""
        settings = self._settings_of(folder)
        return Exclusion() if isinstance(settings, ConfigError) else settings.exclusion

    def _add(self, files: list[Listed]) -> None:
        """Number the files; those that cannot be checked are ready at once."""
        found = [(listed, self._settings_of(str(Path(listed.absolute).parent))) for listed in files]
        affected = Counter(str(each) for listed, each in found if isinstance(each, ConfigError) and not listed.error)
        reported: set[str] = set()
        number = 0
        for listed, settings in found:
            error = listed.error
            if error is None and isinstance(settings, ConfigError):
                error = str(settings)
                if error in reported:
                    continue
                reported.add(error)
                if affected[error] > 1:
                    error += f" ({affected[error]} files were not checked)"
            if error is not None:
                self.ready[number] = FileResult(listed.path, (), error=error)
            elif not isinstance(settings, ConfigError):
                self._files[number] = (listed, settings)
            number += 1

    def open_cache(self) -> ResultCache | None:
        """The cache of this run, where it has one."""
        if self._run.cache is None:
            return None
        from torchlint.engine.cache import Key, ResultCache

        digests: dict[int, str] = {}
        for number, (listed, settings) in self._files.items():
            if settings.per_file_ignores:
                digest = settings.digest(listed.absolute)
            else:
                digest = digests.get(id(settings)) or digests.setdefault(id(settings), settings.digest())
            self.keys[number] = Key(listed.absolute, listed.path, digest)
        return ResultCache(self._run.cache)

    def look_up(self, cache: ResultCache | None) -> list[Task]:
        """Make ready what the cache has, and return what it has not."""
        known = {} if cache is None else cache.look_up(self.keys.values())
        todo = []
        for number, (listed, settings) in self._files.items():
            result = known.get(listed.absolute)
            if result is not None:
                self.ready[number] = result
            else:
                todo.append((number, listed.absolute, listed.path, settings))
        if not todo:
            return []
        from torchlint.engine.workers import Task

        return [Task(*each) for each in todo]

    def _settings_of(self, folder: str) -> Settings | ConfigError:
        if folder not in self._settings:
            try:
                self._settings[folder] = self._run.settings_for(Path(folder))
            except ConfigError as error:
                self._settings[folder] = error
        return self._settings[folder]


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except OSError:
        return 0
