"""Whether values are true, as far as that is a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.identities import Truth
from torchlint.model.interpreter.values.classes import may_be_false
from torchlint.model.interpreter.values.numbers import Number
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable


def question(value: object, fresh: Callable[[], int]) -> Hashable | None:
    """The key of the condition that a value is true; None where Python's own answer is right."""
    if isinstance(value, Symbolic):
        return value.key
    if isinstance(value, Number):
        return Truth(value.key)
    if isinstance(value, Symbol):
        return Truth(value.name)
    if isinstance(value, Tensor) or may_be_false(value):
        return Truth(fresh())
    return None
