"""The kinds of faults, told from PyTorch's own words; one classifier serves real errors and torchlint's effects."""

from __future__ import annotations

import re

SILENT = "silent"
KINDS = ("saved", "twice", "leaf", "view", "out", "without-grad", "inference", SILENT)
"""The kinds that every set of programs must have its share of."""
RARE = ("flags",)
UNKNOWN = "unknown"
"""The kind of an effect whose message is none of PyTorch's that the oracle knows: such a prediction is always false."""

_WORDS = (
    ("saved", "modified by an inplace operation"),
    ("twice", "backward through the graph a second time"),
    ("inference", "[Ii]nference tensors? cannot be saved for backward"),
    ("inference", "Inplace update to inference tensor outside InferenceMode"),
    ("inference", "Setting requires_grad=True on inference tensor outside InferenceMode"),
    ("view", "a view of a leaf Variable"),
    ("view", "is a view and is being modified inplace"),
    ("view", "is a view of a view which was created in (?:no_grad|inference) mode"),
    ("view", "A view was created in (?:no_grad|inference) mode"),
    ("view", "more than one element of the written-to tensor"),
    ("leaf", "a leaf Variable that requires grad is being used in an in-place"),
    ("out", r"functions with out=\.\.\. arguments don't support automatic differentiation"),
    ("without-grad", "does not require grad"),
    ("flags", "you can only change requires_grad flags of leaf variables"),
)
_PATTERNS = tuple((kind, re.compile(words)) for kind, words in _WORDS)


def kind_of(message: str) -> str | None:
    """The kind of fault that a message of PyTorch's is about, None where it is an ordinary error."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(message)), None)
