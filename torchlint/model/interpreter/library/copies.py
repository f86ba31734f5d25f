"""``copy.deepcopy``: new tensors with the same content, outside of any graph."""

from __future__ import annotations

from dataclasses import replace

from torchlint.model.autograd.tensor import Counter, Storage, Tensor
from torchlint.model.interpreter.values.classes import ObjectValue
from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue


def deep_copy(value: object, known: dict[int, object] | None = None) -> object:
    """A copy of a value in which every tensor is one of its own; what is shared stays shared."""
    known = {} if known is None else known
    if id(value) not in known:
        known[id(value)] = _copied(value, known)
    return known[id(value)]


def _copied(value: object, known: dict[int, object]) -> object:
    if isinstance(value, Tensor):
        return replace(value, storage=Storage(), counter=Counter(), grad=None, node=None, base=None)
    if isinstance(value, LayerValue):
        state = {name: deep_copy(each, known) for name, each in value.state.items()}
        return replace(value, state={name: each for name, each in state.items() if isinstance(each, Tensor)})
    if isinstance(value, SequenceValue):
        return replace(value, modules={name: deep_copy(each, known) for name, each in value.modules.items()})
    if isinstance(value, ObjectValue):
        made = replace(value, attributes={}, buffers=set(value.buffers))
        known[id(value)] = made
        made.attributes.update({name: deep_copy(each, known) for name, each in value.attributes.items()})
        return made
    if isinstance(value, (list, tuple)):
        return type(value)(deep_copy(each, known) for each in value)
    return {key: deep_copy(each, known) for key, each in value.items()} if isinstance(value, dict) else value
