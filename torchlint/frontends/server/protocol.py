"""Messages in and out: pygls's protocol, with documents kept by torchlint and words for what editors get wrong.

pygls's own documents end lines at form feeds and other characters that are no line ends for editors, and after an edit
would no longer be what the editor shows.
"""

from __future__ import annotations

import json
import typing
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcInvalidRequest
from pygls.protocol import LanguageServerProtocol, lsp_method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.frontends.server.stream import Message

_NOT_INITIALIZED = -32002
_LONGEST = 300
"""Characters of an error."""


class Listener(typing.Protocol):
    """Who is told what an editor sends about its documents, and can tell the editor something."""

    def file_opened(self, document: types.TextDocumentItem) -> None: ...

    def file_changed(
        self,
        document: types.VersionedTextDocumentIdentifier,
        changes: Sequence[types.TextDocumentContentChangeEvent],
    ) -> None: ...

    def closed(self, uri: str) -> None: ...

    def notebook_opened(self, notebook: types.NotebookDocument, cells: Sequence[types.TextDocumentItem]) -> None: ...

    def notebook_changed(self, uri: str, change: types.NotebookDocumentCellChanges) -> None: ...

    def say(self, text: str) -> None: ...


class Protocol(LanguageServerProtocol):
    """What an editor sends about its documents goes to the session."""

    @property
    def _listener(self) -> Listener:
        return typing.cast("Listener", self._server)

    @property
    def is_shut_down(self) -> bool:
        """Whether the editor asked to shut down."""
        return self._shutdown

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._listener.file_opened(params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._listener.file_changed(params.text_document, params.content_changes)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._listener.closed(params.text_document.uri)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        self._listener.notebook_opened(params.notebook_document, params.cell_text_documents)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        if params.change.cells is not None:
            self._listener.notebook_changed(params.notebook_document.uri, params.change.cells)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        self._listener.closed(params.notebook_document.uri)

    def receive(self, message: Message) -> None:
        """Handle a message. What is none is answered with an error, for somebody may wait for an answer."""
        try:
            data = _parsed(message)
        except (ValueError, RecursionError) as error:
            why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            self._refuse(None, types.ErrorCodes.ParseError, f"a message of the editor cannot be read: {why}")
            return
        number = _id(data)
        try:
            if (
                not isinstance(data, dict)
                or data.get("jsonrpc") != self.VERSION
                or not isinstance(data.get("method", ""), str)
            ):
                raise JsonRpcInvalidRequest("no JSON-RPC message")
            self.handle_message(self._structured(data))
        except JsonRpcException as error:
            method = data.get("method") if isinstance(data, dict) else None
            about = f"a message of the editor cannot be read: {error.message}"
            self._refuse(number if method is not None else None, error.code, about)
        except Exception as error:  # a defect, of pygls's or of ours, which must not end the conversation
            about = f"failed on a message of the editor; please report it: {type(error).__name__}: {error}"
            self._refuse(number, types.ErrorCodes.InternalError, about)

    def _structured(self, data: dict[str, Any]) -> Any:
        """A message as pygls has it. Raises: JsonRpcException where something is missing or of a wrong type."""
        try:
            # Parameters may be left out; pygls wants them before it sees whether there is such a method.
            return super().structure_message({"params": None, **data} if "method" in data else data)
        except JsonRpcException as error:
            about = f"{data.get('method') or 'an answer'} without what it must have"
            raise JsonRpcInvalidParams(about) from error

    def handle_message(self, message: Any) -> None:
        """Hand one message on where it is its time. Raises: JsonRpcException where a request comes at a wrong time."""
        method = getattr(message, "method", None)
        is_request = method is not None and hasattr(message, "id")
        if self._workspace is None and method not in (None, types.INITIALIZE, types.EXIT):
            if is_request:
                error = types.ResponseError(_NOT_INITIALIZED, "send `initialize` first")
                self._send_response(message.id, error=error)
            return
        if is_request and (self._shutdown or (self._workspace is not None and method == types.INITIALIZE)):
            when = "after `shutdown`" if self._shutdown else "a second time"
            error = types.ResponseError(types.ErrorCodes.InvalidRequest, f"`{method}` comes {when}")
            self._send_response(message.id, error=error)
            return
        super().handle_message(message)

    def _refuse(self, number: str | int | None, code: int, about: str) -> None:
        """Answer with an error; where it is not known to what, the user is told too."""
        error = {"code": int(code), "message": about[:_LONGEST]}
        self._send_data({"jsonrpc": self.VERSION, "id": number, "error": error})
        if number is None and self._workspace is not None:
            self._listener.say(about[:_LONGEST])


def _parsed(message: Message) -> Any:
    """The JSON of a message. Raises: ValueError, RecursionError."""
    if message.encoding not in ("utf-8", "utf8"):
        raise ValueError(f"it is in {message.encoding[:40]!r}, not UTF-8")
    return json.loads(message.body.decode("utf-8"), parse_constant=_reject)


def _reject(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _id(data: Any) -> str | int | None:
    number = data.get("id") if isinstance(data, dict) else None
    return number if isinstance(number, (str, int)) and not isinstance(number, bool) else None
