"""The sizes that are asked for: of new tensors, and of others in another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.shapes_of_operations import flat
from torchlint.model.autograd.sizes import ANY, Mismatch, Sizes, differ, product, refuse
from torchlint.model.interpreter.identities import is_number
from torchlint.model.interpreter.open_containers import is_open
from torchlint.model.interpreter.values.symbolic import identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.model.autograd.sizes import Size
    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.state import PathState


def asked(run: PathState, values: Sequence[object]) -> Sizes:
    """The sizes that are given one by one, or as the only one."""
    given = values[0] if len(values) == 1 else values
    if is_open(run, given):
        return ANY
    if isinstance(given, (list, tuple)):
        return Sizes(tuple(map(_size, given)), True)
    size = _size(given)
    return ANY if size is None else Sizes((size,), True)


def _size(value: object) -> Size:
    if isinstance(value, int):
        return value
    key = identity(value)
    return key if key is not None and is_number(key) else None


def reshaped(machine: Interpreter, site: Site, tensor: Tensor) -> Sizes:
    """The sizes of a tensor in another shape; what PyTorch refuses is noted."""
    if site.is_open or site.is_cut or site.label == "reshape_as":
        return ANY
    try:
        if site.label in ("flatten", "ravel"):
            return _flattened(site, tensor)
        wanted = asked(machine.run, site.arguments or list(site.keywords.values()))
        return _filled(site, tensor.sizes, wanted) if wanted.is_all else ANY
    except Mismatch as mismatch:
        machine.run.trace.refuse_at(site, mismatch)
        return ANY


def _flattened(site: Site, tensor: Tensor) -> Sizes:
    start, end = site.argument(0, "start_dim", 0), site.argument(1, "end_dim", -1)
    if not isinstance(start, int) or not isinstance(end, int):
        return ANY
    return flat(tensor.sizes, start, end, site.at)


def _filled(site: Site, sizes: Sizes, wanted: Sizes) -> Sizes:
    """The sizes that are wanted, with what -1 stands for."""
    last = list(wanted.last)
    have, want = _without_common(sizes, [each for each in last if each != -1])
    is_open = -1 in last
    if have is None or want is None:
        rest: Size = None
    elif is_open and want and have % want == 0:
        rest = have // want
    elif have != want:
        shape = [each if isinstance(each, int) else "?" for each in last]
        words = "is invalid for input of size"
        text = f"makes the shape {Sizes(tuple(each if each != -1 else None for each in last), True)} of {sizes}"
        told = f"shape '{shape}' {words} {sizes.elements}"
        refuse(text, told, sizes, *([] if wanted.exact else [ANY]), else_message=words)
    else:
        return wanted._replace(source=site.at)
    found = tuple(rest if each == -1 else each for each in last)
    return Sizes(found, True, site.at)


def _without_common(sizes: Sizes, wanted: list[Size]) -> tuple[int | None, int | None]:
    """How many elements there are and are wanted, but for the sizes that both have; None where that is not known."""
    if not sizes.is_all:
        return None, None
    rest = list(sizes.last)
    for each in list(wanted):
        if isinstance(each, tuple) and each in rest:
            wanted.remove(each)
            rest.remove(each)
    return product(rest), product(wanted)


def expanded(machine: Interpreter, site: Site, tensor: Tensor) -> tuple[Answer, Sizes]:
    """Whether an expanded tensor has several elements in one place, and its sizes; what PyTorch refuses is noted."""
    before, wanted = tensor.sizes, asked(machine.run, site.arguments)
    if site.is_open or site.is_cut or not wanted.is_all or not before.is_all:
        return Answer.MAYBE, ANY
    missing = len(wanted.last) - len(before.last)
    old: tuple[Size, ...] = (1,) * missing + before.last
    try:
        if missing < 0:
            words = f"the number of sizes provided ({len(wanted.last)}) must be greater or equal to the number of"
            refuse(f"expands the shape {before} to {wanted}", words, before, else_message=words)
        for dim, (own, size) in reversed(list(enumerate(zip(old, wanted.last, strict=True)))):
            if own != 1 and size != -1 and differ(own, size):
                words = f"The expanded size of the tensor ({size}) must match the existing size ({own})"
                refuse(
                    f"expands the shape {before} to {wanted}",
                    f"{words} at non-singleton dimension {dim}.",
                    before,
                    else_message=words,
                )
    except Mismatch as mismatch:
        machine.run.trace.refuse_at(site, mismatch)
        return Answer.MAYBE, ANY
    sizes = Sizes(tuple(own if size == -1 else size for own, size in zip(old, wanted.last, strict=True)), True, site.at)
    pairs = list(zip(old, sizes.last, strict=True))
    if any(own == 1 and isinstance(size, int) and size > 1 for own, size in pairs):
        return Answer.YES, sizes
    if any(own != size or own is None for own, size in pairs):
        return Answer.MAYBE, sizes
    return tensor.expanded, sizes
