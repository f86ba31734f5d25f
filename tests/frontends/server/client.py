"""An editor as far as a language server sees it: pygls's client, the texts that it has open, and what it was shown."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.protocol import default_converter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from cattrs import Converter

PATIENCE = 60
"""Seconds after which an answer is not expected any more."""

FULL = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        workspace_folders=True,
        configuration=True,
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
    ),
    text_document=types.TextDocumentClientCapabilities(
        code_action=types.CodeActionClientCapabilities(
            data_support=True, resolve_support=types.ClientCodeActionResolveOptions(["edit"])
        ),
    ),
    notebook_document=types.NotebookDocumentClientCapabilities(types.NotebookDocumentSyncClientCapabilities()),
)


class Editor:
    """A server's other side: ``async with Editor(folder) as editor``."""

    def __init__(
        self,
        *folders: Path,
        capabilities: types.ClientCapabilities | None = None,
        encoding: types.PositionEncodingKind = types.PositionEncodingKind.Utf16,
        options: object = None,
        command: Sequence[str] = (sys.executable, "-m", "torchlint", "server"),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.client = LanguageClient("editor", "1", converter_factory=_converter)
        self.folders = folders
        self.capabilities = capabilities or types.ClientCapabilities()
        self.capabilities.general = types.GeneralClientCapabilities(position_encodings=[encoding])
        self.options = options
        self.command = command
        self.environment = environment
        self.shown: dict[str, types.PublishDiagnosticsParams] = {}
        self.said: list[str] = []
        self.registered: list[types.Registration] = []
        self.settings: dict[str, object] = {}
        self.versions: dict[str, int] = defaultdict(int)
        self.process: asyncio.subprocess.Process | None = None
        self.capabilities_of_server: types.ServerCapabilities | None = None
        self._news = asyncio.Condition()
        self._answer_the_server()

    def _answer_the_server(self) -> None:
        feature = self.client.feature

        async def publish(params: types.PublishDiagnosticsParams) -> None:
            async with self._news:
                self.shown[params.uri] = params
                self._news.notify_all()

        async def show(params: types.ShowMessageParams) -> None:
            async with self._news:
                self.said.append(params.message)
                self._news.notify_all()

        def register(params: types.RegistrationParams) -> None:
            self.registered += params.registrations

        def configuration(params: types.ConfigurationParams) -> list[object]:
            return [self.settings.get(each.scope_uri or "") for each in params.items]

        feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(publish)
        feature(types.WINDOW_SHOW_MESSAGE)(show)
        feature(types.CLIENT_REGISTER_CAPABILITY)(register)
        feature(types.WORKSPACE_CONFIGURATION)(configuration)

    async def __aenter__(self) -> Editor:
        keywords: dict[str, Any] = {"env": self.environment} if self.environment is not None else {}
        await self.client.start_io(*self.command, cwd=self.folders[0], **keywords)
        self.process = self.client._server
        folders = [types.WorkspaceFolder(each.as_uri(), each.name) for each in self.folders]
        params = types.InitializeParams(
            capabilities=self.capabilities,
            root_uri=folders[0].uri,
            workspace_folders=folders,
            initialization_options=self.options,  # type: ignore[arg-type]  # JSON of any shape
        )
        answer = await asyncio.wait_for(self.client.initialize_async(params), PATIENCE)
        self.capabilities_of_server = answer.capabilities
        self.client.initialized(types.InitializedParams())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process is not None
        if self.process.returncode is None:
            if kind is None:
                await asyncio.wait_for(self.client.shutdown_async(None), PATIENCE)
                self.client.exit(None)
            else:
                self.process.kill()
        await asyncio.wait_for(self.client.stop(), PATIENCE)
        transport = self.process._transport  # type: ignore[attr-defined]  # asyncio leaves it open, and then warns
        transport.close()

    # Documents.

    def open(self, uri: str, text: str, language: str = "python") -> None:
        self.versions[uri] += 1
        item = types.TextDocumentItem(uri, language, self.versions[uri], text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, uri: str, *changes: types.TextDocumentContentChangeEvent) -> None:
        self.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, list(changes)))

    def replace(self, uri: str, text: str) -> None:
        """The whole text anew."""
        self.change(uri, types.TextDocumentContentChangeWholeDocument(text))

    def close(self, uri: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def open_notebook(self, uri: str, cells: Sequence[tuple[types.NotebookCellKind, str]]) -> list[str]:
        """Open a notebook with cells of some kind and text; the URIs of its cells."""
        uris = [f"{uri}#cell{number}" for number in range(len(cells))]
        kinds = [types.NotebookCell(kind, each) for (kind, _), each in zip(cells, uris, strict=True)]
        items = [
            types.TextDocumentItem(each, "python", 1, text)
            for (kind, text), each in zip(cells, uris, strict=True)
            if kind is types.NotebookCellKind.Code
        ]
        notebook = types.NotebookDocument(uri, "jupyter-notebook", 1, kinds)
        self.client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, items))
        for each in uris:
            self.versions[each] = 1
        return uris

    def change_notebook(self, uri: str, cells: types.NotebookDocumentCellChanges) -> None:
        document = types.VersionedNotebookDocumentIdentifier(2, uri)
        change = types.NotebookDocumentChangeEvent(cells=cells)
        self.client.notebook_document_did_change(types.DidChangeNotebookDocumentParams(document, change))

    # Answers.

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that the server sends. Raises: TimeoutError."""

        async def wait() -> None:
            async with self._news:
                await self._news.wait_for(happened)

        await asyncio.wait_for(wait(), PATIENCE)

    async def diagnostics(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """What is shown about the content of now."""
        wanted = self.versions[uri] if version is None else version
        await self.until(lambda: uri in self.shown and self.shown[uri].version == wanted)
        return list(self.shown[uri].diagnostics)

    async def codes(self, uri: str) -> list[str]:
        """The codes of what is shown about the content of now."""
        return [str(each.code) for each in await self.diagnostics(uri)]

    async def message(self, part: str) -> str:
        """The first message to the user that has some text in it."""
        await self.until(lambda: any(part in each for each in self.said))
        return next(each for each in self.said if part in each)

    async def actions(self, uri: str, at: types.Range, only: list[str] | None = None) -> list[types.CodeAction]:
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), at, types.CodeActionContext([], only))  # type: ignore[arg-type]
        found = await asyncio.wait_for(self.client.text_document_code_action_async(params), PATIENCE)
        return [each for each in found or () if isinstance(each, types.CodeAction)]

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        return await asyncio.wait_for(self.client.code_action_resolve_async(action), PATIENCE)

    async def hover(self, uri: str, at: types.Position) -> str | None:
        params = types.HoverParams(types.TextDocumentIdentifier(uri), at)
        found = await asyncio.wait_for(self.client.text_document_hover_async(params), PATIENCE)
        return found.contents.value if found and isinstance(found.contents, types.MarkupContent) else None


def _converter() -> Converter:
    """pygls's, which cannot read that a server wants cells of any notebook."""
    converter = default_converter()
    converter.register_structure_hook(
        types.NotebookDocumentSyncOptions, lambda _, kind: types.NotebookDocumentSyncOptions([])
    )
    return converter


def whole(text: str) -> types.Range:
    """The range of a whole text."""
    return types.Range(types.Position(0, 0), types.Position(text.count("\n") + 1, 0))


def applied(text: str, edits: Sequence[types.TextEdit], count: Callable[[str], int]) -> str:
    """A text after edits, in an encoding of which ``count`` tells how many units a text has."""
    lines = text.splitlines(keepends=True)

    def offset(at: types.Position) -> int:
        if at.line >= len(lines):
            return len(text)
        line = lines[at.line]
        column = next((number for number in range(len(line) + 1) if count(line[:number]) == at.character), None)
        assert column is not None, "a position inside a character"
        return sum(map(len, lines[: at.line])) + column

    for edit in sorted(edits, key=lambda each: offset(each.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text
