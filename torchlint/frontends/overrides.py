"""What the options of a command say about settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.settings import Overrides, parse_version
from torchlint.errors import ConfigError
from torchlint.finding import Certainty

if TYPE_CHECKING:
    import argparse

NOTHING_SAID = {
    **dict.fromkeys(("select", "extend_select", "ignore", "certainty", "target_version", "baseline", "preset")),
    **dict.fromkeys(("exclude", "extend_exclude", "per_file_ignores", "extend_per_file_ignores")),
    **dict.fromkeys(("fixable", "unfixable", "config")),
    "isolated": False,
    "ignore_noqa": False,
}
"""The options that ``overrides_of`` reads, as they are where none is given."""


def overrides_of(options: argparse.Namespace) -> Overrides:
    """What the options say about settings. Raises: ConfigError."""
    version = options.target_version
    config, inline = config_of(options)
    return Overrides(
        select=selected(options),
        extend_select=_names(options.extend_select),
        ignore=_names(options.ignore),
        certainty=Certainty(options.certainty) if options.certainty else None,
        target_version=parse_version(version, "--target-version") if version else None,
        config=config,
        isolated=options.isolated,
        baseline=Path(options.baseline) if options.baseline else None,
        preset=options.preset,
        inline=inline,
        exclude=_names_if_given(options.exclude),
        extend_exclude=_names(options.extend_exclude),
        per_file_ignores=_names_if_given(options.per_file_ignores),
        extend_per_file_ignores=_names(options.extend_per_file_ignores),
        fixable=_names_if_given(options.fixable),
        unfixable=_names_if_given(options.unfixable),
        ignore_noqa=options.ignore_noqa,
    )


def config_of(options: argparse.Namespace) -> tuple[Path | None, tuple[str, ...]]:
    """The file that ``--config`` names, None where it names none, and the settings that it gives as TOML.

    Raises: ConfigError where it names two files.
    """
    given: list[str] = [options.config] if isinstance(options.config, str) else options.config or []
    inline = tuple(each for each in given if "=" in each and not Path(each).exists())
    files = [each for each in given if each not in inline]
    if len(files) > 1:
        raise ConfigError(f"--config names {len(files)} files, {' and '.join(files)}; give one of them")
    if files and options.isolated:
        raise ConfigError("--isolated reads no settings and --config reads some; give one of them")
    return (Path(files[0]) if files else None), inline


def selected(options: argparse.Namespace) -> tuple[str, ...] | None:
    """The rules that ``--select`` names, None where it is not given. Raises: ConfigError where it names none."""
    if options.select is None:
        return None
    if not (names := _names(options.select)):
        raise ConfigError("--select: names no rule; `torchlint rules` lists all")
    return names


def _names_if_given(lists: list[str] | None) -> tuple[str, ...] | None:
    return None if lists is None else _names(lists)


def _names(lists: list[str] | None) -> tuple[str, ...]:
    return tuple(each.strip() for text in lists or () for each in text.split(",") if each.strip())
