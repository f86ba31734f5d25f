"""Strings that a program puts together of what is known: names of layers, keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchlint.model.interpreter.limits import MAX_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# No widths and precisions: a short text could ask for one of any length.
_FIELDS = re.compile(r"(?:[^{}]|\{\w*\})*")
_PERCENTS = re.compile(r"(?:[^%]|%[dis])*")


def joined(parts: Sequence[object]) -> str | None:
    """The text of an f-string of these parts, None where one is not known."""
    if not all(map(_is_plain, parts)) or sum(len(str(each)) for each in parts) > MAX_CHARACTERS:
        return None
    return "".join(map(str, parts))


def formatted(text: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> str | None:
    """What ``text.format(...)`` gives, None where that is not known."""
    given = (*arguments, *keywords.values())
    if not all(map(_is_plain, given)) or not _FIELDS.fullmatch(text) or not _fits(text, text.count("{"), given):
        return None
    try:
        return text.format(*arguments, **keywords)
    except (ValueError, LookupError):
        return None


def interpolated(text: str, operand: object) -> str | None:
    """What ``text % operand`` gives, None where that is not known."""
    operands = operand if isinstance(operand, tuple) else (operand,)
    if not all(map(_is_plain, operands)) or not _PERCENTS.fullmatch(text) or not _fits(text, len(operands), operands):
        return None
    try:
        return text % operands
    except (TypeError, ValueError):
        return None


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int)) and (isinstance(value, str) or abs(value) < 10**12)


def _fits(text: str, fields: int, given: Sequence[object]) -> bool:
    """Whether a text with some fields stays short, whatever is put into which: it is asked before it is made."""
    return len(text) + fields * max((len(str(each)) for each in given), default=0) <= MAX_CHARACTERS
