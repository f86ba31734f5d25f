"""The options of ``torchlint explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.frontends.options import add_color_option, add_settings_options, add_verdicts_option

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.description = "Print all findings at a line with their stories, fixes and the documents of their rules."
    parser.set_defaults(run=_run)
    parser.add_argument("target", metavar="FILE:LINE", help="or FILE.ipynb:CELL:LINE; a column after it is ignored")
    add_verdicts_option(parser)
    add_settings_options(parser)
    add_color_option(parser)


def _run(options: argparse.Namespace) -> int:
    from torchlint.frontends.explain_command import explain

    return explain(options)
