"""Containers and iterators, whose items are values."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from torchlint.model.autograd.results import Packed
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.autograd.tensor_list import Several
from torchlint.model.interpreter.identities import Constant, Fresh
from torchlint.model.interpreter.limits import MAX_ITEMS, MAX_KEY
from torchlint.model.interpreter.loop_bounds import MOST_KEYS, Items, of_any_number
from torchlint.model.interpreter.open_containers import is_open, item, leave_open, length
from torchlint.model.interpreter.spent_graphs import note_item
from torchlint.model.interpreter.values.constants import is_key, looked_up
from torchlint.model.interpreter.values.numbers import Number
from torchlint.model.interpreter.values.value import Value, Wrapped, as_value, deep_copy, wraps

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.operator import Operator
    from torchlint.model.interpreter.values.symbolic import Symbolic
    from torchlint.model.interpreter.values.value import Copies


@wraps(list)
class WrappedList(Wrapped[list[object]]):
    """What a list does."""

    __slots__ = ()

    def elements(self) -> Iterable[object]:
        return self.of

    def copied(self, known: Copies) -> object:
        return [deep_copy(each, known) for each in self.of]

    def plain(self, vm: Interpreter) -> object:
        return [as_value(each).plain(vm) for each in self.of]

    def call_key(self) -> Hashable:
        return tuple(as_value(each).call_key() for each in self.of)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        items, given = self.of, site.argument(0, "")
        match name:
            case "append" if site.arguments:
                note_item(vm, site, items, given)
                if len(items) < MAX_ITEMS:
                    items.append(given)
            case "extend":
                items += vm.items(site.at, given)[: MAX_ITEMS - len(items)]
            case "insert" if len(site.arguments) == 2 and isinstance(given, int):
                items.insert(given, site.arguments[1])
            case "pop":
                index = given if isinstance(given, int) else -1
                return items.pop(index) if -len(items) <= index < len(items) else vm.unknown()
            case "clear":
                items.clear()
            case "copy":
                return self.item(vm, slice(None), site.at)
            case "remove" if items:
                items[:] = [vm.unknown() for _ in items[1:]]
            case "reverse":
                items.reverse()
            case "index" | "count":
                return vm.unknown()
            case _:
                self._forget(vm)
        return None

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        found = looked_up(vm, self.of, index)
        if isinstance(index, slice) and isinstance(found, list) and is_open(vm.run, self.of):
            leave_open(vm.run, found)
        return item(vm.run, self.of, index, found)

    def augmented(self, vm: Interpreter, at: ast.AugAssign, operator: Operator, right: object) -> object:
        if operator.kind is not ast.Add:
            return NotImplemented
        self.of += vm.items(at, right)[: MAX_ITEMS - len(self.of)]
        return self.of

    def equality_key(self, vm: Interpreter) -> Hashable:
        return _equality_key(vm, self.of)

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        try:
            self.of[index] = value  # type: ignore[call-overload]
        except Exception:  # an index that is not known, or wrong
            self._forget(vm)

    def delete_item(self, vm: Interpreter, index: object) -> None:
        try:
            del self.of[index]  # type: ignore[arg-type]
        except Exception:  # an index that is not known, or wrong
            self._forget(vm)
            leave_open(vm.run, self.of)

    def _forget(self, vm: Interpreter) -> None:
        self.of[:] = [vm.unknown() for _ in self.of]

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        vm.run.trace.generators.read(at, self.of)
        is_cut = is_open(vm.run, self.of)
        return vm.unknown_items(vm.unknown()) if is_cut and not self.of else Items([*self.of], True, is_cut=is_cut)

    def unpacked(self, vm: Interpreter, at: ast.AST, count: int, starred: int | None) -> Sequence[object]:
        return _shared_out(self.of, count, starred) or vm.unknown_parts(self.of, count)

    def length(self, vm: Interpreter) -> object:
        return length(vm.run, self.of)


@wraps(tuple)
class WrappedTuple(Wrapped[tuple[object, ...]]):
    """What a tuple does."""

    __slots__ = ()

    def elements(self) -> Iterable[object]:
        return self.of

    def equality_key(self, vm: Interpreter) -> Hashable:
        return _equality_key(vm, self.of)

    def copied(self, known: Copies) -> object:
        return tuple(deep_copy(each, known) for each in self.of)

    def plain(self, vm: Interpreter) -> object:
        return tuple(as_value(each).plain(vm) for each in self.of)

    def call_key(self) -> Hashable:
        return tuple(as_value(each).call_key() for each in self.of)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        return vm.unknown()

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        return looked_up(vm, self.of, index)

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        return Items([*self.of], True, is_cut=is_open(vm.run, self.of))

    def unpacked(self, vm: Interpreter, at: ast.AST, count: int, starred: int | None) -> Sequence[object]:
        return _shared_out(self.of, count, starred) or vm.unknown_parts(self.of, count)

    def length(self, vm: Interpreter) -> object:
        return length(vm.run, self.of)


@wraps(dict)
class WrappedDict(Wrapped[dict[object, object]]):
    """What a dict does."""

    __slots__ = ()

    def elements(self) -> Iterable[object]:
        return self.of.values()

    def copied(self, known: Copies) -> object:
        return {key: deep_copy(each, known) for key, each in self.of.items()}

    def call_key(self) -> Hashable:
        return tuple((name, as_value(each).call_key()) for name, each in self.of.items())

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        items, given = self.of, site.argument(0, "key")
        has_key = is_key(given)
        if is_open(vm.run, items) and name != "update" and not (has_key and given in items):
            return vm.unknown()
        match name:
            case "items":
                return list(items.items())
            case "values":
                return list(items.values())
            case "keys":
                return list(items)
            case "get" | "setdefault" | "pop" if has_key and site.arguments:
                return self._get(name, given, site.argument(1, "default"))
            case "update":
                vm.run.trace.states.change(items)
                items.update(given if isinstance(given, dict) else {})
                items.update(site.keywords)
            case "clear":
                items.clear()
            case "copy":
                return dict(items)
            case _:
                return vm.unknown()
        return None

    def _get(self, name: str, key: object, default: object) -> object:
        if name == "pop":
            return self.of.pop(key, default)
        return self.of.setdefault(key, default) if name == "setdefault" else self.of.get(key, default)

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        return looked_up(vm, self.of, index)

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        vm.run.trace.states.change(self.of)
        if is_key(index):
            self.of[index] = value
        else:
            self._forget(vm)
            self.of[vm.unknown()] = value

    def delete_item(self, vm: Interpreter, index: object) -> None:
        if is_key(index):
            self.of.pop(index, None)
        else:
            self._forget(vm)

    def _forget(self, vm: Interpreter) -> None:
        """Which item changed or went is not known, nor what any of those is that stayed."""
        self.of.update(dict.fromkeys(self.of, vm.unknown()))
        leave_open(vm.run, self.of)

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        is_cut = is_open(vm.run, self.of)
        if is_cut and not self.of:
            return vm.unknown_items(vm.unknown())
        return Items(list(islice(self.of, MOST_KEYS)), True, is_cut=is_cut or len(self.of) > MOST_KEYS)

    def length(self, vm: Interpreter) -> object:
        return length(vm.run, self.of)


class DefaultDict(dict[object, object]):
    """``collections.defaultdict``: ``factory`` is called for a key that is missing."""

    def __init__(self, factory: object, items: Mapping[object, object]) -> None:
        super().__init__(items)
        self.factory = factory


@wraps(DefaultDict)
class WrappedDefaultDict(WrappedDict):
    """What a dict does that makes what is missing."""

    __slots__ = ()
    of: DefaultDict

    def copied(self, known: Copies) -> object:
        return DefaultDict(self.of.factory, {key: deep_copy(each, known) for key, each in self.of.items()})

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        if is_key(index) and index not in self.of and not is_open(vm.run, self.of):
            self.of[index] = vm.call(at, self.of.factory, [], {})
        return super().item(vm, index, at)


@wraps(Packed)
class WrappedPacked(Wrapped[Packed]):
    """What a named tuple does."""

    __slots__ = ()

    def elements(self) -> Iterable[object]:
        return self.of.items

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        names = self.of.names
        return self.of.items[names.index(name)] if name in names else Wrapped.attribute(self, vm, name, at)

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        return looked_up(vm, self.of.items, index)

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        return Items([*self.of.items], True)

    def unpacked(self, vm: Interpreter, at: ast.AST, count: int, starred: int | None) -> Sequence[object]:
        return _shared_out(self.of.items, count, starred) or vm.unknown_parts(self.of.items, count)


@wraps(Several)
class WrappedSeveral(Wrapped[Several]):
    """What the tensors do that one call gave at once."""

    __slots__ = ()

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        return self.of.item(index) if isinstance(index, int) else self.of

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        return of_any_number(vm.run, (self.of.item(0), self.of.item(1)), self.of, exact=True)

    def unpacked(self, vm: Interpreter, at: ast.AST, count: int, starred: int | None) -> Sequence[object]:
        items: list[object] = [self.of.item(index) for index in range(count)]
        return items if starred is None else [*items[:starred], [items[starred]], *items[starred + 1 :]]


@dataclass(eq=False, slots=True)
class Stream(Value):
    """An iterator: its items are made where it is first read, and are gone then."""

    make: Callable[[], object] | None

    def read(self) -> object:
        """What it gives, most likely a list."""
        make, self.make = self.make, None
        return make() if make is not None else []

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        return as_value(self.read()).items(vm, at)

    def unpacked(self, vm: Interpreter, at: ast.AST, count: int, starred: int | None) -> Sequence[object]:
        return as_value(self.read()).unpacked(vm, at, count, starred)


def read_in_part(value: object, rest: Symbolic) -> None:
    """What an iterator gives from now on is not known."""
    if isinstance(value, Stream):
        value.make = lambda: rest


def is_stream(value: object) -> bool:
    """Whether a value is an iterator."""
    return isinstance(value, Stream)


def listed(value: object) -> object:
    """A value to be looked into: of an iterator, all that it gives."""
    return value.read() if isinstance(value, Stream) else value


def gathered(vm: Interpreter, value: object, at: ast.AST) -> object:
    """A value as an operation takes it: of the tensors that one call gave at once, the first ones of an open list."""
    if not isinstance(value, Several):
        return value
    found = as_value(value).items(vm, at).values
    leave_open(vm.run, found)
    return found


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


def _shared_out(items: Sequence[object], count: int, starred: int | None) -> list[object] | None:
    """Items as so many values, the one at ``starred`` the list of all that the others leave; None where it is not so
    many."""
    if starred is None:
        return [*items] if len(items) == count else None
    if len(items) < count - 1:
        return None
    after = len(items) - (count - starred - 1)
    return [*items[:starred], [*items[starred:after]], *items[after:]]


def _equality_key(vm: Interpreter, items: Sequence[object]) -> Hashable:
    """What makes lists or tuples equal: texts and numbers, as long as there are not too many."""
    is_known = len(items) <= MAX_KEY and all(isinstance(each, (str, int)) for each in items)
    return Constant("values", tuple(items)) if is_known else Fresh(vm.run.fresh())
