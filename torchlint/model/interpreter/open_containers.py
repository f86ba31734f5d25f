"""Lists and dicts of which more items may be than were seen: loops that were not run to their end filled them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.interpreter.identities import Fresh, Length
from torchlint.model.interpreter.values.symbolic import Symbolic

if TYPE_CHECKING:
    from collections.abc import Sized

    from torchlint.model.interpreter.state import PathState

_FIRST = 2
"""Items that certainly are the first ones, of however many."""


def leave_open(run: PathState, container: object) -> None:
    """More items may be in a container than are known."""
    run.loops.open.setdefault(id(container), (container, run.fresh()))


def is_open(run: PathState, container: object) -> bool:
    """Whether more items may be in a container than are known."""
    return id(container) in run.loops.open


def length(run: PathState, container: Sized) -> int | Symbolic:
    """How many items a container has, the same each time as long as it is not seen to change."""
    if not is_open(run, container):
        return len(container)
    return Symbolic(Length(run.loops.open[id(container)][1], len(container)))


def item(run: PathState, container: object, index: object, found: object) -> object:
    """What is at an index of a container: of an open one all items are alike but for numbers and texts."""
    is_first = isinstance(index, int) and 0 <= index < _FIRST
    if is_first or not isinstance(found, (int, float, str)) or not is_open(run, container):
        return found
    return Symbolic(Fresh(run.fresh()))
