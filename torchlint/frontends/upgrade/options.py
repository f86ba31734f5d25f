"""The options of ``torchlint upgrade``."""

from __future__ import annotations

import argparse

from torchlint.frontends.check_options import add_fix_options, add_running_options
from torchlint.frontends.options import add_color_option

DESCRIPTION = """\
Say what must change in files and folders before they run on another PyTorch: by the release with which each thing
begins to matter, what --fix writes, and what needs a person. Nothing is changed unless --fix is given."""
EXIT_STATUSES = """\
The rules are those of the preset upgrade, whatever the settings select.

exit status:
  0  nothing raises or warns, though there may be advice
  1  something does; with --fix: something is left that does; with --diff: something would be changed
  2  torchlint could not do its work: an unknown release, a path that cannot be read, an internal error"""
FORMATS = {"full": "the default, for people", "json": "one object, for programs", "html": "one page, for a browser"}


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.description = DESCRIPTION
    parser.epilog = EXIT_STATUSES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(run=_run, quiet=False)
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders; default: this folder")
    add("--to", metavar="2.14", help="the release to move to; default: the newest that torchlint knows")
    add("--from", dest="since", metavar="2.1", help="the release that runs now: leave out what it changed already")
    formats = ", ".join(f"{name} ({what})" for name, what in FORMATS.items())
    add("--output-format", choices=tuple(FORMATS), default="full", metavar="FORMAT", help=f"one of {formats}")
    add("-o", "--output-file", metavar="FILE", help="write the report to this file, and one line about it here")
    add_color_option(parser)
    add_fix_options(parser)
    add_running_options(parser)


def _run(options: argparse.Namespace) -> int:
    from torchlint.frontends.upgrade.command import upgrade  # start-up: 0.1 s, as it imports the engine

    return upgrade(options)
