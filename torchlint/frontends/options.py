"""What several commands have: options, and what their exit status means."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _ActionsContainer

EXIT_STATUSES = """\
exit status:
  0  nothing was found
  1  something was found
  2  torchlint could not do its work: bad settings, a path that cannot be read, an internal error"""


def add_color_option(target: _ActionsContainer) -> None:
    """Whether to print in colour."""
    target.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="default: auto, on a terminal only"
    )


def add_preset_option(target: _ActionsContainer, does: str) -> None:
    """A set of rules under one name."""
    target.add_argument(
        "--preset", metavar="PRESET", help=f"{does}: recommended, strict, performance, upgrade or security"
    )


def add_settings_options(target: _ActionsContainer) -> None:
    """Where settings are read from."""
    target.add_argument(
        "--config",
        action="append",
        metavar="FILE",
        help="read the settings from this file only; or one setting as TOML, such as 'ignore = [\"TLC302\"]'",
    )
    target.add_argument("--isolated", action="store_true", help="read no settings file")


def add_verdicts_option(target: _ActionsContainer) -> None:
    """Whether to show what an earlier run said."""
    target.add_argument(
        "--confirmed", metavar="FILE", help="show the verdicts that torchlint confirm --output-format json wrote"
    )
