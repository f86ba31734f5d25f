"""Classes of the program that are derived from a layer of ``torch.nn``, or from ``nn.Sequential``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter import unknown_calls
from torchlint.model.interpreter.identities import Single
from torchlint.model.interpreter.library import layers
from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue
from torchlint.model.interpreter.values.symbolic import Symbolic

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.classes import ObjectValue


def initialise(machine: Interpreter, site: Site, instance: ObjectValue, layer: str) -> None:
    """Run the ``__init__`` of the layer that an instance is derived from."""
    built = layers.build(machine, site, layer)
    if isinstance(built, LayerValue):
        instance.attributes.update(built.state)
        instance.layer = built
    elif isinstance(built, SequenceValue):
        instance.attributes.update(built.modules)
        instance.layer = built


def forward(machine: Interpreter, site: Site, instance: ObjectValue) -> object:
    """Run the ``forward`` of the layer that an instance is derived from, on what the instance holds now."""
    layer = instance.layer
    if isinstance(layer, SequenceValue):
        return machine.call_site(site, layer)
    if layer is None:
        return unknown_calls.call_unknown(machine, site, Symbolic(Single("layer", id(instance)), is_held=True))
    held = {name: instance.attributes.get(name) for name in layer.state}
    state = {name: value for name, value in held.items() if isinstance(value, Tensor)}
    return layers.call(machine, site, replace(layer, state=state, training=instance.training))
