"""``torchlint run``: a program as Python runs it, with what is to blame below its traceback where it dies."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from torchlint.errors import ConfigError, SourceError
from torchlint.frontends.visible import visible

_LAUNCH = Path(__file__).parents[1] / "launch.py"
_EPILOG = """\
Nothing is observed and nothing changes: arguments, output, what can be imported and the exit status are those of
`python SCRIPT`. Where PyTorch raises and nothing catches it, `torchlint why` follows the traceback on standard error.

exit status:
  that of the program, 2 where there is no such file"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(run=_run)
    add = parser.add_argument
    add("program", nargs=argparse.REMAINDER, metavar="SCRIPT [ARGS...]", help="a script, and its arguments")
    add("-m", dest="module", nargs=argparse.REMAINDER, metavar="MODULE", help="run a module, as python -m does")


def _run(options: argparse.Namespace) -> int:
    """Become the program. Raises: ConfigError, SourceError where there is none, OSError where it cannot be started."""
    form, words = _program(options.words)
    if not words:
        raise ConfigError("no program is named; such as `torchlint run train.py`, or `torchlint run -m package.train`")
    if form == "script" and not os.path.exists(words[0]):  # noqa: PTH110 (a Path would change what was written)
        raise SourceError(f"{visible(words[0])}: there is no such file")
    command = [sys.executable, *_interpreter_options(), str(_LAUNCH), form, *words]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)
    return subprocess.run(command, check=False).returncode  # elsewhere exec returns before the program ends


def _program(words: list[str]) -> tuple[str, list[str]]:
    """The form of a program, and its name and arguments, as they were written."""
    first = words[0] if words else ""
    return ("module" if first == "-m" else "script"), words[1:] if first in ("-m", "--") else words


def _interpreter_options() -> list[str]:
    """The options that this interpreter was started with, as far as they concern how programs run."""
    unbuffered = ["-u"] if getattr(sys.stdout, "write_through", False) else []
    return [*unbuffered, *subprocess._args_from_interpreter_flags()]  # type: ignore[attr-defined]
