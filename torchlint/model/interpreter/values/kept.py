"""What an object may keep of its values as such: tensors, parameters, modules, and containers of those."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from torchlint.model.api import torch_names
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.containers import Stream
from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue
from torchlint.model.interpreter.values.numbers import Number
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_NO_MODULE = (None, False)
_CONTAINERS = (list, tuple, dict, Stream)


class Kind(Enum):
    UNKNOWN = "unknown"
    OTHER = "other"
    TENSOR = "tensor"
    PARAMETER = "parameter"
    BUFFER = "buffer"
    MODULE = "module"
    CONTAINER = "container"


def kind_of(value: object) -> Kind:
    """What a value certainly is; what a module that is not looked into gave may be no tensor."""
    if isinstance(value, Tensor):
        return Kind.UNKNOWN if value.is_loose else Kind.PARAMETER if value.is_parameter else Kind.TENSOR
    if isinstance(value, (LayerValue, SequenceValue)) or (isinstance(value, ObjectValue) and value.is_module):
        return Kind.MODULE
    if isinstance(value, _CONTAINERS):
        return Kind.CONTAINER
    is_plain = value is None or isinstance(value, (int, float, complex, str, bytes, range, Number))
    return Kind.OTHER if is_plain else Kind.UNKNOWN


def items_of(value: object) -> Sequence[object]:
    """What a container holds, the keys of a dict apart; an iterator is read. Raises: Raised, OutOfBudget."""
    if isinstance(value, Stream):
        made = value.read()
        value.make = lambda: made
        value = made
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else ()


def made_at(value: object) -> object:
    """The expression that made a value, where it remembers that."""
    return value.made if isinstance(value, (Tensor, LayerValue, ObjectValue)) else None


def held_by(value: object) -> Iterable[object]:
    """What belongs to a value: who takes care of it takes care of that."""
    if isinstance(value, LayerValue):
        return value.state.values()
    if isinstance(value, SequenceValue):
        return value.modules.values()
    if isinstance(value, ObjectValue):
        given = (*value.given.arguments, *value.given.keywords.values()) if value.given is not None else ()
        return (*value.attributes.values(), *given)
    return value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()


def name_of_module(value: object) -> str:
    """The class of a module: that of PyTorch by its canonical name, that of the program by its own."""
    if isinstance(value, LayerValue):
        return value.name
    if isinstance(value, SequenceValue):
        return value.kind
    return value.kind.name if isinstance(value, ObjectValue) else ""


def has_state(value: object, of_class: Callable[[ClassValue], bool | None]) -> bool | None:
    """Whether a module holds parameters or buffers, None where that is not known; ``of_class`` tells it of classes of
    the program."""
    if isinstance(value, SequenceValue):
        parts = [has_state(each, of_class) or isinstance(each, Tensor) for each in value.modules.values()]
        return True if True in parts else None if None in parts else False
    if isinstance(value, LayerValue):
        options = (each.given for each in value.layer.state)
        asked = {name for given in options for name, _ in given}
        open_ = any(value.arguments.get(name) not in _NO_MODULE for name in asked if name in value.arguments)
        return True if value.state else None if open_ else False
    return of_class(value.kind) if isinstance(value, ObjectValue) and value.is_module else None


def has_mode(value: object) -> bool:
    """Whether a module minds ``train()`` and ``eval()``, and does nothing else."""
    return isinstance(value, LayerValue) and value.name in torch_names.MODE_MODULES


def symbol_name(value: object) -> str:
    """The canonical name of what is known by its name alone, "" for any other value."""
    return value.name if isinstance(value, Symbol) else ""


def is_unknown(value: object) -> bool:
    """Whether nothing is known of a value."""
    return isinstance(value, Symbolic)


def as_tensor(value: object) -> Tensor | None:
    """A value as the tensor that it is, None for any other."""
    return value if isinstance(value, Tensor) else None


def is_instance(value: object) -> bool:
    """Whether a value is an instance of a class of the program."""
    return isinstance(value, ObjectValue)


def is_sequence(value: object) -> bool:
    """Whether a value is an ``nn.Sequential``, an ``nn.ModuleList`` or the like."""
    return isinstance(value, SequenceValue)


def built(value: object) -> ObjectValue | None:
    """A value as an instance that was built to see what its methods do, None for any other."""
    return value if isinstance(value, ObjectValue) and value.number else None
