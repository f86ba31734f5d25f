"""Messages in and out: pygls's protocol, with documents kept by torchlint and words for what editors get wrong.

pygls's own documents end lines at form feeds and other characters that are no line ends for editors, and after an edit
would no longer be what the editor shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

if TYPE_CHECKING:
    from torchlint.frontends.server.session import Session

_NOT_INITIALIZED = -32002


class Protocol(LanguageServerProtocol):
    """What an editor sends about its documents goes to the session."""

    _server: Session

    @property
    def is_shut_down(self) -> bool:
        """Whether the editor asked to shut down."""
        return self._shutdown

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._server.file_opened(params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._server.file_changed(params.text_document, params.content_changes)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._server.closed(params.text_document.uri)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        self._server.notebook_opened(params.notebook_document, params.cell_text_documents)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        if params.change.cells is not None:
            self._server.notebook_changed(params.notebook_document.uri, params.change.cells)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        self._server.closed(params.notebook_document.uri)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Read one message; a request that cannot be read is answered, for its sender waits. Raises: JsonRpcException."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            method = data.get("method")
            if "id" in data and method is not None:
                self._send_response(data["id"], error=error.to_response_error())
            raise JsonRpcException(f"{method or 'an answer'} without what it must have") from error

    def handle_message(self, message: Any) -> None:
        """Hand one message on; before ``initialize`` there is nothing to hand it to. Raises: JsonRpcException."""
        method = getattr(message, "method", None)
        if getattr(message, "jsonrpc", None) is None:
            raise JsonRpcException("no JSON-RPC message")
        if self._workspace is None and method not in (None, types.INITIALIZE, types.EXIT):
            if hasattr(message, "id"):
                error = types.ResponseError(_NOT_INITIALIZED, "send `initialize` first")
                self._send_response(message.id, error=error)
            return
        super().handle_message(message)
