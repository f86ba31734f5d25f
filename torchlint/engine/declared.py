"""Which releases of torch a project asks for: what its own files say, read and never run."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Version = tuple[int, int]
Declared = tuple[Version | None, Version | None]

_FILES = (
    *("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt", "requirements.in", "environment.yml"),
    *("environment.yaml", "Pipfile", "poetry.lock", "uv.lock", "pdm.lock"),
)
_ROOT_MARKS = (".git", ".hg")
_MAX_BYTES = 4_000_000
_MAX_FOLDERS = 8
_REQUIRED = re.compile(
    r"""(?<![\w./-])(?:py)?torch["']?\s*(?:\[[^\]]*\])?\s*(?:==?=?\s*\{[^}]*version\s*=|=(?=\s*["']))?\s*\(?["']?\s*"""
    r"""((?:[<>=~!]=?=?|\^)\s*v?\d[\w.*+]*(?:\s*,\s*(?:[<>=~!]=?=?|\^)\s*v?\d[\w.*+]*)*)"""
)
_LOCKED = re.compile(r"""name\s*=\s*"torch"\s*\n\s*version\s*=\s*"(\d+\.\d+)""")
_BOUND = re.compile(r"([<>=~!]=?=?|\^)\s*v?(\d+)(?:\.(\d+))?")
_COMMENT = re.compile(r"(?m)(?:^|\s)#.*$")
_LAST_MINOR = {0: 4, 1: 13}
"""The last minor number of each major one."""


@cache
def declared(folder: Path) -> Declared:
    """The oldest and the newest release that the project around a folder asks for, None where it leaves that open."""
    for each in (folder, *folder.parents)[:_MAX_FOLDERS]:
        found = [bounds for name in _FILES for bounds in _in_file(each / name)]
        if found:
            lows, highs = [low for low, _ in found], [high for _, high in found]
            return _lowest(lows), _highest(highs)
        if any((each / mark).exists() for mark in _ROOT_MARKS):
            break
    return None, None


def _lowest(lows: list[Version | None]) -> Version | None:
    known = [each for each in lows if each is not None]
    return min(known) if known else None


def _highest(highs: list[Version | None]) -> Version | None:
    known = [each for each in highs if each is not None]
    return max(known) if len(known) == len(highs) else None


def _in_file(path: Path) -> Iterator[Declared]:
    try:
        text = read_bytes(path, _MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return
    if "torch" not in text:
        return
    if path.suffix == ".lock":
        for version in _LOCKED.findall(text):
            major, minor = map(int, version.split("."))
            yield (major, minor), (major, minor)
        return
    for match in _REQUIRED.finditer(_COMMENT.sub("", text)):
        yield _bounds(match[1])


def _bounds(text: str) -> Declared:
    """What a requirement such as ``>=1.8,<2`` allows."""
    low: Version | None = None
    high: Version | None = None
    for sign, major_text, minor_text in _BOUND.findall(text):
        version = int(major_text), int(minor_text or 0)
        if sign in ("==", "=", "===", "~=", ">=", ">", "^"):
            low = version
        if sign in ("==", "=", "===", "<="):
            high = version
        elif sign == "<":
            high = _before(version)
        elif sign == "^" or (sign == "~=" and minor_text):
            high = version[0], _LAST_MINOR.get(version[0], 999)
    return low, high


def _before(version: Version) -> Version:
    major, minor = version
    return (major, minor - 1) if minor else (major - 1, _LAST_MINOR.get(major - 1, 999))
