"""Places in the text of files: where a finding's place is for a program that knows nothing of notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torchlint.finding import Place
    from torchlint.frontends.seams import Sources
    from torchlint.syntax.notebook_positions import NotebookPositions


class Region(NamedTuple):
    """1-based lines and columns of a file's text; columns count code points, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Regions:
    """The regions of places; a notebook is read once for all that is asked about it in a row."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._notebook: tuple[str, NotebookPositions | None] = ("", None)

    def of(self, path: str, place: Place) -> Region:
        """The region of ``place`` in the file that it is in, which is ``path`` where the place names none."""
        positions = self._positions(place.path or path) if place.cell is not None else None
        if place.cell is None or positions is None:
            return Region(place.line, place.column, place.end_line, place.end_column)
        start = positions.position(place.cell, place.line, place.column)
        return Region(*start, *positions.position(place.cell, place.end_line, place.end_column))

    def _positions(self, path: str) -> NotebookPositions | None:
        """What is known of the notebook at ``path``, None where it cannot be read any more."""
        if self._notebook[0] != path:
            from torchlint.syntax.notebook_positions import NotebookPositions

            data = self._sources.data(path) if self._sources.get(path) else None
            self._notebook = (path, NotebookPositions(data) if data is not None else None)
        return self._notebook[1]
