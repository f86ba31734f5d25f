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
    return _bounded("".join(map(str, parts))) if all(map(_is_plain, parts)) else None


def formatted(text: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> str | None:
    """What ``text.format(...)`` gives, None where that is not known."""
    if not all(map(_is_plain, (*arguments, *keywords.values()))) or not _FIELDS.fullmatch(text):
        return None
    try:
        return _bounded(text.format(*arguments, **keywords))
    except (ValueError, LookupError):
        return None


def interpolated(text: str, operand: object) -> str | None:
    """What ``text % operand`` gives, None where that is not known."""
    operands = operand if isinstance(operand, tuple) else (operand,)
    if not all(map(_is_plain, operands)) or not _PERCENTS.fullmatch(text):
        return None
    try:
        return _bounded(text % operands)
    except (TypeError, ValueError):
        return None


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int)) and (isinstance(value, str) or abs(value) < 10**12)


def _bounded(text: str) -> str | None:
    return text if len(text) <= MAX_CHARACTERS else None
