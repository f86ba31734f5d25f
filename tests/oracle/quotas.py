"""How many programs of every kind a set must have, so that no kind is judged by a handful."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.oracle.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.oracle.program import Labelled

_PATIENCE = 4
"""How many programs may be looked at for each one that is wanted."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """``each`` programs of each kind in a large set, and ``innocent``, a share of all; ``stored`` is such a set."""

    stored: Path
    kinds: tuple[str, ...]
    each: int
    innocent: float


SCRIPTS = Quotas(Path(__file__).parent / "stored", KINDS, 200, 0.4)
MODULES = Quotas(
    Path(__file__).parent / "stored_modules",
    tuple(kind for kind in KINDS if kind not in ("out", "inference")),
    150,
    0.45,
)


def chosen(labelled: Iterable[Labelled], count: int, share: float, quotas: Quotas = SCRIPTS) -> list[Labelled]:
    """The first ``count`` programs that leave room for ``share`` of every kind's quota and for the innocent ones."""
    kept: list[Labelled] = []
    missing = Counter(dict.fromkeys(quotas.kinds, round(quotas.each * share)))
    innocent = round(count * quotas.innocent)
    for looked_at, each in enumerate(labelled):
        if len(kept) == count or looked_at > count * _PATIENCE:
            break
        kinds = {event.kind for event in each.truth.required}
        needed = missing.total() + innocent
        wanted = any(missing[kind] > 0 for kind in kinds) if kinds else innocent > 0
        if not wanted and len(kept) + needed >= count:
            continue
        kept.append(each)
        missing.subtract({kind for kind in kinds if missing[kind] > 0})
        innocent -= not kinds and innocent > 0
    return kept


def problems(labelled: Iterable[Labelled], share: float = 1.0, quotas: Quotas = SCRIPTS) -> list[str]:
    """Where a set falls short of ``share`` of the quotas."""
    programs = list(labelled)
    counts = Counter(kind for each in programs for kind in {event.kind for event in each.truth.required})
    least = round(quotas.each * share)
    short = [f"{counts[kind]} programs of kind {kind}" for kind in quotas.kinds if counts[kind] < least]
    innocent = sum(each.truth.is_innocent for each in programs)
    if innocent < round(quotas.innocent * len(programs)):
        short.append(f"{innocent} innocent programs of {len(programs)}")
    return short
