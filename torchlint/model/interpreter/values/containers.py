"""Containers and iterators, whose items are values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from torchlint.model.autograd.results import Packed
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.limits import MAX_ITEMS
from torchlint.model.interpreter.values.numbers import Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.model.interpreter.values.symbolic import Symbolic


@dataclass(eq=False, slots=True)
class Stream:
    """An iterator: its items are made where it is first read, and are gone then."""

    make: Callable[[], object] | None

    def read(self) -> object:
        """What it gives, most likely a list."""
        make, self.make = self.make, None
        return make() if make is not None else []


def read_in_part(value: object, rest: Symbolic) -> None:
    """What an iterator gives from now on is not known."""
    if isinstance(value, Stream):
        value.make = lambda: rest


def listed(value: object) -> object:
    """A value to be looked into: of an iterator, all that it gives."""
    return value.read() if isinstance(value, Stream) else value


def unpacked(value: object) -> object:
    """The items of a named tuple, any other value as it is."""
    return value.items if isinstance(value, Packed) else value


def is_no_sequence(value: object) -> bool:
    """Whether a value certainly has no items for a pattern to take: a tensor is no sequence to Python."""
    if isinstance(value, Tensor):
        return not value.is_loose
    return value is None or isinstance(value, (str, bytes, dict, int, float, Number))


def extent(value: object) -> int:
    """How many items are in nested containers, each as often as it is met, ``MAX_ITEMS`` at most."""
    items, waiting = 0, [value]
    while waiting and items < MAX_ITEMS:
        each = waiting.pop()
        if isinstance(each, (list, tuple, dict)):
            items += len(each)
            inner = each.values() if isinstance(each, dict) else each
            waiting += [item for item in islice(inner, MAX_ITEMS) if isinstance(item, (list, tuple, dict))]
    return min(items, MAX_ITEMS)
