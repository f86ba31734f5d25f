"""What holds the parameters of a value: tensors, modules that are not looked into, and what is not known at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter.identities import Attribute, Item
from torchlint.model.interpreter.values.modules import Module
from torchlint.model.interpreter.values.symbolic import identity

if TYPE_CHECKING:
    from collections.abc import Iterator


def holders_of(value: object) -> set[object]:
    """What an optimizer has that was given the parameters of a value, or of something unknown that it is a part of."""
    if isinstance(value, Module):
        return {*value.parameters(), *value.hidden()}
    if isinstance(value, Tensor):
        return {value}
    return set(_owners(identity(value)))


def trained_with(value: object) -> set[object]:
    """What certainly waits for gradients in a value: leaves, and modules that are not looked into."""
    if isinstance(value, Module):
        known = [each for each in value.parameters() if requires_grad(each) is Answer.YES]
        return {*known, *value.hidden()}
    is_leaf = isinstance(value, Tensor) and value.node is None and requires_grad(value) is Answer.YES
    return {value} if is_leaf else set()


def _owners(key: object) -> Iterator[object]:
    while key is not None:
        yield key
        key = key.owner if isinstance(key, (Attribute, Item)) else None
