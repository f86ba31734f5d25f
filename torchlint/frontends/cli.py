"""The ``torchlint`` command: reads its arguments, calls what does the work, turns errors into words and exit statuses.

Nothing is imported before it is needed: ``torchlint --version`` must not pay for a linter.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from torchlint import __version__
from torchlint.frontends.check_options import add_old_code_options, add_report_options, add_rule_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_EPILOG = """\
exit status:
  0  nothing was found
  1  something was found
  2  torchlint could not do its work: bad settings, a path that cannot be read, an internal error"""

_COMMANDS = ("check", "explain", "rule", "rules", "init", "completion", "server")


class _Parser(argparse.ArgumentParser):
    """Says what to do about a mistake, and nothing else."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\nSee `{self.prog} --help`.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 nothing found, 1 findings, 2 torchlint could not do its work."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a path or a message may have what the terminal's encoding lacks
            stream.reconfigure(errors="backslashreplace")
    parser, commands = _parsers()
    _reject_other_commands(parser, arguments)
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        _reject_unknown(commands[options.command], unknown)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return _guarded(run, options)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130


def _guarded(run: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    from torchlint.errors import TorchlintError

    try:
        status = run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
        return 0
    except TorchlintError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    except OSError as error:  # what concerns one file is in its result: this is a full disk, or a folder that is gone
        silence_stdout()
        sys.stderr.write(f"error: {error}\n")
        return 2
    except Exception:
        import traceback

        traceback.print_exc()
        sys.stderr.write("error: this is a bug in torchlint; please report it with the lines above\n")
        return 2
    return status


def silence_stdout() -> None:
    """Send what is still to be written nowhere: it cannot be written, and Python would complain when it exits."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _check(options: argparse.Namespace) -> int:
    from torchlint.frontends.check_command import check

    return check(options)


def _explain(options: argparse.Namespace) -> int:
    from torchlint.frontends.explain_command import explain

    return explain(options)


def _rule(options: argparse.Namespace) -> int:
    from torchlint.frontends.explain import print_rule

    return print_rule(options.name, options.color)


def _rules(options: argparse.Namespace) -> int:
    from torchlint.frontends.explain import print_rules

    return print_rules(options.output_format, options.color)


def _init(options: argparse.Namespace) -> int:
    from pathlib import Path

    from torchlint.frontends.init_command import init

    return init(Path(options.folder))


def _completion(options: argparse.Namespace) -> int:
    from torchlint.frontends.completion import script

    sys.stdout.write(script(_parsers()[0], options.shell))
    return 0


def _server(options: argparse.Namespace) -> int:
    from torchlint.frontends.server.command import serve

    return serve()


def _parsers() -> tuple[_Parser, dict[str, _Parser]]:
    parser = _Parser(
        prog="torchlint",
        description="A linter that understands autograd: it finds what PyTorch will raise, or silently get wrong.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"torchlint {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    check = commands.add_parser(
        "check",
        help="check files and folders",
        description="Check Python files and notebooks for faults in their use of PyTorch.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_check_options(check)
    check.set_defaults(run=_check)
    explain = commands.add_parser(
        "explain",
        help="explain what is found at a line",
        description="Print all findings at a line with their stories, their fixes and the documents of their rules.",
        allow_abbrev=False,
    )
    explain.add_argument("target", metavar="FILE:LINE", help="or FILE.ipynb:CELL:LINE; a column after it is ignored")
    explain.add_argument("--config", metavar="FILE", help="read the settings from this file only")
    explain.add_argument("--isolated", action="store_true", help="read no settings file")
    _add_color(explain)
    explain.set_defaults(run=_explain)
    rule = commands.add_parser(
        "rule", help="explain one rule", description="Print the document of a rule.", allow_abbrev=False
    )
    rule.add_argument("name", metavar="RULE", help="a code such as TLC101, or a slug such as unregistered-tensor")
    _add_color(rule)
    rule.set_defaults(run=_rule)
    rules = commands.add_parser("rules", help="list all rules", description="List all rules.", allow_abbrev=False)
    rules.add_argument("--output-format", choices=("full", "json"), default="full", help="default: full")
    _add_color(rules)
    rules.set_defaults(run=_rules)
    start = "write a configuration to start from, into the pyproject.toml or setup.cfg of a folder"
    init = commands.add_parser("init", help=start, description=start.capitalize() + ".", allow_abbrev=False)
    init.add_argument("folder", nargs="?", default=".", metavar="FOLDER", help="default: this folder")
    init.set_defaults(run=_init)
    does = "print a script that completes torchlint's command line in a shell"
    completion = commands.add_parser("completion", help=does, description=f"P{does[1:]}.", allow_abbrev=False)
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    completion.set_defaults(run=_completion)
    server = commands.add_parser(
        "server",
        help="run the language server",
        description="Run the language server for an editor, over standard input and output.",
        allow_abbrev=False,
    )
    server.set_defaults(run=_server)
    return parser, {
        "check": check, "explain": explain, "rule": rule, "rules": rules, "init": init, "completion": completion,
        "server": server,
    }  # fmt: skip


def _add_check_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files, folders, or - for standard input; default: this folder")
    add("--stdin-filename", metavar="FILE", help="the name of what - reads: findings and settings go by it")
    _add_color(parser)
    add_report_options(parser)
    add_rule_options(parser)

    fixes = parser.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="apply the fixes that are safe")
    fixes.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix or --diff: also those that may change results, checkpoints or what is trained",
    )
    fixes.add_argument(
        "--allow-dirty", action="store_true", help="with --fix: change files that have uncommitted changes in git too"
    )
    fixes.add_argument("--diff", action="store_true", help="print what --fix would change, and change nothing")

    add_old_code_options(parser)

    running = parser.add_argument_group("running")
    running.add_argument("--watch", action="store_true", help="check again whenever a file changes")
    running.add_argument("--jobs", type=_jobs, metavar="N", help="how many processes; default: one per core")
    running.add_argument("--no-cache", action="store_true", help="neither use nor keep cached results")
    running.add_argument("--cache-dir", metavar="FOLDER", help="where results are kept")
    running.add_argument(
        "--force-exclude",
        action="store_true",
        help="leave out what the settings exclude even where it is given by name, as hooks do",
    )
    running.add_argument("--config", metavar="FILE", help="read the settings from this file only")
    running.add_argument("--isolated", action="store_true", help="read no settings file")


def _add_color(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="default: auto, on a terminal only"
    )


def _jobs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return int(text)


def _reject_other_commands(parser: _Parser, arguments: list[str]) -> None:
    """``torchlint file.py`` and misspelled commands: say what was probably meant."""
    if not arguments:
        parser.error("nothing to do; to check this folder, write `torchlint check`")
    first = arguments[0]
    if first in _COMMANDS or first in ("-h", "--help", "--version"):
        return
    import difflib
    import os

    if first.startswith("-") and first != "-":
        options = next((each for each in arguments if each in _COMMANDS), None)
        advice = f"options go after the command: `torchlint {options or 'check'} {first} ...`"
        parser.error(f"{first} is no option of torchlint itself; {advice}")
    near = difflib.get_close_matches(first, _COMMANDS, n=1)
    if near and not os.path.exists(first):  # noqa: PTH110 (pathlib costs more than this whole function)
        parser.error(f"no command is called {first!r}; did you mean `torchlint {' '.join([near[0], *arguments[1:]])}`?")
    if first == "-" or os.path.exists(first) or "." in first or "/" in first:  # noqa: PTH110
        parser.error(f"no command is called {first!r}; to check it, write `torchlint check {' '.join(arguments)}`")
    parser.error(f"no command is called {first!r}; there are {', '.join(_COMMANDS)}")


def _reject_unknown(parser: _Parser, unknown: list[str]) -> None:
    import difflib

    name = unknown[0].partition("=")[0]
    if not name.startswith("-"):
        parser.error(f"{name!r} is one argument too many")
    options = [each for action in parser._actions for each in action.option_strings]
    near = difflib.get_close_matches(name, options, n=1, cutoff=0.5)
    parser.error(f"no option is called {name}{f'; did you mean {near[0]}?' if near else ''}")


if __name__ == "__main__":
    raise SystemExit(main())
