"""The two streams between an editor and the server: messages come in framed by their headers, and answers go out."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_HEADER = 4096
_MOST_HEADERS = 32
_LONGEST_BODY = 1 << 28
_LENGTH, _TYPE = "content-length", "content-type"
_AHEAD = 64
"""Messages that are read before those ahead of them were handled."""
_GRACE = 0.7
"""Seconds for the event loop to notice that the editor is gone, before the process ends without it."""


class FramingError(Exception):
    """Where the next message begins is not known any more."""


class Message(NamedTuple):
    """The bytes of a message, and the encoding that its headers name."""

    body: bytes
    encoding: str = "utf-8"


def read_message(stream: BinaryIO) -> Message | None:
    """The next message, None where the stream ends ahead of one. Raises: FramingError."""
    headers = _headers(stream)
    if headers is None:
        return None
    told = headers.get(_LENGTH)
    if told is None:
        raise FramingError("a message without Content-Length")
    if not (told.isascii() and told.isdecimal()) or len(told) > 12 or int(told) > _LONGEST_BODY:
        raise FramingError(f"Content-Length is {told[:40]!r}")
    body = stream.read(int(told))
    if len(body) < int(told):
        raise FramingError("the stream ended inside of a message")
    _, _, encoding = headers.get(_TYPE, "").partition("charset=")
    return Message(body, encoding.partition(";")[0].strip().strip('"').lower() or "utf-8")


def _headers(stream: BinaryIO) -> dict[str, str] | None:
    """The header fields up to the empty line, by their names in lower case."""
    found: dict[str, str] = {}
    for number in range(_MOST_HEADERS):
        line = stream.readline(_LONGEST_HEADER)
        if not line and number == 0:
            return None
        if not line.endswith(b"\n"):
            raise FramingError("the stream ended inside of a header" if len(line) < _LONGEST_HEADER else "no header")
        text = line.decode("latin-1").strip("\r\n")
        if not text:
            return found
        name, colon, value = text.partition(":")
        key = name.lower()
        if not colon or not name or not name.replace("-", "").isalnum() or not name.isascii():
            raise FramingError(f"no header: {text[:40]!r}")
        if found.setdefault(key, value.strip()) != value.strip():
            raise FramingError(f"{name} twice, with different values")
    raise FramingError("too many headers")


class Incoming:
    """The messages of a stream, read in a thread, so that its end is noticed whatever else goes on."""

    def __init__(self, stream: BinaryIO) -> None:
        self._loop = asyncio.get_running_loop()
        self._messages: asyncio.Queue[Message | FramingError | None] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    async def next(self) -> Message | None:
        """The next message, None at the end. Raises: FramingError."""
        message = await self._messages.get()
        self._room.release()
        if isinstance(message, FramingError):
            raise message
        return message

    def _read(self, stream: BinaryIO) -> None:
        message: Message | FramingError | None = Message(b"")
        while isinstance(message, Message):
            self._room.acquire()
            try:
                message = read_message(stream)
            except FramingError as error:
                message = error
            except (OSError, ValueError):
                message = None
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._messages.put_nowait, message)
        time.sleep(_GRACE)
        os._exit(1)


class Outgoing:
    """The stream to the editor, as pygls writes to one. ``gone`` is called where the editor has closed it."""

    def __init__(self, stream: BinaryIO, gone: Callable[[], None]) -> None:
        self._stream = stream
        self._gone = gone

    def write(self, data: bytes) -> None:
        """Send some bytes at once, unless the conversation is over."""
        if self._stream.closed:
            return
        try:
            self._stream.write(data)
            self._stream.flush()
        except OSError:
            self._gone()

    def close(self) -> None:
        """Send no more."""
        with contextlib.suppress(OSError):
            self._stream.close()
