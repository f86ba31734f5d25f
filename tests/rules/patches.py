"""Fixes as differences: the blocks that a case shows, read and written.

A difference has the lines of a unified one, without its headers: what stays begins with a space (an empty line may be
left empty), what goes with ``-``, what comes with ``+``. A line ``@@`` separates hunks. A hunk says where it belongs by
the lines that stay or go: they must be found behind the hunk before it, and in one place only.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SEPARATOR = "@@"


def applied(text: str, patch: Sequence[str]) -> str:
    """A text after a difference. Raises: ValueError where that is no difference, or does not say what it comes to."""
    lines, at = text.splitlines(), 0
    for hunk in _hunks(patch):
        before = [line[1:] for line in hunk if line[:1] != "+"]
        after = [line[1:] for line in hunk if line[:1] != "-"]
        places = [place for place in range(at, len(lines)) if lines[place : place + len(before)] == before]
        if len(places) != 1 or not before:
            raise ValueError(f"found {len(places)} times behind line {at}, must be once:\n" + "\n".join(hunk))
        lines[places[0] : places[0] + len(before)] = after
        at = places[0] + len(after)
    return "\n".join(lines) + "\n"


def _hunks(patch: Sequence[str]) -> Iterator[list[str]]:
    hunk: list[str] = []
    for line in (*patch, _SEPARATOR):
        if line != _SEPARATOR:
            if line[:1] not in ("", " ", "-", "+"):
                raise ValueError(f"no line of a difference: {line!r}")
            hunk.append(line)
            continue
        if all(each[:1] not in ("-", "+") for each in hunk):
            raise ValueError("a hunk that changes nothing")
        yield hunk
        hunk = []


def difference(before: str, after: str) -> list[str]:
    """The difference that makes one text of another, with as few lines around it as leave no doubt where it belongs."""
    old, new = before.splitlines(), after.splitlines()
    for context in range(1, len(old) + 1):
        patch: list[str] = []
        for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
            patch += [_SEPARATOR] if patch else []
            for kind, start, end, new_start, new_end in group:
                if kind == "equal":
                    patch += [f" {line}" if line else "" for line in old[start:end]]
                else:
                    patch += [f"-{line}" for line in old[start:end]]
                    patch += [f"+{line}" for line in new[new_start:new_end]]
        try:
            if applied(before, patch) == after:
                return patch
        except ValueError:
            continue  # it could belong elsewhere
    raise ValueError("no difference makes one of the other")
