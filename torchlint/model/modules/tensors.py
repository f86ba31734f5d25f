"""What PyTorch's tensor functions, factories and methods give back, as far as a module's state is concerned.

Source: the names are generated from torch (``model/api/torch_names.py``); what they do to dtype, dimensions and grad
is in the documentation of each and is shown by the rules' examples, which run.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import libcst as cst

from torchlint.model.api import torch_names
from torchlint.model.api.canonical import canonical
from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import named
from torchlint.model.modules.values import OTHER, UNKNOWN, Dims, DType, Grad, Kind, Value, computed
from torchlint.syntax.names import dotted

RANDOM = torch_names.RANDOM_FACTORIES
_CONSTANT_INITS = frozenset(f"torch.nn.init.{name}_" for name in ("constant", "zeros", "ones", "eye", "dirac"))
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
_STATE_OPTIONS = ("weight", "pos_weight", "affine", "track_running_stats", "elementwise_affine")
VIEW_ATTRIBUTES = torch_names.VIEW_PROPERTIES
VIEW_METHODS = torch_names.VIEW_METHODS | torch_names.MAYBE_VIEW_METHODS | {"clone", "repeat", "expand"}
DTYPE_METHODS = torch_names.DTYPE_METHODS
HOST_METHODS = torch_names.HOST_METHODS
MODULE_SELF_METHODS = frozenset(
    {"to", "cuda", "cpu", "half", "float", "double", "bfloat16", "train", "eval", "requires_grad_", "apply", "type"}
)
MOVING_METHODS = frozenset({"to", "cuda", "cpu", "type_as", "new_tensor"})
SAME_TENSOR_METHODS = frozenset({"share_memory_", "rename_"})
_LITERAL_FACTORIES = frozenset({"tensor", "as_tensor", "asarray", "scalar_tensor"})
_SOMETIMES_ITSELF = frozenset({"to", "cuda", "type", "type_as"})
_USUALLY_ITSELF = frozenset({"float", "cpu", "contiguous"})
_OPERATORS: dict[type[cst.BaseBinaryOp], str] = {
    cst.Multiply: "mul",
    cst.Divide: "div",
    cst.Power: "pow",
    cst.MatrixMultiply: "matmul",
}
_RANDOM_INPLACE = frozenset(
    {"normal_", "uniform_", "random_", "bernoulli_", "exponential_", "cauchy_", "geometric_", "log_normal_"}
)
_DELICATE = frozenset({"sin", "cos", "polar", "view_as_complex", "complex"})
_COMPLEX = frozenset({"polar", "view_as_complex", "complex", "fft", "rfft", "fft2", "rfft2", "fftn", "rfftn", "stft"})
_TO_INT = frozenset({"long", "int", "short", "argmax", "argmin", "argsort", "nonzero", "bincount", "searchsorted"})
_TO_BOOL = frozenset(
    {
        "bool",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "isnan",
        "isinf",
        "isfinite",
        "logical_not",
        "logical_and",
        "logical_or",
    }
)
_TO_FLOAT = frozenset({"float", "double", "half", "bfloat16"})
_INT_FACTORIES = frozenset({"randint", "randint_like", "randperm", "tril_indices", "triu_indices"})
_SHAPED = frozenset({"view", "reshape", "unsqueeze", "expand", "repeat", "flatten", "tile", "repeat_interleave"})
_REDUCING = frozenset({"sum", "mean", "prod", "max", "min", "norm", "std", "var", "amax", "amin", "all", "any"})
_SIZED = frozenset({"zeros", "ones", "empty", "rand", "randn", "view", "reshape", "expand", "repeat"})
_SAME_RANK = frozenset(
    "to cuda cpu float double half bfloat16 long int bool clone contiguous detach t transpose permute flip roll triu "
    "tril exp log sqrt rsqrt sin cos tanh sigmoid abs neg pow clamp cumsum cumprod mul add sub div softmax".split()
)
"""Operations whose result has as many dimensions as the tensor."""
_DTYPES = {
    "bool": DType.BOOL,
    **dict.fromkeys(("long", "int", "int8", "int16", "int32", "int64", "uint8", "short"), DType.INT),
    **dict.fromkeys(("float", "float16", "float32", "float64", "half", "double", "bfloat16"), DType.FLOAT),
    **dict.fromkeys(("complex64", "complex128", "cfloat", "cdouble"), DType.COMPLEX),
}


def meaning(qualified: str | None) -> str | None:
    """The public dotted name of something of PyTorch's; other names stay as they are."""
    return canonical(qualified) if qualified is not None else None


def star_imported(name: str, stars: tuple[str, ...]) -> str | None:
    """What a name that nothing binds means after ``from torch import *`` and the like."""
    for star in stars:
        qualified = canonical(f"{star}.{name}")
        if qualified in FACTORIES or qualified in FUNCTIONS or qualified in MODULES:
            return qualified
    return None


def is_legacy_constructor(qualified: str) -> bool:
    """Whether a name is ``torch.Tensor``, ``torch.LongTensor``, ``torch.cuda.FloatTensor`` and so on."""
    return qualified.endswith("Tensor") and qualified.count(".") <= 2 and not qualified.startswith("torch.nn")


def keyword(node: cst.Call, name: str) -> str | None:
    """The text of a keyword argument that is a name, attribute or text, "" for another, None where it is absent."""
    for each in node.args:
        if each.keyword is not None and each.keyword.value == name:
            return each.value.value if isinstance(each.value, cst.SimpleString) else dotted(each.value) or ""
    return None


def made(node: cst.Call, qualified: str, arguments: tuple[Value, ...]) -> Value:
    """The tensor that a factory makes."""
    name = qualified.rpartition(".")[2]
    requires_grad = keyword(node, "requires_grad")
    device = keyword(node, "device")
    literal = name in _LITERAL_FACTORIES or name.endswith("Tensor")
    dims, dtype = _literal(node.args[0].value, arguments[0]) if literal and node.args else _shape(node, name)
    return Value(
        Kind.TENSOR,
        node,
        dims=dims,
        rank=_nesting(node.args[0].value) if literal and node.args else _sizes(node) if dims is Dims.SOME else 0,
        dtype=_dtype(keyword(node, "dtype")) or dtype,
        grad=Grad.LEAF if requires_grad == "True" else Grad.NO if requires_grad in (None, "False") else Grad.UNKNOWN,
        random=qualified in RANDOM,
        placed=device not in (None, "None")
        or qualified.startswith("torch.cuda.")
        or any(each.placed for each in arguments if each.is_tensor),
        device=(device or "").strip("'\""),
    )


def initialised(value: Value, qualified: str) -> Value:
    """What ``torch.nn.init.normal_(value)`` gives: the tensor itself, with other content."""
    return replace(value, random=value.random or qualified not in _CONSTANT_INITS)


def wrapped(node: cst.Call, value: Value) -> Value:
    """What ``Variable(value, requires_grad=...)`` gives: the tensor itself."""
    if not value.is_tensor or keyword(node, "requires_grad") is None:
        return value
    return replace(value, grad=Grad.LEAF if keyword(node, "requires_grad") == "True" else Grad.UNKNOWN)


def _shape(node: cst.Call, name: str) -> tuple[Dims, DType]:
    """Dimensions and dtype of a factory that is given sizes or bounds."""
    dtype = DType.INT if name in _INT_FACTORIES else DType.FLOAT
    if name in ("arange", "range"):
        numbers = [each.value for each in node.args if each.keyword is None]
        dtype = DType.FLOAT if any(isinstance(each, cst.Float) for each in numbers) else DType.INT
    if name == "full":
        dtype = DType.UNKNOWN
    first = node.args[0].value if node.args else None
    empty = isinstance(first, (cst.Tuple, cst.List)) and not first.elements
    return (Dims.NONE if empty else Dims.SOME), dtype


def _sizes(node: cst.Call) -> int:
    """How many sizes a call is given at least: ``zeros(2, 3)``, ``zeros((2, 3))``; of bounds there are more."""
    given = [each for each in node.args if each.keyword is None and not each.star]
    name = (dotted(node.func) or "").rpartition(".")[2]
    if not given or name not in _SIZED:
        return 0
    first = given[0].value
    return len(first.elements) if isinstance(first, (cst.Tuple, cst.List)) else len(given)


def _nesting(node: cst.BaseExpression) -> int:
    """How deep the lists are that are written out in ``torch.tensor([[...], ...])``."""
    if isinstance(node, (cst.List, cst.Tuple)) and node.elements:
        return 1 + min(_nesting(each.value) for each in node.elements)
    return 1 + _nesting(node.elt) if isinstance(node, cst.ListComp) else 0


def _literal(node: cst.BaseExpression, value: Value) -> tuple[Dims, DType]:
    """Dimensions and dtype of ``torch.tensor(...)`` of an expression."""
    match node:
        case cst.UnaryOperation(expression=inner):
            return _literal(inner, value)
        case cst.Integer():
            return Dims.NONE, DType.INT
        case cst.Float():
            return Dims.NONE, DType.FLOAT
        case cst.Name(value="True" | "False"):
            return Dims.NONE, DType.BOOL
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            kinds = {_literal(each.value, UNKNOWN)[1] for each in elements}
            return Dims.SOME, max(
                kinds, key=lambda each: each.value
            ) if kinds and DType.UNKNOWN not in kinds else DType.UNKNOWN
        case cst.ListComp():
            return Dims.SOME, DType.UNKNOWN
        case cst.BinaryOperation(left=left, right=right):
            sides = (_literal(left, UNKNOWN), _literal(right, UNKNOWN))
            return (Dims.NONE if all(side[0] is Dims.NONE for side in sides) else value.dims), DType.UNKNOWN
        case cst.Call(func=cst.Name(value="int" | "float" | "bool" | "len" | "round")):
            return Dims.NONE, DType.UNKNOWN
    if value.kind is Kind.CONTAINER:
        return Dims.SOME, DType.UNKNOWN
    return value.dims, value.dtype


def _dtype(name: str | None) -> DType | None:
    return _DTYPES.get(name.rpartition(".")[2], DType.UNKNOWN) if name is not None else None


def applied(node: cst.Call, name: str, arguments: tuple[Value, ...], grad_enabled: bool) -> Value:
    """The tensor that a function of tensors gives; little is known of it where no argument certainly is a tensor."""
    if _gives_several(node, name, first=1):
        return UNKNOWN
    held = [element for element in arguments if element.is_tensor]
    result = computed(tuple(held), node, keeps=_keeps(name))
    if not result.is_tensor:
        if any(each.kind is Kind.CONTAINER for each in arguments) or name in _COMPLEX:
            result = Value(Kind.TENSOR, node, dims=Dims.SOME)
        else:
            return Value(Kind.TENSOR, node)
    return _typed(result, node, name, grad_enabled)


def _gives_several(node: cst.Call, name: str, first: int) -> bool:
    """Whether an operation gives a tuple, whose tensors nobody follows; ``first`` is where its own arguments begin."""
    several = [each.gives_several for each in named(name)]
    return any(several) and (all(several) or len(node.args) > first)  # some only where they are given a dimension


@cache
def _keeps(name: str) -> bool:
    """Whether an operation by its last name certainly keeps something for its backward, so that there is only one."""
    known = named(name)
    return bool(known) and all(each.keeps is Answer.YES and not each.keeps_when for each in known)


def keeps_operands(node: cst.BinaryOperation) -> bool:
    """Whether an operator certainly keeps something for its backward."""
    return _keeps(_OPERATORS.get(type(node.operator), ""))


def method_result(
    node: cst.Call, name: str, receiver: Value, arguments: tuple[Value, ...], grad_enabled: bool
) -> Value:
    """The result of a method of a tensor or parameter."""
    if name in torch_names.HOST_METHODS:
        return OTHER
    if _gives_several(node, name, first=0):
        return UNKNOWN
    if name == "requires_grad_":
        frozen = bool(node.args) and isinstance(node.args[0].value, cst.Name) and node.args[0].value.value == "False"
        return replace(receiver, grad=Grad.NO if frozen else Grad.LEAF)
    if name in SAME_TENSOR_METHODS or (name in _USUALLY_ITSELF and receiver.kind is not Kind.TENSOR):
        return receiver
    if receiver.device and receiver.device == _destination(node, name):
        return receiver
    if name.endswith("_"):
        return replace(receiver, random=receiver.random or name in _RANDOM_INPLACE)
    result = computed((receiver, *(each for each in arguments if each.is_tensor)), node, keeps=_keeps(name))
    if name == "detach":
        result = replace(result, grad=Grad.NO)
    if receiver.kind is Kind.TENSOR and name in _SOMETIMES_ITSELF | _USUALLY_ITSELF:
        result = replace(result, grad=receiver.grad)
    result = replace(result, copied=name not in _SOMETIMES_ITSELF)
    return _typed(result, node, name, grad_enabled)


def _typed(value: Value, node: cst.Call, name: str, grad_enabled: bool) -> Value:
    """A result with what its operation says of dtype, dimensions, device and grad."""
    if not grad_enabled:
        value = replace(value, grad=Grad.NO)
    value = replace(value, rank=_rank(value, node, name))
    if name in _DELICATE or name in _COMPLEX:
        value = replace(value, delicate=True)
    if name in _COMPLEX:
        return replace(value, dtype=DType.COMPLEX)
    if name in _TO_BOOL or name in _TO_INT:
        return replace(value, dtype=DType.BOOL if name in _TO_BOOL else DType.INT, grad=Grad.NO)
    if name in _TO_FLOAT:
        return replace(value, dtype=DType.FLOAT)
    if name in _SHAPED:
        return replace(value, dims=Dims.SOME)
    if name in _REDUCING and not node.args:
        return replace(value, dims=Dims.NONE)
    if name in MOVING_METHODS:
        return replace(_moved(value, node), device=_destination(node, name))
    return value


def _rank(value: Value, node: cst.Call, name: str) -> int:
    """How many dimensions the result of an operation has at least; ``value`` has those of the operands."""
    if name == "unsqueeze":
        return value.least_dims + 1
    return value.rank if name in _SAME_RANK else _sizes(node) if name in _SIZED else 0


def _destination(node: cst.Call, name: str) -> str:
    """Where a call of ``to``, ``cuda`` or ``cpu`` with nothing but a device brings a tensor, as written there."""
    if name in ("cuda", "cpu"):
        return "" if node.args else name
    if name != "to" or len(node.args) != 1 or node.args[0].star:
        return ""
    (argument,) = node.args
    if argument.keyword is not None and argument.keyword.value != "device":
        return ""
    text = argument.value.value if isinstance(argument.value, cst.SimpleString) else dotted(argument.value) or ""
    return "" if _dtype(text) not in (None, DType.UNKNOWN) else text.strip("'\"")


def keeps_device(node: cst.Call) -> bool:
    """Whether a call of ``to`` is given nothing but a dtype."""
    if len(node.args) != 1 or node.args[0].star:
        return False
    (given,) = node.args
    name = dotted(given.value) or ""
    is_dtype = _dtype(name) not in (None, DType.UNKNOWN) or name.endswith(".dtype")
    return is_dtype if given.keyword is None else given.keyword.value == "dtype"


def _moved(value: Value, node: cst.Call) -> Value:
    """The result of ``to``, ``cuda`` and so on; ``to`` with a dtype alone stays where it is."""
    first = dotted(node.args[0].value) if node.args else None
    dtype = _dtype(keyword(node, "dtype") or first) if (keyword(node, "dtype") or first) else None
    if dtype not in (None, DType.UNKNOWN):
        moved = len(node.args) > 1
        return replace(value, dtype=dtype or DType.UNKNOWN, placed=value.placed or moved)
    return replace(value, placed=True)


def module(node: cst.Call, qualified: str) -> Value:
    """An instance of a module of PyTorch's."""
    stateful: bool | None = qualified in torch_names.STATEFUL_MODULES or None
    if qualified in torch_names.STATELESS_MODULES | torch_names.MODE_MODULES or _has_no_option(node, qualified):
        stateful = False
    return Value(
        Kind.MODULE, node, qualified=qualified, stateful=stateful, has_mode=qualified in torch_names.MODE_MODULES
    )


def _has_no_option(node: cst.Call, qualified: str) -> bool:
    """Whether a module that only an option gives state, such as a loss with class weights, is made without one."""
    plain = all(each.keyword is not None and each.keyword.value not in _STATE_OPTIONS for each in node.args)
    return qualified in torch_names.OPTIONAL_STATE_MODULES and plain
