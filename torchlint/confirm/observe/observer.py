"""Putting the observer in place, in each thread, and taking it away again."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any

from torchlint.confirm.imports import when_imported
from torchlint.confirm.kinds import kind_of
from torchlint.confirm.observe.backwards import Backwards
from torchlint.confirm.observe.compiled import step_aside
from torchlint.confirm.observe.modes import Calls
from torchlint.confirm.observe.modules import Modules
from torchlint.confirm.observe.overrides import Overrides
from torchlint.confirm.observe.state import State
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
    ) -> None:
        self.state = State(lines, sink, reads)
        self._modules = Modules(self.state, modules)
        self.state.at_first_backward = self._modules.look
        self._backwards = Backwards(self.state)
        self._overrides = Overrides(self.state, _is_ours)
        self._warned = Warned()
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

    def compare_modules(self, saved: torch.nn.Module, reloaded: torch.nn.Module) -> None:
        """Say which watched values of a module are others after it was saved and reloaded."""
        self.state.guarded(self._modules.compare, saved, reloaded)

    def uncaught(self, error: BaseException) -> bool:
        """Note an error that the program does not catch, and return whether it is one of autograd's or of modules'."""
        return bool(self.state.guarded(self._uncaught, error))

    def _uncaught(self, error: BaseException) -> bool:
        kind = kind_of(str(error))
        if kind is None:
            return False
        frames, traceback = [], error.__traceback__
        while traceback is not None:
            frames.append((traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
            traceback = traceback.tb_next
        lines = self.state.lines
        at = [(*lines.file(name), line) for name, line in reversed(frames) if lines.is_users(name)]
        self.state.sink.write(t="uncaught", kind=kind.value, at=at, message=str(error)[:600])
        return True

    def _entered(self) -> Calls:
        mode = Calls(self.state)
        mode.__enter__()
        return mode


def _is_ours(mode: Any) -> bool:
    return type(mode) is Calls
