"""``# noqa`` comments for findings that are there now, so that only later ones are reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.engine.check import parse
from torchlint.engine.fix import apply_to_file
from torchlint.errors import SourceError
from torchlint.syntax.suppress import Suppressions
from torchlint.syntax.tree import is_same_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchlint.finding import Finding
    from torchlint.syntax.source import Source


def add_noqa(source: Source, data: bytes, findings: Iterable[Finding]) -> tuple[Source, bytes]:
    """``source``, which was read from ``data``, and its bytes, with a comment for each finding that one can suppress.

    Raises: SourceError where that would change more than comments, which then stays as it was.
    """
    edits = Suppressions.of(source).additions(findings)
    if not edits:
        return source, data
    after, new = apply_to_file(source, data, edits)
    if not is_same_tree(parse(after), parse(source)):
        raise SourceError("a noqa comment would change the program; add it by hand")
    return after, new
