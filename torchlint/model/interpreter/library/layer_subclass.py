"""Classes of the program that are derived from a layer of ``torch.nn``, or from ``nn.Sequential``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.interpreter.library import layers
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.classes import ObjectValue


def initialise(machine: Interpreter, site: Site, instance: ObjectValue, layer: str) -> None:
    """Run the ``__init__`` of the layer that an instance is derived from."""
    as_value(layers.build(machine, site, layer)).initialise(instance)


def forward(machine: Interpreter, site: Site, instance: ObjectValue) -> object:
    """Run the ``forward`` of the layer that an instance is derived from, on what the instance holds now."""
    return as_value(instance.layer).forward_of(machine, site, instance)
