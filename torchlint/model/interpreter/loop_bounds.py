"""How long a loop of unknown length is: what its iterations prove of that, and what they ask about it.

In an iteration, the loop is at least that long; where ``i + 1 < n`` is false, no other one follows, and most likely
none where the item is what it is compared with: the last one is told so. A loop that nothing ends before is taken to
end with the last iteration that is run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.interpreter.identities import Computed, Constant, Length, Longer, Not
from torchlint.model.interpreter.values.symbolic import Symbolic, identity

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable, Iterable

    from torchlint.model.interpreter.state import PathState

ENOUGH = 3
"""Iterations of a loop of unknown length."""
MOST = 4
"""Iterations of a loop of known length; of a longer one the first and the last are run."""

MOST_KEYS = 50
"""Keys of a dict, or characters of a text, that a loop runs over."""


@dataclass(frozen=True, slots=True)
class Items:
    """What a loop runs over; ``exact`` is whether these are taken to be all there are, else more or fewer can follow.

    ``is_cut``: of those that there are, these are the first ones and the last one, or just some.

    Of a loop of unknown length, ``length`` is the key of where its index ends, which begins at ``start``, and
    ``source`` is what has that length.
    """

    values: list[object]
    exact: bool
    length: Hashable = None
    start: int = 0
    source: object = None
    is_cut: bool = False

    @property
    def is_all(self) -> bool:
        """Whether these certainly are all, no more and no less."""
        return self.exact and not self.is_cut


def of_any_number(
    run: PathState, values: Iterable[object], source: object, *, exact: bool = False, length: Hashable = None
) -> Items:
    """The first items of what has nobody knows how many."""
    return Items(list(values), exact, length or Length(run.fresh()), source=source, is_cut=True)


_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


def iterations(run: PathState, items: Items) -> Generator[object]:
    """What a loop binds, as long as it goes on."""
    if items.length is None:
        _note(run, ("items", run.fresh()), enumerate(items.values))
        yield from items.values
        return
    length, offset = line(items.length)
    start = items.start - offset
    before = run.loops.lengths.get(length)
    run.loops.measured.append((items.source, length))
    try:
        for number, value in enumerate(items.values, start):
            if _is_longer(run, length, number) is False:
                return
            run.loops.lengths[length] = number + 1, start + len(items.values)
            _note(run, length, [(number, value)])
            yield value
    finally:
        run.loops.measured.pop()
        run.loops.lengths.pop(length, None)
        if before is not None:
            run.loops.lengths[length] = before


def _note(run: PathState, loop: Hashable, items: Iterable[tuple[int, object]]) -> None:
    """Remember which items of a loop are which."""
    for number, value in items:
        for each in value if isinstance(value, tuple) else (value,):
            if (key := identity(each)) is not None:
                run.loops.items[key] = loop, number


def is_item(run: PathState, left: Hashable, right: Hashable) -> object:
    """Whether an item of a running loop is another value, by the identities of both; None: neither is one."""
    if left is None or right is None:
        return None
    one, other = run.loops.items.get(left), run.loops.items.get(right)
    if one is not None and other is not None and one[0] == other[0]:
        if one != other:
            run.log.assumed = run.log.assumed or "what the loop runs over differs"
        return one == other
    for found in (one, other):
        if found is not None and found[0] in run.loops.lengths:
            return _answer(run, found[0], found[1] + 1, positive=False)
    return None


def length_of(run: PathState, source: object) -> Symbolic | None:
    """The length of what a loop is running over."""
    for other, length in reversed(run.loops.measured):
        if source is other or (identity(source) is not None and identity(source) == identity(other)):
            assert isinstance(length, tuple)
            return Symbolic(length)
    return None


def compared(run: PathState, name: str, left: object, right: object) -> object:
    """What a comparison with the length of a running loop comes to; None: it is none."""
    if not run.loops.lengths:
        return None
    if identity(left) is not None and isinstance(right, int):
        return compared(run, _MIRRORED[name], right, left)
    key = identity(right)
    if not isinstance(left, int) or key is None:
        return None
    length, offset = line(key)
    if length not in run.loops.lengths:
        return None
    index = left - offset
    if name in ("eq", "ne"):
        return _equal(run, length, index, positive=name == "eq")
    return _answer(run, length, index - 1 if name in ("le", "gt") else index, positive=name in ("lt", "le"))


def line(key: Hashable) -> tuple[Hashable, int]:
    """A key as that of another value plus a number."""
    match key:
        case Computed("+", length, Constant("int", int(offset))) | Computed("+", Constant("int", int(offset)), length):
            return length, offset
        case Computed("-", length, Constant("int", int(offset))):
            return length, -offset
    return key, 0


def _equal(run: PathState, length: Hashable, index: int, *, positive: bool) -> object:
    """Whether the length is a number: it is if it is not longer, but longer than the number before."""
    if _is_longer(run, length, index - 1) is not True:
        return None if _is_longer(run, length, index - 1) is None else not positive
    return _answer(run, length, index, positive=not positive)


def _answer(run: PathState, length: Hashable, index: int, *, positive: bool) -> object:
    """Whether the length is greater than a number; not ``positive``: whether it is not."""
    known = _is_longer(run, length, index)
    if known is not None:
        return known is positive
    key = Longer(length, index)
    return Symbolic(key if positive else Not(key))


def _is_longer(run: PathState, length: Hashable, index: int) -> bool | None:
    """Whether the length is certainly greater than a number, or certainly not."""
    least, most = run.loops.lengths.get(length, (0, None))
    if index < least:
        return True
    for key, value in run.path.choices.items():
        match key:
            case Longer(other, number) if other == length and (number >= index if value else number <= index):
                return value
    return False if index == most else None
