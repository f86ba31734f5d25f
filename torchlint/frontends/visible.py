"""Text of others, such as names, code and messages, shown so that it does nothing to whatever shows it."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""The categories of characters that control, format (direction and zero width among that), are half of a pair, or end a
line or a paragraph."""
_COMMAND = re.compile(r"^(\s*):(?=:\w)|(##\w*)\[")


def visible(text: str, keep: str = "") -> str:
    """``text`` with a symbol for each character that would not be seen or would do something, apart from ``keep``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if each in keep else _symbol(each) for each in text)


def as_line(text: str) -> str:
    """``text`` as one visible line that is no command to a CI system that logs it.

    GitHub Actions obeys lines that begin with ``::error``, also after blanks, and GitHub, Azure and TeamCity those with
    ``##[``, ``##vso[`` and ``##teamcity[`` in them: one character of that is replaced by another that looks like it.
    """
    line = visible(text)
    if "##" not in line and "::" not in line:
        return line
    return _COMMAND.sub(lambda found: f"{found[2]}\u2045" if found[2] else f"{found[1]}\ua789", line)


def _symbol(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return "\ufffd" if unicodedata.category(character) in _UNSEEN else character
