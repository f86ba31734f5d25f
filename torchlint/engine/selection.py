"""Which rules run, and how sure a finding of each must be to be shown.

A selector is a code (``TLC101``), the beginning of codes (``TLC1``), a slug or ``ALL``. The most specific selector that
names a rule decides; where two are equally specific, ``ignore`` wins.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from torchlint.engine.config_file import nearest
from torchlint.errors import ConfigError
from torchlint.finding import Certainty
from torchlint.rule import Mark, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from torchlint.engine.settings import Settings
    from torchlint.rule import LoadedRule

SYNTAX_ERROR = Rule("TLC001", "syntax-error", "0.1.0", "a file or cell that is no valid Python", ())
INTERNAL_ERROR = Rule("TLC002", "internal-error", "0.1.0", "torchlint failed on a file; this is a bug in torchlint", ())
UNUSED_SUPPRESSION = Rule(
    "TLC003", "unused-suppression", "0.1.0", "a suppression that suppresses nothing", (), mark=Mark.UNNECESSARY
)
INCOMPLETE_ANALYSIS = Rule(
    "TLC004",
    "incomplete-analysis",
    "0.1.0",
    "code that is too much to be run to its end",
    (),
    highest=Certainty.ADVICE,
)
ENGINE_RULES = {each.code: each for each in (SYNTAX_ERROR, INTERNAL_ERROR, UNUSED_SUPPRESSION, INCOMPLETE_ANALYSIS)}
"""Codes that the engine itself reports, without a rule module."""

ALWAYS = frozenset({SYNTAX_ERROR.code, INTERNAL_ERROR.code})
"""A file that could not be looked at is always reported."""

_EXACT = 100
_UNNAMED = -1


def known_rules(rules: Mapping[str, LoadedRule]) -> dict[str, Rule]:
    """Every rule by code in the order of codes, those of the engine included."""
    both = {**ENGINE_RULES, **{code: loaded.rule for code, loaded in rules.items()}}
    return {code: both[code] for code in sorted(both)}


def find_rule(name: str, rules: Mapping[str, Rule], where: str = "") -> Rule:
    """The rule of a code or slug, in any case. Raises: ConfigError that names the nearest one."""
    for rule in rules.values():
        if name.upper() == rule.code or name.lower().replace("_", "-") == rule.slug:
            return rule
    names = [*rules, *(rule.slug for rule in rules.values())]
    advice = nearest(name, names) or "; `torchlint rules` lists all"
    raise ConfigError(f"{where + ': ' if where else ''}no rule is called {name!r}{advice}")


def check_selectors(selectors: Iterable[str], rules: Mapping[str, Rule], where: str) -> tuple[str, ...]:
    """``selectors`` in their canonical form: codes and prefixes in capitals, slugs as codes.

    Raises: ConfigError for a selector that names no rule, naming the nearest one that does.
    """
    canonical = []
    for name in selectors:
        upper = name.upper()
        if upper == "ALL" or (upper.startswith("TLC") and any(code.startswith(upper) for code in rules)):
            canonical.append(upper)
        else:
            canonical.append(find_rule(name, rules, where).code)
    return tuple(canonical)


def check_ignored(selectors: tuple[str, ...], where: str) -> tuple[str, ...]:
    """``selectors``, canonical. Raises: ConfigError for one that would hide that a file could not be looked at."""
    for code in selectors:
        if code in ALWAYS:
            raise ConfigError(
                f"{where}: {code} ({ENGINE_RULES[code].slug}) cannot be ignored, as the file was not checked; "
                "leave the file out with extend-exclude"
            )
    return selectors


def selected_rules(
    settings: Settings, rules: Mapping[str, LoadedRule], path: str | Path | None = None
) -> dict[str, Certainty]:
    """By code, the lowest certainty shown of every rule that is selected, in the order of codes.

    With ``path`` the per-file-ignores that match that file are taken into account, whatever was selected. A rule
    selected by its full code or slug shows its advice too.
    """
    per_file = settings.ignored_in(path) if path is not None else ()
    defaults = tuple((code, rule.default) for code, rule in known_rules(rules).items())
    exact = _selected(defaults, settings.select, settings.extend_select, settings.ignore, per_file)
    return {code: Certainty.ADVICE if is_exact else settings.certainty for code, is_exact in exact.items()}


@lru_cache(maxsize=256)
def _selected(
    defaults: tuple[tuple[str, bool], ...],
    select: tuple[str, ...] | None,
    extend: tuple[str, ...],
    ignore: tuple[str, ...],
    per_file: tuple[str, ...],
) -> Mapping[str, bool]:
    """The selected rules, each with whether it was selected by its full code."""
    selected: dict[str, bool] = {}
    for code, default in defaults:
        wanted = _specificity(code, (*(select or ()), *extend))
        if select is None and default:
            wanted = max(wanted, 0)
        hidden = wanted <= _specificity(code, ignore) or _specificity(code, per_file) > _UNNAMED
        if code in ALWAYS or not hidden:
            selected[code] = wanted == _EXACT
    return selected


def _specificity(code: str, selectors: Iterable[str]) -> int:
    """How exactly the most specific of ``selectors`` names ``code``; -1 where none does."""
    best = _UNNAMED
    for name in selectors:
        if name == code:
            return _EXACT
        if name == "ALL":
            best = max(best, 0)
        elif code.startswith(name):
            best = max(best, len(name))
    return best
