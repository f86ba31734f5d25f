"""How large tensors are, as far as that is known: of each dimension, and of how many there are."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeAlias

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Iterable, Sequence

Size: TypeAlias = "int | tuple[Hashable, ...] | None"
"""A number, what is the same number wherever it stands, or None for any."""


class Sizes(NamedTuple):
    """The sizes of the ``last`` dimensions, which are all of them or not; ``source`` is what gave them."""

    last: tuple[Size, ...] = ()
    is_all: bool = False
    source: ast.AST | None = None

    @property
    def rank(self) -> int | None:
        """How many dimensions there are."""
        return len(self.last) if self.is_all else None

    @property
    def exact(self) -> tuple[int, ...] | None:
        """All sizes, if they are known."""
        if not self.is_all:
            return None
        known = tuple(each for each in self.last if isinstance(each, int))
        return known if len(known) == len(self.last) else None

    @property
    def elements(self) -> int | None:
        """How many elements there are."""
        return prod(self.exact) if self.exact is not None else None

    def place(self, dim: int) -> int | None:
        """Where a dimension stands among the last ones, None where that is not known."""
        at = dim if self.is_all and dim >= 0 else len(self.last) + dim if dim < 0 else -1
        return at if 0 <= at < len(self.last) else None

    def at(self, dim: int) -> Size:
        """The size of a dimension."""
        at = self.place(dim)
        return self.last[at] if at is not None else None

    def number(self, dim: int) -> int | None:
        """The size of a dimension, if it is a number."""
        found = self.at(dim)
        return found if isinstance(found, int) else None

    def having(self, dim: int, size: Size, source: ast.AST | None) -> Sizes:
        """The same with a dimension of another size."""
        at = self.place(dim)
        if at is None:  # it may be any of the last ones, unless it stands before them
            return Sizes(() if self.is_all else (None,) * len(self.last) if dim >= 0 else self.last, self.is_all)
        if self.last[at] == size and size is not None:
            return self
        return Sizes((*self.last[:at], size, *self.last[at + 1 :]), self.is_all, source)

    def at_least(self, count: int) -> Sizes:
        """The same with so many last dimensions, if not all are known."""
        missing = count - len(self.last)
        return self if self.is_all or missing <= 0 else Sizes((None,) * missing + self.last, False, self.source)

    def __str__(self) -> str:
        parts = [str(each) if isinstance(each, int) else "?" for each in self.last]
        parts = parts if self.is_all else ["...", *parts]
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


ANY = Sizes()
"""Nothing is known."""
SCALAR = Sizes((), True)


def exactly(sizes: Iterable[Size] | None) -> Sizes:
    """All sizes, which are known unless they are None."""
    return Sizes(tuple(sizes), True) if sizes is not None else ANY


class Mismatch(Exception):
    """PyTorch refuses sizes: what the operation does, in words, PyTorch's own ``message``, and who has the sizes."""

    def __init__(self, text: str, message: str, *of: Sizes) -> None:
        super().__init__(text)
        self.text = text
        self.message = message
        self.of = of


def refuse(text: str, message: str, *of: Sizes, else_message: str = "") -> NoReturn:
    """Sizes do not fit. PyTorch's message names all of the sizes; ``else_message`` is the part that names none."""
    is_exact = all(each.exact is not None for each in of)
    raise Mismatch(text, message if is_exact else else_message or message, *of)


def listed(sizes: Sizes) -> str:
    """Sizes as PyTorch's messages have them."""
    return str(list(sizes.exact or ()))


def differ(one: Size, other: Size) -> bool:
    """Whether two sizes certainly are not the same."""
    return isinstance(one, int) and isinstance(other, int) and one != other


def either_size(one: Size, other: Size) -> Size:
    """What is known of two sizes that are the same."""
    return one if isinstance(one, int) or other is None else other


def product(sizes: Iterable[Size]) -> int | None:
    """How many elements there are in some dimensions."""
    found = 1
    for each in sizes:
        if not isinstance(each, int):
            return None
        found *= each
    return found


def broadcast(all_sizes: Sequence[Sizes], source: ast.AST | None = None) -> Sizes:
    """The sizes that operands have together. Raises: Mismatch."""
    if not all_sizes:
        return ANY
    result = all_sizes[0]
    for each in all_sizes[1:]:
        result = _broadcast(result, each, source)
    return result


def common_shape(shapes: Iterable[tuple[int, ...] | None]) -> tuple[int, ...] | None:
    """The shape that operands of some shapes have together, None where one is not known or they do not fit."""
    try:
        return broadcast([exactly(each) for each in shapes]).exact
    except Mismatch:
        return None


def _broadcast(one: Sizes, other: Sizes, source: ast.AST | None) -> Sizes:
    if one is other or (one.last == other.last and one.is_all and other.is_all):
        return one
    if not one.last and not other.last and not (one.is_all and other.is_all):
        return ANY
    length = max(len(one.last), len(other.last))
    pairs = list(zip(_padded(one, length), _padded(other, length), strict=True))
    for dim, (left, right) in reversed(list(enumerate(pairs))):
        if differ(left, right) and 1 not in (left, right):
            _refuse_broadcast(one, other, dim, dim - length)
    is_all = one.is_all and other.is_all
    last = tuple(_together(left, right) for left, right in pairs)
    for each in (one, other):
        if each.last == last and each.is_all is is_all:
            return each
    return Sizes(last, is_all, source)


def _padded(sizes: Sizes, length: int) -> tuple[Size, ...]:
    """Before the first dimension each is as if of size 1."""
    filling: Size = 1 if sizes.is_all else None
    return (filling,) * (length - len(sizes.last)) + sizes.last


def _together(one: Size, other: Size) -> Size:
    if one == other:
        return one
    if one == 1 or (isinstance(other, int) and other != 1):
        return other
    if other == 1 or (isinstance(one, int) and one != 1):
        return one
    return None


def _refuse_broadcast(one: Sizes, other: Sizes, dim: int, behind: int) -> NoReturn:
    left, right = one.at(behind), other.at(behind)
    words = f"The size of tensor a ({left}) must match the size of tensor b ({right}) at non-singleton dimension"
    text = f"takes shapes {one} and {other}, which do not broadcast"
    refuse(text, f"{words} {dim}", one, other, else_message=words)
