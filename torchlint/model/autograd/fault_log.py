"""What went wrong so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NoReturn

from torchlint.model.autograd.faults import Fault, Kind, Raised

if TYPE_CHECKING:
    import ast

    from torchlint.model.autograd.tensor import Tensor


@dataclass(slots=True)
class FaultLog:
    """The faults of one path.

    ``assumed`` is what the current code takes for granted (None: nothing). ``watched`` are tensors an alias of which
    was changed, each with the fault that this is once the tensor is looked at. ``entered`` is the call by which the
    program left the file that is linted.
    """

    faults: list[Fault] = field(default_factory=list)
    assumed: str | None = None
    watched: list[tuple[object, Fault]] = field(default_factory=list)
    entered: ast.AST | None = None

    def report(self, fault: Fault) -> None:
        """Record a fault that does not end the path."""
        self.faults.append(replace(fault, assumed=fault.assumed or self.assumed, entered=self.entered))

    def fail(self, fault: Fault) -> NoReturn:
        """Record a fault that raises. Raises: Raised."""
        self.report(fault)
        raise Raised

    def read(self, tensor: Tensor, at: ast.AST) -> None:
        """A tensor is looked at by name: if an alias of it was changed, that shows here."""
        for source, fault in self.watched:
            if source is tensor:
                self.report(replace(fault, surfaces=at))
        self.watched = [each for each in self.watched if each[0] is not tensor]

    def read_activated(self, tensor: Tensor, at: ast.Name) -> None:
        """A tensor that was activated in place is read by a name that it had before."""
        seen = tensor.activated
        assert seen is not None
        self.report(Fault(Kind.ALIASED, seen.at, at, "", seen.target, seen.operation, source=at.id))
        tensor.activated = None
