from __future__ import annotations

from enum import Enum


class BaseKind(Enum):
    TORCH_MODULE = "torch"
    MODULE = "module"
    SELF_MOVING = "self-moving"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


_F = {
    "object",
    "Exception",
    "ABC",
    "abc.ABC",
    "Enum",
    "enum.Enum",
    "typing.Protocol",
    "typing.NamedTuple",
    "torch.autograd.Function",
    "torch.utils.data.Dataset",
    "dict",
    "list",
    "tuple",
    "str",
    "int",
}
_M = {"GradientCheckpointingLayer", "PreTrainedModel", "ModelMixin", "LightningModule", "MessagePassing", "BaseModule"}


def kind_of(q):
    if q == "torch.nn.Module" or q.startswith("torch.nn.") and q.rpartition(".")[2][:1].isupper():
        return BaseKind.TORCH_MODULE
    if q in _F:
        return BaseKind.FOREIGN
    if q.rpartition(".")[2] in _M:
        return BaseKind.MODULE
    return BaseKind.UNKNOWN
