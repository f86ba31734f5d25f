"""The gate: what the outline must see in a region before it is worth a LibCST parse.

Rules say what triggers them as data; the gate is their union. It may open for nothing, but never stays shut on
something a rule could find: ``Gate.open()`` lets everything through, and a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto


class Sign(Enum):
    """What the outline can see in a class without knowing torch."""

    TENSOR_STORE = auto()
    """``self.x = value`` where the value can be a tensor."""
    CONTAINER_STORE = auto()
    """``self.x = [Call(...), ...]`` or another container that can hold modules or parameters."""
    EARLY_STORE = auto()
    """``self.x = Call(...)`` before, or without, a call of some ``__init__``."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One reason to look closer: a sign of a class, or a word in a statement of a function, a class or the module.

    ``words`` are identifiers. With ``statement_only`` the word must name the outermost call of an expression
    statement, as in ``x.word(...)``.
    """

    sign: Sign | None = None
    words: frozenset[str] = frozenset()
    statement_only: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """The union of triggers."""

    signs: frozenset[Sign]
    words: frozenset[str]
    statement_words: frozenset[str]
    pattern: re.Pattern[str] | None
    everything: bool = False

    @classmethod
    def of(cls, triggers: Iterable[Trigger]) -> Gate:
        """The gate that opens for any of ``triggers``."""
        triggers = tuple(triggers)
        words = frozenset().union(*(each.words for each in triggers if not each.statement_only))
        statement_words = frozenset().union(*(each.words for each in triggers if each.statement_only))
        signs = frozenset(each.sign for each in triggers if each.sign is not None)
        return cls(signs, words, statement_words, _pattern(words), False)

    @classmethod
    def open(cls) -> Gate:
        """The gate that lets every class, function and statement through."""
        return cls(frozenset(Sign), frozenset(), frozenset(), None, everything=True)


def _pattern(words: frozenset[str]) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b") if words else None
