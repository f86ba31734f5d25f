"""How rules are named: by selectors, in settings and on the command line.

A selector is a code (``TLC101``), the beginning of codes (``TLC1``), a slug or ``ALL``. The most specific selector that
names a rule decides; where two are equally specific, ``ignore`` wins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchlint.engine.config_file import nearest
from torchlint.errors import ConfigError
from torchlint.finding import Certainty
from torchlint.rule import Mark, Rule
from torchlint.syntax.suppress import TORCHFIX_ALIASES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchlint.rule import LoadedRule

_OTHER_CODE = re.compile(r"(?!TLC)[A-Z]{1,4}\d{2,4}", re.IGNORECASE)
_MOST_NAMED = 3
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
RUN_ERROR = Rule("TLC005", "run-error", "0.1.0", "an error that `torchlint confirm --probe` showed", ())
ENGINE_RULES = {
    each.code: each for each in (SYNTAX_ERROR, INTERNAL_ERROR, UNUSED_SUPPRESSION, INCOMPLETE_ANALYSIS, RUN_ERROR)
}
"""Codes that the engine itself reports, without a rule module."""

ALWAYS = frozenset({SYNTAX_ERROR.code, INTERNAL_ERROR.code})
"""A file that could not be looked at is always reported."""


def known_rules(rules: Mapping[str, LoadedRule]) -> dict[str, Rule]:
    """Every rule by code in the order of codes, those of the engine included."""
    both = {**ENGINE_RULES, **{code: loaded.rule for code, loaded in rules.items()}}
    return {code: both[code] for code in sorted(both)}


def find_rule(name: str, rules: Mapping[str, Rule], where: str = "") -> Rule:
    """The rule of a code or slug, in any case. Raises: ConfigError that names the nearest one."""
    for rule in rules.values():
        if name.upper() == rule.code or name.lower().replace("_", "-") == rule.slug:
            return rule
    raise ConfigError(f"{where + ': ' if where else ''}no rule is called {name!r}; {_meant(name, rules)}")


def _meant(name: str, rules: Mapping[str, Rule]) -> str:
    """What to do about a name that no rule has."""
    if name.upper().startswith("TOR") and name[3:].isdigit():
        aliases = [code for code in TORCHFIX_ALIASES.get(name.upper(), ()) if code in rules]
        return f"TorchFix's {name.upper()} {'is ' + ' and '.join(aliases) if aliases else 'has no rule'} here"
    slugs = [rule.slug for rule in rules.values()]
    if parts := [slug for slug in slugs if f"-{name.lower()}-" in f"-{slug}-"][:_MOST_NAMED]:
        *others, last = map(repr, parts)
        return f"did you mean {', '.join(others)} or {last}?" if others else f"did you mean {last}?"
    if near := nearest(name, [*rules, *slugs]):
        return near.removeprefix("; ")
    if _OTHER_CODE.fullmatch(name):
        return "that is another tool's code, and torchlint's begin with TLC"
    return "`torchlint rules` lists all"


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
