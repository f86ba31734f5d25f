"""Ignore patterns as git reads them, asked about one entry of one folder at a time.

Asking about an entry alone, not about the folders above it, is what makes negation and nested files come out as in git:
a folder that is left out is never walked, so nothing inside it is ever asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MAX_BYTES = 64_000
"""The most bytes of an ignore file that are read: far more than anyone writes, and soon compiled."""
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
    """The patterns of one ignore file and the folder they are relative to (forward slashes, one at the end).

    ``any_of`` has an alternative with an empty group at its end for each pattern, the last first: that one decides.
    """

    base: str
    any_of: re.Pattern[str]
    keeps: tuple[bool, ...]

    @classmethod
    def of(cls, base: str, lines: Iterable[str]) -> IgnorePatterns | None:
        """The patterns of ``lines``, or None where there are none; those that git cannot read match nothing."""
        patterns = [pattern for pattern in map(_translate, lines) if pattern is not None][::-1]
        if not patterns:
            return None
        any_of = re.compile("|".join(f"{regex}()" for regex, _ in patterns), re.DOTALL)
        return cls(base.rstrip("/") + "/", any_of, tuple(keeps for _, keeps in patterns))

    @classmethod
    def read(cls, base: str, file: str, tell: Callable[[str], None] = lambda _: None) -> IgnorePatterns | None:
        """The patterns of an ignore file, or None where it has none, or cannot be read; of that ``tell`` is told."""
        try:
            text = read_bytes(file, _MAX_BYTES).decode("utf-8-sig", "surrogateescape")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            tell(f"{file} is ignored: {error.strerror or error}")
            return None
        return cls.of(base, text.split("\n"))

    def verdict(self, path: str) -> bool | None:
        """Whether the entry at ``path`` is ignored, None where no pattern names it; a folder ends with a slash."""
        match = self.any_of.fullmatch(path[len(self.base) :]) if path.startswith(self.base) else None
        return None if match is None else not self.keeps[(match.lastindex or 1) - 1]

    def covers(self, path: str) -> bool:
        """Whether the file at ``path``, or a folder above it, is ignored."""
        if not path.startswith(self.base):
            return False
        *folders, name = path[len(self.base) :].split("/")
        steps = (self.base, *(f"{folder}/" for folder in folders), name)
        return any(self.verdict(entry) for entry in islice(accumulate(steps), 1, None))


def _translate(line: str) -> tuple[str, bool] | None:
    """The regular expression of one line and whether it is negated; None where it can match nothing."""
    glob = _strip_end(line.rstrip("\r\n"))
    if glob.startswith("#"):
        return None
    keeps = glob.startswith("!")
    glob = glob[1:] if keeps else glob
    only_folders = glob.endswith("/")
    glob = glob.removesuffix("/")
    if not glob or glob.endswith("/"):
        return None
    tokens = _tokens(glob.removeprefix("/"))
    if tokens is None:
        return None
    path = _path(tokens if "/" in glob else ["**", *tokens])
    # A star may match nothing, but ``a/*`` must not match the slash that marks the folder ``a/``.
    return f"{path}(?<!/){'/' if only_folders else '/?'}", keeps


def _strip_end(line: str) -> str:
    """The line without the spaces at its end, save one that a backslash protects."""
    stripped = line.rstrip(" ")
    backslashes = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if backslashes % 2 and stripped != line else stripped


# What stands between two stars has a fixed length, so its first place is as good as any other: each star ends there and
# nowhere else. A match takes no more steps than the length of the path times that of the pattern.


def _path(tokens: list[str]) -> str:
    """The regular expression of a whole glob, for a path without a slash at its end."""
    first, *runs = ("/".join(map(_name, _split(run, "/"))) for run in _split(tokens, "**"))
    if not runs:
        return first
    *middle, last = runs
    between = "".join(f"(?:(?!{run})[^/]*/)*{run}" for run in middle if run)
    return f"{first}{between}{f'(?:.*/)?{last}' if last else '.+?'}"


def _name(tokens: list[str]) -> str:
    """The regular expression of one name in a path."""
    first, *parts = map("".join, _split(tokens, "*"))
    if not parts:
        return first
    *middle, last = parts
    return first + "".join(f"(?:(?!{part})[^/])*{part}" for part in middle) + f"[^/]*{last}"


def _split(tokens: list[str], separator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _tokens(glob: str) -> list[str] | None:
    """What a glob consists of: ``*``, ``**`` with the slash behind it, ``/``, and a regular expression for each other
    character; None where it can match nothing."""
    tokens: list[str] = []
    at = 0
    while at < len(glob):
        char = glob[at]
        if char == "*":
            token, at = _stars(glob, at)
        elif char == "?":
            token, at = "[^/]", at + 1
        elif char == "[":
            bracket = _bracket(glob, at + 1)
            if bracket is None:
                return None
            token, at = bracket
        elif char == "\\":
            if at + 1 == len(glob):
                return None
            token, at = re.escape(glob[at + 1]), at + 2
        else:
            token, at = re.escape(char), at + 1
        tokens.append(token)
    return tokens


def _stars(glob: str, at: int) -> tuple[str, int]:
    """The token of the stars at ``at`` and where it ends; two cross folders only as a whole step."""
    end = at + 1
    while glob.startswith("*", end):
        end += 1
    if end - at >= 2 and (at == 0 or glob[at - 1] == "/") and (end == len(glob) or glob[end] == "/"):
        return "**", end + 1
    return "*", end


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
