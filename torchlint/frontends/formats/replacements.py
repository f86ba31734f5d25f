"""A fix as replacements in the text of the file that is fixed, for programs that apply it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torchlint.errors import SourceError
from torchlint.frontends.formats.regions import Region
from torchlint.syntax.tree import NEWLINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Fix
    from torchlint.syntax.source import Source


class Replacement(NamedTuple):
    """Replace what is in ``region`` of the file's text by ``text``, which has the file's own newlines."""

    region: Region
    text: str


def replacements(fix: Fix, source: Source, data: bytes) -> Iterator[Replacement]:
    """The replacements of a fix of ``source``, which was read from ``data``; none where it cannot be applied."""
    if not source.is_notebook:
        for edit in fix.edits:
            place = edit.place
            region = Region(place.line, place.column, place.end_line, place.end_column)
            yield Replacement(region, edit.text.replace("\n", source.newline))
        return
    from torchlint.syntax.notebook import apply_to_notebook

    try:
        after = apply_to_notebook(data, source, fix.edits)
    except SourceError:
        return
    yield _between(data.decode("utf-8-sig"), after.decode("utf-8-sig"))


def _between(old: str, new: str) -> Replacement:
    """The one replacement that turns ``old`` into ``new``."""
    start = _common(old, new)
    same = _common(old[start:][::-1], new[start:][::-1])
    end = len(old) - same
    return Replacement(Region(*_position(old, start), *_position(old, end)), new[start : len(new) - same])


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginnings."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (left, right) in pairs if left != right), min(len(one), len(other)))


def _position(text: str, offset: int) -> tuple[int, int]:
    """The 1-based line and column of an offset."""
    starts = [0, *(match.end() for match in NEWLINE.finditer(text, 0, offset))]
    return len(starts), offset - starts[-1] + 1
