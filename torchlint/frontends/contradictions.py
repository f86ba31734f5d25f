"""Options of ``torchlint check`` that do not go together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.errors import ConfigError
from torchlint.frontends import fixing
from torchlint.frontends.formats import statistics

if TYPE_CHECKING:
    import argparse

_CODE = re.compile(r"(?:TLC|TOR)\d{1,3}", re.IGNORECASE)
_CHANGING = ("fix", "diff", "add_noqa", "write_baseline", "statistics", "watch", "output_file")


def reject_contradictions(options: argparse.Namespace) -> None:
    """Raises: ConfigError that says what to leave out."""
    _reject_rules_as_paths(options)
    _reject_of_fixes(options)
    _reject_of_reports(options)
    for option in ("show_files", "show_settings"):
        for other in _CHANGING if getattr(options, option) else ():
            if getattr(options, other):
                raise ConfigError(f"{_spelled(option)} checks nothing; leave {_spelled(other)} out")
    if options.stdin_filename and "-" not in options.paths:
        raise ConfigError("--stdin-filename names what - reads; give - as a path too")
    for option in ("baseline", "diff_base", "add_noqa"):
        if options.write_baseline and getattr(options, option):
            raise ConfigError(f"--write-baseline writes down all that is found; leave {_spelled(option)} out")
    if options.add_noqa and options.ignore_noqa:
        raise ConfigError("--add-noqa adds comments that --ignore-noqa ignores; give one of them")
    if options.watch and "-" in options.paths:
        raise ConfigError("--watch waits for files to change, and - is none; give files or folders")


def _reject_rules_as_paths(options: argparse.Namespace) -> None:
    """``--select TLC1 TLC2``: what stands behind a blank is a path."""
    for path in options.paths:
        if _CODE.fullmatch(path) and not Path(path).exists():
            raise ConfigError(f"{path} is no file or folder; between rules stand commas, as in --select TLC1,{path}")


def _reject_of_fixes(options: argparse.Namespace) -> None:
    if options.exit_non_zero_on_fix and not options.fix:
        raise ConfigError("--exit-non-zero-on-fix is about what --fix changes; give --fix with it")
    if options.fix_only and options.diff:
        raise ConfigError("--fix-only changes files and --diff changes none; give one of them")
    fixing.reject_contradictions(options)
    for option in ("output_file", "statistics", "add_noqa", "write_baseline"):
        if options.fix_only and getattr(options, option):
            raise ConfigError(f"--fix-only reports nothing; leave {_spelled(option)} out, or give --fix instead")


def _reject_of_reports(options: argparse.Namespace) -> None:
    for option in ("statistics", "confirmed", "add_noqa", "write_baseline"):
        if options.diff and getattr(options, option):
            raise ConfigError(f"--diff changes nothing and prints a diff only; leave {_spelled(option)} out")
    if options.statistics and options.output_format not in statistics.FORMATS:
        formats = ", ".join(statistics.FORMATS)
        raise ConfigError(f"--statistics are no {options.output_format}; their output formats are {formats}")
    if options.explain and options.output_format != "full":
        raise ConfigError("--explain draws stories below the findings of --output-format full; html always has them")
    if options.silent and options.output_file:
        raise ConfigError("--silent writes no report; leave --output-file out, or give --quiet instead")


def _spelled(option: str) -> str:
    return f"--{option.replace('_', '-')}"
