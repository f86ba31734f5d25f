"""What a code action changes, worked out by the engine, as edits of the editor's texts."""

from __future__ import annotations

import difflib
import json
from enum import Enum
from typing import TYPE_CHECKING

from lsprotocol import types

from torchlint.engine.check import FileResult, check_source
from torchlint.engine.fix import fix_source
from torchlint.engine.noqa import add_noqa
from torchlint.errors import SourceError
from torchlint.frontends.server.positions import Positions
from torchlint.syntax.versions import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.engine.settings import Settings
    from torchlint.finding import Finding
    from torchlint.frontends.server.documents import Snapshot, Text
    from torchlint.frontends.server.positions import Units
    from torchlint.syntax.source import Source


class Change(Enum):
    """What a code action does."""

    FIX = "fix"
    FIX_ALL = "fix-all"
    SUPPRESS = "suppress"


def rewritten(snapshot: Snapshot, change: Change, finding: Finding | None, settings: Settings | None) -> list[str]:
    """The texts of a document after a change; what is fixed is checked as ``--fix`` checks it.

    Raises: SourceError where the change was refused.
    """
    source, data = snapshot.source(), snapshot.data()
    if change is Change.SUPPRESS:
        assert finding is not None
        return _texts(snapshot, *add_noqa(source, data, [finding]))
    if change is Change.FIX:
        assert finding is not None
        once = iter([FileResult(source.path, (finding,))])
        fixed = fix_source(source, lambda _: next(once, FileResult(source.path, ())), unsafe=True, data=data)
    else:
        assert settings is not None  # else there was nothing to fix
        fixed = fix_source(source, lambda each: check_source(each, settings), unsafe=False, data=data)
    if fixed.left.error is not None and not fixed.applied:
        raise SourceError(fixed.left.error)
    return _texts(snapshot, fixed.after, fixed.data)


def _texts(snapshot: Snapshot, after: Source, data: bytes) -> list[str]:
    if not snapshot.is_notebook:
        return [after.text]
    return [each["source"] for each in json.loads(data)["cells"]]


def edit(snapshot: Snapshot, texts: Sequence[str], units: Units, *, with_versions: bool) -> types.WorkspaceEdit:
    """The edit that turns the texts of a document into others."""
    changed = [
        (old, list(_edits(old.text, new, units)))
        for old, new in zip(snapshot.texts, texts, strict=True)
        if old.text != new
    ]
    if not with_versions:
        return types.WorkspaceEdit(changes={old.uri: edits for old, edits in changed})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(old.uri, old.version), edits)
            for old, edits in changed
        ]
    )


def _edits(old: str, new: str, units: Units) -> Iterator[types.TextEdit]:
    """The edits of whole lines that turn one text into another."""
    olds, news = split_lines(old), split_lines(new)
    offsets = [0]
    for line in olds:
        offsets.append(offsets[-1] + len(line))
    positions = Positions(old, units)
    matcher = difflib.SequenceMatcher(None, olds, news, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            yield types.TextEdit(positions.range(offsets[start], offsets[end]), "".join(news[new_start:new_end]))
