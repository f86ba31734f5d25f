"""The kinds of faults that a run can show, told from PyTorch's own words or from what was observed."""

from __future__ import annotations

import re
from enum import Enum


class Kind(str, Enum):
    """What PyTorch did. STALE and REWRAPPED are seen without an error."""

    SAVED = "saved"
    TWICE = "twice"
    LEAF = "leaf"
    VIEW = "view"
    OUT = "out"
    INFERENCE = "inference"
    WITHOUT_GRAD = "without-grad"
    FLAG = "flag"
    BEFORE_INIT = "before-init"
    MODE = "mode"
    DEVICE = "device"
    STALE = "stale"
    REWRAPPED = "rewrapped"


_WORDS = (
    (Kind.SAVED, "modified by an inplace operation"),
    (Kind.TWICE, "backward through the graph a second time"),
    (Kind.INFERENCE, "[Ii]nference tensors? cannot be saved for backward"),
    (Kind.INFERENCE, "Inplace update to inference tensor outside InferenceMode"),
    (Kind.INFERENCE, "Setting requires_grad=True on inference tensor outside InferenceMode"),
    (Kind.VIEW, "a view of a leaf Variable"),
    (Kind.VIEW, "is a view and is being modified inplace"),
    (Kind.VIEW, "is a view of a view which was created in (?:no_grad|inference) mode"),
    (Kind.VIEW, "A view was created in (?:no_grad|inference) mode"),
    (Kind.VIEW, "more than one element of the written-to tensor"),
    (Kind.LEAF, "a leaf Variable that requires grad is being used in an in-place"),
    (Kind.OUT, r"functions with out=\.\.\. arguments don't support automatic differentiation"),
    (Kind.WITHOUT_GRAD, "does not require grad"),
    (Kind.FLAG, "you can only change requires_grad flags of leaf variables"),
    (Kind.BEFORE_INIT, r"before Module\.__init__\(\) call"),
    (Kind.BEFORE_INIT, "object has no attribute '_(?:parameters|modules|buffers|non_persistent_buffers_set)'"),
    (Kind.MODE, "(?:no_grad|enable_grad|inference_mode|set_grad_enabled)' object does not support the context manager"),
    (Kind.MODE, "type object '(?:no_grad|enable_grad|inference_mode)' has no attribute '__e"),
    (Kind.MODE, "'type' object does not support the context manager protocol"),
    (Kind.DEVICE, "Expected all tensors to be on the same device"),
)
_PATTERNS = tuple((kind, re.compile(words)) for kind, words in _WORDS)


def kind_of(message: str) -> Kind | None:
    """The kind of fault that a message of PyTorch's is about, None where it is an ordinary error."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(message)), None)


UNPREDICTED = {
    Kind.SAVED: ("TLC202", "saved-inplace"),
    Kind.TWICE: ("TLC401", "backward-twice"),
    Kind.INFERENCE: ("TLC501", "inference-tensor"),
    Kind.VIEW: ("TLC203", "view-inplace"),
    Kind.LEAF: ("TLC201", "leaf-inplace"),
    Kind.OUT: ("TLC206", "out-requires-grad"),
    Kind.WITHOUT_GRAD: ("TLC404", "backward-without-grad"),
    Kind.FLAG: ("TLC508", "nonleaf-requires-grad"),
    Kind.BEFORE_INIT: ("TLC104", "missing-super-init"),
    Kind.STALE: ("TLC301", "data-mutation"),
    Kind.REWRAPPED: ("TLC304", "cut-graph"),
}
"""The rule whose fault each kind is, where it was seen and not predicted."""
