"""Releases in their order -> the text of ``history_table.py``."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.model.api.history.stated import STATED, STATED_SINCE, Stated
from torchlint.model.api.history_lookup import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from torchlint.model.api.history.release import Release

TARGET = Path(__file__).parents[1] / "history_table.py"
EARLIER = "1.12"
"""What is said of all that had happened before the first release that is read."""
_LONGEST = 110
_IN_FAVOUR = re.compile(r"(?:[Uu]se|in favor of|renamed to|switch to) `+((?:torch|LR)?[\w.]*\w)\W")
_HEADER = '''"""Since when names of PyTorch {first} to {last} warn, are gone, or came.

How it reads: ``history_lookup.py``.

Written by ``python -m torchlint.model.api.history``; do not edit.
"""

from __future__ import annotations

RELEASES = "{releases}"
'''


def written(releases: Sequence[Release]) -> str:
    """The text of the table."""
    ordered = sorted(releases, key=lambda each: each.version)
    versions = [text_of(each.version) for each in ordered]
    changes = {**dict(_found(ordered)), **{name: _completed(name, row, ordered) for name, row in STATED.items()}}
    parts = [_HEADER.format(first=versions[0], last=versions[-1], releases=" ".join(versions))]
    parts += ['\nCHANGES = r"""\n', *(line for name, row in sorted(changes.items()) for line in _entry(name, row))]
    replacements = sorted({row.replacement for row in changes.values()})
    since = {name: came for name in replacements if (came := STATED_SINCE.get(name) or _came(name, ordered))}
    parts += ['"""\n\nSINCE = r"""\n', *(f"{name} {came}\n" for name, came in since.items()), '"""\n']
    return "".join(parts)


def _entry(name: str, row: Stated) -> Iterator[str]:
    """A line with what is known of a name, and one with PyTorch's words, if any."""
    yield f"{name} {row.deprecated or '-'} {row.removed or '-'} {row.replacement or '-'}\n"
    if row.words:
        yield f" {row.words}\n"


def _found(releases: Sequence[Release]) -> Iterator[tuple[str, Stated]]:
    """What the files tell by themselves."""
    last = releases[-1]
    for name in sorted({name for each in releases for name in each.names}):
        removed = _removed(name, releases)
        if not removed and name not in last.names:  # a method that a base class has now, or nothing of its own
            continue
        deprecated, words = _deprecated(name, releases, removed)
        if removed or deprecated:
            words = last.raising.get(name) or words
            found = _IN_FAVOUR.search(words)
            replacement = found[1] if found and found[1].startswith("torch.") else ""
            yield name, Stated(deprecated, removed, replacement, _short(words))
    yield from _keywords(releases)


def _removed(name: str, releases: Sequence[Release]) -> str:
    """The first release in which a name is gone for good, or only raises."""
    last = releases[-1]
    for before, after in pairwise(releases):
        if name in before.names and name not in last.names and name not in after.names:
            return text_of(after.version) if _is_public(name, before) else ""
        if name in after.raising and name not in before.raising:
            return text_of(after.version)
    return EARLIER if name in releases[0].raising else ""


def _is_public(name: str, release: Release) -> bool:
    """Whether a name is a function or class that the part of PyTorch defines of which it is said to be."""
    found, parent = release.names[name], name.rpartition(".")[0]
    if parent not in release.names or release.names[parent] is not None:  # a method: its class may inherit it
        return False
    if found is None or not isinstance(found.node, (ast.FunctionDef, ast.ClassDef)):
        return False
    return found.module.name.startswith(parent) and found.node.name == name.rpartition(".")[2]


def _deprecated(name: str, releases: Sequence[Release], removed: str) -> tuple[str, str]:
    """The first of the releases that all warn, up to the newest one that has the name, with the words of that one."""
    having = [each for each in releases if name in each.names and name not in each.raising]
    warning = [each for each in having if name in each.warning]
    if not warning or having[-1] is not warning[-1]:
        return (EARLIER if removed == EARLIER else ""), ""
    first = having[-len(warning)] if having[-len(warning) :] == warning else warning[-1]
    return EARLIER if first is releases[0] else text_of(first.version), warning[-1].warning[name]


def _keywords(releases: Sequence[Release]) -> Iterator[tuple[str, Stated]]:
    """The parameters that functions and classes no longer take."""
    last = releases[-1]
    for before, after in pairwise(releases):
        for name, had in before.parameters.items():
            has, now = after.parameters.get(name), last.parameters.get(name)
            if has is None or now is None or name.rpartition(".")[0] not in before.names:
                continue
            if before.names[name.rpartition(".")[0]] is not None:  # a method
                continue
            for gone in had.keys() - has.keys() - now.keys():
                if len(gone) > 2 and not gone.startswith("_"):
                    words = f"got an unexpected keyword argument '{gone}'"
                    yield f"{name}({gone})", Stated("", text_of(after.version), "", words)


def _completed(name: str, row: Stated, releases: Iterable[Release]) -> Stated:
    """A stated row with the newest words of PyTorch's own where it has none."""
    words = [each.warning[name] for each in releases if name in each.warning]
    return row if row.words or not words else row._replace(words=_short(words[-1]))


def _came(name: str, releases: Sequence[Release]) -> str:
    """The release after the first one that brought a name, "" for what was always there or is no name."""
    has: Mapping[str, bool] = {text_of(each.version): name in each.names for each in releases}
    return next((version for version, there in has.items() if there), "") if not next(iter(has.values())) else ""


def _short(words: str) -> str:
    text = " ".join(words.split())
    if " " not in text:  # the release in which another kind of decorator says that it will go
        return ""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0]} ..."
