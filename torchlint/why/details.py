"""What an error's message says besides what went wrong: which tensor, of which operation, how often it was changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TENSOR = re.compile(r"\[(torch\.[\w.]+) \[([\d, ]*)\]\]")
_NODE = re.compile(r"which is output \d+ of (?:\w+::)*(\w+)")
_VERSIONS = re.compile(r"is at version (\d{1,9}); expected version (\d{1,9})")
_DEVICES = re.compile(r"\b(?:cuda|mps|xpu|meta)(?::\d+)?\b|\bcpu\b")
_KEYS = re.compile(r"(Missing|Unexpected) key\(s\) in state_dict: ((?:\"[^\"]*\"(?:, )?)+)")
_KEY = re.compile(r"\"([^\"]*)\"")
_BACKWARD = re.compile(r"Backward\d*$")
_UNSEEN_PARAMETERS = re.compile(r"Parameters? (?:indices )?which did not receive grad for rank \d+: ?(.*)")
_VIEWS = frozenset(("as_strided", "t", "transpose", "view", "select", "slice", "expand", "unsafe_view", "reshape"))
_MOST_KEYS = 6

OPERATIONS = {
    "add": ("+", "+="),
    "sub": ("-", "-="),
    "mul": ("*", "*="),
    "div": ("/", "/="),
    "pow": ("**",),
    "mm": ("@", "mm", "matmul"),
    "bmm": ("@", "bmm", "matmul"),
    "addmm": ("linear",),
    "convolution": ("conv",),
    "native_batch_norm": ("batchnorm", "batch_norm"),
    "native_layer_norm": ("layernorm", "layer_norm"),
    "native_dropout": ("dropout",),
    "index_put": ("[]",),
    "copy_slices": ("[]",),
}
"""What the operations of some nodes are called in programs."""


@dataclass(frozen=True, slots=True)
class Details:
    """``operation`` made the tensor, as nodes are called without ``Backward0``; empty where it is a leaf, or not known.

    ``changes`` is how often it was changed since it was kept, 0 where that is not known; ``prefix`` what the keys of a
    checkpoint have and the module's have not, or the other way round.
    """

    tensor: str = ""
    shape: str = ""
    operation: str = ""
    changes: int = 0
    devices: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    parameters: str = ""

    @classmethod
    def of(cls, message: str) -> Details:
        """What is said in a message."""
        tensor, node, versions = _TENSOR.search(message), _NODE.search(message), _VERSIONS.search(message)
        keys = {found[1]: tuple(_KEY.findall(found[2])) for found in _KEYS.finditer(message)}
        unseen = _UNSEEN_PARAMETERS.search(message)
        return cls(
            tensor[1] if tensor else "",
            tensor[2] if tensor else "",
            operation_of(node[1]) if node else "",
            max(0, int(versions[1]) - int(versions[2])) if versions else 0,
            tuple(dict.fromkeys(_DEVICES.findall(message))),
            keys.get("Missing", ()),
            keys.get("Unexpected", ()),
            unseen[1].strip()[:200] if unseen else "",
        )

    @property
    def is_view(self) -> bool:
        """Whether the tensor is a view of another, as a linear layer's weight is when it is read."""
        return self.operation in _VIEWS

    @property
    def prefix(self) -> str:
        """What all keys of the checkpoint begin with and those of the module do not, or the other way round."""
        for some, others in ((self.unexpected, self.missing), (self.missing, self.unexpected)):
            head = some[0].partition(".")[0] + "." if some else ""
            if head and {each.removeprefix(head) for each in some} == set(others):
                return head
        return ""

    def told(self, kind: str) -> Iterator[str]:
        """The details as sentences."""
        if self.tensor and kind == "modified-inplace":
            yield from self._of_tensor()
        if kind == "device" and len(self.devices) > 1:
            yield f"The devices: {', '.join(self.devices)}."
        if self.prefix:
            yield (
                f"All keys differ by `{self.prefix}` alone, as where a wrapper (DataParallel, torch.compile) was "
                "saved in place of the module in it."
            )
        for what, keys in (("lacks", self.missing), ("also has", self.unexpected)):
            if keys:
                more = f" and {len(keys) - _MOST_KEYS} more" if len(keys) > _MOST_KEYS else ""
                yield f"The checkpoint {what} {', '.join(keys[:_MOST_KEYS])}{more}."
        if self.parameters:
            yield f"Without a gradient: {self.parameters} (by their number in model.parameters(), or by name)."

    def _of_tensor(self) -> Iterator[str]:
        shape = f"{self.tensor} of shape [{self.shape}]"
        if not self.operation:
            yield f"The tensor is a {shape} and a leaf: a parameter, a buffer, or data."
        elif self.is_view:
            yield f"The tensor is a {shape} and a view of another: a part of it, or a layer's weight."
        else:
            yield f"The tensor is a {shape}, the result of `{self.operation}`."
        if self.changes:
            times = "once" if self.changes == 1 else f"{self.changes} times"
            yield f"It was changed {times} between the operation that kept it and this backward."


def operation_of(node: str) -> str:
    """The operation that a node of the graph is of, such as ``log_softmax`` for ``LogSoftmaxBackward0``."""
    name = _BACKWARD.sub("", node)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def is_operation(written: str, operation: str) -> bool:
    """Whether what a program writes may be an operation: ``torch.sigmoid``, ``nn.Sigmoid`` or ``+`` for ``add``."""
    plain = written.rpartition(".")[2].rstrip("_").lower()
    names = OPERATIONS.get(operation, (operation, operation.replace("_", "")))
    return written in names or any((name.isalnum() and plain.startswith(name)) or plain == name for name in names)
