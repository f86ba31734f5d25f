"""The processes that a process has started, and those that they have started in turn.

Linux tells of each process which one it comes from. A process that lost its parent is given to its nearest ancestor
that adopts orphans, so none gets away by a session of its own, or by forking twice. Elsewhere only the process group of
a program is known, which a program can leave.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_KILL = 9
_IS_LINUX = sys.platform == "linux"
_ENDED = "ZX"


def adopt_orphans() -> None:
    """From now on this process is the parent of what its descendants leave behind."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_with_parent(parent: int) -> None:
    """Let this process, which ``parent`` has just started, be killed as soon as that one has ended, however it did.

    Only Linux does that. It holds on over ``exec``, but for programs with another user's rights, and not for children.
    """
    _prctl(_PR_SET_PDEATHSIG, _KILL)
    if _IS_LINUX and os.getppid() != parent:  # it ended before this
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    if _IS_LINUX:
        with contextlib.suppress(ImportError):  # a Python that was built without it
            import ctypes

            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def descendants(of: int) -> list[int]:
    """The processes that come from one and have not ended, the nearest first; empty where the system does not tell."""
    children: dict[int, list[int]] = {}
    ended = set()
    for folder in Path("/proc").glob("[0-9]*") if _IS_LINUX else ():
        with contextlib.suppress(OSError):  # it has just ended
            # The name of the program, in parentheses, may be anything.
            state, parent = (folder / "stat").read_bytes().rpartition(b")")[2].decode().split()[:2]
            children.setdefault(int(parent), []).append(int(folder.name))
            if state in _ENDED:
                ended.add(int(folder.name))
    found = [of]
    for each in found:
        found += children.get(each, [])
    return [each for each in found[1:] if each not in ended]


def signal_all(root: int, group: int, number: int) -> bool:
    """Send a signal to all that comes from ``root``, or where that is not known to a group; whether there was any."""
    if not _IS_LINUX:
        return _sent(os.killpg, group, number)
    reached = [each for each in descendants(root) if _sent(os.kill, each, number)]
    return bool(reached)


def _sent(send: Callable[[int, int], None], target: int, number: int) -> bool:
    try:
        send(target, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
