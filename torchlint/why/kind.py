"""What is known of one kind of error, and how a row of the tables of them is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Blame(Enum):
    """Where the line to blame is: the one that raised, an earlier one, or one of a class that it uses."""

    HERE = "here"
    EARLIER = "earlier"
    CLASS = "class"


class Sign(Enum):
    """What a line may do that has to do with an error: see ``signs``."""

    CHANGE = "change"
    STEP = "step"
    BACKWARD = "backward"
    CARRIED = "carried"
    CUT = "cut"
    NO_GRAD = "no_grad"
    PLAIN = "plain"
    UNMOVED = "unmoved"
    COLLECTED = "collected"


@dataclass(frozen=True, slots=True)
class Layer:
    """The constructors to look for: those of ``names`` with what the group ``first`` says as the first argument."""

    names: tuple[str, ...]
    first: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of error.

    ``meaning`` has the pattern's groups in braces. ``codes`` are the rules that tell of it, the likeliest first;
    ``signs`` what else to look for, and ``layer`` whose constructor. ``experiment`` finds the line where reading
    cannot: ``{script}`` is the program, ``{place}`` the line that raised.
    """

    slug: str
    pattern: re.Pattern[str]
    meaning: str
    codes: tuple[str, ...] = ()
    blame: Blame = Blame.HERE
    signs: tuple[Sign, ...] = ()
    experiment: str = ""
    layer: Layer | None = None


def kind(
    slug: str,
    words: str,
    meaning: str,
    codes: str = "",
    blame: Blame = Blame.HERE,
    signs: tuple[Sign, ...] = (),
    experiment: str = "",
    layer: Layer | None = None,
) -> Kind:
    """A row: a slug, the words by which the error is known, what it means, and codes of rules with blanks between."""
    return Kind(slug, re.compile(words), meaning, tuple(codes.split()), blame, signs, experiment, layer)
