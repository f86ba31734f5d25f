"""Tracebacks as they would be without an observer."""

from __future__ import annotations

import os
from types import TracebackType

_FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
_OURS = (_FOLDER + os.sep, os.path.join(os.path.dirname(_FOLDER), "starting.py"))  # noqa: PTH118, PTH120


def strip(error: BaseException) -> None:
    """Take the observer's frames out of the traceback of an error, and of those that led to it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        each.__traceback__ = stripped(each.__traceback__)
        waiting += [each.__cause__, each.__context__]


def stripped(traceback: TracebackType | None) -> TracebackType | None:
    """A traceback without the observer's frames, and without those of the detour that torch makes to it."""
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    kept: list[TracebackType] = []
    for each in frames:
        if not each.tb_frame.f_code.co_filename.startswith(_OURS):
            kept.append(each)
        elif len(kept) > 1 and kept[-1].tb_frame.f_code.co_name == "handle_torch_function":
            del kept[-2:]  # the function that asked whether somebody overrides it; it comes again
    result = None
    for each in reversed(kept):
        result = TracebackType(result, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return result
