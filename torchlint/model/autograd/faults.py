"""What went wrong in a program, as facts: which rule says so, and how sure, is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from torchlint.model.autograd.tensor import ViewKind

if TYPE_CHECKING:
    import ast

    from torchlint.model.autograd.tensor import Change, Cut, Name, Saved, Tensor


class Kind(Enum):
    """What PyTorch does. RAISES at the statement: LEAF, VIEW, OUT, INFERENCE, FLAG, and what is refused where
    there is a graph: NUMPY, COPIED, OPTIMIZED. At a backward: SAVED, TWICE, NO_GRAD. UNKEPT warns: the gradient of a
    result. STALE is the silent twin of SAVED: the content changed, the version did not. REWRAPPED: a backward that
    reaches nothing but a leaf made of a cut-off value. IDLE: a step whose parameters no backward came to, UNFED: some
    of whose parameters none came to, as their graph was left or never recorded. TERM: a constant as a
    term of a loss, though it was computed from what is trained. ASTRAY: a term that comes to none of what the step
    after it trains, as its graph was left, UNTRAINED: a network that gets gradients and has no optimizer. GROWING: a
    graph of an earlier iteration to which each adds its own, for no backward."""

    LEAF = "leaf"
    VIEW = "view"
    OUT = "out"
    INFERENCE = "inference"
    FLAG = "flag"
    SAVED = "saved"
    TWICE = "twice"
    NO_GRAD = "no-grad"
    STALE = "stale"
    REWRAPPED = "rewrapped"
    DATA = "data"
    ALIAS = "alias"
    ALIASED = "aliased"
    RETAINED = "retained"
    CREATED = "created"
    NUMPY = "numpy"
    COPIED = "copied"
    OPTIMIZED = "optimized"
    UNKEPT = "unkept"
    IDLE = "idle"
    UNFED = "unfed"
    TERM = "term"
    ASTRAY = "astray"
    UNTRAINED = "untrained"
    GROWING = "growing"


MODIFIED = "one of the variables needed for gradient computation has been modified by an inplace operation"
TWICE = "Trying to backward through the graph a second time"
LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
LEAF_VIEW = "a view of a leaf Variable that requires grad is being used in an in-place operation."
MULTI_VIEW = "Output 0 of {} is a view and is being modified inplace."
MODE_VIEWS = {
    ViewKind.NO_GRAD: "A view was created in no_grad mode and is being modified inplace with grad mode enabled.",
    ViewKind.INFERENCE: "A view was created in inference mode and is being modified inplace in normal mode.",
}
EXPANDED = "unsupported operation: more than one element of the written-to tensor refers to a single memory location."
OUT = (
    "functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
)
WITHOUT_GRAD = "element {} of tensors does not require grad and does not have a grad_fn"
NUMBER_WITHOUT_GRAD = "'float' object has no attribute 'backward'"
NUMPY = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
DEEPCOPY = "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment."
NOT_A_LEAF = "can't optimize a non-leaf Tensor"
NOT_KEPT = "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed."
INPUT_WITHOUT_GRAD = "One of the differentiated Tensors does not require grad"
INFERENCE_SAVED = "Inference tensors cannot be saved for backward."
INFERENCE_FLAG = "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
INFERENCE_CHANGED = "Inplace update to inference tensor outside InferenceMode is not allowed."
NON_LEAF_FLAG = "you can only change requires_grad flags of leaf variables."


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in one path.

    ``at`` is where the user must change something, ``surfaces`` where PyTorch raises or computes something else.
    ``message`` is PyTorch's own, empty where it says nothing. ``name`` is the tensor as written, ``operation`` what was
    done to it. ``saved`` and ``change`` tell who kept it and what ruined it, ``backward`` the one that freed the
    graph, or the last one before a step that finds no gradient, ``tensor`` what may not be changed or is frozen,
    ``mixed`` that what is written into it may require grad, ``cut`` where the graph ended, ``source`` whose alias it
    is, ``carried`` that the graph came from an earlier iteration, ``is_first`` that nothing was computed from a
    parameter before it was changed. ``assumed`` names what had to be assumed (None: nothing). ``entered`` is the call
    of the file that is linted under which it came up in another file.
    """

    kind: Kind
    at: ast.AST
    surfaces: ast.AST | None
    message: str
    name: Name = ""
    operation: str = ""
    saved: Saved | None = None
    change: Change | None = None
    tensor: Tensor | None = None
    mixed: bool = False
    backward: ast.AST | None = None
    node_at: ast.AST | None = None
    node_operation: str = ""
    made: ast.AST | None = None
    cut: Cut | None = None
    source: Name = ""
    carried: bool = False
    is_first: bool = False
    assumed: str | None = None
    entered: ast.AST | None = None


class Raised(Exception):
    """The program raised: what follows in this path is its handler, or nothing. ``kind`` is the class or instance that
    a ``raise`` names, None for an error of PyTorch's."""

    def __init__(self, kind: object = None) -> None:
        super().__init__()
        self.kind = kind
