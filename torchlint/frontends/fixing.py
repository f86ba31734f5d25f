"""``--fix`` and ``--diff``: results -> fixed files or a diff, and the results of what is left."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from torchlint.engine.check import FileResult
from torchlint.errors import ConfigError, SourceError
from torchlint.finding import Applicability
from torchlint.frontends import seams
from torchlint.frontends.progress import ProgressBar
from torchlint.frontends.tally import Tally
from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from torchlint.engine.fix import FixResult, Narrow
    from torchlint.engine.settings import Overrides
    from torchlint.frontends.reach import Reach


def reject_contradictions(options: argparse.Namespace) -> None:
    """Raises: ConfigError where options about fixes exclude each other."""
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise ConfigError("--unsafe-fixes says which fixes are applied; give --fix, or --diff to look first, with it")
    if options.allow_dirty and not options.fix:
        raise ConfigError("--allow-dirty lets --fix change files that git could not bring back; give --fix with it")
    if options.fix and options.diff:
        raise ConfigError("--fix changes files and --diff changes none; give one of them")
    if options.diff and options.output_format not in ("full", "concise"):
        raise ConfigError(
            f"--diff prints a diff and no {options.output_format}; --output-format json has the edits of each fix"
        )
    if options.diff and options.output_file:
        raise ConfigError("--diff changes nothing and prints a diff only; leave --output-file out")


@dataclass(slots=True)
class Input:
    """What ``-`` read, under the name that it goes by; ``data`` follows the fixes."""

    path: str
    data: bytes


class Fixed(NamedTuple):
    """What is left after fixing, the counts by rule, and whether a diff would change something."""

    left: list[FileResult]
    tally: Tally
    changed: bool


class Fixing:
    """Fixes files while others are still being checked, or prints the diffs of all at the end.

    Nothing is changed where any file that would be has uncommitted changes: as long as there is no result of a file
    that has some, the files that can be fixed wait.
    """

    def __init__(
        self,
        options: argparse.Namespace,
        overrides: Overrides,
        narrow: Narrow,
        given: Input | None,
        reach: Reach,
    ) -> None:
        self._options = options
        self._overrides = overrides
        self._narrow = narrow
        self._given = given
        self._reach = reach
        self._unchecked: set[str] = set()
        self._uncommitted: frozenset[str] | None = frozenset() if options.allow_dirty or options.diff else None
        self._refused: list[str] = []
        self._waiting: list[FileResult] = []
        self._left: list[FileResult] = []
        self._fixed: Counter[str] = Counter()
        self._changed = False
        self.written: set[str] = set()
        """The real paths of the files that were fixed."""

    def expect(self, paths: Iterable[str]) -> None:
        """Say of which files there will be results."""
        self._unchecked.update(paths)

    def take(self, result: FileResult) -> None:
        """Fix one more file, now or later. Raises: ConfigError where git cannot say what has uncommitted changes."""
        self._unchecked.discard(result.path)
        if not self._is_fixable(result):
            self._left.append(result)
        else:
            self._waiting.append(result)
            if self._stdin(result) is None and self._is_uncommitted(result.path):
                self._refused.append(result.path)
        if self._options.fix and not self._refused and self._unchecked.isdisjoint(self._uncommitted or ()):
            self._fix_waiting(quiet=True)

    def finish(self) -> Fixed:
        """Fix what is left to fix. Raises: ConfigError, and nothing was changed, where that has uncommitted changes."""
        if self._refused:
            from torchlint.frontends import uncommitted

            raise uncommitted.refusal(self._refused)
        self._waiting.sort(key=lambda each: each.path)
        self._fix_waiting(quiet=self._options.diff)
        left = sorted(self._left, key=lambda each: each.path)
        tally = Tally()
        tally.add(self._fixed, (finding for result in left for finding in result.findings))
        return Fixed(left, tally, self._changed)

    def _is_uncommitted(self, path: str) -> bool:
        """Whether a file has uncommitted changes; git is asked once, of all files that may still be changed."""
        if self._uncommitted is None:
            from torchlint.frontends import uncommitted

            self._uncommitted = frozenset(uncommitted.uncommitted([path, *sorted(self._unchecked)]))
        return path in self._uncommitted

    def _fix_waiting(self, *, quiet: bool) -> None:
        with ProgressBar("fixing", quiet=quiet) as progress:
            for done, result in enumerate(self._waiting):
                progress(done, len(self._waiting))
                self._left.append(self._fix(result))
        self._waiting.clear()

    def _fix(self, result: FileResult) -> FileResult:
        """Fix one file, or print the diff of that; what is left in it."""
        stdin = self._stdin(result)
        try:
            fixed = self._fixed_file(result, stdin)
        except SourceError as error:
            return _unfixed(result, str(error))
        except OSError as error:
            return _unfixed(result, error.strerror or str(error))
        self._fixed += fixed.fixed
        self._changed = self._changed or fixed.before.text != fixed.after.text
        if self._options.diff:
            sys.stdout.writelines(map(_shown, fixed.diff(visible(result.path))))
        elif stdin:
            stdin.data = fixed.data
        elif fixed.fixed:
            self.written.add(os.path.realpath(result.path))
        return fixed.left

    def _fixed_file(self, result: FileResult, stdin: Input | None) -> FixResult:
        write = self._options.fix and stdin is None
        if write and (why := self._reach.why_beyond(result.path)):
            raise SourceError(why)
        data = stdin.data if stdin else None
        unsafe = self._options.unsafe_fixes
        return seams.fix(result, data, self._overrides, self._narrow, unsafe=unsafe, write=write)

    def _stdin(self, result: FileResult) -> Input | None:
        return self._given if self._given and result.path == self._given.path else None

    def _is_fixable(self, result: FileResult) -> bool:
        wanted = (Applicability.SAFE, Applicability.UNSAFE) if self._options.unsafe_fixes else (Applicability.SAFE,)
        fixes = (each.fix for each in result.findings if each.fix and each.fix.edits)
        return any(fix.applicability in wanted for fix in fixes)


def _shown(line: str) -> str:
    """A line of a diff as it is: only where people read it, and no program, it may do nothing to their terminal."""
    return visible(line, keep="\t\r\n") if sys.stdout.isatty() else line


def _unfixed(result: FileResult, why: str) -> FileResult:
    return FileResult(result.path, result.findings, f"cannot be fixed: {why}")
