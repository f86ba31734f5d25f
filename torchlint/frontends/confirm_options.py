"""The options of ``torchlint confirm``."""

from __future__ import annotations

import argparse
import re

from torchlint.frontends.formats import FORMATS
from torchlint.frontends.options import add_color_option

_EXIT_STATUSES = """\
exit status:
  that of the program, 1 of a notebook in which a cell raised that has no tag raises-exception;
  124 where it was stopped after --timeout, 128 and the signal where it was killed,
  2 where it could not be run, or there is no such module or class;
  1 where the program's is 0 and --fail-on says so"""
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.description = "Run your own program under observation, and say of each finding whether it happened."
    parser.epilog = _EXIT_STATUSES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(run=_run)
    _add_program_options(parser)
    _add_judging_options(parser)
    _add_running_options(parser)
    _add_report_options(parser)


def _run(options: argparse.Namespace) -> int:
    from torchlint.frontends.confirm_command import confirm

    return confirm(options)


def _add_program_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("program", nargs=argparse.REMAINDER, metavar="SCRIPT [ARGS...]", help="a script or notebook, and its arguments")
    add("-m", dest="module", nargs=argparse.REMAINDER, metavar="MODULE", help="run a module, as python -m does")
    add("--probe", metavar="FILE::CLASS", help="build a module, move it, save it and run it, without any script")
    add("--arguments", metavar="ARGS", help="with --probe: the arguments of the class, such as '8, depth=2'")
    add("--input", metavar="SHAPES", help="with --probe: the shapes that forward takes, such as 2x3x32x32,2x5:long")


def _add_judging_options(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what is judged")
    what.add_argument(
        "--findings", metavar="FILE", help="findings that --output-format json wrote, instead of checking"
    )
    what.add_argument("--project", metavar="PATH", action="append", help="what to check; default: the program's folder")
    what.add_argument("--select", action="append", metavar="RULES", help="judge findings of these rules only")


def _add_running_options(parser: argparse.ArgumentParser) -> None:
    running = parser.add_argument_group("running")
    running.add_argument("--timeout", type=_seconds, default=300.0, metavar="SECONDS", help="default: 300")
    running.add_argument(
        "--memory-limit", type=_memory, metavar="SIZE", help="such as 8G; default: 90%% of what there is"
    )
    running.add_argument("--device", choices=("auto", "cpu", "cuda", "meta"), default="auto", help="default: auto")


def _add_report_options(parser: argparse.ArgumentParser) -> None:
    report = parser.add_argument_group("the report")
    report.add_argument("--output-format", choices=tuple(FORMATS), default="full", help="default: full")
    report.add_argument(
        "--output-file",
        metavar="FILE",
        help="write the report there; else a report that is not for people keeps standard output to itself",
    )
    report.add_argument(
        "--fail-on",
        choices=("confirmed", "any", "never"),
        default="never",
        help="exit with 1 where a fault was seen, or where anything is found; default: never",
    )
    report.add_argument(
        "--watch-state", action="store_true", help="show what of models is not registered, saved or optimized"
    )
    add_color_option(report)


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; give seconds, such as 300")
    return number


def _memory(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?", text, re.IGNORECASE)
    if not match or not float(match[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; give one such as 8G or 500M")
    return int(float(match[1]) * _UNITS[match[2].upper()])
