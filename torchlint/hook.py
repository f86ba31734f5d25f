"""``import torchlint.hook``: what ``torchlint why`` says is printed below the traceback of an error of PyTorch's.

Until something is raised that nothing catches, this costs nothing. Then a process of its own reads the traceback, so
that the program's state, its modules and its exit status stay what they are. Of several ranks only the first is told.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    _Hook = Callable[[type[BaseException], BaseException, TracebackType | None], Any]

SECONDS = 120
"""How long reading may take."""
_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
_START = "import sys; sys.path.append(sys.argv.pop(1)); from torchlint.frontends.cli import main; sys.exit(main())"


def install() -> None:
    """Print it below the tracebacks of this process, and of its IPython where it has one; once is enough."""
    before = sys.excepthook
    if getattr(before, "is_torchlint", False):
        return

    def hook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        before(kind, error, traceback)
        _tell(error)

    hook.is_torchlint = True  # type: ignore[attr-defined]
    sys.excepthook = hook
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()) is not None:
        shell.set_custom_exc((Exception,), _in_ipython)


def _in_ipython(
    shell: Any, kind: type[BaseException], error: BaseException, traceback: Any, tb_offset: Any = None
) -> None:
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
    _tell(error)


def _tell(error: BaseException) -> None:
    """Say below the traceback of an error which line is to blame; silent where it is none of PyTorch's."""
    if not isinstance(error, Exception) or os.environ.get("RANK", "0") != "0" or sys.stderr is None:
        return
    try:
        said = _why(error)
    except Exception:  # the program has an error of its own already
        return
    if said:
        sys.stderr.write(f"\n{said}")
        sys.stderr.flush()


def _why(error: Exception) -> str:
    import subprocess
    import traceback

    from torchlint.import_path import interpreter_options  # start-up: 1 ms, which only a crash needs
    from torchlint.why.kinds import kind_of  # start-up: 20 ms, which only a crash needs

    if kind_of(type(error).__name__, str(error)) is None:
        return ""
    color = "always" if sys.stderr.isatty() and "NO_COLOR" not in os.environ else "never"
    command = [
        sys.executable,
        *interpreter_options(),
        "-c",
        _START,
        _HOME,
        "why",
        "-",
        "--color",
        color,
        "--root",
        _root(),
    ]
    log = "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace")
    ran = subprocess.run(command, input=log, capture_output=True, timeout=SECONDS, check=False)
    return ran.stdout.decode("utf-8", "replace") if ran.returncode in (0, 1) else ""


def _root() -> str:
    """The current folder, or that of the program where it lies elsewhere."""
    from pathlib import Path

    main = Path(getattr(sys.modules.get("__main__"), "__file__", None) or "main.py").absolute()
    return "." if main.is_relative_to(Path.cwd()) else str(main.parent)


install()
