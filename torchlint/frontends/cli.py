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
    "run": Command("run a program as Python does, and say below its traceback which line is to blame", "run_command"),
    "why": Command("say which line is to blame, from the log of a run that died", "why.options"),
    "upgrade": Command("say what a move to another PyTorch changes in files and folders", "upgrade.options"),
    "explain": Command("explain what is found at a line", "explain_options"),
    "rule": Command("explain one rule", "rule_command"),
    "rules": Command("list all rules", "rules_command"),
    "docs": Command("print a page of the documentation", "docs_command"),
    "init": Command("write a configuration to start from, into a folder's pyproject.toml or setup.cfg", "init_command"),
    "completion": Command("print a script that completes torchlint's command line in a shell", "completion"),
    "mcp": Command("run a server of the Model Context Protocol for an agent", "agents.command"),
    "server": Command("run the language server for an editor", "server.command"),
}


class _Parser(argparse.ArgumentParser):
    """Says what to do about a mistake, and nothing else."""

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and isinstance(value, str) and value not in action.choices:
            from torchlint.frontends.mistakes import about_choice  # start-up: 40 ms

            raise argparse.ArgumentError(action, about_choice(value, list(map(str, action.choices))))

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
    arguments = _with_command(arguments)
    parser = parser_of(arguments[:1])
    try:
        options, unknown = parser.parse_known_args(arguments)
    except SystemExit:  # --help and --version print something
        sys.stdout.flush()
        raise
    if unknown and not _are_paths(options, unknown):
        from torchlint.frontends.mistakes import about_argument  # start-up: 40 ms

        own = [name for action in options.parser._actions for name in action.option_strings]
        options.parser.error(about_argument(unknown[0], own, options.command == "check"))
    options.words = arguments[1:]  # argparse takes a `--` that is meant for another program
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def parser_of(declared: Collection[str]) -> argparse.ArgumentParser:
    """The parser of the command line, in which only the commands in ``declared`` know their options."""
    parser = _Parser(
        prog="torchlint",
        description="A linter that understands autograd: it finds what PyTorch will raise, or silently get wrong.",
        epilog=f"`torchlint PATH` means `torchlint check PATH`.\n\n{EXIT_STATUSES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"torchlint {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, (does, module) in COMMANDS.items():
        command = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.", allow_abbrev=False)
        command.set_defaults(parser=command)
        if name in declared:
            import_module(f"{__package__}.{module}").declare(command)
    return parser


def _with_command(arguments: list[str]) -> list[str]:
    """``arguments`` with the command that they mean, where that is not said; exits where none is meant."""
    first = arguments[0] if arguments else ""
    if first in COMMANDS or first in ("-h", "--help", "-V", "--version"):
        return arguments
    if first == "help":
        return [*arguments[1:2], "--help"]
    if first == "version":
        return ["--version"]
    parser = parser_of(())
    if not arguments:
        parser.error("nothing to do; to check this folder, write `torchlint check`")
    if first.startswith("-") and first != "-":
        command = next((each for each in arguments if each in COMMANDS), None)
        if command is not None:
            rest = " ".join(each for each in arguments if each != command)
            parser.error(f"options go after the command: `torchlint {command} {rest}`")
        return ["check", *arguments]
    if not _is_path(first):
        from torchlint.frontends.mistakes import about_command  # start-up: 40 ms

        parser.error(about_command(arguments, COMMANDS))
    return ["check", *arguments]


def _is_path(text: str) -> bool:
    import os

    looks_so = text == "-" or "." in text or "/" in text or os.sep in text
    return looks_so or os.path.exists(text)  # noqa: PTH110 (pathlib costs more than this)


def _are_paths(options: argparse.Namespace, unknown: list[str]) -> bool:
    """Whether what argparse leaves are paths, as it does where an option stands between paths; then they are added."""
    at = unknown.index("--") if "--" in unknown else len(unknown)
    if "paths" not in options or any(each.startswith("-") and each != "-" for each in unknown[:at]):
        return False
    options.paths = [*options.paths, *unknown[:at], *unknown[at + 1 :]]
    return True


if __name__ == "__main__":
    raise SystemExit(main())
