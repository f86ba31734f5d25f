"""Schedulers, which change numbers of an optimizer, and nothing of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.interpreter.values.value import Value

if TYPE_CHECKING:
    import ast

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


@dataclass(eq=False, slots=True)
class SchedulerValue(Value):
    """A scheduler of the learning rate of an optimizer."""

    optimizer: object

    @property
    def is_lasting(self) -> bool:
        return True

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        return self.optimizer if name == "optimizer" else Value.attribute(self, vm, name, at)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        return None if name == "step" else vm.unknown()
