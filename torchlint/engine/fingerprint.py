"""What a finding is about wherever its lines have moved to: its file, its rule and the text of its lines."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from torchlint.syntax.comments import comment_columns

if TYPE_CHECKING:
    import hashlib

    from torchlint.finding import Finding
    from torchlint.syntax.source import Source


class Fingerprint(NamedTuple):
    """``path`` has forward slashes; ``text`` is that of all lines of the finding, with single spaces between words and
    without comments."""

    path: str
    code: str
    text: str

    def digest(self, number: int) -> str:
        """64 hexadecimal digits for the finding that is the 0-based ``number``th with this fingerprint."""
        hashed = _hashed(self).copy()
        hashed.update(f"\0{number}".encode())
        return hashed.hexdigest()


def fingerprint(path: str, finding: Finding, source: Source | None) -> Fingerprint:
    """The fingerprint of a finding of ``source``, which is None where it cannot be read as a program."""
    place = finding.place
    return Fingerprint(path, finding.code, _text(source, place.cell, place.lines) if source else "")


# One line can have many findings: it is read for all of them once.


@lru_cache(maxsize=1)
def _text(source: Source, cell: int | None, lines: range) -> str:
    return " ".join(word for line in lines for word in _code(source, cell, line).split())


def _code(source: Source, cell: int | None, line: int) -> str:
    """A line without its comment."""
    text = source.written_line(cell, line)
    if "#" not in text:
        return text
    first = next((each.first_line for each in source.cells if each.index == cell), 1)
    number = first + line - 1
    # A line of a notebook that is IPython's own syntax is other text for Python.
    return text[: comment_columns(source).get(number)] if text == source.written_line(None, number) else text


@lru_cache(maxsize=1)
def _hashed(fingerprint: Fingerprint) -> hashlib._Hash:
    import hashlib  # only what is compared between runs pays for it

    return hashlib.sha256("\0".join(fingerprint).encode("utf-8", "surrogatepass"))
