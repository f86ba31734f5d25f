"""What the editor has open: files, and notebooks of which each cell is a text of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types
from pygls.uris import to_fs_path

from torchlint.frontends.server.positions import Positions
from torchlint.syntax.read_source import read_source
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torchlint.engine.check import FileResult
    from torchlint.frontends.server.positions import Units

_PYTHON = "python"
_NOTEBOOK = ".ipynb"


class Text(NamedTuple):
    """One text as the editor has it: a file, or a cell of a notebook. ``kind`` is None outside notebooks."""

    uri: str
    version: int | None
    text: str
    language: str = _PYTHON
    kind: types.NotebookCellKind | None = None

    @property
    def is_code(self) -> bool:
        """Whether it is Python: editors say so, and do not always know what a notebook's cell is."""
        return self.kind is not types.NotebookCellKind.Markup and self.language == _PYTHON

    def changed(self, version: int, changes: Iterable[types.TextDocumentContentChangeEvent], units: Units) -> Text:
        """The text after changes, each of which applies to what the one before it left."""
        text = self.text
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                positions = Positions(text, units)
                start, end = positions.offset(change.range.start), positions.offset(change.range.end)
                text = text[:start] + change.text + text[max(start, end) :]
            else:
                text = change.text
        return self._replace(version=version, text=text)


class Snapshot(NamedTuple):
    """A document at one moment. ``texts`` are its file, or its cells in order; ``number`` tells it from all others."""

    uri: str
    path: str
    number: int
    texts: tuple[Text, ...]
    is_notebook: bool

    def text_of(self, cell: int | None) -> Text:
        """The text in which a place of a cell, by its 1-based position among all cells, is."""
        return self.texts[0 if cell is None else cell - 1]

    def cell_of(self, uri: str) -> int | None:
        """The 1-based position of a cell among all cells, None for a file, and for no cell of a notebook."""
        if not self.is_notebook:
            return None
        return next((number for number, each in enumerate(self.texts, 1) if each.uri == uri), None)

    def data(self) -> bytes:
        """The bytes that a file with this content would have."""
        if not self.is_notebook:
            return self.texts[0].text.encode("utf-8", "surrogatepass")
        cells = [
            {
                "cell_type": "markdown" if each.kind is types.NotebookCellKind.Markup else "code",
                "metadata": {"vscode": {"languageId": each.language}},
                "source": each.text,
            }
            for each in self.texts
        ]
        return json.dumps({"cells": cells}).encode()

    def source(self) -> Source:
        """The program in it. Raises: SourceError where it cannot be read."""
        if self.is_notebook:
            return read_source(self.data(), self.path)
        return Source(self.texts[0].text, self.path)


class Checked(NamedTuple):
    """A snapshot and what was found in it; ``good`` is the last one before it that was valid Python, or itself."""

    snapshot: Snapshot
    result: FileResult
    good: Checked | None


@dataclass(slots=True)
class Document:
    """An open file or notebook, what was last found in it, and in the last version that was valid Python."""

    snapshot: Snapshot
    checked: Checked | None = None
    good: Checked | None = None

    @property
    def is_current(self) -> bool:
        """Whether what was found is about the content of now."""
        return self.checked is not None and self.checked.snapshot.number == self.snapshot.number

    def depends_on(self, paths: set[str]) -> bool:
        """Whether what was found depends on any of some files."""
        return self.checked is None or not paths.isdisjoint(self.checked.result.depends)


class Documents:
    """All open documents by URI; the cells of a notebook lead to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._open: dict[str, Document] = {}
        self._notebook_of: dict[str, str] = {}
        self._number = 0

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._open.values()))

    def find(self, uri: str) -> Document | None:
        """The document of a URI, which may be that of a notebook's cell; None where it is not open."""
        return self._open.get(self._notebook_of.get(uri, uri))

    def open(self, uri: str, texts: Sequence[Text], *, is_notebook: bool) -> Document:
        """Open a document, or replace the one that is open under the same URI."""
        path = to_fs_path(uri)
        if not path or "\0" in path:
            path = str(self.root / Path(uri.partition(":")[2].replace("\0", "")).name)
        if is_notebook and not path.endswith(_NOTEBOOK):
            path += _NOTEBOOK
        document = Document(Snapshot(uri, path.replace("\\", "/"), 0, (), is_notebook))
        self._open[uri] = document
        self.update(document, texts)
        return document

    def update(self, document: Document, texts: Sequence[Text]) -> None:
        """Give a document other texts."""
        self._number += 1
        document.snapshot = document.snapshot._replace(number=self._number, texts=tuple(texts))
        if document.snapshot.is_notebook:
            uri = document.snapshot.uri
            self._notebook_of = {cell: owner for cell, owner in self._notebook_of.items() if owner != uri}
            self._notebook_of.update((each.uri, uri) for each in texts)

    def close(self, uri: str) -> Document | None:
        """Forget a document; None where it was not open."""
        document = self._open.pop(uri, None)
        if document is not None:
            self._notebook_of = {cell: owner for cell, owner in self._notebook_of.items() if owner != uri}
        return document

    def is_open(self, document: Document) -> bool:
        """Whether a document has not been closed or replaced."""
        return self._open.get(document.snapshot.uri) is document
