"""A failing input made small: files, then lines, then words are left out as long as it still fails."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.fuzz.inputs import Input

_BYTES = 400
"""Up to this size single words are tried too."""


def minimised(given: Input, fails: Callable[[Input], bool], seconds: float = 30) -> Input:
    """The smallest input found that still fails, in about so many seconds."""
    end = time.monotonic() + seconds

    def is_late() -> bool:
        return time.monotonic() > end

    number = len(given.files) - 1
    while number >= 0 and len(given.files) > 1 and not is_late():
        if fails(less := given.without(number)):
            given = less
        number -= 1
    for number in range(len(given.files)):
        for parts in (_lines, _words):
            given = _shorter(given, number, parts, fails, is_late)
    return given


def _shorter(
    given: Input,
    number: int,
    parts: Callable[[bytes], list[bytes]],
    fails: Callable[[Input], bool],
    is_late: Callable[[], bool],
) -> Input:
    """The input with as few parts of one of its files as still make it fail."""

    def still(chosen: Sequence[bytes]) -> bool:
        return fails(given.with_data(number, b"".join(chosen)))

    _, data = given.files[number]
    return given.with_data(number, b"".join(_least(parts(data), still, is_late)))


def _lines(data: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def _words(data: bytes) -> list[bytes]:
    """Words, blanks and other characters where there are few of them, else the whole."""
    return re.findall(rb"\w+|\s+|[^\w\s]", data) if len(data) <= _BYTES else [data]


def _least(parts: list[bytes], still: Callable[[Sequence[bytes]], bool], is_late: Callable[[], bool]) -> list[bytes]:
    """Delta debugging: leave out ever smaller runs of parts."""
    run = max(1, len(parts) // 2)
    while parts:
        at = 0
        while at < len(parts) and not is_late():
            less = parts[:at] + parts[at + run :]
            if less != parts and still(less):
                parts = less
            else:
                at += run
        if run == 1 or is_late():
            break
        run //= 2
    return parts
