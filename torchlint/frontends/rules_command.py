"""``torchlint rules``: the list of all rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.frontends.options import add_color_option, add_preset_option

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.set_defaults(run=_run)
    parser.add_argument("--output-format", choices=("full", "json"), default="full", help="default: full")
    add_preset_option(parser, "list the rules of this preset only")
    add_color_option(parser)


def _run(options: argparse.Namespace) -> int:
    from torchlint.frontends.explain import print_rules

    return print_rules(options.output_format, options.color, options.preset)
