"""One editor's session: its documents, its settings, and what it is told about them.

Messages are handled in the event loop, checks run in other processes, and what they find comes back to the loop, which
alone writes.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from torchlint import __version__
from torchlint.engine.selection import SYNTAX_ERROR
from torchlint.frontends.server.analysis import Analysis
from torchlint.frontends.server.diagnostics import diagnostics
from torchlint.frontends.server.documents import Checked, Documents, Text
from torchlint.frontends.server.positions import Units
from torchlint.frontends.server.protocol import Protocol
from torchlint.frontends.server.stream import FramingError, Incoming, Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import BinaryIO, NoReturn

    from torchlint.engine.check import FileResult
    from torchlint.frontends.server.documents import Document, Snapshot

_IDLE = 2
"""Seconds without a check after which nobody types."""
_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithNotebook("*", [types.NotebookCellLanguage("python")])]
)


class Session(LanguageServer):
    """The server's side of a conversation with one editor."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__("torchlint", __version__, protocol_cls=Protocol, notebook_document_sync=_NOTEBOOKS)
        self.documents = Documents(Path.cwd())
        self.analysis = Analysis(self._checked, self.say)
        self.is_told_of_files = False
        self._waiting: dict[int, list[asyncio.Future[Checked | None]]] = {}
        self._tidying: asyncio.TimerHandle | None = None

    @property
    def units(self) -> Units:
        """How this editor counts characters."""
        return Units.of(self.workspace.position_encoding or types.PositionEncodingKind.Utf16)

    def converse(self, incoming: BinaryIO, outgoing: BinaryIO) -> int:
        """Answer an editor until it goes, and return the exit status."""
        self.protocol.set_writer(Outgoing(outgoing, _leave))
        try:
            asyncio.run(self._converse(incoming))
        except SystemExit as left:
            return int(left.code or 0)
        except FramingError as error:
            sys.stderr.write(f"error: the editor's messages cannot be followed any more: {error}\n")
            return 2
        except KeyboardInterrupt:
            return 130
        finally:
            self.analysis.end()
        return 0 if self.protocol.is_shut_down else 1

    async def _converse(self, stream: BinaryIO) -> None:
        self.analysis.begin()
        incoming = Incoming(stream)
        while (message := await incoming.next()) is not None:
            self.protocol.receive(message)

    def begin(self) -> None:
        """The editor said hello."""
        self.documents.root = self.folders[0]

    @property
    def folders(self) -> list[Path]:
        """The workspace's folders on disk; without any, the server's own."""
        uris = [each.uri for each in self.workspace.folders.values()] or [self.workspace.root_uri or ""]
        return [Path(path) for path in map(to_fs_path, uris) if path] or [Path.cwd()]

    def use_settings(self, values: Sequence[object]) -> None:
        """Put the editor's own settings on top: one for each folder of the workspace, or one for all."""
        each = values if len(values) == len(self.folders) else list(values[:1]) * len(self.folders)
        by_folder = dict(zip(self.folders, each, strict=False))
        self.analysis.use_settings(by_folder)
        self.check_again()

    def read_files_again(self) -> None:
        """Forget what was read from other files and configurations."""
        self.analysis.read_files_again()
        self.check_again()

    # What the editor does with its documents.

    def file_opened(self, item: types.TextDocumentItem) -> None:
        """A file was opened."""
        text = Text(item.uri, item.version, item.text, item.language_id)
        self.analysis.request(self.documents.open(item.uri, [text], is_notebook=False))

    def file_changed(
        self, item: types.VersionedTextDocumentIdentifier, changes: Sequence[types.TextDocumentContentChangeEvent]
    ) -> None:
        """A file's text changed."""
        document = self._open(item.uri, "changed")
        if document is not None:
            (text,) = document.snapshot.texts
            self.documents.update(document, [text.changed(item.version, changes, self.units)])
            self.analysis.request(document)

    def notebook_opened(self, notebook: types.NotebookDocument, cells: Iterable[types.TextDocumentItem]) -> None:
        """A notebook was opened."""
        items = {each.uri: each for each in cells}
        texts = [_cell(each, items.get(each.document)) for each in notebook.cells]
        self.analysis.request(self.documents.open(notebook.uri, texts, is_notebook=True))

    def notebook_changed(self, uri: str, changes: types.NotebookDocumentCellChanges) -> None:
        """Cells of a notebook were added, removed, moved, or their texts changed."""
        document = self._open(uri, "changed")
        if document is None:
            return
        texts = list(document.snapshot.texts)
        if changes.structure is not None:
            array = changes.structure.array
            items = {each.uri: each for each in changes.structure.did_open or ()}
            known = {each.uri: each for each in texts}
            added = [
                known.get(each.document) if each.document not in items else _cell(each, items[each.document])
                for each in array.cells or ()
            ]
            texts[array.start : array.start + array.delete_count] = [each for each in added if each is not None]
        for content in changes.text_content or ():
            texts = [
                each.changed(content.document.version, content.changes, self.units)
                if each.uri == content.document.uri
                else each
                for each in texts
            ]
        for gone in {each.uri for each in document.snapshot.texts} - {each.uri for each in texts}:
            self._publish(gone, None, [])
        self.documents.update(document, texts)
        self.analysis.request(document)

    def closed(self, uri: str) -> None:
        """A file or notebook was closed: nothing is shown about it any more."""
        document = self._open(uri, "closed")
        if document is not None:
            self.documents.close(uri)
            self.analysis.forget(document.snapshot.uri)
            for text in document.snapshot.texts:
                self._publish(text.uri, None, [])
            self._answer(document, None)

    def check_again(self, which: Callable[[Document], bool] = lambda document: True) -> None:
        """Check documents again, as something that their findings depend on has changed."""
        for document in self.documents:
            if which(document):
                self.documents.update(document, document.snapshot.texts)
                self.analysis.request(document)

    def _open(self, uri: str, did: str) -> Document | None:
        document = self.documents.find(uri)
        if document is None:
            self.say(f"{uri} was {did}, but had not been opened; open it again", types.MessageType.Warning)
        return document

    # What was found.

    def _checked(self, document: Document, snapshot: Snapshot, result: FileResult) -> None:
        """Show what was found, unless the document was closed meanwhile.

        What was found in an older text is shown where it is by now, and says of no version that it is about it.
        """
        if not self.documents.is_open(document):
            return
        document.checked = checked = Checked(snapshot, result, document.good)
        if not any(each.code == SYNTAX_ERROR.code for each in result.findings):
            document.good = checked._replace(good=None)
        versions = {each.uri: each.version if document.is_current else None for each in document.snapshot.texts}
        for uri, found in diagnostics(checked, document.snapshot, self.units).items():
            self._publish(uri, versions[uri], found)
        if document.is_current:
            self._answer(document, checked)
        self._tidy_later()

    def _tidy_later(self) -> None:
        if self._tidying is not None:
            self._tidying.cancel()
        self._tidying = asyncio.get_running_loop().call_later(_IDLE, self.analysis.tidy)

    def _publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    async def current(self, uri: str) -> Checked | None:
        """What was found in the content of now of a file or of a cell's notebook; None where it is not open."""
        document = self.documents.find(uri)
        if document is None or document.is_current:
            return document.checked if document is not None else None
        answer: asyncio.Future[Checked | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(id(document), []).append(answer)
        return await answer

    def _answer(self, document: Document, checked: Checked | None) -> None:
        for answer in self._waiting.pop(id(document), ()):
            if not answer.done():
                answer.set_result(checked)

    # What the user is told.

    def say(self, message: str, kind: types.MessageType = types.MessageType.Error) -> None:
        """Show the user a message."""
        self.window_show_message(types.ShowMessageParams(kind, f"torchlint: {message}"))

    def report_server_error(self, error: Exception, source: object) -> None:
        """Say what went wrong with a message; a request is answered with its error by itself."""
        if isinstance(error, JsonRpcException):
            self.say(f"failed on a message of the editor; please report it: {error}")


def _leave() -> NoReturn:
    """The editor does not listen any more."""
    raise SystemExit(1)


def _cell(cell: types.NotebookCell, item: types.TextDocumentItem | None) -> Text:
    """A cell as a text; one that the editor keeps to itself, as it is in another language, is empty."""
    if item is None:
        return Text(cell.document, None, "", "", cell.kind)
    return Text(cell.document, item.version, item.text, item.language_id, cell.kind)
