"""The process between torchlint and the program, which sees to it that nothing of the program outlives torchlint.

Started as a script, isolated from the environment, with the numbers of two pipes and the command of the program. Into
the one it writes, a line each, the program's process and later its exit status. From the other it reads one byte once
the program has ended by itself: then what the program left behind lives on, as it does without torchlint. Where the
pipe is closed without a word, torchlint has given up the program, or was killed itself: then all of it is killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import NoReturn

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
_PATIENCE = 10.0
"""Seconds for which processes are killed again and again: what the kernel does not let go of cannot be waited for."""
_STEP = 0.01
_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)


def main() -> None:
    """Start the program, say how it ended, and wait until torchlint lets go."""
    sys.path.append(_ROOT)  # behind Python's own modules
    from torchlint.confirm.processes import adopt_orphans

    leash, report, *command = sys.argv[1:]
    for each in (leash, report):
        os.set_inheritable(int(each), False)
    # Whether the program is to stop is torchlint's to say.
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in _ASKING}
    os.setpgrp()
    adopt_orphans()
    parent = os.getpid()
    program = os.fork()
    if program == 0:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        _become(command, parent)
    with contextlib.suppress(OSError):  # here too, for the group has to be there as soon as torchlint knows of it
        os.setpgid(program, program)
    os.write(int(report), b"%d\n" % program)
    keeper = threading.Thread(target=_keep, args=(int(leash), program))
    keeper.start()
    _reap(program, int(report))
    keeper.join()


def _become(command: list[str], parent: int) -> NoReturn:
    from torchlint.confirm.processes import end_with_parent

    try:
        os.setpgrp()
        end_with_parent(parent)
        os.execv(command[0], command)
    finally:
        os._exit(127)


def _keep(leash: int, program: int) -> NoReturn:
    """Kill all of the program, or let it live, and end this process."""
    from torchlint.confirm.processes import signal_all

    if not os.read(leash, 1):
        until = time.monotonic() + _PATIENCE
        # What is forked while the others are killed is seen in the next round.
        while signal_all(os.getpid(), program, signal.SIGKILL) and time.monotonic() < until:
            time.sleep(_STEP)
    os._exit(0)


def _reap(program: int, report: int) -> None:
    """Take note of all processes that end, as their parent must, and tell the program's exit status."""
    while True:
        try:
            process, status = os.wait()
        except ChildProcessError:
            return
        if process == program:
            try:
                os.write(report, b"%d\n" % os.waitstatus_to_exitcode(status))
            except BrokenPipeError:  # torchlint is no more
                return


if __name__ == "__main__":
    main()
