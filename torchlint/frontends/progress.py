"""A progress bar on standard error for runs that last, seen by people only."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from rich.progress import Progress, TaskID

_PATIENCE = 1.0
"""After so many seconds people want to know how long it will take."""
_NO_TERMINALS = ("dumb", "unknown", "")


class ProgressBar:
    """Call it with how many files are done, and of how many; it shows itself when that goes on for a while.

    Only on a terminal that can move its cursor, and not in CI nor where it shall be ``quiet``. It is gone when its
    context is left.
    """

    def __init__(self, doing: str, *, quiet: bool = False) -> None:
        self._doing = doing
        self._wanted = not quiet and _seen_by_people()
        self._since = time.monotonic()
        self._shown: tuple[Progress, TaskID] | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` files are done."""
        if not self._wanted or (self._shown is None and time.monotonic() - self._since < _PATIENCE):
            return
        with self._dispensable():
            progress, task = self._shown = self._shown or self._show()
            progress.update(task, completed=done, total=total)

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._shown is not None:
            with self._dispensable():
                self._shown[0].stop()

    @contextmanager
    def _dispensable(self) -> Iterator[None]:
        """Go on without the bar where the terminal is gone, or there is no thread left to draw it."""
        try:
            yield
        except (OSError, RuntimeError):
            self._wanted = False

    def _show(self) -> tuple[Progress, TaskID]:
        """Start the bar; rich is not imported before somebody waits."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn(f"{self._doing} files"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        progress = Progress(*columns, console=Console(stderr=True), transient=True)
        progress.start()
        return progress, progress.add_task("")


def _seen_by_people() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM", "") not in _NO_TERMINALS and "CI" not in os.environ
