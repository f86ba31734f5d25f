"""``copy.deepcopy``: new tensors with the same content, outside of any graph."""

from __future__ import annotations

from dataclasses import replace

from torchlint.model.autograd.tensor import Counter, Storage, Tensor
from torchlint.model.interpreter.values.classes import ObjectValue
from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue


def deep_copy(value: object, tensors: list[Tensor]) -> object:
    """A copy of a value in which every tensor is one of its own; what is shared stays shared. ``tensors`` takes those
    that were copied."""
    return _copy(value, {}, tensors)


def _copy(value: object, known: dict[int, object], tensors: list[Tensor]) -> object:
    if id(value) not in known:
        known[id(value)] = _copied(value, known, tensors)
    return known[id(value)]


def _copied(value: object, known: dict[int, object], tensors: list[Tensor]) -> object:
    if isinstance(value, Tensor):
        tensors.append(value)
        return replace(value, storage=Storage(), counter=Counter(), grad=None, node=None, base=None)
    if isinstance(value, LayerValue):
        state = {name: _copy(each, known, tensors) for name, each in value.state.items()}
        return replace(value, state={name: each for name, each in state.items() if isinstance(each, Tensor)})
    if isinstance(value, SequenceValue):
        return replace(value, modules={name: _copy(each, known, tensors) for name, each in value.modules.items()})
    if isinstance(value, ObjectValue):
        made = replace(value, attributes={}, buffers=set(value.buffers))
        known[id(value)] = made
        made.attributes.update({name: _copy(each, known, tensors) for name, each in value.attributes.items()})
        return made
    if isinstance(value, (list, tuple)):
        return type(value)(_copy(each, known, tensors) for each in value)
    return {key: _copy(each, known, tensors) for key, each in value.items()} if isinstance(value, dict) else value
