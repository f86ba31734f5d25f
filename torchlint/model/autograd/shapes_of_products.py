"""The sizes of products of matrices and vectors, and those that they refuse. Rules raise ``Mismatch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.sizes import ANY, SCALAR, Sizes, broadcast, differ, either_size, listed, product, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchlint.model.autograd.given import Given
    from torchlint.model.autograd.sizes import Size

CANNOT_MULTIPLY = "mat1 and mat2 shapes cannot be multiplied"
_CANNOT_BATCH = "Expected size for first two dimensions of batch2 tensor to be:"


def multiplied(given: Given) -> Sizes:
    """``@``."""
    return product_of(given, given.sizes("self", "input"), given.sizes("other"))


def times_vector(given: Given) -> Sizes:
    """``mv`` and ``dot``."""
    one, other = given.sizes("self", "input"), given.sizes("vec", "tensor", "other")
    if one.rank != (2 if given.name == "mv" else 1) or other.rank != 1:
        return ANY
    return _times_vector(one, other)


def product_of(given: Given, one: Sizes, other: Sizes) -> Sizes:
    """The product of two tensors."""
    if SCALAR.last in (one.last if one.is_all else None, other.last if other.is_all else None):
        return ANY
    if other.rank == 1:
        return _times_vector(one, other)
    one, other = one.at_least(1), other.at_least(1)
    if len(other.last) < 2:
        return ANY
    if differ(one.at(-1), other.at(-2)):
        _refuse_product(one, other)
    columns = other.at(-1)
    if one.rank == 1:
        return Sizes((*other.last[:-2], columns), other.is_all, given.source)
    if other.rank == 2:
        return Sizes((*one.last[:-1], columns), one.is_all, given.source)
    if len(one.last) < 2:
        return given.ending(columns)
    leading = broadcast([Sizes(each.last[:-2], each.is_all, each.source) for each in (one, other)])
    return Sizes((*leading.last, one.at(-2), columns), leading.is_all, given.source)


def _times_vector(one: Sizes, other: Sizes) -> Sizes:
    if differ(one.at(-1), other.at(0)):
        if one.rank == 1:
            words = "inconsistent tensor size, expected tensor"
            more = f"{words} {listed(one)} and src {listed(other)} to have the same number of elements"
            refuse(_multiplies(one, other), more, one, other, else_message=words)
        refuse(_multiplies(one, other), "size mismatch, got input", one, other)
    return Sizes(one.last[:-1], one.is_all, one.source)


def _multiplies(one: Sizes, other: Sizes) -> str:
    return f"multiplies shapes {one} and {other}: {one.at(-1)} columns with {other.at(max(-2, -len(other.last)))} rows"


def _refuse_product(one: Sizes, other: Sizes) -> None:
    text = _multiplies(one, other)
    if other.rank == 2:
        refuse_matrices(text, one, other)
    if one.exact is None or other.rank != 3 or one.rank != 3:
        refuse(text, _CANNOT_BATCH, one, other)
    refuse(
        text,
        f"{_CANNOT_BATCH} [{max(one.exact[0], other.number(0) or 0)}, {one.at(-1)}]",
        one,
        other,
        else_message=_CANNOT_BATCH,
    )


def refuse_matrices(text: str, one: Sizes, other: Sizes) -> None:
    """Two matrices do not fit, of which the first may be a stack of some."""
    rows = product(one.last[:-1])
    words = f"{CANNOT_MULTIPLY} ({rows}x{one.at(-1)} and {other.at(-2)}x{other.at(-1)})"
    refuse(text, words, one, other, else_message=CANNOT_MULTIPLY)


def matrices(given: Given) -> Sizes:
    """``mm``."""
    return _of_matrices(given, given.sizes("self", "input"), given.sizes("mat2"))


def added_matrices(given: Given) -> Sizes:
    """``addmm``."""
    return _of_matrices(given, given.sizes("mat1"), given.sizes("mat2"))


def _of_matrices(given: Given, one: Sizes, other: Sizes) -> Sizes:
    for each in (one, other):
        if each.rank not in (None, 2):
            refuse(f"takes matrices, but is given the shape {each}", "must be a matrix", each)
    if differ(one.at(-1), other.at(-2)):
        refuse_matrices(_multiplies(one, other), one, other)
    return given.new(one.at(-2), other.at(-1))


def batches(given: Given) -> Sizes:
    """``bmm``."""
    one, other = given.sizes("self", "input", "batch1"), given.sizes("mat2", "batch2")
    if given.has("batch1"):
        one = given.sizes("batch1")
    for each in (one, other):
        if each.rank not in (None, 3):
            refuse(f"takes stacks of matrices, but is given the shape {each}", "must be a 3D tensor", each)
    if differ(one.at(-1), other.at(-2)) or differ(one.at(-3), other.at(-3)):
        words = f"{_CANNOT_BATCH} [{one.at(-3)}, {one.at(-1)}] but got: [{other.at(-3)}, {other.at(-2)}]."
        refuse(f"multiplies stacks of shapes {one} and {other}", words, one, other, else_message=_CANNOT_BATCH)
    return given.new(either_size(one.at(-3), other.at(-3)), one.at(-2), other.at(-1))


def einsum(given: Given) -> Sizes:
    """``einsum`` of an equation that is known."""
    equation = given.value("equation")
    listed_operands = given.list_of("operands")
    operands = listed_operands if listed_operands is not None else given.operands()
    if not isinstance(equation, str) or "." in equation or "->" not in equation:
        return ANY
    inputs, _, output = equation.replace(" ", "").partition("->")
    letters = inputs.split(",")
    if len(letters) != len(operands):
        return ANY
    known: dict[str, tuple[Size, Sizes]] = {}
    for number, (names, sizes) in enumerate(zip(letters, operands, strict=True)):
        if sizes.rank not in (None, len(names)):
            refuse(f"has `{names}` for an operand of shape {sizes}", "einsum(): the number of subscripts", sizes)
        for at, letter in enumerate(names):
            _agree_on(letter, sizes.at(at - len(names)), sizes, number, known)
    return given.new(*(known[letter][0] if letter in known else None for letter in output))


def _agree_on(letter: str, size: Size, sizes: Sizes, number: int, known: dict[str, tuple[Size, Sizes]]) -> None:
    before, of = known.get(letter, (None, sizes))
    if differ(before, size) and 1 not in (before, size):
        words = f"einsum(): subscript {letter} has size {size} for operand {number} which does not broadcast with"
        text = f"has sizes {before} and {size} for `{letter}`"
        raise_with = f"{words} previously seen size {before}"
        refuse(text, raise_with, of, sizes, else_message=raise_with)
    if before is None or before == 1:
        known[letter] = size, sizes


PRODUCTS: Mapping[str, Callable[[Given], Sizes | list[Sizes]]] = {
    "matmul": multiplied,
    **dict.fromkeys(("mv", "dot"), times_vector),
    "mm": matrices,
    "addmm": added_matrices,
    "bmm": batches,
    "baddbmm": batches,
    "einsum": einsum,
}
"""What is known of each product, by its last name."""
