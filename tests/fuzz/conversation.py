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
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.inputs import Input, Problem, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 10
"""Seconds in which the server must have answered all, and be gone after its input ended."""
_FRAME = re.compile(rb"((?:[^\r\n]+\r\n)+)\r\n")
_LENGTH = re.compile(rb"Content-Length: (\d+)")
LAST = "the last request"
"""The ``id`` of a request that, where a stream has it, must be answered."""


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
        ended = _send(server, write, given.data)
        said.seek(0)
        told.seek(0)
        return Verdict(tuple(_problems(given.data, ended, said.read(), told.read().decode(errors="replace"))))


def _serve(source: int, out: int, err: int) -> None:
    """Be the server; never returns."""
    status = 70
    try:
        signal.setitimer(signal.ITIMER_PROF, 0)
        for own, number in ((source, 0), (out, 1), (err, 2)):
            os.dup2(own, number)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
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
    if status not in (0, 1):
        yield Problem("status", f"{status}\n{told[-2000:]}")
    if "internal error" in told or "Exception ignored" in told:
        yield Problem("traceback", told[-4000:])
    ids = set()
    at = 0
    while at < len(said):
        header = _FRAME.match(said, at)
        length = _LENGTH.search(header[1]) if header else None
        if not (header and length):
            yield Problem("unparsable", f"no header at byte {at}: {said[at : at + 200]!r}")
            return
        body = said[header.end() : header.end() + int(length[1])]
        at = header.end() + int(length[1])
        try:
            ids.add(str(json.loads(body).get("id")))
        except ValueError as error:
            yield Problem("unparsable", f"{error}: {body[:200]!r}")
    if LAST.encode() in sent and LAST not in ids:
        yield Problem("hang", f"the last request was not answered\n{told[-2000:]}")
