"""Runs a function in a forked copy of this process, with a time limit, apart from all that ran before."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import tempfile
import time
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")


class LateError(Exception):
    """The function did not come to its end in time."""


def forked(function: Callable[[], Answer], seconds: float) -> Answer:
    """What the function returns; what it prints is lost.

    Raises: LateError where it takes longer, RuntimeError where its process dies.
    """
    with tempfile.TemporaryFile() as answer:
        process = os.fork()
        if process == 0:
            status = 1
            try:
                silent = os.open(os.devnull, os.O_RDWR)
                for descriptor in (0, 1, 2):
                    os.dup2(silent, descriptor)
                pickle.dump(function(), answer)
                answer.flush()
                status = 0
            finally:
                sys.stdout = sys.stderr = None
                os._exit(status)
        if _status(process, seconds):
            raise RuntimeError("the process died")
        answer.seek(0)
        return cast("Answer", pickle.load(answer))


def _status(process: int, seconds: float) -> int:
    limit = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return status
        if time.monotonic() > limit:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            raise LateError
        time.sleep(0.005)
