"""Since when a name of PyTorch warns, is gone, or came: what ``history_table.py`` says, by the name.

``torch.f(x)`` is the parameter ``x`` of ``torch.f``, ``torch.f(x=1)`` and ``torch.f(x!=1)`` that parameter where it is
this constant and where it is another one, ``torch.f(-x)`` a call without it, ``torch.f()`` any call of what may also be
named, ``torch.f(@class)`` one that decorates a class, and ``torch.Tensor.f`` a method of tensors. The table is loaded
when the first name is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Version = tuple[int, int]


class Status(Enum):
    """What a release makes of a name that it does not leave alone."""

    DEPRECATED = "deprecated"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a name. ``deprecated`` and ``removed`` are the first releases that warn and that lack it or only
    raise, None where none does; ``replacement`` is what to use instead, ``words`` PyTorch's own, both may be empty."""

    name: str
    deprecated: Version | None
    removed: Version | None
    replacement: str
    words: str

    def status(self, version: Version) -> Status | None:
        """What a release makes of the name."""
        if self.removed is not None and self.removed <= version:
            return Status.REMOVED
        return Status.DEPRECATED if self.deprecated is not None and self.deprecated <= version else None


def change(name: str) -> Change | None:
    """What happened to a name, None where nothing did."""
    row = _changes().get(name)
    if row is None:
        return None
    deprecated, removed, replacement, words = row
    return Change(name, _version(deprecated), _version(removed), replacement if replacement != "-" else "", words)


def came(name: str) -> Version | None:
    """The release that brought a name, None for what was always there."""
    return _version(_since().get(name, ""))


@cache
def _changes() -> Mapping[str, tuple[str, str, str, str]]:
    from torchlint.model.api.history_table import CHANGES  # start-up: 1 ms, and few files name anything of it

    found: dict[str, tuple[str, str, str, str]] = {}
    name = ""
    for line in CHANGES.strip().split("\n"):
        if line.startswith(" "):
            found[name] = (*found[name][:3], line[1:])
        else:
            name, deprecated, removed, replacement = line.split(" ")
            found[name] = (deprecated, removed, replacement, "")
    return found


@cache
def _since() -> Mapping[str, str]:
    from torchlint.model.api.history_table import SINCE  # start-up: 1 ms

    found = (line.partition(" ") for line in SINCE.strip().split("\n"))
    return {name: version for name, _, version in found}


@cache
def releases() -> Sequence[Version]:
    """The releases that are known, the oldest first; what had happened before that one is said of 1.12."""
    from torchlint.model.api.history_table import RELEASES  # start-up: 1 ms

    return [found for each in RELEASES.split() if (found := _version(each)) is not None]


def newest() -> Version:
    """The newest release that is known."""
    return releases()[-1]


@cache
def parts() -> Mapping[str, frozenset[str]]:
    """The parameters that the table has something about, by the name of their function; none for the name itself."""
    found: dict[str, set[str]] = {}
    for name in _changes():
        function, bracket, parameter = name.partition("(")
        found.setdefault(function, set()).update([parameter.rstrip(")")] if bracket else [""])
    return {name: frozenset(parameters) for name, parameters in found.items()}


@cache
def methods() -> frozenset[str]:
    """The methods of tensors that the table has."""
    return frozenset(name.removeprefix("torch.Tensor.") for name in parts() if name.startswith("torch.Tensor."))


def text_of(version: Version) -> str:
    """``(2, 13)`` as ``2.13``."""
    return ".".join(map(str, version))


def _version(text: str) -> Version | None:
    major, _, minor = text.partition(".")
    return (int(major), int(minor)) if minor else None
