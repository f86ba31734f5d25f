"""Which rules run on a file under its settings, and how sure a finding of each must be to be shown."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from torchlint.engine.selection import ALWAYS, known_rules
from torchlint.finding import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from torchlint.engine.settings import Settings
    from torchlint.rule import LoadedRule

_EXACT = 100
_UNNAMED = -1


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


def is_fixable(code: str, settings: Settings) -> bool:
    """Whether the settings let a rule's fixes be applied: the most specific selector decides, then ``unfixable``."""
    if settings.fixable is None and not settings.unfixable:
        return True
    wanted = 0 if settings.fixable is None else _specificity(code, settings.fixable)
    return wanted > _specificity(code, settings.unfixable)


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
