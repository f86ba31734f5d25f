"""``isinstance``: what is known of its answer, and what the answer shows of a value that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.identities import Not, TypeCheck
from torchlint.model.interpreter.values.callables import Partial
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.modules import MODULE, LayerValue, SequenceValue
from torchlint.model.interpreter.values.optimizer import OptimizerValue
from torchlint.model.interpreter.values.scheduler import SchedulerValue
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

_TYPES = frozenset(
    f"torch.{kind}Tensor"
    for kind in ("", "Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Byte", "Bool")
) | {"torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.nn.Buffer"}
_PLAIN = {f"builtins.{each.__name__}": each for each in (bool, int, float, str, bytes, dict)}
"""Types of which a value is an instance only if it looks so here: what iterates may be a list here, and else there."""

DERIVED_LAYERS = {
    "NLLLoss2d": "NLLLoss",
    "ReLU6": "Hardtanh",
    "UpsamplingBilinear2d": "Upsample",
    "UpsamplingNearest2d": "Upsample",
    "ZeroPad1d": "ConstantPad1d",
    "ZeroPad2d": "ConstantPad2d",
    "ZeroPad3d": "ConstantPad3d",
}
"""Public layers that are derived from another one, but for those that only wait for their sizes; measured."""
_OTHER = ("builtins.", "numpy.")
"""Modules of whose classes no tensor is an instance."""


def is_tensor_type(kind: object) -> bool:
    """Whether only tensors are instances of a class."""
    return isinstance(kind, Symbol) and kind.name in _TYPES


def asked(value: object, kinds: Collection[object]) -> Symbolic | None:
    """The answer to whether a value that is not known is an instance of one of some types of tensors, None for another
    question."""
    if not isinstance(value, Symbolic) or not all(map(is_tensor_type, kinds)):
        return None
    return Symbolic(TypeCheck(value, tuple(sorted({each.name for each in kinds if isinstance(each, Symbol)}))))


def answer(value: object, kind: object) -> bool | Symbolic | None:
    """Whether a value is an instance of a class or of one of several, None where that is not known."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if (question := asked(value, kinds)) is not None:
        return question
    answers = [_has_type(value, each) for each in kinds]
    return True if True in answers else False if all(each is False for each in answers) else None


def _has_type(value: object, kind: object) -> bool | None:
    if isinstance(value, ObjectValue):
        return _is_instance(value, kind)
    if not isinstance(kind, Symbol):
        return None
    if isinstance(value, (*_PLAIN.values(), list, tuple, type(None))):
        plain = _PLAIN.get(kind.name)
        if isinstance(value, tuple) and kind.name == "builtins.tuple":
            return True
        return isinstance(value, plain) if plain is not None else False if is_tensor_type(kind) else None
    if isinstance(value, (LayerValue, SequenceValue)):
        return _is_layer(value.name if isinstance(value, LayerValue) else value.kind, kind.name)
    if isinstance(value, OptimizerValue):
        return False if kind.name.startswith(_OTHER) else None
    is_torch = isinstance(value, Symbol) and value.name.startswith("torch.")
    if is_torch or isinstance(value, (ClassValue, Partial)):
        return False if kind.name in ("builtins.str", "builtins.int", "torch.nn.Module") else None
    if isinstance(value, SchedulerValue):
        return _is_scheduler(value, kind)
    if isinstance(value, Tensor):
        return True if kind.name == "torch.Tensor" else False if kind.name.startswith(_OTHER) else None
    return None


def _is_instance(value: ObjectValue, kind: object) -> bool | None:
    """Whether an instance of a class of the program is one of ``kind``; a base that is not seen may be."""
    if any(each is kind or each == kind for each in value.kind.ancestry()):
        return True
    return None if value.is_open or not isinstance(kind, (Symbol, ClassValue)) else False


def _is_layer(own: str, kind: str) -> bool | None:
    """Whether an instance of a layer is one of another class; what several layers have in common may be their base."""
    (package, _, name), (_, _, other) = own.rpartition("."), kind.rpartition(".")
    if kind in (own, MODULE, f"{package}.{DERIVED_LAYERS.get(name, name.removeprefix('Lazy'))}"):
        return True
    is_common = other.startswith("_") or other.endswith("Base")
    return None if is_common or not kind.startswith((*_OTHER, "torch.nn.")) else False


def _is_scheduler(value: SchedulerValue, kind: Symbol) -> bool | None:
    """Whether a scheduler is of a class; of their base, that depends on the version."""
    module, _, name = kind.name.rpartition(".")
    if name == value.name:
        return True
    return False if module == "torch.optim.lr_scheduler" and not name.endswith("LRScheduler") else None


def shown(key: Hashable, *, holds: bool) -> Symbolic | None:
    """The value that certainly is a tensor where a condition holds, or does not."""
    while isinstance(key, Not):
        key, holds = key.condition, not holds
    if holds and isinstance(key, TypeCheck):
        assert isinstance(key.value, Symbolic)
        return key.value
    return None


def is_refuted(value: object, choices: Mapping[Hashable, bool]) -> bool:
    """Whether some decisions say of a value that it is no tensor."""
    return isinstance(value, Symbolic) and any(
        not holds and isinstance(key, TypeCheck) and key.value == value and "torch.Tensor" in key.types
        for key, holds in choices.items()
    )
