"""What things of PyTorch's are called that make tensors, or give other views of them.

Source: the names are generated from torch (``model/api/torch_names.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api import torch_names
from torchlint.model.api.canonical import canonical
from torchlint.syntax.names import dotted

if TYPE_CHECKING:
    import libcst as cst

RANDOM = torch_names.RANDOM_FACTORIES
FACTORIES = torch_names.TENSOR_FACTORIES | RANDOM
FUNCTIONS = torch_names.TENSOR_FUNCTIONS
MODULES = (
    torch_names.STATEFUL_MODULES
    | torch_names.OPTIONAL_STATE_MODULES
    | torch_names.MODE_MODULES
    | torch_names.STATELESS_MODULES
    | torch_names.CONTAINER_MODULES
    | torch_names.PARAMETER_CONTAINERS
)
PARAMETERS = frozenset({"torch.nn.Parameter", "torch.nn.UninitializedParameter"})
BUFFERS = frozenset({"torch.nn.Buffer", "torch.nn.UninitializedBuffer"})
VIEW_ATTRIBUTES = torch_names.VIEW_PROPERTIES
VIEW_METHODS = torch_names.VIEW_METHODS | torch_names.MAYBE_VIEW_METHODS | {"clone", "repeat", "expand"}
DTYPE_METHODS = torch_names.DTYPE_METHODS
HOST_METHODS = torch_names.HOST_METHODS
MOVING_METHODS = frozenset({"to", "cuda", "cpu", "type_as", "new_tensor"})
WHOLE_DTYPES = frozenset("bool long int int8 int16 int32 int64 uint8 uint16 uint32 uint64 short".split())
DTYPES = WHOLE_DTYPES | frozenset(
    "float float16 float32 float64 half double bfloat16 complex64 complex128 cfloat cdouble".split()
)


def meaning(qualified: str | None) -> str | None:
    """The public dotted name of something of PyTorch's; other names stay as they are."""
    return canonical(qualified) if qualified is not None else None


def is_legacy_constructor(qualified: str) -> bool:
    """Whether a name is ``torch.Tensor``, ``torch.LongTensor``, ``torch.cuda.FloatTensor`` and so on."""
    return qualified.endswith("Tensor") and qualified.count(".") <= 2 and not qualified.startswith("torch.nn")


def keeps_device(node: cst.Call) -> bool:
    """Whether a call of ``to`` is given nothing but a dtype."""
    if len(node.args) != 1 or node.args[0].star:
        return False
    (given,) = node.args
    name = dotted(given.value) or ""
    is_dtype = name.rpartition(".")[2] in DTYPES or name.endswith(".dtype")
    return is_dtype if given.keyword is None else given.keyword.value == "dtype"
