"""The options of ``torchlint check``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from torchlint.frontends.formats import FORMATS
from torchlint.frontends.options import (
    EXIT_STATUSES,
    add_color_option,
    add_preset_option,
    add_settings_options,
    add_verdicts_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.description = "Check Python files and notebooks for faults in their use of PyTorch."
    parser.epilog = EXIT_STATUSES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(run=_run)
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files, folders, or - for standard input; default: this folder")
    add("--stdin-filename", metavar="FILE", help="the name of what - reads: findings and settings go by it")
    add_color_option(parser)
    add_report_options(parser)
    add_rule_options(parser)
    add_file_options(parser)
    add_choice_of_fixes(add_fix_options(parser))
    add_old_code_options(parser)
    group = add_running_options(parser)
    group.add_argument("-w", "--watch", action="store_true", help="check again whenever a file changes")


def _run(options: argparse.Namespace) -> int:
    from torchlint.frontends.check_command import check

    return check(options)


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """What is written, how, and where."""
    group = parser.add_argument_group("report")
    formats = ", ".join(f"{name} ({what})" for name, what in FORMATS.items())
    group.add_argument(
        "--output-format", choices=tuple(FORMATS), default="full", metavar="FORMAT", help=f"one of {formats}"
    )
    group.add_argument(
        "-o", "--output-file", metavar="FILE", help="write the report to this file, and one line about it here"
    )
    group.add_argument("--statistics", action="store_true", help="print how much each rule found instead of findings")
    group.add_argument(
        "--explain", action="store_true", help="draw the story of each finding: what was kept, changed and needed"
    )
    add_verdicts_option(group)
    group.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="say on standard error which code was too much to be run to its end",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="print findings and errors, and nothing else")
    group.add_argument("-s", "--silent", action="store_true", help="print errors only; the exit status tells the rest")
    group.add_argument("-e", "--exit-zero", action="store_true", help="exit with 0 though something was found")
    group.add_argument("--show-files", action="store_true", help="print which files would be checked, and check none")
    group.add_argument(
        "--show-settings", action="store_true", help="print the settings of the first path as TOML, and check nothing"
    )


def add_rule_options(
    parser: argparse.ArgumentParser, reader: Callable[[str], Callable[[str], str]] = lambda option: str
) -> None:
    """Which rules run, and what they show; ``reader`` gives the type of an option's value."""
    group = parser.add_argument_group("rules", "RULES are codes, beginnings of codes, slugs or ALL, split at commas")
    add_preset_option(group, "run the rules of this preset, whatever the settings select or ignore")
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


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Which files are checked, and by which rules not."""
    group = parser.add_argument_group(
        "files", "PATTERNS are those of .gitignore, relative to this folder, split at commas"
    )
    for name, metavar, does in (
        ("--exclude", "PATTERNS", "leave these out, instead of what is left out by default and by the settings"),
        ("--extend-exclude", "PATTERNS", "leave these out too"),
        (
            "--per-file-ignores",
            "GLOB:RULE,...",
            "do not run these rules on these files, instead of what the settings say",
        ),
        ("--extend-per-file-ignores", "GLOB:RULE,...", "do not run these rules on these files either"),
    ):
        group.add_argument(name, action="append", metavar=metavar, help=does)
    group.add_argument("--ignore-noqa", action="store_true", help="report what comments suppress, too")


def add_fix_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Whether anything is fixed, as a group."""
    group = parser.add_argument_group("fixes")
    group.add_argument("--fix", action="store_true", help="apply the fixes that are safe")
    group.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix or --diff: also those that may change results, checkpoints or what is trained",
    )
    group.add_argument(
        "--allow-dirty", action="store_true", help="with --fix: change files that have uncommitted changes in git too"
    )
    group.add_argument("--diff", action="store_true", help="print what --fix would change, and change nothing")
    return group


def add_choice_of_fixes(group: argparse._ArgumentGroup) -> None:
    """Which fixes are applied, and what is told of that."""
    group.add_argument("--fix-only", action="store_true", help="as --fix, but report nothing of what is left")
    for name, does in (
        ("--fixable", "apply the fixes of these rules only"),
        ("--unfixable", "show the fixes of these rules, and apply none of them"),
    ):
        group.add_argument(name, action="append", metavar="RULES", help=does)
    group.add_argument(
        "--exit-non-zero-on-fix", action="store_true", help="with --fix: exit with 1 where anything was fixed"
    )


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


def add_running_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """How files are found, checked and remembered, as a group."""
    group = parser.add_argument_group("running")
    group.add_argument("-j", "--jobs", type=_jobs, metavar="N", help="how many processes; default: one per core")
    group.add_argument("-n", "--no-cache", action="store_true", help="neither use nor keep cached results")
    group.add_argument("--cache-dir", metavar="FOLDER", help="where results are kept; default: the user's cache folder")
    group.add_argument(
        "--force-exclude",
        action="store_true",
        help="leave out what is excluded even where it is given by name, as hooks do",
    )
    add_settings_options(group)
    return group


def _jobs(text: str) -> int | None:
    if text == "auto":  # as flake8 has it
        return None
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return int(text)
