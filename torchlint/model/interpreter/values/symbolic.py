"""What is not known, and what is known by its name alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from torchlint.model.api.canonical import canonical
from torchlint.model.api.operation import Answer
from torchlint.model.autograd.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from torchlint.model.autograd.tensor import Node


@dataclass(frozen=True, slots=True)
class Symbolic:
    """A value of which nothing is known; equal ``key``s, which are identities, mean the same value, so that conditions
    can correlate.

    ``flow`` are the nodes and leaves that it was most likely computed from. ``is_held``: a module holds it, so that it
    most likely is a module where it is called. ``is_optional``: it certainly is a tensor or None.
    """

    key: tuple[Hashable, ...]
    flow: tuple[Node | Tensor, ...] = field(default=(), compare=False)
    is_held: bool = field(default=False, compare=False)
    is_optional: bool = field(default=False, compare=False)


def held(value: object) -> object:
    """A value as an attribute or an item of a module."""
    return replace(value, is_held=True) if isinstance(value, Symbolic) else value


def optional(value: object) -> object:
    """A value that certainly is a tensor or None."""
    return replace(value, is_optional=True) if isinstance(value, Symbolic) else value


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something imported, by its canonical qualified name: ``torch.nn``, ``torch.exp``, ``os.environ``.

    ``home`` is the file that imports it, where another file of the project may define it.
    """

    name: str
    home: Path | None = None

    @classmethod
    def imported(cls, name: str, home: Path | None) -> Symbol:
        """What a file imports as ``name``; only what is not PyTorch's may be another file of the project."""
        found = canonical(name)
        return cls(found, None if found.startswith("torch") else home)


def is_tensor(value: object) -> Answer | None:
    """Whether a value is a tensor where it is used as one: MAYBE where a module that is not looked into gave it, None
    where it is not known."""
    if isinstance(value, Tensor):
        return Answer.MAYBE if value.is_loose else Answer.YES
    if isinstance(value, Symbolic):
        return Answer.YES if value.is_optional else None
    return Answer.NO


def identity(value: object) -> tuple[Hashable, ...] | None:
    """What equals for two values of which nothing is known only if they are the same; None for any other value."""
    return value.key if isinstance(value, Symbolic) else None
