"""What a finding is about wherever its lines have moved to: its file, its rule and the text of its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torchlint.finding import Finding
    from torchlint.syntax.source import Source


class Fingerprint(NamedTuple):
    """``path`` has forward slashes; ``text`` is that of all lines of the finding, with single spaces between words."""

    path: str
    code: str
    text: str

    def digest(self, number: int) -> str:
        """64 hexadecimal digits for the finding that is the 0-based ``number``th with this fingerprint."""
        import hashlib  # only what is compared between runs pays for it

        text = "\0".join((*self, str(number)))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(path: str, finding: Finding, source: Source | None) -> Fingerprint:
    """The fingerprint of a finding of ``source``, which is None where it cannot be read as a program."""
    place = finding.place
    lines = [source.written_line(place.cell, line) for line in place.lines] if source else []
    return Fingerprint(path, finding.code, " ".join(word for line in lines for word in line.split()))
