"""Presets: sets of rules under one name, which the rules themselves say that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torchlint.engine.config_file import nearest
from torchlint.errors import ConfigError
from torchlint.finding import Certainty
from torchlint.rule import Topic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchlint.rule import Rule

RECOMMENDED, STRICT = "recommended", "strict"
PRESETS = (RECOMMENDED, STRICT, *(each.value for each in Topic))


class Preset(NamedTuple):
    """What a preset selects (None: the rules that are on by default), and the least certain findings that it shows
    (None: as without it)."""

    select: tuple[str, ...] | None
    certainty: Certainty | None = None


def preset_of(name: str, rules: Mapping[str, Rule], where: str) -> Preset:
    """The preset of a name. Raises: ConfigError that begins with ``where``."""
    if name == RECOMMENDED:
        return Preset(None)
    if name == STRICT:
        return Preset(("ALL",), Certainty.ADVICE)
    check_preset(name, where)
    return Preset(tuple(code for code, rule in rules.items() if Topic(name) in rule.topics))


def check_preset(name: str, where: str) -> None:
    """Raises: ConfigError, which begins with ``where``, for a name that no preset has."""
    if name not in PRESETS:
        raise ConfigError(f"{where}: no preset is called {name!r}{nearest(name, PRESETS)}")


def presets_with(rule: Rule) -> list[str]:
    """The presets that select a rule."""
    usual = [RECOMMENDED, STRICT] if rule.default else [STRICT]
    return [*usual, *(each.value for each in Topic if each in rule.topics)]
