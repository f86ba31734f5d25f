"""What was seen, as the steps of a story: places of whole lines, each with its role."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from torchlint.finding import Place, Related

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.confirm.records import Line, Raised, Stale


class Steps:
    """Makes steps. ``text`` gives a line's text, or None where it is not known; ``own`` is everywhere the absolute path
    of the file that the finding is in, whose places have no path."""

    def __init__(self, text: Callable[[Line], str | None]) -> None:
        self._text = text

    def place(self, line: Line, own: str) -> Place:
        """The place of a whole line without its indentation."""
        text = self._text(line) or ""
        column = len(text) - len(text.lstrip()) + 1
        path = None if line.path == own else os.path.relpath(line.path).replace(os.sep, "/")
        return Place(path, line.cell, line.line, column, line.line, max(len(text.rstrip()) + 1, column + 1))

    def step(self, role: str, message: str, line: Line, own: str) -> Related:
        """One step."""
        return Related(role, message, self.place(line, own))

    def of_error(self, error: Raised, own: str) -> tuple[Related, ...]:
        """The lines that an error came from."""
        steps = [self.step("saved", "kept for backward here", error.save, own)] if error.save else []
        steps += [self.step("changed", "changed here", each, own) for each in error.changes]
        steps += [self.step("freed", "this backward freed the graph", each, own) for each in error.freed]
        return (*steps, *(self.step("raised", "raised here", each, own) for each in error.at[:1]))

    def of_stale(self, stale: Stale, own: str) -> tuple[Related, ...]:
        """The lines of a backward that computed with changed content."""
        steps = [self.step("saved", "kept for backward here", stale.save, own)] if stale.save else []
        about = "at the latest ahead of this line" if stale.how == "array" else "changed here, unseen by the version"
        steps += [self.step("changed", about, each, own) for each in stale.changes]
        if stale.backward:
            steps.append(self.step("backward", "computed with the changed content", stale.backward, own))
        return tuple(steps)
