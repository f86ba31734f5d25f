"""The kinds of faults that a run can show, told from PyTorch's own words or from what was observed."""

from __future__ import annotations

import re
from enum import Enum


class Kind(str, Enum):
    """What PyTorch did. From STALE on nothing is raised; ERROR is any other error, known by its words alone."""

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
    ARRAY = "array"
    COPIED = "copied"
    GRADIENTS = "gradients"
    NON_LEAF = "non-leaf"
    SHAPE = "shape"
    ERROR = "error"
    STALE = "stale"
    REWRAPPED = "rewrapped"
    IDLE = "idle"
    DISCARDED = "discarded"
    PLAIN_TENSOR = "plain tensor"
    PLAIN_MODULE = "plain module"
    PLAIN_PARAMETER = "plain parameter"


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
    (Kind.ARRAY, r"Can't call numpy\(\) on Tensor that requires grad"),
    (Kind.COPIED, r"Only Tensors created explicitly by the user \(graph leaves\) support the deepcopy"),
    (Kind.GRADIENTS, "returned an incorrect number of gradients"),
    (Kind.NON_LEAF, "can't optimize a non-leaf Tensor"),
    (Kind.SHAPE, "mat1 and mat2 shapes cannot be multiplied"),
    (Kind.SHAPE, r"The size of tensor a \(\d+\) must match the size of tensor b"),
    (Kind.SHAPE, "Given groups=.* expected input.* to have .* channels"),
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
    Kind.ARRAY: ("TLC305", "numpy-requires-grad"),
    Kind.COPIED: ("TLC306", "deepcopy-nonleaf"),
    Kind.GRADIENTS: ("TLC406", "gradient-count"),
    Kind.NON_LEAF: ("TLC607", "nonleaf-parameters"),
    Kind.SHAPE: ("TLC717", "shape-mismatch"),
    Kind.STALE: ("TLC301", "data-mutation"),
    Kind.REWRAPPED: ("TLC304", "cut-graph"),
    Kind.IDLE: ("TLC609", "idle-step"),
    Kind.DISCARDED: ("TLC207", "discarded-result"),
    Kind.PLAIN_TENSOR: ("TLC101", "unregistered-tensor"),
    Kind.PLAIN_MODULE: ("TLC102", "unregistered-module"),
    Kind.PLAIN_PARAMETER: ("TLC103", "unregistered-parameter"),
}
"""The rule whose fault each kind is, where it was seen and not predicted."""
RUN_ERROR = ("TLC005", "run-error")
"""What any other error is told as, where only torchlint can tell it."""


_NUMBERS = re.compile(r"\d+")


def says(message: str, words: str) -> bool:
    """Whether a message has some words in it, whatever the numbers there are."""
    return bool(words) and _plain(words).rstrip(".") in _plain(message)


def _plain(text: str) -> str:
    return _NUMBERS.sub("0", " ".join(text.split()))


_WARNINGS = {
    "TLC307": r"The \.grad attribute of a Tensor that is not a leaf Tensor is being accessed",
    "TLC309": "To copy construct from a tensor",
    "TLC606": r"Detected call of `lr_scheduler\.step\(\)` before `optimizer\.step\(\)`",
    "TLC705": "Implicit dimension choice for (?:log_)?soft(?:max|min) has been deprecated",
    "TLC711": "Using a target size .* that is different to the input size",
    "TLC906": r"The parameter '\w+' is deprecated since|Arguments other than a weight enum",
    "TLC907": "the use_reentrant parameter should be passed explicitly",
}
_WARNS = "PyTorch warns: "


def warns(code: str, effect: str, message: str) -> bool:
    """Whether a warning is the one that a finding of a rule, and what it says of its effect, are about."""
    if known := _WARNINGS.get(code):
        return re.search(known, message) is not None
    return effect.startswith(_WARNS) and says(message, effect.removeprefix(_WARNS).split("...")[0])


def can_warn(code: str, effect: str) -> bool:
    """Whether PyTorch warns of what a finding says."""
    return code in _WARNINGS or effect.startswith(_WARNS)
