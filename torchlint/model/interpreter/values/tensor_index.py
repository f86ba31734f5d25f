"""Subscripts of tensors: a basic index makes a view, an advanced one a copy."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Kept, Operation, Output, Parameter, Relation, Takes
from torchlint.model.autograd.call import Call
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.sizes import ANY, Sizes
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.identities import Count
from torchlint.model.interpreter.values.symbolic import identity

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from torchlint.model.autograd.sizes import Size
    from torchlint.model.interpreter.protocol import Interpreter

_SELF = Parameter("self", Takes.TENSOR)
_INDEX = Parameter("index", Takes.OTHER)
_VALUE = Parameter("value", Takes.OTHER)
_GRADIENT = frozenset(("self", "value"))

# Source: the `slice`, `select`, `index`, `copy_` and `index_put_` entries of derivatives.yaml.
_VIEW = Operation((_SELF, _INDEX), (Output(relation=Relation.VIEW, of="self"),), differentiable=frozenset(("self",)))
_GATHER = Operation(
    (_SELF, _INDEX),
    kept=(Kept("index", frozenset(("self",))),),
    keeps=Answer.YES,
    differentiable=frozenset(("self",)),
)
_COPY = Operation(
    (_SELF, _VALUE), (Output(relation=Relation.SELF, of="self"),), differentiable=_GRADIENT, writes=("self",)
)
_PUT = Operation(
    (_SELF, _INDEX, _VALUE),
    (Output(relation=Relation.SELF, of="self"),),
    kept=(Kept("index"),),
    keeps=Answer.YES,
    differentiable=_GRADIENT,
    writes=("self",),
)


def read(vm: Interpreter, at: ast.AST, value: Tensor, index: object) -> object:
    """``value[index]``."""
    if not is_basic(index):
        operation = _GATHER if _is_advanced(index) else _copying()
        given = _advanced_parts(index)
        return _apply(vm, at, operation, {"self": value, "index": given})
    found = _apply(vm, at, _VIEW, {"self": value, "index": index})
    if isinstance(found, Tensor) and _is_whole(index, value.shape):
        found.contiguous, found.sizes = value.contiguous, value.sizes
    elif isinstance(found, Tensor):
        _describe_part(found, value, index)
    return found


def _describe_part(part: Tensor, whole: Tensor, index: object) -> None:
    """The shape and layout of what a basic index selects; rows of a contiguous tensor are contiguous."""
    part.sizes = _part_sizes(whole.sizes, index if isinstance(index, tuple) else (index,))
    is_rows = not isinstance(index, tuple) and (not isinstance(index, slice) or index.step in (None, 1))
    if is_rows and index is not ...:
        part.contiguous = whole.contiguous


def _part_sizes(sizes: Sizes, index: tuple[object, ...]) -> Sizes:
    taken = sum(each is not None and each is not ... for each in index)
    if any(isinstance(each, bool) for each in index):
        return ANY
    if not sizes.is_all:
        return _last_part(sizes, index)
    if ... in index:
        at = index.index(...)
        index = (*index[:at], *[slice(None)] * (len(sizes.last) - taken), *index[at + 1 :])
    found: list[Size] = []
    rest = list(sizes.last)
    for each in index:
        if each is None:
            found.append(1)
        elif not rest:
            return ANY
        elif isinstance(each, slice):
            found.append(_sliced(rest.pop(0), each))
        else:
            rest.pop(0)
    return Sizes((*found, *rest), True, sizes.source)


def _last_part(sizes: Sizes, index: tuple[object, ...]) -> Sizes:
    """What is known where nobody knows how many dimensions there are: those that the end of the index leaves."""
    kept = len(list(takewhile(lambda each: each == slice(None), reversed(index))))
    if index and index[0] is ...:
        return ANY
    return Sizes(sizes.last[-kept:] if kept else (), False, sizes.source)


def _sliced(size: Size, part: slice) -> Size:
    if part == slice(None):
        return size
    bounds = (part.start, part.stop, part.step)
    if not isinstance(size, int) or not all(each is None or isinstance(each, int) for each in bounds):
        return None
    return len(range(*part.indices(size)))


def _copying() -> Operation:
    """An index of which nothing is known: a view or a copy, which is never known to share memory."""
    return Operation((_SELF, _INDEX), keeps=Answer.MAYBE, differentiable=frozenset(("self",)))


def write(vm: Interpreter, at: ast.AST, target: Tensor, index: object, value: object) -> None:
    """``target[index] = value``."""
    given = {"self": target, "index": _advanced_parts(index), "value": value}
    if _is_whole(index, target.shape):
        _apply(vm, at, _COPY, given)
    elif is_basic(index):
        part = _apply(vm, at, _VIEW, {"self": target, "index": index})
        assert isinstance(part, Tensor)
        part.name = target.name
        _apply(vm, at, _COPY, {"self": part, "value": value})
    else:
        _apply(vm, at, _PUT if _is_advanced(index) else _COPY, given)


def _apply(vm: Interpreter, at: ast.AST, operation: Operation, given: dict[str, object]) -> object:
    return vm.compute(Call(at, _LABELS[operation.writes], _name(operation, given), operation, given, {}, {}))


_LABELS: Mapping[tuple[str, ...], str] = {(): "[...]", ("self",): "[...] ="}


def _name(operation: Operation, given: dict[str, object]) -> str:
    if operation is _PUT:
        return "index_put_"
    if operation is _COPY:
        return "copy_" if tensors_in(given.get("value")) else "fill_number"
    return "index"


def is_basic(index: object) -> bool:
    """Whether an index certainly selects a view: integers, slices, None and Ellipsis."""
    if isinstance(index, tuple):
        return all(is_basic(each) for each in index)
    if index is None or index is ... or isinstance(index, slice):
        return True
    return (isinstance(index, int) and index is not True) or isinstance(identity(index), Count)


def _is_advanced(index: object) -> bool:
    """Whether an index certainly makes a copy: a tensor or a list in it."""
    if isinstance(index, tuple):
        return any(_is_advanced(each) for each in index)
    return isinstance(index, (Tensor, list))


def _is_whole(index: object, shape: tuple[int, ...] | None) -> bool:
    """Whether an index selects the tensor itself: PyTorch then makes no view to write to."""
    parts = index if isinstance(index, tuple) else (index,)
    sizes: list[int | None] = [None] * len(parts)
    if shape is not None and parts and parts[0] is ...:
        sizes = [None, *shape[len(shape) - len(parts) + 1 :]]
    elif shape is not None:
        sizes = [*shape[: len(parts)]]
    return bool(parts) and len(sizes) == len(parts) and all(map(_is_all, parts, sizes))


def _is_all(part: object, size: int | None) -> bool:
    """Whether a part of an index leaves a dimension of some size as it is."""
    if part is ... or part == slice(None):
        return True
    bounded = isinstance(part, slice) and all(
        each is None or isinstance(each, int) for each in (part.start, part.stop, part.step)
    )
    return size is not None and bounded and part.indices(size) == (0, size, 1)  # type: ignore[attr-defined]


def _advanced_parts(index: object) -> object:
    parts = index if isinstance(index, tuple) else (index,)
    return [each for each in parts if isinstance(each, Tensor)]
