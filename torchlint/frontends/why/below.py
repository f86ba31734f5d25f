"""What ``torchlint why`` says, for below the traceback of an error, in the process in which that was raised.

A process of its own reads the traceback, so that the state, the modules and the exit status of this one stay what they
are.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.import_path import interpreter_options
from torchlint.why.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 120
"""How long reading may take."""
_HOME = str(Path(__file__).absolute().parents[3])
_START = "import sys; sys.path.append(sys.argv.pop(1)); from torchlint.frontends.cli import main; sys.exit(main())"


def tell(error: BaseException) -> None:
    """Say on standard error which line is to blame; silent where that is no error of PyTorch's, and in other ranks."""
    if not isinstance(error, Exception) or os.environ.get("RANK", "0") != "0" or sys.stderr is None:
        return
    color = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    try:
        with _patient():
            said = why(error, _root(), color="always" if color else "never")
    except Exception:  # the program has an error of its own already
        return
    if said:
        sys.stderr.write(f"\n{said}")
        sys.stderr.flush()


@contextmanager
def _patient() -> Iterator[None]:
    """A context in which SIGTERM does not end this process, which ends soon anyway.

    ``torchrun`` sends it to all ranks as soon as one has ended, and those that are not told end first.
    """
    try:
        before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    except ValueError:  # in another thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def why(error: BaseException, root: str, color: str = "never", cwd: Path | None = None) -> str:
    """What there is to say of an error, empty where it is none of PyTorch's that is known.

    The project's files are below the folder ``root``; what they are called is relative to ``cwd``, the current folder
    where that is None. Raises: OSError, subprocess.SubprocessError.
    """
    if kind_of(type(error).__name__, str(error)) is None:
        return ""
    options = ["why", "-", "--color", color, "--root", root]
    log = "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace")
    ran = subprocess.run(
        [sys.executable, *interpreter_options(), "-c", _START, _HOME, *options],
        input=log,
        capture_output=True,
        cwd=cwd,
        timeout=SECONDS,
        check=False,
        start_new_session=True,
    )
    return ran.stdout.decode("utf-8", "replace") if ran.returncode in (0, 1) else ""


def _root() -> str:
    """The current folder, or that of the program where it lies elsewhere."""
    main = Path(getattr(sys.modules.get("__main__"), "__file__", None) or "main.py").absolute()
    return "." if main.is_relative_to(Path.cwd()) else str(main.parent)
