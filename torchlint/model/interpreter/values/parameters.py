"""The parameters and buffers of modules that are not known: each is a tensor, whatever else is unknown of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.torch_names import VIEW_PROPERTIES
from torchlint.model.interpreter.identities import Attribute, Fresh, Listing, State
from torchlint.model.interpreter.values.symbolic import Symbolic, identity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

_PLAIN = ("parameters", "buffers")
_NAMED = ("named_parameters", "named_buffers")
_LISTING = _PLAIN + _NAMED
USUAL = frozenset({"weight", "bias", "grad"})
"""The attributes that are tensors by convention, whatever has them."""


def of_module(callee: object, label: str) -> Symbolic | None:
    """What a call of something unknown gives that asks a module for its parameters or buffers; None for any other."""
    if not isinstance(callee, Symbolic) or label not in _LISTING:
        return None
    key = callee.key
    if not isinstance(key, Attribute) or key.name != label or key.owner is None:
        return None
    return Symbolic(Listing(label, key.owner))


def unlisted(fresh: Callable[[], int]) -> Symbolic:
    """A parameter or buffer that is not known, unlike any other."""
    return Symbolic(State(fresh()))


def registered(number: int, name: str) -> Symbolic:
    """What a module of a number registered under a name, where a base did that which is not seen."""
    return Symbolic(State(number, name))


def items(value: object, fresh: Callable[[], int], count: int) -> Sequence[object] | None:
    """What a loop over parameters or buffers gives, with names where it asks for these; None for anything else."""
    key = identity(value)
    if not isinstance(key, Listing):
        return None
    if key.method in _PLAIN:
        return [unlisted(fresh) for _ in range(count)]
    return [(Symbolic(Fresh(fresh())), unlisted(fresh)) for _ in range(count)]


def is_usual(value: object, known: Collection[object] = ()) -> bool:
    """Whether a value that is not known is a tensor by convention: a parameter or buffer, its gradient, a view of one,
    or of what is ``known`` to be such."""
    if not isinstance(value, Symbolic) or value in known:
        return isinstance(value, Symbolic)
    key = value.key
    if not isinstance(key, Attribute):
        return isinstance(key, State)
    if key.name in VIEW_PROPERTIES and key.owner is not None:
        return is_usual(Symbolic(key.owner), known)
    return key.name in USUAL
