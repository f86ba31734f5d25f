"""What the parts of the observer share: lines, changes, the tapes of all threads, and how records are made."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import torch

from torchlint.confirm.kinds import Kind
from torchlint.confirm.observe.arrays import Arrays
from torchlint.confirm.observe.changes import Changes
from torchlint.confirm.observe.graph import nodes_behind
from torchlint.confirm.observe.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.confirm.observe.lines import Lines
    from torchlint.confirm.sink import Sink

_LABEL = "torchlint"
_MOST_OTHERS = 4


class State:
    """The state of one observation. ``watched`` are places whose changed tensors are watched for being read."""

    def __init__(self, lines: Lines, sink: Sink, watched: frozenset[tuple[str, int | None, int]] = frozenset()) -> None:
        self.lines = lines
        self.sink = sink
        self.changes = Changes()
        self.arrays = Arrays(self.changes)
        self.watched = watched
        self.watched_changes = _Watched(lines, watched)
        self.armed: set[int] = set()
        """Lines of fused optimizer steps that were seen to spoil a gradient: the next time the old content is kept."""
        self.made: list[Any] = []
        """Modules that were made since the last look: weak references, each with its class."""
        self.look_at_made: Callable[[Any], None] = lambda frame: None
        self._told: set[tuple[Any, ...]] = set()
        self._others: dict[int, int] = defaultdict(int)
        self.hooked = False
        self.at_first_backward: Callable[[], None] | None = None
        self.backwards: frozenset[Any] = frozenset()
        self.foreign_threads = False
        self._tapes = threading.local()
        self._main = self.tape_of_this_thread()

    @property
    def watchful(self) -> bool:
        """Whether arguments of calls must be looked at."""
        return bool(self.arrays.shared or self.changes.spoiled)

    # Who made a node.

    def tape_of_this_thread(self) -> Tape:
        """The tape on which this thread's operations are noted."""
        tape: Tape | None = getattr(self._tapes, "tape", None)
        if tape is None:
            tape = self._tapes.tape = Tape()
            if threading.current_thread() is not threading.main_thread():
                self.foreign_threads = True
        return tape

    def label(self, tape: Tape, start: int, result: Any, args: Any) -> None:
        """Numbers of nodes are those of their thread: nodes of other threads than the main one are told by a label."""
        if tape is self._main:
            return
        tensors = [each for each in (*_flat(result), *_flat(args[:1])) if isinstance(each, torch.Tensor)]
        for node in nodes_behind(tensors):
            metadata = node.metadata
            if _LABEL in metadata or hasattr(node, "variable") or node._sequence_nr() < start:
                continue
            metadata[_LABEL] = tape

    def find(self, node: Any) -> tuple[Tape | None, int]:
        """The tape and the index of the operation that made a node, (None, -1) where that is not known."""
        tape = self._main
        if self.foreign_threads:
            tape = node.metadata.get(_LABEL, tape)
        index = tape.find(node._sequence_nr())
        return (tape, index) if index >= 0 else (None, -1)

    # Records.

    def say(self, record: str, **values: Any) -> None:
        """Write a record; ``at``, ``change``, ``save`` and the like are numbers of lines.

        What happens at no line of the user's is nothing to tell.
        """
        if values.get("at") == 0:
            return
        self.sink.write(t=record, **{name: self._named(name, value) for name, value in values.items()})

    def raised(self, kind: Kind, frame: Any, error: BaseException, **values: Any) -> None:
        """Write that PyTorch refused something."""
        self.say("raised", kind=kind.value, at=self.lines.stack(frame), message=str(error)[:600], **values)

    def say_once(self, record: str, **values: Any) -> None:
        """Write a record that may come as often as a line runs."""
        key = (record, *values.values())
        if key not in self._told:
            self._told.add(key)
            self.say(record, **values)

    def warned(self, message: str, frame: Any) -> None:
        """Write that PyTorch, or somebody else, warned."""
        at = tuple(self.lines.stack(frame))
        if at:
            self.say_once("warned", at=at, message=message[:600])

    def raised_other(self, frame: Any, error: BaseException) -> None:
        """Write that something was refused which has no kind, a few times for each line."""
        at = self.lines.stack(frame)
        if at and self._others[at[0]] < _MOST_OTHERS:
            self._others[at[0]] += 1
            self.say("raised", kind=Kind.ERROR.value, at=at, message=str(error)[:600])

    def _named(self, name: str, value: Any) -> Any:
        if name not in _LINES:
            return value
        if isinstance(value, (list, tuple)):
            return [each for each in map(self.lines.name, value) if each is not None]
        return self.lines.name(value)

    def guarded(self, look: Callable[..., Any], *args: Any) -> Any:
        """Call what only looks. Whatever fails there is recorded; the program must not notice."""
        try:
            with torch._C.DisableTorchFunction():
                return look(*args)
        except Exception as error:
            with contextlib.suppress(Exception):
                where = error.__traceback__
                while where is not None and where.tb_next is not None:
                    where = where.tb_next
                name = f"{look.__name__} at line {where.tb_lineno}" if where is not None else look.__name__
                self.sink.write(t="problem", where=name, error=f"{type(error).__name__}: {error}"[:300])
            return None


_LINES = frozenset({"at", "change", "changes", "save", "freed", "backward", "retained", "created"})


class _Watched:
    """The numbers of lines that lie at watched places."""

    def __init__(self, lines: Lines, places: frozenset[tuple[str, int | None, int]]) -> None:
        self._lines = lines
        self._places = places
        self._known: dict[int, bool] = {}

    def __contains__(self, number: int) -> bool:
        if not self._places:
            return False
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._lines.name(number) in self._places
        return known


def _flat(value: Any) -> list[Any]:
    return [item for each in value for item in _flat(each)] if isinstance(value, (list, tuple)) else [value]
