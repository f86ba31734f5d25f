"""What an editor sends to the language server, in order and out of order, well framed and not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.fuzz.conversation import LAST
from tests.fuzz.layout import damaged

if TYPE_CHECKING:
    import random

_URIS = (
    "file:///a.py",
    "file:///b.ipynb",
    "untitled:1",
    "file:///n.ipynb#cell1",
    "",
    "http://x/a.py",
    "file:///%00",
    "file:///%ff.py",
    "é",
)
_ODD: tuple[object, ...] = (None, True, 0, -1, 2**31, 2**63, 1.5, "", "x", "\ud800", [], {}, [None], {"uri": 1}, "\x00")
_METHODS = (
    *(
        "textDocument/didOpen",
        "textDocument/didChange",
        "textDocument/didSave",
        "textDocument/didClose",
        "textDocument/codeAction",
    ),
    *(
        "textDocument/hover",
        "codeAction/resolve",
        "notebookDocument/didOpen",
        "notebookDocument/didChange",
        "notebookDocument/didClose",
    ),
    *(
        "workspace/didChangeConfiguration",
        "workspace/didChangeWatchedFiles",
        "workspace/didChangeWorkspaceFolders",
        "$/cancelRequest",
    ),
    *(
        "$/setTrace",
        "initialized",
        "initialize",
        "textDocument/diagnostic",
        "no/such",
        "",
        "textDocument/completion",
        "shutdown",
    ),
)
_HEADERS = (
    *(
        "Content-Length: {n}\r\n\r\n",
        "content-length:{n}\r\n\r\n",
        "Content-Length: {n}\n\n",
        "Content-Length: -1\r\n\r\n",
        "\r\n\r\n",
    ),
    *(
        "Content-Length: x\r\n\r\n",
        "Content-Length: {m}\r\n\r\n",
        "Content-Length: {n}\r\nContent-Type: x; charset=utf-16\r\n\r\n",
    ),
    *(
        "Content-Length: 99999999999999999999\r\n\r\n",
        "X: y\r\n\r\n",
        "Content-Length: 0\r\n\r\n",
        "{{}}\n",
        "Content-Length: {n}\r\n" * 2 + "\r\n",
    ),
)


def stream(text: str, rng: random.Random) -> list[bytes]:
    """A conversation about a document with that text, message by message."""
    framed = [_framed(message) for message in _conversation(text, rng)]
    if rng.random() < 0.3:  # broken framing: nothing after it need be understood
        at = rng.randrange(len(framed))
        body = framed[at].partition(b"\r\n\r\n")[2]
        header = rng.choice(_HEADERS).format(n=len(body), m=rng.randrange(2 * len(body)))
        framed[at] = header.encode() + (damaged(body, rng) if rng.random() < 0.5 else body)
        return framed[: rng.choice((None, None, at + 1))]
    if rng.random() < 0.1:
        return [damaged(b"".join(framed), rng)]
    return [*framed, _framed(LAST), _framed({"jsonrpc": "2.0", "method": "exit"})]


def _framed(message: object) -> bytes:
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def _conversation(text: str, rng: random.Random) -> list[object]:
    initialize = {
        "processId": None,
        "rootUri": None,
        "capabilities": {},
        "initializationOptions": rng.choice((None, {}, *_ODD)),
    }
    messages: list[object] = []
    if rng.random() < 0.95:
        messages.append({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize})
    uri = rng.choice(_URIS)
    messages.append(_message("textDocument/didOpen", {"textDocument": _item(uri, text)}))
    for number in range(rng.randint(0, 12)):
        method = rng.choice([each for each in _METHODS if each != "shutdown"])
        params = _params(method, uri if rng.random() < 0.8 else rng.choice(_URIS), text, rng)
        if rng.random() < 0.25:
            _spoil(params, rng)
        messages.append(_message(method, params, rng.choice((number + 2, None, f"x{number}"))))
    return messages


def _message(method: str, params: object, request: object = None) -> dict[str, object]:
    message: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
    is_request = method.startswith("textDocument/") and not method.startswith("textDocument/did")
    if request is not None and (is_request or method in ("codeAction/resolve", "no/such", "initialize")):
        message["id"] = request
    return message


def _item(uri: str, text: str) -> dict[str, object]:
    return {"uri": uri, "languageId": "python", "version": 1, "text": text}


def _range(text: str, rng: random.Random) -> dict[str, object]:
    def position() -> dict[str, int]:
        return {
            "line": rng.choice((0, rng.randrange(text.count("\n") + 2), 10**6)),
            "character": rng.choice((0, 3, 80, 10**6)),
        }

    return {"start": position(), "end": position()}


def _params(method: str, uri: str, text: str, rng: random.Random) -> dict[str, object]:
    cells = [{"kind": rng.choice((1, 2)), "document": f"{uri}#{number}"} for number in range(2)]
    params: dict[str, object] = {
        "textDocument": {"uri": uri, "version": rng.choice((2, 2, 1, -1))},
        "position": {"line": rng.randrange(9), "character": rng.randrange(30)},
        "range": _range(text, rng),
    }
    if method == "textDocument/didOpen":
        params["textDocument"] = _item(uri, text)
    elif method == "textDocument/didChange":
        whole = {"text": text[: rng.randrange(len(text) + 1)]}
        part = {"range": _range(text, rng), "text": rng.choice(("", "x", "\r", "\n", "🎉", "x += 1\n"))}
        params["contentChanges"] = [rng.choice((part, part, whole)) for _ in range(rng.randint(0, 4))]
    elif method == "textDocument/codeAction":
        params["context"] = {"diagnostics": [], "only": rng.choice((None, ["quickfix"], ["source.fixAll.torchlint"]))}
    elif method == "codeAction/resolve":
        params = {"title": "x", "data": rng.choice(({"uri": uri}, *_ODD))}
    elif method.startswith("notebookDocument/"):
        params["notebookDocument"] = {"uri": uri, "notebookType": "x", "version": 1, "cells": cells}
        params["cellTextDocuments"] = [_item(str(each["document"]), text) for each in cells]
        structure = {
            "array": {"start": rng.choice((0, 1, 9)), "deleteCount": rng.choice((0, 1, 9)), "cells": cells[:1]}
        }
        params["change"] = {"cells": rng.choice(({"structure": structure}, {"data": cells}, {}))}
    elif method == "workspace/didChangeConfiguration":
        params = {"settings": {"torchlint": rng.choice(({"select": ["ALL"]}, {"select": 1}, {"x": 1}, *_ODD))}}
    elif method == "workspace/didChangeWatchedFiles":
        params = {"changes": [{"uri": uri, "type": rng.choice((1, 2, 3))}]}
    elif method == "workspace/didChangeWorkspaceFolders":
        params = {"event": {"added": [{"uri": uri, "name": "x"}], "removed": [{"uri": rng.choice(_URIS), "name": ""}]}}
    elif method == "$/cancelRequest":
        params = {"id": rng.choice((1, 2, "x", 99))}
    elif method == "$/setTrace":
        params = {"value": rng.choice(("off", "verbose"))}
    elif method == "initialize":
        params = {"processId": None, "rootUri": uri, "capabilities": {}}
    return params


def _spoil(params: dict[str, object], rng: random.Random) -> None:
    """Put something of another type somewhere."""
    holder = params
    while True:
        key = rng.choice(sorted(holder)) if holder else "x"
        inside = holder.get(key)
        if not isinstance(inside, dict) or rng.random() < 0.4:
            holder[key] = rng.choice(_ODD)
            return
        holder = inside
