"""``--fix`` and ``--diff``: results -> fixed files or a diff, and the results of what is left."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from torchlint.engine.check import FileResult
from torchlint.errors import SourceError
from torchlint.finding import Applicability
from torchlint.frontends import seams
from torchlint.frontends.progress import ProgressBar
from torchlint.frontends.tally import Tally
from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    import argparse

    from torchlint.engine.fix import FixResult
    from torchlint.engine.settings import Overrides
    from torchlint.frontends.narrowing import Narrowing


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


def fix_all(
    results: list[FileResult],
    options: argparse.Namespace,
    overrides: Overrides,
    narrowing: Narrowing,
    given: Input | None,
) -> Fixed:
    """Fix the files that can be fixed, or print the diff of that. Raises: ConfigError before anything is changed."""
    fixer = _Fixer(options, overrides, narrowing, given)
    if options.fix and not options.allow_dirty:
        fixer.ask_git(results)
    left = []
    with ProgressBar("fixing", quiet=options.diff) as progress:
        for done, result in enumerate(results):
            progress(done, len(results))
            left.append(fixer.fix(result))
    tally = Tally()
    tally.add(fixer.fixed, (finding for result in left for finding in result.findings))
    return Fixed(left, tally, fixer.changed)


def _shown(line: str) -> str:
    """A line of a diff as it is: only where people read it, and no program, it may do nothing to their terminal."""
    return visible(line, keep="\t\r\n") if sys.stdout.isatty() else line


class _Fixer:
    """Fixes one file after the other; ``fixed`` counts the fixes by code."""

    def __init__(
        self, options: argparse.Namespace, overrides: Overrides, narrowing: Narrowing, given: Input | None
    ) -> None:
        self._options = options
        self._overrides = overrides
        self._narrow = narrowing.narrow
        self._given = given
        self.fixed: Counter[str] = Counter()
        self.changed = False

    def ask_git(self, results: list[FileResult]) -> None:
        """Raises: ConfigError where a file that would be changed has uncommitted changes."""
        touched = [each.path for each in results if self._is_fixable(each) and self._stdin(each) is None]
        if touched:
            from torchlint.frontends import uncommitted

            uncommitted.refuse(touched)

    def fix(self, result: FileResult) -> FileResult:
        """Fix one file, or print the diff of that; what is left in it."""
        if not self._is_fixable(result):
            return result
        stdin = self._stdin(result)
        try:
            fixed = self._fix(result, stdin)
        except (SourceError, OSError) as error:
            return FileResult(result.path, result.findings, f"cannot be fixed: {error}")
        self.fixed += fixed.fixed
        self.changed = self.changed or fixed.before.text != fixed.after.text
        if self._options.diff:
            from torchlint.engine.fix import diff

            sys.stdout.writelines(map(_shown, diff(fixed.before, fixed.after, visible(result.path))))
        elif stdin:
            stdin.data = fixed.data
        return fixed.left

    def _fix(self, result: FileResult, stdin: Input | None) -> FixResult:
        data, write = (stdin.data, False) if stdin else (None, self._options.fix)
        unsafe = self._options.unsafe_fixes
        return seams.fix(result, data, self._overrides, self._narrow, unsafe=unsafe, write=write)

    def _stdin(self, result: FileResult) -> Input | None:
        return self._given if self._given and result.path == self._given.path else None

    def _is_fixable(self, result: FileResult) -> bool:
        wanted = (Applicability.SAFE, Applicability.UNSAFE) if self._options.unsafe_fixes else (Applicability.SAFE,)
        fixes = (each.fix for each in result.findings if each.fix and each.fix.edits)
        return any(fix.applicability in wanted for fix in fixes)
