"""The process in which documents are checked. A script: ``worker.py PARENT PATH...``, the paths to import from.

It reads jobs from its standard input, one after the other, each a pickled (name of a method, arguments), and writes
each answer to its standard output. It is started isolated, so nothing is imported from the folder that it works in.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback

_STACK = 64 * 1024 * 1024
"""Bytes: what is nested as deeply as Python accepts takes more than a thread usually has."""


def main() -> None:
    """Do jobs until there are no more, or the server is gone."""
    sys.path[:] = sys.argv[2:]
    from torchlint.confirm.processes import end_with_parent

    end_with_parent(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # typed in the terminal of the server, whose business it is
    threading.stack_size(_STACK)
    thread = threading.Thread(target=_work)
    thread.start()
    thread.join()


def _work() -> None:
    from torchlint.errors import TorchlintError
    from torchlint.frontends.server.checker import Checker

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything else prints must not get among the answers
    checker = Checker()
    while True:
        try:
            name, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        value: object = None
        error: Exception | None = None
        try:
            value = getattr(checker, name)(*arguments)
        except TorchlintError as known:
            error = known
        except Exception as unknown:  # a defect, which must cost no more than this answer
            traceback.print_exc()
            error = RuntimeError(f"{type(unknown).__name__}: {unknown}"[:300])
        pickle.dump((value, error, checker.said()), answers)
        answers.flush()
        checker.after()


if __name__ == "__main__":
    main()
