"""What PyTorch's semantics ask of whoever runs a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torchlint.model.autograd.fault_log import FaultLog
    from torchlint.model.autograd.grad_mode import GradMode
    from torchlint.model.autograd.history import GraphHistory


class GradState(Protocol):
    """The state that operations read, and record in."""

    mode: GradMode
    log: FaultLog
    history: GraphHistory

    @property
    def iteration(self) -> tuple[tuple[int, int], ...]:
        """The loop iterations of this moment."""

    @property
    def speculates(self) -> bool:
        """Whether anybody asks what values that are not known most likely are."""

    def next_order(self) -> int:
        """A number greater than all before: the order in which nodes were recorded."""
