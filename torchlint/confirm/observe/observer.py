"""Putting the observer in place, in each thread, and taking it away again."""

from __future__ import annotations

import functools
import sys
import threading
from typing import TYPE_CHECKING, Any

from torchlint.confirm.imports import when_imported
from torchlint.confirm.kinds import Kind, kind_of
from torchlint.confirm.observe.backwards import Backwards
from torchlint.confirm.observe.compiled import step_aside
from torchlint.confirm.observe.made import Made
from torchlint.confirm.observe.modes import Calls
from torchlint.confirm.observe.modules import Modules
from torchlint.confirm.observe.optimizers import Optimizers
from torchlint.confirm.observe.overrides import Overrides, Together
from torchlint.confirm.observe.state import State
from torchlint.confirm.observe.state_table import StateTable
from torchlint.confirm.observe.warned import Warned

if TYPE_CHECKING:
    import torch

    from torchlint.confirm.observe.lines import Lines
    from torchlint.confirm.observe.modules import Watched
    from torchlint.confirm.sink import Sink


class Observer:
    """An observation of this process, from ``start`` to ``stop``."""

    def __init__(
        self,
        lines: Lines,
        sink: Sink,
        reads: frozenset[tuple[str, int | None, int]] = frozenset(),
        modules: tuple[Watched, ...] = (),
        state: bool = False,
    ) -> None:
        self.state = State(lines, sink, reads)
        self._table = StateTable(self.state) if state else None
        self._modules = Modules(self.state, modules, self._table.made if self._table else None)
        self.state.look_at_made = self._modules.look_at_made
        self.state.at_first_backward = self._modules.look
        self._backwards = Backwards(self.state)
        self._optimizers = Optimizers(self.state, self._table.stepped if self._table else lambda parameters: None)
        self._overrides = Together(
            Overrides(self.state, _is_ours),
            Made(self.state, self._modules),
            self._optimizers,
            *([self._table] if self._table else []),
        )
        self._warned = Warned(self._note_warning)
        self._mode: Any = None
        self._bootstrap: Any = None

    def start(self) -> None:
        """Observe this thread and those that are started from now on."""
        self._backwards.install()
        self._overrides.install()
        self._warned.install()
        self._mode = self._entered()
        when_imported("torch._dynamo.eval_frame", lambda: step_aside(self.state, _is_ours, self._overrides))
        self._bootstrap = original = threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

        @functools.wraps(original)
        def bootstrap(thread: threading.Thread) -> None:
            mode = self._entered()
            try:
                original(thread)
            finally:
                mode.__exit__(None, None, None)

        threading.Thread._bootstrap_inner = bootstrap  # type: ignore[attr-defined]

    def stop(self) -> None:
        """Take away all that ``start`` put in place, in this thread."""
        threading.Thread._bootstrap_inner = self._bootstrap  # type: ignore[attr-defined]
        self._mode.__exit__(None, None, None)
        self._warned.remove()
        self._overrides.remove()
        self._backwards.remove()

    def look_at_modules(self) -> None:
        """Look at the modules that are alive, for what a move would leave behind."""
        self.state.guarded(self._modules.look)

    def tell_in_the_end(self) -> None:
        """Say what only all of a run can show."""
        self.look_at_modules()
        self.state.guarded(self._optimizers.tell)
        if self._table is not None:
            self.state.guarded(self._table.tell)
        self.state.guarded(self.state.lines.note_loaded)

    def compare_modules(self, saved: torch.nn.Module, reloaded: torch.nn.Module) -> None:
        """Say which watched values of a module are others after it was saved and reloaded."""
        self.state.guarded(self._modules.compare, saved, reloaded)

    def uncaught(self, error: BaseException) -> bool:
        """Note an error that the program does not catch, and return whether its kind is known."""
        return bool(self.state.guarded(self._uncaught, error))

    def _uncaught(self, error: BaseException) -> bool:
        kind = kind_of(str(error))
        frames, traceback = [], error.__traceback__
        while traceback is not None:
            frames.append((traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
            traceback = traceback.tb_next
        lines = self.state.lines
        at = [(*lines.file(name), line) for name, line in reversed(frames) if lines.is_users(name)]
        known = (kind or Kind.ERROR).value
        self.state.sink.write(t="uncaught", kind=known, at=at[:16], message=str(error)[:600])
        return kind is not None

    def _note_warning(self, message: Any) -> None:
        self.state.guarded(self.state.warned, str(message.message), sys._getframe(1))

    def _entered(self) -> Calls:
        mode = Calls(self.state)
        mode.__enter__()
        return mode


def _is_ours(mode: Any) -> bool:
    return type(mode) is Calls
