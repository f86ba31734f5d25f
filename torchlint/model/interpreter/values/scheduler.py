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
    """A scheduler of the learning rate of an optimizer, ``made`` at some place; ``name`` is that of its class."""

    name: str
    optimizer: object
    made: ast.AST

    @property
    def is_lasting(self) -> bool:
        return True

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        return self.optimizer if name == "optimizer" else Value.attribute(self, vm, name, at)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        if name != "step":
            return vm.unknown()
        is_bare = not (site.arguments or site.keywords)
        if is_bare and self.name == "ReduceLROnPlateau":
            vm.run.trace.schedule_bare(site.at, self.made)
        elif is_bare and self.name not in _OWN_ORDER and isinstance(self.optimizer, OptimizerValue):
            vm.run.trace.schedule(site.at, self.optimizer)
        return None
