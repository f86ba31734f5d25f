"""What IPython calls: before and after each cell, and for ``%torchlint`` and ``%%torchlint``.

IPython itself is not imported; whoever loads this has it. The linter is imported when the first cell is checked.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from torchlint.errors import TorchlintError

if TYPE_CHECKING:
    from torchlint.engine.settings import Settings
    from torchlint.frontends.notebook.cells import Cells

_FIRST_LINE = re.compile(r"\s*%%torchlint\b[^\n]*")
_USAGE = "%torchlint [on|off|why]: check each cell before it runs, or not; explain the last error; else check all"
_loaded: WeakKeyDictionary[Any, Extension] = WeakKeyDictionary()


def load(shell: Any) -> None:
    """Register the magics in an ``InteractiveShell``; once is enough."""
    if shell not in _loaded:
        _loaded[shell] = Extension(shell)
        _loaded[shell].register()


def unload(shell: Any) -> None:
    """Take back what ``load`` did, the magics themselves apart, which IPython cannot forget."""
    extension = _loaded.pop(shell, None)
    if extension is not None:
        extension.unregister()


class Extension:
    """torchlint in one session."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._is_on = False
        self._kept: Cells | None = None
        self._waiting: dict[int, str] = {}
        self._last = 0

    def register(self) -> None:
        self._waiting.update(enumerate(self._shell.history_manager.input_hist_raw[1:], 1))
        self._shell.events.register("pre_run_cell", self._before)
        self._shell.events.register("post_run_cell", self._after)
        self._shell.input_transformers_cleanup.append(_without_magic)
        self._shell.register_magic_function(self.magic, "line_cell", "torchlint")

    def unregister(self) -> None:
        self._shell.events.unregister("pre_run_cell", self._before)
        self._shell.events.unregister("post_run_cell", self._after)
        self._shell.input_transformers_cleanup.remove(_without_magic)

    def magic(self, line: str, cell: str | None = None) -> None:
        """``%torchlint``: check all cells so far. Arguments: ``on``, ``off``, ``why``.

        ``%%torchlint`` as the first line of a cell checks that cell, together with those before it, and then runs it.
        """
        does = {"": self._tell_all, "on": self._on, "off": self._off, "why": self._why}.get(line.strip())
        if cell is not None:  # what begins a cell is taken off before IPython sees a magic: somebody calls this
            self._shell.run_cell(cell)
        elif does is None:
            print(f"usage: {_USAGE}")
        else:
            try:
                does()
            except TorchlintError as error:
                print(f"torchlint: {error}")

    # What the events do.

    def _before(self, info: Any) -> None:
        """A cell is about to run."""
        if info.silent or not info.store_history:
            return
        number = len(self._shell.history_manager.input_hist_raw)  # ``execution_count`` may be the next already
        if number <= self._last:  # %reset
            self._kept, self._waiting = None, {}
        self._last = number
        self._waiting[number] = info.raw_cell
        if not self._is_on and not _FIRST_LINE.match(info.raw_cell):
            return
        try:
            cells = self._cells()
            self._show(cells.news(_settings(), number), cells)
        except TorchlintError as error:
            self._is_on = False
            print(f"torchlint is off: {error}")

    def _after(self, result: Any) -> None:
        """A cell has run; what an error kept from running is no part of the program."""
        number = result.execution_count
        if number is None or result.success:
            return
        line = 0 if result.error_before_exec else self._line_of(result.error_in_exec)
        self._cells().stop(number, line)

    def _line_of(self, error: BaseException) -> int:
        """The line of the cell that was running when an error left it, 0 where that is not known."""
        traceback = error.__traceback__
        while traceback is not None:
            if traceback.tb_frame.f_globals is self._shell.user_ns:
                return traceback.tb_lineno
            traceback = traceback.tb_next
        return 0

    # What the magic does.

    def _on(self) -> None:
        self._is_on = True
        print("torchlint checks each cell before it runs; `%torchlint off` ends that.")
        cells = self._cells()
        self._show(cells.news(_settings()), cells)

    def _off(self) -> None:
        self._is_on = False

    def _tell_all(self) -> None:
        cells = self._cells()
        found = cells.each_once(_settings())
        if not found:
            print(f"torchlint found nothing in {len(cells)} cells.")
        self._show(found, cells)

    def _why(self) -> None:
        error = getattr(sys, "last_value", None)
        if error is None:
            print("torchlint: there was no error yet.")
            return
        from torchlint.frontends.notebook import shown  # start-up: 0.2 s, which only an error needs
        from torchlint.frontends.notebook.log import log_of  # start-up: 1 ms, which only an error needs
        from torchlint.why.diagnosis import diagnose  # start-up: 0.1 s, which only an error needs

        numbers = [
            number
            for each, _ in walk_tb(error.__traceback__)
            if (number := self._number_of(each.f_code.co_filename)) is not None
        ]
        cells, last = self._cells(), max(numbers, default=None)
        found = diagnose(log_of(error, self._number_of), Path.cwd(), cells.source(last))
        if found is not None:
            self._publish(shown.of_diagnosis(found, cells.data(last)))

    # Helpers.

    def _cells(self) -> Cells:
        """All cells that ran up to now."""
        from torchlint.frontends.notebook.cells import Cells  # start-up: 0.2 s, which only checking needs

        self._kept = self._kept or Cells()
        for number in sorted(self._waiting):
            self._kept.add(number, self._waiting.pop(number))
        return self._kept

    def _show(self, findings: list[Any], cells: Cells) -> None:
        """Show findings below the cell that runs; nothing where there are none."""
        if not findings:
            return
        from torchlint.frontends.notebook import shown  # start-up: 0.2 s, which only a finding needs

        cells.told(findings)
        self._publish(shown.of_findings(findings, cells.data()))

    def _publish(self, data: dict[str, str]) -> None:
        self._shell.display_pub.publish(data=data)

    def _number_of(self, filename: str) -> int | None:
        """The number of the cell whose code has a file's name, None where it is no cell's."""
        label = self._shell.compile.format_code_name(filename)
        found = re.search(r"\d+", label[1]) if label and label[0] == "Cell" else None
        return int(found[0]) if found else None


def _without_magic(lines: list[str]) -> list[str]:
    """A cell without ``%%torchlint``: it runs as if that were not there, at the lines where it stands."""
    if lines and _FIRST_LINE.match(lines[0]):
        return ["\n", *lines[1:]]
    return lines


_without_magic.has_side_effects = True  # type: ignore[attr-defined]  # else a terminal would end such a cell at once


def _settings() -> Settings:
    """Those of the current folder. Raises: ConfigError."""
    from torchlint.engine.settings import NO_OVERRIDES, load_settings  # start-up: 0.1 s, which only checking needs

    return load_settings(Path.cwd(), NO_OVERRIDES)
