"""What must hold for bytes that are sent to the language server."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import sys
import tempfile
import time
import traceback
from typing import TYPE_CHECKING

from tests.fuzz.inputs import Input, Problem, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 60
"""Seconds in which the server must have answered all, and be gone after its input ended."""
_FRAME = re.compile(rb"Content-Length: (\d{1,9})\r\n(?:[^\r\n]+\r\n)*\r\n")
_CUT_OFF = "error: the editor's messages cannot be followed any more: "
"""What the server says before it ends with 2: a stream whose frames are broken has no next message."""
LAST: dict[str, object] = {"jsonrpc": "2.0", "id": "the last request", "method": "shutdown"}
"""A request that must be answered where it is in a stream of nothing but messages."""


def judge_stream(given: Input, step: Callable[[], None]) -> Verdict:
    """Send the stream to a fork of this process, which is the server, and end it."""
    from torchlint.frontends.server import session  # before forking: it takes long to import

    assert session
    step()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        read, write = os.pipe()
        server = os.fork()
        if not server:
            os.close(write)
            _serve(read, said.fileno(), told.fileno())
        os.close(read)
        ended = _send(server, write, given.joined)
        said.seek(0)
        told.seek(0)
        return Verdict(tuple(_problems(given.joined, ended, said.read(), told.read().decode(errors="replace"))))


def _serve(source: int, out: int, err: int) -> None:
    """Be the server; never returns."""
    status = 70
    try:
        signal.setitimer(signal.ITIMER_PROF, 0)
        for own, number in ((source, 0), (out, 1), (err, 2)):
            os.dup2(own, number)
        streams = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115  # held, as Python holds those that it starts with
        sys.stdin, sys.stdout, sys.stderr = streams
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            from torchlint.frontends.server.command import serve

            status = serve()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        sys.stdout.flush()
        os._exit(status)


def _send(server: int, pipe: int, data: bytes) -> int | None:
    """Send everything and close; the exit status, None where the server does not end."""
    end = time.monotonic() + _PATIENCE
    os.set_blocking(pipe, False)
    view = memoryview(data)
    try:
        while view and time.monotonic() < end:
            if select.select((), (pipe,), (), 0.1)[1]:
                view = view[os.write(pipe, view) :]
    except BrokenPipeError:
        pass
    os.close(pipe)
    while time.monotonic() < end:
        found, status = os.waitpid(server, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(server, signal.SIGKILL)
    os.waitpid(server, 0)
    return None


def _problems(sent: bytes, status: int | None, said: bytes, told: str) -> Iterator[Problem]:
    if status is None:
        yield Problem("hang", f"still there {_PATIENCE} s after it was spoken to\n{told[-2000:]}")
        return
    if status not in (0, 1) and not (status == 2 and _CUT_OFF in told):
        yield Problem("status", f"{status}\n{told[-2000:]}")
    if "internal error" in told or "Exception ignored" in told:
        yield Problem("traceback", told[-4000:])
    answers = _messages(said)
    if answers is None:
        yield Problem("unparsable", f"the server says what is no message: {said[-1000:]!r}")
    elif LAST in (_messages(sent) or ()) and LAST["id"] not in [each.get("id") for each in answers]:
        yield Problem("hang", f"the last request was not answered\n{told[-2000:]}")


def _messages(data: bytes) -> list[dict[str, object]] | None:
    """All messages, None where something is none."""
    found: list[dict[str, object]] = []
    at = 0
    while at < len(data):
        header = _FRAME.match(data, at)
        if not header:
            return None
        at = header.end() + int(header[1])
        try:
            message = json.loads(data[header.end() : at])
        except ValueError:
            return None
        if not isinstance(message, dict):
            return None
        found.append(message)
    return found
