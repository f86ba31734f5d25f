"""Garbage is collected between two files: in the middle of one, Python would walk its syntax trees again and again."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENOUGH = 50_000
"""Objects that were made and not yet dropped, after which garbage is looked for."""
_GENERATIONS = ((100, 2), (10, 1), (1, 0))


class Garbage:
    """Takes the collection of garbage over as a context, in which ``collect`` is called after each file.

    ``generations`` says each how many times which generation is searched, the oldest first.
    """

    def __init__(self, generations: Sequence[tuple[int, int]] = _GENERATIONS, enough: int = _ENOUGH) -> None:
        self._generations = generations
        self._enough = enough
        self._times = 0
        self._was_enabled = True

    def __enter__(self) -> Garbage:
        self._was_enabled = gc.isenabled()
        gc.freeze()
        gc.disable()
        return self

    def __exit__(self, *_: object) -> None:
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    def collect(self) -> None:
        """Look for garbage if enough can have gathered."""
        if gc.get_count()[0] >= self._enough:
            self._times += 1
            gc.collect(next(generation for every, generation in self._generations if self._times % every == 0))
