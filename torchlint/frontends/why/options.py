"""The options of ``torchlint why``."""

from __future__ import annotations

import argparse

from torchlint.frontends.options import add_color_option

DESCRIPTION = """\
Read the log of a run that died, and say which line of the project is to blame, and how sure that is.
Nothing is run, and PyTorch is not needed."""
EXIT_STATUSES = """\
The log may be plain, or in colours, and may be that of a notebook, pytest, torchrun, anomaly mode, or another machine:
files are found below --root by the ends of their paths.

exit status:
  0  a line of the project is named
  1  the log has an error, but no line of the project can be named
  2  torchlint could not do its work: no error in the log, a log that cannot be read, an internal error"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.description = DESCRIPTION
    parser.epilog = EXIT_STATUSES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(run=_run)
    parser.add_argument(
        "log", metavar="LOG", nargs="?", default="-", help="a file, or - for standard input, which is the default"
    )
    parser.add_argument(
        "--root", metavar="FOLDER", default=".", help="where the project's files are (default: the current folder)"
    )
    parser.add_argument(
        "--output-format", choices=("full", "json"), default="full", help="for people (the default), or for programs"
    )
    add_color_option(parser)


def _run(options: argparse.Namespace) -> int:
    from torchlint.frontends.why.command import why  # start-up: 0.1 s, as it imports the engine

    return why(options)
