"""What a run showed of the state of models, as a table: what is saved, moved or trained by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.confirm.records import Records

_HEADER = ("module", "state", "what it is", "what is missing")
_NOTHING = "Every parameter, buffer and tensor that was seen is registered, saved and in an optimizer."


def table(records: Records) -> list[str]:
    """The lines of the table; one that says so where nothing is missing."""
    rows = list(dict.fromkeys(_rows(records)))
    if not rows:
        return [_NOTHING]
    widths = [max(len(row[column]) for row in (_HEADER, *rows)) for column in range(len(_HEADER))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (_HEADER, *rows)
    ]


def _rows(records: Records) -> Iterator[tuple[str, str, str, str]]:
    for plain in records.plain:
        what = f"{plain.what} on {plain.device}" if plain.device else plain.what
        yield plain.owner, plain.attribute, what, "not registered: neither saved nor moved"
    for each in records.unsaved:
        yield each.owner, each.name, each.what, each.why
