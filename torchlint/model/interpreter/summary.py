"""What a call of a module does, as far as it concerns those who call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchlint.model.api.operation import Answer
    from torchlint.model.autograd.tensor import Node
    from torchlint.model.interpreter.events import Made


Slot = int | str
"""An argument by position or name, or the result."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a call of a module does: the operations that keep an argument, or its result, as it is afterwards; whether
    the result is a tensor that requires grad; what went into something unknown, which may have kept it; and which
    recorded operations gave the result."""

    keeps: Mapping[Slot, tuple[Node, ...]]
    is_graph: Answer
    lost: frozenset[Slot] = frozenset()
    made: Made = None
