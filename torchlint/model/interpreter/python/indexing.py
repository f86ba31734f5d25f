"""Subscripts: of tensors, where a basic index makes a view and an advanced one a copy, and of Python's containers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Kept, Operation, Output, Parameter, Relation, Takes
from torchlint.model.autograd.call import Call
from torchlint.model.autograd.results import Packed, tensors_in
from torchlint.model.autograd.tensor import Change, How, Tensor
from torchlint.model.autograd.tensor_list import Several
from torchlint.model.interpreter.gradient_flow import part
from torchlint.model.interpreter.identities import Count, Item, Shape, Single
from torchlint.model.interpreter.open_containers import is_open, item, leave_open
from torchlint.model.interpreter.operate import operate
from torchlint.model.interpreter.protocol import Value
from torchlint.model.interpreter.speculation import note_part
from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue
from torchlint.model.interpreter.values.numbers import Array, Number
from torchlint.model.interpreter.values.symbolic import Symbolic, held

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

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


def get(machine: Interpreter, at: ast.expr, value: object, index: object) -> object:
    """``value[index]``."""
    if isinstance(value, Tensor) and value.is_loose:
        return part(machine.run, at, value, index)
    if isinstance(value, Tensor):
        return _tensor_item(machine, at, value, index)
    if isinstance(value, Value):
        return value.item(machine, index, at)
    if isinstance(value, Packed):
        value = value.items
    if isinstance(value, Several):
        return value.item(index) if isinstance(index, int) else value
    if isinstance(value, SequenceValue) and isinstance(index, slice):
        names = _item(machine, list[object](value.modules), index)
        return (
            replace(value, modules={name: value.modules[name] for name in names}) if isinstance(names, list) else names
        )
    if isinstance(value, SequenceValue) and isinstance(index, Symbolic):
        return _any_module(machine, value)
    if isinstance(value, SequenceValue):
        value = dict(value.modules.items()) if value.is_by_name else list(value.modules.values())
    if isinstance(value, (list, tuple, dict, str)):
        found = _item(machine, value, index)
        if isinstance(index, slice) and isinstance(found, list) and is_open(machine.run, value):
            leave_open(machine.run, found)
        return item(machine.run, value, index, found) if isinstance(value, list) else found
    if isinstance(value, Symbolic):
        if isinstance(value.key, Shape) and isinstance(index, int):
            return Symbolic(Count(value.key.number, index))
        kept = machine.heap.get((value.key, repr(index))) if isinstance(index, (int, str)) else None
        found = Symbolic(Item(machine.run.shortened(value.key), machine.run.fresh()), value.flow)
        return kept if kept is not None else note_part(machine.run, found, value)
    if isinstance(value, Array):
        return value if _is_basic(index) else machine.unknown()
    if isinstance(value, Number):
        return value
    return machine.unknown()


def _any_module(machine: Interpreter, value: SequenceValue) -> object:
    """A module at an index that is not known, where all are alike."""
    modules = list(value.modules.values())
    kinds = {each.name if isinstance(each, LayerValue) else id(getattr(each, "kind", each)) for each in modules}
    return modules[0] if len(kinds) == 1 and not isinstance(modules[0], Symbolic) else held(machine.unknown())


def _item(
    machine: Interpreter, value: list[object] | tuple[object, ...] | dict[object, object] | str, index: object
) -> object:
    try:
        return value[index]  # type: ignore[index, call-overload]
    except Exception:  # whatever index a program uses; some are not known
        return machine.unknown()


def _tensor_item(machine: Interpreter, at: ast.expr, value: Tensor, index: object) -> object:
    if not _is_basic(index):
        operation = _GATHER if _is_advanced(index) else _copying()
        given = _advanced_parts(index)
        return _apply(machine, at, operation, value, {"self": value, "index": given})
    found = _apply(machine, at, _VIEW, value, {"self": value, "index": index})
    if isinstance(found, Tensor) and _is_whole(index, value.shape):
        found.contiguous, found.shape = value.contiguous, value.shape
    elif isinstance(found, Tensor):
        _describe_part(found, value, index)
    return found


def _describe_part(part: Tensor, whole: Tensor, index: object) -> None:
    """The shape and layout of what a basic index selects; rows of a contiguous tensor are contiguous."""
    if whole.shape is not None:
        part.shape = _part_shape(whole.shape, index if isinstance(index, tuple) else (index,))
    is_rows = not isinstance(index, tuple) and (not isinstance(index, slice) or index.step in (None, 1))
    if is_rows and index is not ...:
        part.contiguous = whole.contiguous


def _part_shape(shape: tuple[int, ...], index: tuple[object, ...]) -> tuple[int, ...] | None:
    taken = sum(each is not None and each is not ... for each in index)
    if ... in index:
        at = index.index(...)
        index = (*index[:at], *[slice(None)] * (len(shape) - taken), *index[at + 1 :])
    sizes, found = list(shape), list[int]()
    for each in index:
        if each is None:
            found.append(1)
        elif not sizes:
            return None
        elif isinstance(each, slice):
            size = sizes.pop(0)
            if not all(bound is None or isinstance(bound, int) for bound in (each.start, each.stop, each.step)):
                return None
            found.append(len(range(*each.indices(size))))
        else:
            sizes.pop(0)
    return (*found, *sizes)


def _copying() -> Operation:
    """An index of which nothing is known: a view or a copy, which is never known to share memory."""
    return Operation((_SELF, _INDEX), keeps=Answer.MAYBE, differentiable=frozenset(("self",)))


def put(machine: Interpreter, at: ast.AST, container: object, index: object, value: object) -> None:
    """``container[index] = value``."""
    if isinstance(container, Tensor):
        _put_tensor(machine, at, container, index, value)
    elif isinstance(container, Value):
        container.set_item(machine, index, value, at)
    elif isinstance(container, Array):
        container.storage.changes.append(Change(at, container.name, "NumPy", How.NUMPY))
    elif isinstance(container, dict):
        if is_key(index):
            container[index] = value
        else:
            container.update(dict.fromkeys(container, machine.unknown()))
            container[machine.unknown()] = value
            leave_open(machine.run, container)
    elif isinstance(container, list):
        try:
            container[index] = value  # type: ignore[call-overload]
        except Exception:  # an index that is not known, or wrong
            container[:] = [machine.unknown() for _ in container]
    elif isinstance(container, SequenceValue):
        _put_module(container, index, value)
    elif isinstance(container, Symbolic):
        machine.stored(at, container, "", value)
        if isinstance(index, (int, str)):
            machine.heap[container.key, repr(index)] = value


def delete(machine: Interpreter, container: object, index: object) -> None:
    """``del container[index]``; where it is not known what goes, nothing of what stays is."""
    if isinstance(container, dict):
        if is_key(index):
            container.pop(index, None)
        else:
            container.update(dict.fromkeys(container, machine.unknown()))
            leave_open(machine.run, container)
    elif isinstance(container, list):
        try:
            del container[index]  # type: ignore[arg-type]
        except Exception:  # an index that is not known, or wrong
            container[:] = [machine.unknown() for _ in container]
            leave_open(machine.run, container)


def is_key(index: object) -> bool:
    """Whether a key of a dict can be looked up again."""
    if isinstance(index, tuple):
        return all(map(is_key, index))
    return isinstance(index, (str, int, float, bool, type(None)))


def _put_module(container: SequenceValue, index: object, value: object) -> None:
    """A module of a container is replaced; where it is not known which, any may be."""
    names = list(container.modules)
    if isinstance(index, int) and -len(names) <= index < len(names):
        container.modules[names[index]] = value
    elif isinstance(index, str):
        container.modules[index] = value
    else:
        container.modules = dict.fromkeys(names, Symbolic(Single("module", id(container))))


def _put_tensor(machine: Interpreter, at: ast.AST, target: Tensor, index: object, value: object) -> None:
    given = {"self": target, "index": _advanced_parts(index), "value": value}
    if _is_whole(index, target.shape):
        _apply(machine, at, _COPY, target, given)
    elif _is_basic(index):
        with_view = operate(machine.run, _call(at, _VIEW, {"self": target, "index": index}))
        assert isinstance(with_view, Tensor)
        with_view.name = target.name
        _apply(machine, at, _COPY, with_view, {"self": with_view, "value": value})
    else:
        _apply(machine, at, _PUT if _is_advanced(index) else _COPY, target, given)


def _apply(machine: Interpreter, at: ast.AST, operation: Operation, target: Tensor, given: dict[str, object]) -> object:
    return operate(machine.run, _call(at, operation, given))


def _call(at: ast.AST, operation: Operation, given: dict[str, object]) -> Call:
    return Call(at, _LABELS[operation.writes], _name(operation, given), operation, given, {}, {})


_LABELS: Mapping[tuple[str, ...], str] = {(): "[...]", ("self",): "[...] ="}


def _name(operation: Operation, given: dict[str, object]) -> str:
    if operation is _PUT:
        return "index_put_"
    if operation is _COPY:
        return "copy_" if tensors_in(given.get("value")) else "fill_number"
    return "index"


def _is_basic(index: object) -> bool:
    """Whether an index certainly selects a view: integers, slices, None and Ellipsis."""
    if isinstance(index, tuple):
        return all(_is_basic(each) for each in index)
    if isinstance(index, Symbolic):
        return isinstance(index.key, Count)
    return index is None or index is ... or isinstance(index, slice) or (isinstance(index, int) and index is not True)


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
