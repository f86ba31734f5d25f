"""The options of ``torchlint check`` on what is reported, how, and what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.frontends.formats import FORMATS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """What is written, how, and where."""
    group = parser.add_argument_group("report")
    formats = ", ".join(f"{name} ({what})" for name, what in FORMATS.items())
    group.add_argument(
        "--output-format", choices=tuple(FORMATS), default="full", metavar="FORMAT", help=f"one of {formats}"
    )
    group.add_argument(
        "--output-file", metavar="FILE", help="write the report to this file, and one line about it here"
    )
    group.add_argument("--statistics", action="store_true", help="print how much each rule found instead of findings")
    group.add_argument(
        "--explain", action="store_true", help="draw the story of each finding: what was kept, changed and needed"
    )
    group.add_argument(
        "--confirmed", metavar="FILE", help="show the verdicts that torchlint confirm --output-format json wrote"
    )
    group.add_argument("--exit-zero", action="store_true", help="exit with 0 though something was found")


def add_rule_options(
    parser: argparse.ArgumentParser, reader: Callable[[str], Callable[[str], str]] = lambda option: str
) -> None:
    """Which rules run, and what they show; ``reader`` gives the type of an option's value."""
    group = parser.add_argument_group("rules", "RULES are codes, beginnings of codes, slugs or ALL, split at commas")
    for name, does in (
        ("--select", "run these rules only, whatever the settings select or ignore"),
        ("--extend-select", "run these rules too"),
        ("--ignore", "do not run these rules"),
    ):
        group.add_argument(name, action="append", metavar="RULES", type=reader(name), help=does)
    group.add_argument(
        "--certainty",
        choices=("certain", "likely", "advice"),
        help="the least certain findings shown (default: likely); a rule selected by name shows its advice too",
    )
    name, does = "--target-version", "the lowest torch version that the code must run on"
    group.add_argument(name, metavar="2.5", type=reader(name), help=does)


def add_old_code_options(parser: argparse.ArgumentParser) -> None:
    """What counts where code has findings already."""
    group = parser.add_argument_group("findings that are there already")
    group.add_argument("--baseline", metavar="FILE", help="report only what this file does not know")
    group.add_argument("--write-baseline", metavar="FILE", help="write all that is found now to a baseline")
    group.add_argument(
        "--diff-base",
        metavar="REV",
        help="report only what is on lines that were changed since this git revision; `main...`: since main was left",
    )
    group.add_argument("--add-noqa", action="store_true", help="add a noqa comment for each finding")
