"""``torchlint rule``: the document of one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.frontends.options import add_color_option

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.description = "Print the document of a rule."
    parser.set_defaults(run=_run)
    parser.add_argument("name", metavar="RULE", help="a code such as TLC101, or a slug such as unregistered-tensor")
    add_color_option(parser)


def _run(options: argparse.Namespace) -> int:
    from torchlint.frontends.explain import print_rule

    return print_rule(options.name, options.color)
