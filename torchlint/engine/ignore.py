"""Ignore patterns as git reads them, asked about one entry of one folder at a time.

Asking about an entry alone, not about the folders above it, is what makes negation and nested files come out as in git:
a folder that is left out is never walked, so nothing inside it is ever asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_POSIX_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


@dataclass(frozen=True, slots=True)
class IgnorePatterns:
    """The patterns of one ignore file and the folder they are relative to (forward slashes, one at the end)."""

    base: str
    patterns: tuple[tuple[re.Pattern[str], bool], ...]
    any_of: re.Pattern[str]

    @classmethod
    def of(cls, base: str, lines: Iterable[str]) -> IgnorePatterns | None:
        """The patterns of ``lines``, or None where there are none; those that git cannot read match nothing."""
        regexes = [(regex, keeps) for line in lines for regex, keeps in _translate(line)]
        if not regexes:
            return None
        any_of = re.compile("|".join(f"(?:{regex})" for regex, _ in regexes), re.DOTALL)
        patterns = tuple((re.compile(regex, re.DOTALL), keeps) for regex, keeps in reversed(regexes))
        return cls(base.rstrip("/") + "/", patterns, any_of)

    @classmethod
    def read(cls, base: str, file: str) -> IgnorePatterns | None:
        """The patterns of an ignore file, or None where it has none or cannot be read."""
        try:
            with Path(file).open(encoding="utf-8-sig", errors="surrogateescape") as stream:
                return cls.of(base, stream.read().split("\n"))
        except OSError:
            return None

    def verdict(self, path: str) -> bool | None:
        """Whether the entry at ``path`` is ignored, None where no pattern names it; a folder ends with a slash."""
        if not path.startswith(self.base):
            return None
        inside = path[len(self.base) :]
        if not self.any_of.fullmatch(inside):
            return None
        return not next(keeps for pattern, keeps in self.patterns if pattern.fullmatch(inside))


def _translate(line: str) -> Iterable[tuple[str, bool]]:
    """The regular expression of one line and whether it is negated; nothing for comments and broken patterns."""
    glob = _strip_end(line.rstrip("\r\n"))
    if not glob or glob.startswith("#"):
        return ()
    keeps = glob.startswith("!")
    glob = glob[1:] if keeps else glob
    only_folders = glob.endswith("/")
    glob = glob.removesuffix("/")
    anchored = "/" in glob
    glob = glob.removeprefix("/")
    if not glob:
        return ()
    regex = _wildcards(glob)
    if regex is None:
        return ()
    start = "" if anchored else "(?:.*/)?"
    # A star may match nothing, but ``a/*`` must not match the slash that marks the folder ``a/``.
    return ((f"{start}{regex}(?<!/){'/' if only_folders else '/?'}", keeps),)


def _strip_end(line: str) -> str:
    """The line without the spaces at its end, save one that a backslash protects."""
    stripped = line.rstrip(" ")
    backslashes = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if backslashes % 2 and stripped != line else stripped


def _wildcards(glob: str) -> str | None:
    """A glob as a regular expression for a path without a slash at its end; None where it can match nothing."""
    out = []
    at = 0
    while at < len(glob):
        char = glob[at]
        if char == "*":
            part, at = _stars(glob, at)
        elif char == "?":
            part, at = "[^/]", at + 1
        elif char == "[":
            bracket = _bracket(glob, at + 1)
            if bracket is None:
                return None
            part, at = bracket
        elif char == "\\":
            if at + 1 == len(glob):
                return None
            part, at = re.escape(glob[at + 1]), at + 2
        else:
            part, at = re.escape(char), at + 1
        out.append(part)
    return "".join(out)


def _stars(glob: str, at: int) -> tuple[str, int]:
    """The regular expression of the stars at ``at`` and where they end; two cross folders only as a whole step."""
    end = at
    while end < len(glob) and glob[end] == "*":
        end += 1
    whole_step = end - at >= 2 and (at == 0 or glob[at - 1] == "/")
    if whole_step and end == len(glob):
        return ".+?", end
    if whole_step and glob[end] == "/":
        return "(?:.*/)?", end + 1
    return "[^/]*", end


def _bracket(glob: str, at: int) -> tuple[str, int] | None:
    """The regular expression of a bracket whose inside starts at ``at``, and its end; None where it is broken."""
    negated = at < len(glob) and glob[at] in "!^"
    at += negated
    members: list[str] = []
    first = True
    while True:
        if at >= len(glob):
            return None
        if glob[at] == "]" and not first:
            break
        first = False
        if glob.startswith("[:", at):
            end = glob.find(":]", at)
            members_of_class = _POSIX_CLASSES.get(glob[at + 2 : end]) if end > 0 else None
            if members_of_class is None:
                return None
            members.append(members_of_class)
            at = end + 2
            continue
        at += glob[at] == "\\"
        if at >= len(glob):
            return None
        low = high = glob[at]
        at += 1
        if glob.startswith("-", at) and at + 1 < len(glob) and glob[at + 1] != "]":
            at += 1 + (glob[at + 1] == "\\")
            if at >= len(glob):
                return None
            high = glob[at] if glob[at] >= low else low
            at += 1
        # A range the wrong way round is its first character.
        members.append(f"{re.escape(low)}-{re.escape(high)}")
    return f"(?!/)[{'^' if negated else ''}{''.join(members)}]", at + 1
