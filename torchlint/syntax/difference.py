"""Where two sequences differ, without looking further than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Difference(NamedTuple):
    """``old[start:old_end]`` has become ``new[start:new_end]``; what is before and behind is the same in both."""

    start: int
    old_end: int
    new_end: int


def difference(old: Sequence[str], new: Sequence[str]) -> Difference:
    """The one difference of two texts, or of two lists of lines."""
    shorter = min(len(old), len(new))
    start = _common(old, new, shorter)
    same = _common(reversed(old), reversed(new), shorter - start)
    return Difference(start, len(old) - same, len(new) - same)


def _common(one: Iterable[str], other: Iterable[str], most: int) -> int:
    """How many items two sequences have in common at their beginnings, at most ``most``."""
    pairs = zip(range(most), one, other, strict=False)
    return next((number for number, left, right in pairs if left != right), most)
