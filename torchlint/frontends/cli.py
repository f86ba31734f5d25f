"""The ``torchlint`` command: reads its arguments, calls what does the work, turns errors into words and exit statuses.

Nothing is imported before it is needed: ``torchlint --version`` must not pay for a linter.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from torchlint import __version__
from torchlint.frontends import streams
from torchlint.frontends.options import EXIT_STATUSES
from torchlint.frontends.streams import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from _typeshed import SupportsWrite


class Command(NamedTuple):
    """What a command does, and the module whose ``declare`` gives its parser all else."""

    does: str
    module: str


COMMANDS = {
    "check": Command("check files and folders", "check_options"),
    "confirm": Command("run a program and say which findings happened", "confirm_options"),
    "why": Command("say which line is to blame, from the log of a run that died", "why.options"),
    "upgrade": Command("say what a move to another PyTorch changes in files and folders", "upgrade.options"),
    "explain": Command("explain what is found at a line", "explain_options"),
    "rule": Command("explain one rule", "rule_command"),
    "rules": Command("list all rules", "rules_command"),
    "init": Command("write a configuration to start from, into a folder's pyproject.toml or setup.cfg", "init_command"),
    "completion": Command("print a script that completes torchlint's command line in a shell", "completion"),
    "server": Command("run the language server for an editor", "server.command"),
}


class _Parser(argparse.ArgumentParser):
    """Says what to do about a mistake, and nothing else."""

    def error(self, message: str) -> NoReturn:
        tell(f"error: {message}")
        tell(f"See `{self.prog} --help`.")
        self.exit(2)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        (file or sys.stdout).write(message)  # argparse would pass over in silence that it cannot be written


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 nothing found, 1 findings, 2 torchlint could not do its work.

    Besides those 130 where it was interrupted, and 141 where nobody reads any more what it prints.
    """
    if not streams.prepare():
        tell("error: standard output is closed")
        return 2
    try:
        return _guarded(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        tell("interrupted")
        return 130


def _guarded(arguments: list[str]) -> int:
    from torchlint.errors import TorchlintError

    try:
        status = _run(arguments)
        sys.stdout.flush()
    except TorchlintError as error:
        streams.tell_error(error)
        return 2
    except OSError as error:  # what concerns one file is in its result: this is a full disk, or a folder that is gone
        is_read = streams.is_read(sys.stdout)
        streams.silence(sys.stdout)
        if isinstance(error, BrokenPipeError) and not is_read:
            return streams.BROKEN_PIPE
        tell(f"error: {error}")
        return 2
    except Exception:
        import traceback

        for line in traceback.format_exc().splitlines():
            tell(line)
        tell("error: this is a bug in torchlint; please report it with the lines above")
        return 2
    return status


def _run(arguments: list[str]) -> int:
    parser = parser_of(arguments[:1])
    _reject_other_commands(parser, arguments)
    try:
        options, unknown = parser.parse_known_args(arguments)
    except SystemExit:  # --help and --version print something
        sys.stdout.flush()
        raise
    if unknown and not _are_paths(options, unknown):
        _reject_unknown(options.parser, unknown)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def parser_of(declared: Collection[str]) -> argparse.ArgumentParser:
    """The parser of the command line, in which only the commands in ``declared`` know their options."""
    parser = _Parser(
        prog="torchlint",
        description="A linter that understands autograd: it finds what PyTorch will raise, or silently get wrong.",
        epilog=EXIT_STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"torchlint {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, (does, module) in COMMANDS.items():
        command = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.", allow_abbrev=False)
        command.set_defaults(parser=command)
        if name in declared:
            import_module(f"{__package__}.{module}").declare(command)
    return parser


def _reject_other_commands(parser: argparse.ArgumentParser, arguments: list[str]) -> None:
    """``torchlint file.py`` and misspelled commands: say what was probably meant."""
    if not arguments:
        parser.error("nothing to do; to check this folder, write `torchlint check`")
    first = arguments[0]
    if first in COMMANDS or first in ("-h", "--help", "--version"):
        return
    if own := {"help": "--help", "version": "--version", "-V": "--version"}.get(first):
        parser.error(f"nothing is called {first!r}; did you mean `torchlint {own}`?")
    import difflib
    import os

    if first.startswith("-") and first != "-":
        options = next((each for each in arguments if each in COMMANDS), None)
        advice = f"options go after the command: `torchlint {options or 'check'} {first} ...`"
        parser.error(f"{first} is no option of torchlint itself; {advice}")
    near = difflib.get_close_matches(first, COMMANDS, n=1)
    if near and not os.path.exists(first):  # noqa: PTH110 (pathlib costs more than this whole function)
        parser.error(f"no command is called {first!r}; did you mean `torchlint {' '.join([near[0], *arguments[1:]])}`?")
    if first == "-" or os.path.exists(first) or "." in first or "/" in first:  # noqa: PTH110
        parser.error(f"no command is called {first!r}; to check it, write `torchlint check {' '.join(arguments)}`")
    parser.error(f"no command is called {first!r}; there are {', '.join(COMMANDS)}")


def _are_paths(options: argparse.Namespace, unknown: list[str]) -> bool:
    """Whether what argparse leaves are paths, as it does where an option stands between paths; then they are added."""
    at = unknown.index("--") if "--" in unknown else len(unknown)
    if "paths" not in options or any(each.startswith("-") and each != "-" for each in unknown[:at]):
        return False
    options.paths = [*options.paths, *unknown[:at], *unknown[at + 1 :]]
    return True


def _reject_unknown(parser: argparse.ArgumentParser, unknown: list[str]) -> None:
    import difflib

    name = unknown[0].partition("=")[0]
    if not name.startswith("-"):
        parser.error(f"{name!r} is one argument too many")
    options = [each for action in parser._actions for each in action.option_strings]
    near = difflib.get_close_matches(name, options, n=1, cutoff=0.5)
    parser.error(f"no option is called {name}{f'; did you mean {near[0]}?' if near else ''}")


if __name__ == "__main__":
    raise SystemExit(main())
