"""Python's own constants: what is known of them is what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.interpreter import texts
from torchlint.model.interpreter.identities import Constant
from torchlint.model.interpreter.limits import MAX_CHARACTERS
from torchlint.model.interpreter.loop_bounds import MOST, MOST_KEYS, Items
from torchlint.model.interpreter.values.sort import OTHER
from torchlint.model.interpreter.values.value import T, Wrapped, wraps

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.sort import Sort

_PLAIN = (str, int, float, bool, type(None))
_TEXT_METHODS = frozenset(("lower", "upper", "strip", "startswith", "endswith", "split"))


@wraps(bool, int, float, complex, bytes, type(None), type(...))
class WrappedConstant(Wrapped[T]):
    """What a number does, or None."""

    __slots__ = ()

    @property
    def is_constant(self) -> bool:
        return is_plain(self.of)

    @property
    def sort(self) -> Sort:
        return (type(self.of).__name__, self.of) if is_plain(self.of) else OTHER

    def plain(self, vm: Interpreter) -> object:
        return self.of if is_plain(self.of) else vm.unknown()

    def call_key(self) -> Hashable:
        return (type(self.of).__name__, self.of) if is_plain(self.of) else None

    def equality_key(self, vm: Interpreter) -> Hashable:
        return Constant(type(self.of).__name__, self.of)


@wraps(str)
class WrappedText(WrappedConstant[str]):
    """What a string does."""

    __slots__ = ()

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        if name == "format":
            text = texts.formatted(self.of, site.arguments, site.keywords)
            return vm.unknown() if text is None or site.is_open else text
        if len(self.of) > MAX_CHARACTERS or name not in _TEXT_METHODS or not all(map(is_plain, site.arguments)):
            return vm.unknown()
        try:
            found: object = getattr(self.of, name)(*site.arguments)
        except (TypeError, ValueError):
            return vm.unknown()
        return found

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        return looked_up(vm, self.of, index)

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        return Items(list(self.of[:MOST_KEYS]), True, is_cut=len(self.of) > MOST_KEYS)

    def length(self, vm: Interpreter) -> object:
        return len(self.of)


@wraps(range)
class WrappedRange(Wrapped[range]):
    """What a range does."""

    __slots__ = ()

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        numbers, is_cut = self.of, len(self.of) > MOST
        return Items([numbers[0], numbers[1], numbers[-1]] if is_cut else list(numbers), True, is_cut=is_cut)

    def length(self, vm: Interpreter) -> object:
        return len(self.of)


def is_plain(value: object) -> bool:
    """Whether a value is a number, a text or None, and is known."""
    return isinstance(value, _PLAIN)


def is_key(index: object) -> bool:
    """Whether a key of a dict can be looked up again."""
    return all(map(is_key, index)) if isinstance(index, tuple) else is_plain(index)


def looked_up(vm: Interpreter, value: object, index: object) -> object:
    """Python's own ``value[index]``."""
    try:
        return value[index]  # type: ignore[index]
    except Exception:  # whatever index a program uses; some are not known
        return vm.unknown()
