"""What a call was given, as the rules of shapes ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Takes
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.sizes import ANY, Sizes

if TYPE_CHECKING:
    import ast

    from torchlint.model.autograd.call import Call
    from torchlint.model.autograd.sizes import Size

UNKNOWN = object()
"""A value that is not known."""
_SIMPLE = (bool, int, float, str, type(None))
_TENSORS = (Takes.TENSOR, Takes.TENSORS)


class Given:
    """A call's arguments, those that its layer was built with, and its layer's state."""

    __slots__ = ("_call", "name", "source")

    def __init__(self, call: Call) -> None:
        self._call = call
        self.name = call.name
        self.source: ast.AST = call.built or call.at

    def has(self, name: str) -> bool:
        """Whether something was given for a parameter, and not None."""
        return self._call.arguments.get(name) is not None

    @property
    def is_alone(self) -> bool:
        """Whether it was given nothing but the tensor that it is about."""
        return len(self._call.arguments) == 1

    def is_tensor(self, name: str) -> bool:
        """Whether a tensor was given for a parameter."""
        return bool(tensors_in(self._call.arguments.get(name), 0))

    def sizes(self, *names: str) -> Sizes:
        """The sizes of the tensor that is given for the first of some parameters that is there."""
        arguments = self._call.arguments
        value = next((arguments[name] for name in names if name in arguments), None)
        return _sizes(value)

    @property
    def first(self) -> Sizes:
        """The sizes of the tensor that it is about."""
        return self.sizes("input", "self", "tensor", "src", "x")

    def operands(self) -> list[Sizes]:
        """The sizes of all operands that are no numbers."""
        arguments, found = self._call.arguments, []
        for each in self._call.operation.parameters:
            if each.name in arguments and each.name != "out" and each.takes in _TENSORS:
                value = arguments[each.name]
                tensors = tensors_in(value, 0)
                if tensors:
                    found.append(tensors[0].sizes)
                elif not isinstance(value, _SIMPLE):
                    found.append(ANY)
        return found

    def list_of(self, name: str) -> list[Sizes] | None:
        """The sizes of each tensor of a list, None where it is not known."""
        value = self._call.arguments.get(name)
        return [_sizes(each) for each in value] if isinstance(value, (list, tuple)) else None

    def state(self, name: str) -> Sizes | None:
        """The sizes of a parameter or buffer of the layer, None where it has none."""
        found = self._call.state.get(name)
        return found.sizes if found is not None else None

    def value(self, name: str, default: object = None) -> object:
        """A constant, ``UNKNOWN`` where what is given is none."""
        call = self._call
        value = call.arguments[name] if name in call.arguments else call.settings.get(name, default)
        if isinstance(value, _SIMPLE):
            return value
        if isinstance(value, (list, tuple)):
            return tuple(each if isinstance(each, _SIMPLE) else UNKNOWN for each in value)
        return UNKNOWN

    def number(self, name: str, default: int | None = None) -> int | None:
        """An integer, None where it is not known."""
        value = self.value(name, default)
        return value if isinstance(value, int) else None

    def each(self, name: str, count: int, default: object = None) -> tuple[int | None, ...]:
        """An integer for each of some dimensions, given as one or as many."""
        value = self.value(name, default)
        if isinstance(value, tuple):
            found = tuple(each if isinstance(each, int) else None for each in value)
            return found * count if len(found) == 1 else found if len(found) == count else (None,) * count
        return (value if isinstance(value, int) else None,) * count

    def flag(self, name: str) -> bool | None:
        """Whether something was asked for that is not by default, None where that is not known."""
        value = self.value(name, False)
        return bool(value) if isinstance(value, _SIMPLE) else None

    def dims(self, name: str = "dim") -> tuple[int, ...] | None:
        """Some dimensions, given as one or as many; None where they are not known."""
        value = self.value(name, UNKNOWN)
        if isinstance(value, int) and not isinstance(value, bool):
            return (value,)
        if not isinstance(value, tuple):
            return None
        known = tuple(each for each in value if isinstance(each, int))
        return known if len(known) == len(value) else None

    def new(self, *last: Size) -> Sizes:
        """Sizes that this call makes."""
        return Sizes(last, True, self.source)

    def ending(self, *last: Size) -> Sizes:
        """Last sizes that this call makes."""
        return Sizes(last, False, self.source)


def _sizes(value: object) -> Sizes:
    found = tensors_in(value, 0)
    return found[0].sizes if found else ANY
