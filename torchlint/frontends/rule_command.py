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
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "name", nargs="?", metavar="RULE", help="a code such as TLC101, or a slug such as unregistered-tensor"
    )
    which.add_argument("--all", action="store_true", help="print the documents of all rules")
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="default: text")
    add_color_option(parser)


def _run(options: argparse.Namespace) -> int:
    from torchlint.frontends.explain import print_documents

    return print_documents(options.name, options.output_format, options.color)
