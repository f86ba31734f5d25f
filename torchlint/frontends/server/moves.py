"""Places of an older text in a newer one: what stands before and behind the lines that changed only moves with them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchlint.finding import Place

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Move:
    """How places move from one version of a text to another."""

    def __init__(self, old: str, new: str) -> None:
        olds, news = _LINE.findall(old), _LINE.findall(new)
        shorter = min(len(olds), len(news))
        self._before = next((at for at in range(shorter) if olds[at] != news[at]), shorter)
        left = shorter - self._before
        after = next((at for at in range(left) if olds[-1 - at] != news[-1 - at]), left)
        self._behind = len(olds) - after
        self._down = len(news) - len(olds)

    def of(self, place: Place) -> Place | None:
        """Where a place of the old text is now, None where its lines have changed."""
        if place.end_line <= self._before:
            return place
        if place.line > self._behind:
            return replace(place, line=place.line + self._down, end_line=place.end_line + self._down)
        return None
