"""A failing input made small: files, then lines, then bytes are left out as long as it still fails."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.fuzz.inputs import Input

_BYTES = 400
"""Up to this size single bytes are tried too."""


def minimised(given: Input, fails: Callable[[Input], bool], seconds: float = 30) -> Input:
    """The smallest input found that still fails, in about so many seconds."""
    end = time.monotonic() + seconds
    is_late = lambda: time.monotonic() > end  # noqa: E731
    number = len(given.files) - 1
    while number >= 0 and len(given.files) > 1 and not is_late():
        if fails(less := given.without(number)):
            given = less
        number -= 1
    for number, (_, data) in enumerate(given.files):
        for parts in (_lines, _bytes):

            def still(chosen: Sequence[bytes], number: int = number) -> bool:
                return fails(given.with_data(number, b"".join(chosen)))

            data = b"".join(_least(parts(data), still, is_late))
            given = given.with_data(number, data)
    return given


def _lines(data: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def _bytes(data: bytes) -> list[bytes]:
    """Words where there are few, else the whole."""
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
