"""Schedulers, which change numbers of an optimizer, and nothing of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.interpreter.values.optimizer import OptimizerValue
from torchlint.model.interpreter.values.value import Value

if TYPE_CHECKING:
    import ast

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


_OWN_ORDER = frozenset(("ReduceLROnPlateau", "SequentialLR", "ChainedScheduler"))
"""Schedulers that follow a metric or other schedulers."""


@dataclass(eq=False, slots=True)
class SchedulerValue(Value):
    """A scheduler of the learning rate of an optimizer; ``name`` is that of its class."""

    name: str
    optimizer: object

    @property
    def is_lasting(self) -> bool:
        return True

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        return self.optimizer if name == "optimizer" else Value.attribute(self, vm, name, at)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        if name != "step":
            return vm.unknown()
        is_next = not (site.arguments or site.keywords) and self.name not in _OWN_ORDER
        if is_next and isinstance(self.optimizer, OptimizerValue):
            vm.run.trace.schedule(site.at, self.optimizer)
        return None
