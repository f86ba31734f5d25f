"""Places of an older text in a newer one: what stands before and behind the lines that changed only moves with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.syntax.versions import split_lines, unchanged

if TYPE_CHECKING:
    from torchlint.finding import Place


class Move:
    """How places move from one version of a text to another."""

    def __init__(self, old: str, new: str) -> None:
        olds, news = split_lines(old), split_lines(new)
        self._before, after = unchanged(olds, news)
        self._behind = len(olds) - after
        self._down = len(news) - len(olds)

    def of(self, place: Place) -> Place | None:
        """Where a place of the old text is now, None where its lines have changed."""
        if place.end_line <= self._before:
            return place
        if place.line > self._behind:
            return replace(place, line=place.line + self._down, end_line=place.end_line + self._down)
        return None
