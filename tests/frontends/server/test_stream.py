"""Whatever comes in: it is answered with an error and the server goes on, or the server ends with a word. It is never
mute, and its end never waits for what it is doing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'torchlint[server]'")

from tests.frontends.server.client import PATIENCE
from tests.frontends.server.test_session import BYE, HELLO, NET, Answer, answer, message, sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

SOON = 5
"""Seconds that are allowed for what takes one on a machine that does nothing else."""


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


class Server:
    """A server as its pipes."""

    def __init__(self, folder: Path) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "torchlint", "server"]
        self.process = subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe)

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    def say(self, *messages: bytes) -> None:
        self.stdin.write(b"".join(messages))
        self.stdin.flush()

    def until(self, number: int) -> tuple[Answer, list[Answer]]:
        """The answer with a number, and what came ahead of it."""
        return self._first(lambda found: found.get("id") == number and "method" not in found)

    def shown(self, uri: str) -> tuple[Answer, list[Answer]]:
        """The next diagnostics of a document, and what came ahead of them."""
        return self._first(lambda found: "diagnostics" in (told := found.get("params", {})) and told["uri"] == uri)

    def _first(self, is_wanted: Callable[[Answer], bool]) -> tuple[Answer, list[Answer]]:
        before: list[Answer] = []
        assert self.process.stdout is not None
        while not is_wanted(found := answer(self.process.stdout)):
            before.append(found)
        return found, before

    def end(self, patience: float = PATIENCE) -> tuple[int, str]:
        """How it ended, and what it said on standard error."""
        status = self.process.wait(patience)
        assert self.process.stderr is not None
        return status, self.process.stderr.read().decode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path)
    waits = threading.Timer(2 * PATIENCE, found.process.kill)  # for what a mute server will never say
    waits.start()
    yield found
    waits.cancel()
    found.process.kill()
    found.process.wait()
    for each in (found.process.stdin, found.process.stdout, found.process.stderr):
        assert each is not None
        with contextlib.suppress(BrokenPipeError):
            each.close()


# What can be read on behind: answered, and the server goes on.

DEEP = b"[" * 1_000_000
REQUEST = {"jsonrpc": "2.0", "method": "textDocument/hover", "id": 7}
PARSE, INVALID, PARAMS, METHOD = -32700, -32600, -32602, -32601


def framed(body: bytes, *headers: bytes, ends: bytes = b"\r\n") -> bytes:
    length = b"Content-Length: %d" % len(body)
    return ends.join([*headers, length, b"", b""]) + body


def asks(**parts: object) -> bytes:
    return sent(json.dumps({**REQUEST, **parts}).encode())


ANSWERED = {
    "no JSON": (sent(b"{nonsense"), None, PARSE),
    "half of JSON": (sent(b'{"jsonrpc": "2.0", "id": 7'), None, PARSE),
    "nothing": (sent(b""), None, PARSE),
    "spaces": (sent(b"   "), None, PARSE),
    "two messages": (sent(b'{"jsonrpc": "2.0"}{"jsonrpc": "2.0"}'), None, PARSE),
    "no UTF-8": (sent(b'"\xff\xfe"'), None, PARSE),
    "UTF-16": (sent('{"jsonrpc": "2.0"}'.encode("utf-16")), None, PARSE),
    "a mark of byte order": (sent(b"\xef\xbb\xbf" + json.dumps(REQUEST).encode()), None, PARSE),
    "NaN": (sent(b'{"jsonrpc": "2.0", "id": NaN}'), None, PARSE),
    "a control character": (sent(b'{"jsonrpc": "2.0", "method": "\x01"}'), None, PARSE),
    "a number of a million digits": (sent(b"1" * 1_000_000), None, PARSE),
    "a million brackets": (sent(DEEP), None, PARSE),
    "a million brackets that close": (sent(DEEP + b"]" * 1_000_000), None, PARSE),
    "deep parameters": (
        sent(b'{"jsonrpc": "2.0", "id": 7, "method": "initialized", "params": ' + DEEP + b"]" * 1_000_000 + b"}"),
        None,
        PARSE,
    ),
    "another encoding": (framed(b"{}", b"Content-Type: application/x; charset=utf-16"), None, PARSE),
    "a batch": (sent(b'[{"jsonrpc": "2.0", "id": 7, "method": "shutdown"}]'), None, INVALID),
    "an empty batch": (sent(b"[]"), None, INVALID),
    "null": (sent(b"null"), None, INVALID),
    "a number": (sent(b"42"), None, INVALID),
    "a text": (sent(b'"shutdown"'), None, INVALID),
    "an empty object": (sent(b"{}"), None, INVALID),
    "no version": (sent(b'{"id": 7, "method": "shutdown"}'), 7, INVALID),
    "another version": (asks(jsonrpc="1.0"), 7, INVALID),
    "a version that is a number": (asks(jsonrpc=2.0), 7, INVALID),
    "no parameters": (asks(), 7, PARAMS),
    "parameters that are a list": (asks(params=[1, 2]), 7, PARAMS),
    "parameters of wrong types": (asks(params={"textDocument": 3, "position": []}), 7, PARAMS),
    "a method that is a number": (asks(method=3), 7, INVALID),
    "an unknown method": (asks(method="no/such"), 7, METHOD),
    "a second hello": (message("initialize", 7, capabilities={}), 7, INVALID),
    "no method": (sent(b'{"jsonrpc": "2.0", "id": 7}'), None, PARAMS),
    "an id that is a list": (asks(id=[7]), None, PARAMS),
    "an id that is an object": (asks(id={"a": 7}), None, PARAMS),
}


def test_what_is_no_message_is_answered(server: Server) -> None:
    server.say(HELLO)
    for number, (name, (bad, about, code)) in enumerate(ANSWERED.items(), 100):
        server.say(bad, message("no/such", number))
        _, before = server.until(number)
        errors = [(each["id"], each["error"]["code"]) for each in before if "error" in each]
        assert errors == [(about, code)], name
    server.say(BYE)
    assert server.end()[0] == 0


FINE: dict[str, Callable[[bytes], bytes]] = {
    "lines that end in LF": lambda body: framed(body, ends=b"\n"),
    "names in small letters": lambda body: b"content-length:%d\r\n\r\n%s" % (len(body), body),
    "the same length twice": lambda body: framed(body, b"Content-Length: %d" % len(body)),
    "other headers": lambda body: framed(body, b"X-Other: a: b", b"Content-Type: application/x; charset=utf8"),
    "leading zeros": lambda body: b"Content-Length: 000%d\r\n\r\n%s" % (len(body), body),
}


def test_what_can_be_understood_is(server: Server) -> None:
    server.say(HELLO)
    for number, (name, frame) in enumerate(FINE.items(), 100):
        server.say(frame(json.dumps({"jsonrpc": "2.0", "id": number, "method": "no/such"}).encode()))
        assert server.until(number)[0]["error"]["code"] == METHOD, name
    server.say(BYE)
    assert server.end()[0] == 0


def test_requests_after_shutdown_are_refused(server: Server) -> None:
    hover = message("textDocument/hover", 8, textDocument={"uri": "file:///a.py"}, position={"line": 0, "character": 0})
    server.say(HELLO, message("shutdown", 99), hover, message("shutdown", 9))
    assert server.until(8)[0]["error"]["code"] == INVALID
    assert server.until(9)[0]["error"]["code"] == INVALID
    server.say(message("exit"))
    assert server.end()[0] == 0


# Where the next message begins is not known any more: the end, with a word.


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(b"Content-Length: none\r\n\r\n", id="no-number"),
        pytest.param(b"Content-Length:\r\n\r\n", id="empty-length"),
        pytest.param(b"Content-Length: -5\r\n\r\n{}", id="negative"),
        pytest.param(b"Content-Length: 2.0\r\n\r\n{}", id="fraction"),
        pytest.param(b"Content-Length: 1" + b"0" * 11 + b"\r\n\r\n{}", id="huge"),
        pytest.param(b"Content-Length: " + b"9" * 3000 + b"\r\n\r\n{}", id="thousands-of-digits"),
        pytest.param("Content-Length: ２\r\n\r\n{}".encode(), id="digits-of-another-script"),
        pytest.param(b"Content-Type: x\r\n\r\n{}", id="no-length"),
        pytest.param(b"\r\n\r\n", id="no-headers"),
        pytest.param(b"{}\r\n\r\n", id="a-body-alone"),
        pytest.param(b"\x00\xff\xfe\x01\r\n", id="rubbish"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="http"),
        pytest.param(b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", id="two-lengths"),
        pytest.param(b"a" * 10_000, id="a-line-without-end"),
        pytest.param(b"X: y\r\n" * 100, id="headers-without-end"),
    ],
)
def test_what_cannot_be_followed_ends_the_server(server: Server, bad: bytes) -> None:
    server.say(HELLO, bad)  # and the stream stays open
    status, said = server.end()
    assert status == 2
    assert said.startswith("error: the editor's messages cannot be followed any more: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("cut", [b"Content-Length: 50\r\n\r\n{", b"Content-Length: 5", b"Content-Length: 5\r\n"])
def test_a_stream_that_ends_inside_of_a_message(server: Server, cut: bytes) -> None:
    server.say(HELLO, cut)
    server.stdin.close()
    status, said = server.end()
    assert status == 2
    assert "the stream ended inside of a" in said
    assert said.count("\n") == 1


# The end, and others, while one document takes long.

LAYERS = ", ".join(["nn.Linear(4, 4), nn.ReLU()"] * 300)
STEPS = "\n".join(
    f"    if cfg.f{n}:\n        l{n} = m(b).sum()\n        l{n}.backward()\n        o.step()" for n in range(200)
)
SLOW = f"""\
import torch
from torch import nn

m = nn.Sequential({LAYERS})
o = torch.optim.SGD(m.parameters())
for b in data:
{STEPS}
"""
HUGE = "import torch\n" + "".join(
    f"def f{number}(x):\n    y = x.exp()\n    y += {number}\n    y.sum().backward()\n\n" for number in range(100_000)
)


def opened(uri: str, text: str) -> bytes:
    return message(
        "textDocument/didOpen", textDocument={"uri": uri, "languageId": "python", "version": 1, "text": text}
    )


@pytest.mark.parametrize("text", [SLOW, HUGE], ids=["slow", "huge"])
@pytest.mark.parametrize("way", ["exit", "closed"])
def test_the_end_waits_for_no_check(server: Server, text: str, way: str) -> None:
    uri = "file:///quick.py"
    server.say(HELLO, opened(uri, NET))
    server.shown(uri)  # all is loaded
    server.say(opened("file:///slow.py", text))
    time.sleep(1)  # it is being checked
    if way == "exit":
        server.say(message("shutdown", 99), message("exit"))
    else:
        server.stdin.close()
    status, said = server.end(SOON)
    assert status == (0 if way == "exit" else 1)
    assert said == ""


def test_one_slow_document_delays_no_other(server: Server) -> None:
    server.say(HELLO, opened("file:///slow.py", HUGE))
    time.sleep(1)
    for number in range(5):
        uri = f"file:///quick{number}.py"
        server.say(opened(uri, NET))
        found, before = server.shown(uri)
        assert [each["code"] for each in found["params"]["diagnostics"]] == ["TLC101", "TLC102"]
        assert "slow.py" not in str(before)


def test_a_thousand_documents(server: Server) -> None:
    server.say(HELLO)
    for number in range(1000):
        server.say(opened(f"file:///{number}.py", NET if number % 100 == 0 else "x = 1\n"))
    for number in range(0, 1000, 100):
        uri = f"file:///{number}.py"
        found, _ = server.shown(uri)
        assert len(found["params"]["diagnostics"]) == 2
    server.say(BYE)
    assert server.end()[0] == 0


STRANGE = [
    "",
    "untitled:Untitled-1",
    "file:///a%00b.py",
    "file:///" + "a" * 5000 + ".py",
    "http://[::1",
    "\x1b[2J",
    "..",
    "file://server/share/a.py",
    "jar:file:///a.jar!/b.py",
    "file:///dev/zero",
    "\ud800",
]


def test_strange_documents_and_changes(server: Server) -> None:
    server.say(HELLO)
    number = 100
    for uri in STRANGE:
        position = {"line": 2, "character": 3}
        far = {"line": 2**31 - 1, "character": 2**31 - 1}
        server.say(opened(uri, NET))
        for version, start, end in ((-5, far, position), (1, position, far), (1, far, far)):
            change = {"range": {"start": start, "end": end}, "text": "x"}
            server.say(
                message(
                    "textDocument/didChange", textDocument={"uri": uri, "version": version}, contentChanges=[change]
                )
            )
        number += 1
        server.say(message("textDocument/hover", number, textDocument={"uri": uri}, position=far))
        found, _ = server.until(number)
        assert "result" in found, (uri, found)
    server.say(BYE)
    status, said = server.end()
    assert (status, said) == (0, "")


def test_a_process_that_is_killed_costs_one_answer(server: Server) -> None:
    from torchlint.confirm.processes import descendants

    server.say(HELLO, opened("file:///a.py", NET))
    server.shown("file:///a.py")
    (worker,) = descendants(server.process.pid) or (None,)
    if worker is None:
        pytest.skip("processes are known as Linux knows them")
    server.say(opened("file:///slow.py", HUGE))
    time.sleep(0.5)
    os.kill(worker, signal.SIGKILL)
    _, before = server.shown("file:///slow.py")
    assert "was killed by SIGKILL" in str(before)
    server.say(opened("file:///b.py", NET))
    found, _ = server.shown("file:///b.py")
    assert len(found["params"]["diagnostics"]) == 2
