"""Warnings that PyTorch gives while the observer stands between it and the user, told of the user's line again.

A warning is about a frame: the one that calls PyTorch's C++ code, or the one that ``stacklevel`` leads to. Where that
is one of the observer's, it is given again, about the frame that it is about without the observer.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

_OWN = os.path.dirname(os.path.abspath(__file__)) + os.sep  # noqa: PTH100, PTH120
_PASSING = torch.overrides.__file__
"""What only hands a call on to the observer."""


class Warned:
    """The patch of what shows a warning; ``note`` is told of each."""

    def __init__(self, note: Callable[[Any], None]) -> None:
        self._note = note
        self._show: Any = getattr(warnings, "_showwarnmsg", None)

    def install(self) -> None:
        """Show warnings about the user's frames; nothing where this Python has no such function."""
        if self._show is not None:
            warnings._showwarnmsg = self._redirected  # type: ignore[attr-defined]

    def remove(self) -> None:
        """Show warnings as before."""
        if self._show is not None:
            warnings._showwarnmsg = self._show  # type: ignore[attr-defined]

    def _redirected(self, message: Any) -> None:
        frame = _outside(message.filename, sys._getframe(1)) if message.filename.startswith(_OWN) else None
        if frame is None:
            self._note(message)
            self._show(message)
            return
        warnings.warn_explicit(
            message.message,
            message.category,
            frame.f_code.co_filename,
            frame.f_lineno or 1,
            frame.f_globals.get("__name__") or "<unknown>",
            frame.f_globals.setdefault("__warningregistry__", {}),
            source=message.source,
        )


def _outside(name: str, frame: FrameType | None) -> FrameType | None:
    """The frame that a warning about the observer's frame in the file ``name`` is about without it."""
    inner: CodeType | None = None
    while frame is not None and frame.f_code.co_filename != name:
        inner, frame = frame.f_code, frame.f_back
    if frame is not None:
        frame.f_globals.pop("__warningregistry__", None)  # Python must not take the next one for the same
    while frame is not None and (_is_between(frame.f_code) or frame.f_code is inner):
        frame = frame.f_back
    return frame


def _is_between(code: CodeType) -> bool:
    return code.co_filename.startswith(_OWN) or code.co_filename == _PASSING
