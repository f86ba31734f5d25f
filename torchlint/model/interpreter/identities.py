"""What tells values apart of which nothing is known: equal identities mean the same value.

They are tuples, as they are hashed all the time; the last field says of which kind one is, so that no two kinds are
equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator


class Fresh(NamedTuple):
    """A value that nothing else equals."""

    number: int
    kind: str = "fresh"


class Named(NamedTuple):
    """What a name means that nothing binds."""

    name: str
    kind: str = "name"


class Argument(NamedTuple):
    """What a function is given that nothing seen calls; ``number`` tells calls, or functions, apart."""

    name: str
    number: int
    kind: str = "argument"


class DataSource(NamedTuple):
    """A loader of data that is not known."""

    number: int
    kind: str = "data"


class Instance(NamedTuple):
    """An instance whose unknown attributes stay the same."""

    number: int
    kind: str = "instance"


class Attribute(NamedTuple):
    """What an owner has under a name; a ``number`` other than 0 tells it from what it has there another time."""

    owner: tuple[Hashable, ...] | None
    name: str
    number: int = 0
    kind: str = "attribute"


class Item(NamedTuple):
    """An item of a value."""

    owner: tuple[Hashable, ...]
    number: int
    kind: str = "item"


class Listing(NamedTuple):
    """What a module lists by a method: ``parameters``, ``named_buffers`` ..."""

    method: str
    owner: tuple[Hashable, ...]
    kind: str = "listing"


class State(NamedTuple):
    """A parameter or buffer of a module, by its name where that is known."""

    number: int
    name: str = ""
    kind: str = "state"


class Output(NamedTuple):
    """What a module gives that is not looked into."""

    number: int
    kind: str = "output"


class Shape(NamedTuple):
    """The shape of a tensor."""

    number: int
    kind: str = "shape"


class Count(NamedTuple):
    """A number, though nobody knows which: the size in a dimension of the shape of that ``number``, or the length of
    something that is ``counted``."""

    number: int
    dim: int | None = None
    counted: tuple[Hashable, ...] | None = None
    kind: str = "count"


class Length(NamedTuple):
    """How long a loop, or a container with so many ``known`` items, is."""

    number: int
    known: int = 0
    kind: str = "length"


class Longer(NamedTuple):
    """Whether a length is greater than a number."""

    length: Hashable
    number: int
    kind: str = "longer"


class Range(NamedTuple):
    """``range(start, stop)``."""

    number: int
    start: int
    stop: tuple[Hashable, ...] | None
    kind: str = "range"


class Enumerated(NamedTuple):
    """``enumerate`` of the source of that ``number``, counting from ``start`` where that is known."""

    number: int
    start: int | None
    kind: str = "enumerate"


class Zipped(NamedTuple):
    """``zip`` of the sources of that ``number``."""

    number: int
    kind: str = "zip"


class Constant(NamedTuple):
    """A constant of a type of Python's."""

    type: str
    value: Hashable
    kind: str = "constant"


class Computed(NamedTuple):
    """What an operator gives."""

    sign: str
    left: Hashable
    right: Hashable = None
    kind: str = "computed"


class Comparison(NamedTuple):
    """What a comparison gives: ``eq``, ``is``, ``in`` ..."""

    name: str
    left: Hashable
    right: Hashable
    kind: str = "comparison"


class Not(NamedTuple):
    """The opposite of a condition."""

    condition: tuple[Hashable, ...]
    kind: str = "not"


class TypeCheck(NamedTuple):
    """Whether a value is an instance of one of some types, by their names."""

    value: Hashable
    types: tuple[str, ...]
    kind: str = "type check"


class Truth(NamedTuple):
    """Whether something is true."""

    of: Hashable
    kind: str = "truth"


class Single(NamedTuple):
    """Something else by what it is, and by which of those it is."""

    what: str
    which: Hashable = None
    kind: str = "single"


DEVICE = Single("device")
"""The device of every tensor, as long as nothing was moved."""
TRAINING = Single("training")
"""Whether a module that is given is in training mode."""

_NUMBERS = frozenset((Count, Length))
_WITHOUT_GRADIENT = _NUMBERS | {Longer, Shape, Range, Enumerated, Comparison, Not}
_DESCRIPTIONS = frozenset(("device", "dtype", "call"))
_OF_DATA = frozenset((Argument, Attribute, Named, DataSource))
_NAMED = frozenset((Argument, Instance, Named))
_OBJECTS = frozenset((Argument, Fresh, Item, Output, State))


def is_number(key: Hashable) -> bool:
    """Whether it is a number, though nobody knows which."""
    return type(key) in _NUMBERS


def has_no_gradient(key: Hashable) -> bool:
    """Whether it is none of what may carry a gradient."""
    return type(key) in _WITHOUT_GRADIENT or (isinstance(key, Single) and key.what in _DESCRIPTIONS)


def gives_data(key: Hashable) -> bool:
    """Whether a loop over it most likely gets data."""
    return type(key) in _OF_DATA


def is_one_object(key: Hashable) -> bool:
    """Whether values of this identity are one object, and not only equal."""
    if isinstance(key, Attribute):
        return key.number != 0 or is_one_object(key.owner)
    return type(key) in _OBJECTS


def owners(key: Hashable) -> Iterator[Hashable]:
    """A value, and what it is an attribute or item of, and so on."""
    yield key
    while isinstance(key, (Attribute, Item)) and key.owner is not None:
        key = key.owner
        yield key


def is_lasting(key: Hashable) -> bool:
    """Whether it has a name by which the program finds the same value again."""
    while isinstance(key, Attribute):
        key = key.owner
    return type(key) in _NAMED


def is_setting(key: Hashable) -> bool:
    """Whether it is an attribute of something that lasts, as ``args.weight`` and ``self.weight`` are."""
    return isinstance(key, Attribute) and is_lasting(key)


def is_constant(key: Hashable) -> bool:
    """Whether it is a number or a text of the program."""
    return isinstance(key, Constant) and key.type in ("str", "int")
