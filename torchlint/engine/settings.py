"""Configuration files and command-line options -> typed ``Settings``; an unknown key is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from torchlint.finding import Certainty


@dataclass(frozen=True, slots=True)
class Settings:
    """What to look for. ``root`` is the folder of the configuration file, or the working directory without one.

    ``select`` is None where nothing was selected: then the rules that are on by default run. ``certainty`` is the
    lowest certainty shown. ``target_version`` is the lowest torch version that the code must run on, None if unknown.
    ``options`` holds, by rule code, an instance of that rule's ``Options``.
    """

    root: Path
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    certainty: Certainty = Certainty.LIKELY
    target_version: tuple[int, int] | None = None
    options: Mapping[str, object] = field(default_factory=dict)
