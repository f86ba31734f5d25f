"""The gate: what the outline must see in a region before it is worth a LibCST parse, and in code before it is worth
being run abstractly.

Rules say what triggers them as data; the gate is their union. It may open for nothing, but never stays shut on
something a rule could find: ``Gate.open()`` lets every region through, and a test compares the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Sign(Enum):
    """What the outline can see without knowing which names are PyTorch's."""

    TENSOR_STORE = auto()
    """In a class: ``self.x = value`` where the value can be a tensor."""
    CONTAINER_STORE = auto()
    """In a class: ``self.x = [Call(...), ...]``, or another container that can hold modules or tensors."""
    EARLY_STORE = auto()
    """In a class: ``self.x = Call(...)`` before, or without, a call of some ``__init__``."""
    DISCARDED_CALL = auto()
    """An expression statement ``word(...)`` or ``x.word(...)`` without ``out=``."""
    UNCALLED = auto()
    """A with item or a decorator that ends in a word and is no call."""
    MENTIONED = auto()
    """An expression statement ``x.word`` that is no call."""
    WORD = auto()
    """A word anywhere in the text."""
    PROGRAM = auto()
    """In code that can be run: a word."""
    PROGRAM_CALL = auto()
    """In code that can be run: ``.word``, or a call of something whose name starts with a word."""
    PROGRAM_KEYWORD = auto()
    """In code that can be run: a keyword argument ``word=``."""
    PROGRAM_CHANGED = auto()
    """In code that can be run: ``.word`` or an item of it is changed in place."""
    PROGRAM_CHANGE = auto()
    """In code that can be run: a word, and anything that is changed in place."""
    PROGRAM_SHORT = auto()
    """In code that can be run: a call of ``word`` that does not show a second argument, or one by the name ``dim``."""
    PROGRAM_POSITIONAL = auto()
    """In code that can be run: a call of ``word`` with a first argument that has no name."""
    PROGRAM_SCRIPT = auto()
    """In code that a module runs by itself: a call of a method ``.word``, or of ``word``."""
    PROGRAM_SIZED = auto()
    """In code that can be run, what a constructor keeps included: two calls of ``word`` with a number at first."""
    PROGRAM_RECORD = auto()
    """Nothing that has to be seen: where code is run, its calls of operations of these names are recorded."""
    REFERENCE = auto()
    """Nothing of a region: a qualified name, for which the file's text is searched behind what it imports."""


_OF_PROGRAMS = frozenset(each for each in Sign if each.name.startswith("PROGRAM"))


@dataclass(frozen=True, slots=True)
class Trigger:
    """One reason to look closer: a sign, and the identifiers it must name (none: any)."""

    sign: Sign
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gate:
    """The union of triggers. ``everything`` makes each class, function and statement a region; ``program`` are the
    triggers that make code worth being run."""

    signs: frozenset[Sign]
    discarded: frozenset[str]
    uncalled: frozenset[str]
    mentioned: frozenset[str]
    pattern: re.Pattern[str] | None
    program: frozenset[Trigger] = frozenset()
    everything: bool = False

    @classmethod
    def of(cls, triggers: Iterable[Trigger]) -> Gate:
        """The gate that opens for any of ``triggers``."""
        words: Mapping[Sign, set[str]] = {sign: set() for sign in Sign}
        signs, program = set(), set()
        for trigger in triggers:
            if trigger.sign in _OF_PROGRAMS:
                program.add(trigger)
            else:
                signs.add(trigger.sign)
                words[trigger.sign] |= trigger.words
        anywhere = "|".join(map(re.escape, sorted(words[Sign.WORD])))
        return cls(
            frozenset(signs),
            frozenset(words[Sign.DISCARDED_CALL]),
            frozenset(words[Sign.UNCALLED]),
            frozenset(words[Sign.MENTIONED]),
            re.compile(rf"\b(?:{anywhere})\b") if anywhere else None,
            frozenset(program),
        )

    @classmethod
    def open(cls, program: Iterable[Trigger] = ()) -> Gate:
        """The gate that lets every region through, and of programs those with any of ``program``."""
        return cls(frozenset(Sign), frozenset(), frozenset(), frozenset(), None, frozenset(program), everything=True)
