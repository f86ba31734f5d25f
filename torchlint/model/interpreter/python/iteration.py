"""What a loop runs over: known items, the rows of a tensor, or an unknown number of unknown things."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from torchlint.model.autograd.results import Packed
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.autograd.tensor_list import Several
from torchlint.model.interpreter.gradient_flow import flows, part
from torchlint.model.interpreter.identities import Count, Enumerated, Fresh, Length, Range, Single, Zipped
from torchlint.model.interpreter.loop_bounds import ENOUGH, MOST, Items, line
from torchlint.model.interpreter.open_containers import is_open
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.speculation import note_item, note_part
from torchlint.model.interpreter.values import parameters
from torchlint.model.interpreter.values.containers import listed
from torchlint.model.interpreter.values.modules import SequenceValue
from torchlint.model.interpreter.values.numbers import Number
from torchlint.model.interpreter.values.symbolic import Symbolic, identity
from torchlint.model.interpreter.values.value import Value

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope


def over(machine: Interpreter, at: ast.AST, value: object) -> Items:
    """The items of an iterable."""
    value = listed(value)
    if isinstance(value, (list, dict)) and is_open(machine.run, value) and not value:
        value = machine.unknown()
    if isinstance(value, (list, tuple)):
        return Items(list(value), True, is_cut=is_open(machine.run, value))
    if isinstance(value, range):
        is_cut = len(value) > MOST
        return Items([value[0], value[1], value[-1]] if is_cut else list(value), True, is_cut=is_cut)
    if isinstance(value, (dict, str)):
        return Items(list(islice(value, 50)), True, is_cut=len(value) > 50 or is_open(machine.run, value))
    if isinstance(value, Packed):
        return Items(list(value.items), True)
    if isinstance(value, SequenceValue):
        return Items(list(value.modules if value.is_by_name else value.modules.values()), True)
    if isinstance(value, Value) and (endless := value.iterate(machine, at)) is not None:
        return Items(list(islice(endless, ENOUGH)), False)
    if isinstance(value, Tensor) and not value.is_loose:
        rows, source = min(value.shape[0], MOST) if value.shape else 2, value
        value = machine.tensor_operation(at, "unbind", "iteration", value, [])
        if isinstance(value, Several):
            found: list[object] = [value.item(row) for row in range(rows)]
            is_cut = len(found) < source.shape[0] if source.shape else False
            return (
                Items(found, True, is_cut=is_cut)
                if source.shape
                else _of_any_number(machine, found, source, exact=True)
            )
    if isinstance(value, Several):
        return _of_any_number(machine, [value.item(0), value.item(1)], value, exact=True)
    key = identity(value)
    if isinstance(key, Range):
        return _counted(key)
    if isinstance(key, Enumerated):
        return _enumerated(machine, at, key)
    if isinstance(key, Zipped):
        return _zipped(machine, at, key)
    parts: Sequence[object] | None = parameters.items(value, machine.run.fresh, ENOUGH)
    if parts is not None:
        return _of_any_number(machine, parts, value)
    if isinstance(value, Tensor):
        parts = [part(machine.run, at, value, index) for index in range(ENOUGH)]
    else:
        parts = [note_item(machine.run, each, value) for each in _unknown_parts(machine, value, ENOUGH)]
    return _of_any_number(machine, parts, value)


def _of_any_number(machine: Interpreter, values: Sequence[object], source: object, *, exact: bool = False) -> Items:
    run = machine.run
    length = Count(run.shape_of(source).number, 0) if isinstance(source, Tensor) else Length(run.fresh())
    return Items(list(values), exact, length, source=source, is_cut=True)


def _counted(key: Range) -> Items:
    """What ``range`` gives up to something unknown."""
    length, _ = line(key.stop)
    counted = length.counted if isinstance(length, Count) else None
    source = Symbolic(counted) if counted is not None else None
    return Items(list(range(key.start, key.start + ENOUGH)), False, key.stop, key.start, source)


def _enumerated(machine: Interpreter, at: ast.AST, key: Enumerated) -> Items:
    """What ``enumerate`` gives of something whose length is not known."""
    inner = over(machine, at, machine.run.loops.sources[key.number])
    indices = [machine.unknown() if key.start is None else key.start + each for each in range(len(inner.values))]
    values: list[object] = list(zip(indices, inner.values, strict=True))
    return Items(values, inner.exact, inner.length, source=inner.source, is_cut=inner.is_cut)


def _zipped(machine: Interpreter, at: ast.AST, key: Zipped) -> Items:
    """What ``zip`` gives of things whose lengths are not known."""
    columns = machine.run.loops.sources[key.number]
    assert isinstance(columns, list)
    found = [over(machine, at, each) for each in columns]
    return _of_any_number(machine, list(zip(*(each.values for each in found), strict=False)), None)


def _parts(machine: Interpreter, at: ast.AST, value: object, count: int, starred: int | None) -> list[object]:
    """Parts of a value that is not known; the first of several that a module gives most likely is a tensor. Which
    part one is, is not known from the one at ``starred`` on."""
    unknown = [note_part(machine.run, each, value) for each in _unknown_parts(machine, value, count)]
    if not isinstance(value, Tensor):
        return [*unknown]
    for index, each in enumerate(unknown[:starred]):
        machine.run.trace.parted(value, index, each)
    return [part(machine.run, at, value, None if starred == 0 else 0), *unknown[1:]]


def _unknown_parts(machine: Interpreter, value: object, count: int) -> list[Symbolic]:
    flow = flows(machine.run, (value,)) if isinstance(value, (Symbolic, Tensor)) else ()
    return [Symbolic(Fresh(machine.run.fresh()), flow) for _ in range(count)]


def items(machine: Interpreter, at: ast.AST, value: object) -> list[object]:
    """The items of an iterable that is unpacked into a display or a call."""
    found = over(machine, at, value)
    return found.values


def unpack(machine: Interpreter, at: ast.AST, value: object, count: int, starred: int | None = None) -> list[object]:
    """``count`` values of an unpacked one; the one at ``starred`` is the list of all that the others leave."""
    value = listed(value)
    if isinstance(value, Packed):
        value = value.items
    if isinstance(value, Tensor) and not value.is_loose:
        value = machine.tensor_operation(at, "unbind", "unpacking", value, [])
    if isinstance(value, Several):
        items: list[object] = [value.item(index) for index in range(count)]
        return items if starred is None else [*items[:starred], [items[starred]], *items[starred + 1 :]]
    if isinstance(value, (list, tuple)) and starred is not None and len(value) >= count - 1:
        after = count - starred - 1
        return [*value[:starred], list(value[starred : len(value) - after]), *value[len(value) - after :]]
    if isinstance(value, (list, tuple)) and len(value) == count and starred is None:
        return list(value)
    return [value] * count if isinstance(value, Number) else _parts(machine, at, value, count, starred)


def generators(
    machine: Interpreter, scope: Scope, parts: list[ast.comprehension], given: object = MISSING
) -> Iterator[bool]:
    """Bind the names of a comprehension once for each of its iterations; whether these are all. ``given`` is what the
    first part runs over, if it is known already."""
    if not parts:
        yield True
        return
    first, *rest = parts
    found = over(machine, first.iter, machine.evaluate(scope, first.iter) if given is MISSING else given)
    for value in found.values:
        machine.run.budget.step()
        machine.assign(scope, first.target, value)
        if all(_is_kept(machine, scope, each) for each in first.ifs):
            yield from (is_all and found.is_all for is_all in generators(machine, scope, rest))


def _is_kept(machine: Interpreter, scope: Scope, test: ast.expr) -> bool:
    """Whether a comprehension keeps an item: what is not known goes the same way for all of them."""
    value = machine.evaluate(scope, test)
    return machine.truth(Symbolic(Single("filter", id(test))) if isinstance(value, Symbolic) else value, test)
