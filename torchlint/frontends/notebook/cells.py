"""The cells of a session, in the order in which they ran, as one program."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, NamedTuple

from torchlint.engine.check import check_source
from torchlint.engine.selection import SYNTAX_ERROR
from torchlint.errors import SourceError
from torchlint.finding import EffectKind
from torchlint.model.interpreter.memory import Memory
from torchlint.syntax.ipython import plain_python
from torchlint.syntax.notebook import read_notebook
from torchlint.syntax.source import CELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.engine.settings import Settings
    from torchlint.finding import Finding, Place
    from torchlint.syntax.source import Source

MAX_CELLS = 300
"""How many cells make the program, the last ones: what the others defined is then unknown."""


_NEED_THE_REST = frozenset({"TLC402", "TLC405", "TLC505"})
"""Rules that say of a graph that nothing needs it any more: in a session a later cell may."""


class _Ran(NamedTuple):
    """The text of a cell, and what of it counts for the cells that follow."""

    text: str
    counts: str


class Cells:
    """The cells that ran, by the number that IPython gave them: a cell that runs again is another one."""

    def __init__(self) -> None:
        self._ran: dict[int, _Ran] = {}
        self._told: set[tuple[object, ...]] = set()
        self._raising: set[int | None] = set()
        self._memory = Memory()

    def __len__(self) -> int:
        return len(self._ran)

    def add(self, number: int, text: str) -> None:
        """A cell that runs now."""
        self._ran[number] = _Ran(text, text)
        for old in sorted(self._ran)[:-MAX_CELLS]:
            del self._ran[old]

    def stop(self, number: int, line: int) -> None:
        """A cell was left with an error at a line, 0 where nothing of it ran: what it did up to there counts.

        All of it does where the error was told: then the analysis ends there by itself.
        """
        if number in self._ran and number not in self._raising:
            text = self._ran[number].text
            self._ran[number] = _Ran(text, _until(text, line))

    def data(self, last: int | None = None) -> bytes:
        """The notebook of these cells, each at the position that is its number; ``last`` ends it, and is whole."""
        cells: list[dict[str, str]] = []
        for number, each in sorted(self._ran.items()):
            if last is not None and number > last:
                break
            cells += [{"cell_type": "markdown"}] * (number - len(cells) - 1)
            cells.append({"cell_type": "code", "source": each.text if number == last else each.counts})
        return json.dumps({"cells": cells}).encode()

    def source(self, last: int | None = None) -> Source:
        """The program of these cells. Raises: SourceError where it is too large."""
        return read_notebook(self.data(last), CELLS)

    def found(self, settings: Settings) -> list[Finding]:
        """What is found in all cells; that one is no Python is for IPython to say. Raises: SourceError as above."""
        result = check_source(self.source(), settings, memory=self._memory)
        return [each for each in result.findings if each.code != SYNTAX_ERROR.code]

    def each_once(self, settings: Settings) -> list[Finding]:
        """The same, of a cell that ran several times what its last run has. Raises: SourceError as above."""
        found = self.found(settings)
        last = {(each.code, self._text(each), each.place.line, each.place.column): each for each in found}
        return [each for each in found if each in last.values()]

    def news(self, settings: Settings, number: int | None = None) -> list[Finding]:
        """What was not told before, where a number is given what that cell has to do with.

        What the cells that are yet to come may disprove is left out. Raises: SourceError as above.
        """
        new = [each for each in self.each_once(settings) if _key(each) not in self._told]
        new = [each for each in new if each.code not in _NEED_THE_REST and (number is None or number in _cells(each))]
        self.told(new)
        return new

    def _text(self, finding: Finding) -> str:
        """The text of the cell in which a finding is."""
        cell = finding.place.cell
        return self._ran[cell].text if cell in self._ran else ""

    def told(self, findings: list[Finding]) -> None:
        """These are shown, and need not be again."""
        self._told.update(map(_key, findings))
        raising = (each for each in findings if each.effect.kind is EffectKind.RAISES)
        self._raising.update((each.effect.place or each.place).cell for each in raising)


def _key(finding: Finding) -> tuple[object, ...]:
    return finding.code, finding.place


def _cells(finding: Finding) -> set[int | None]:
    """The cells that a finding runs through."""
    return {each.cell for each in _places(finding) if each.path is None}


def _places(finding: Finding) -> Iterator[Place]:
    yield finding.place
    if finding.effect.place is not None:
        yield finding.effect.place
    yield from (each.place for each in finding.related)


def _until(text: str, line: int) -> str:
    """A cell up to the statement at a line, with as many lines; what that statement assigns to is unknown."""
    try:
        statements = ast.parse(plain_python(text)[0]).body if line else []
    except (SourceError, SyntaxError):  # an indented cell
        statements = []
    broken = next((each for each in statements if line <= (each.end_lineno or each.lineno)), None)
    lines = text.split("\n")
    if broken is None:
        return "\n" * (len(lines) - 1)
    first = min(each.lineno for each in (broken, *getattr(broken, "decorator_list", ())))
    names = sorted(
        {each.id for each in ast.walk(broken) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    )
    unknown = "".join(f"{each} = " for each in names) + "get_ipython()" if names else ""
    return "\n".join([*lines[: first - 1], unknown, *[""] * (len(lines) - first)])
