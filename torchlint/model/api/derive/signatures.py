"""The parameters of PyTorch's functions and methods: by their schemas, or by inspection of what Python defines."""

from __future__ import annotations

import builtins
import inspect
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Parameter, Takes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from torchgen.model import Argument, NativeFunction

SPACES = {
    "torch": None,
    "torch.nn.functional": "nn",
    "torch.linalg": "linalg",
    "torch.fft": "fft",
    "torch.special": "special",
}
# Kernels of one back end that are visible in ``torch`` but that nobody calls there.
BACKEND_PREFIXES = ("cudnn_", "fbgemm_", "miopen_", "mkldnn_", "native_", "quantized_", "sym_", "choose_qparams")
# The methods of Tensor that are written in Python and compute tensors.
PYTHON_METHODS = frozenset("istft lu norm split stft unflatten unique unique_consecutive".split())


@dataclass(frozen=True)
class Overload:
    """One way of calling ``name``; ``schema`` is the overload's native name, empty for what is written in Python."""

    parameters: tuple[Parameter, ...]
    schema: str = ""
    is_list: bool = False


def native_functions() -> list[NativeFunction]:
    """What native_functions.yaml declares, as torchgen reads it."""
    import torchgen
    from torchgen.gen import parse_native_yaml

    folder = Path(torchgen.__file__).parent / "packaged" / "ATen" / "native"
    return list(parse_native_yaml(str(folder / "native_functions.yaml"), str(folder / "tags.yaml")).native_functions)


def native_overloads(functions: Iterable[NativeFunction]) -> dict[str, list[Overload]]:
    """The overloads of the native functions and methods, by public name."""
    from torchgen.model import SchemaKind, Variant

    found: dict[str, list[Overload]] = defaultdict(list)
    with_out = {str(each.func.name.name) for each in functions if each.func.kind() is SchemaKind.out}
    for each in functions:
        if each.func.kind() is SchemaKind.out or (each.func.kind() is SchemaKind.functional and _is_internal(each)):
            continue
        if any("Dimname" in str(one.type) for one in each.func.arguments.flat_all):
            continue
        is_list = any("[]" in str(one.type) for one in each.func.returns)
        name = str(each.func.name.name)
        if Variant.function in each.variants:
            has_out = name in with_out
            found[_function_name(each)].append(
                Overload(tuple(_native_parameters(each, "input", has_out)), str(each.func.name), is_list)
            )
        if Variant.method in each.variants:
            found[f"torch.Tensor.{name}"].append(
                Overload(tuple(_native_parameters(each, "self", False)), str(each.func.name), is_list)
            )
    return {name: sorted(each, key=_order) for name, each in found.items()}


def _is_internal(function: NativeFunction) -> bool:
    return "generated" in function.tags


def _function_name(function: NativeFunction) -> str:
    name = str(function.func.name.name)
    for space, module in SPACES.items():
        if module and function.python_module == module:
            return f"{space}.{name.removeprefix(module + '_') if module != 'nn' else name}"
    return f"torch.{name}"


def _order(overload: Overload) -> tuple[int, ...]:
    """Tensors before numbers, as PyTorch's own parser has it."""
    rank = {Takes.TENSOR: 0, Takes.TENSORS: 0, Takes.OTHER: 1, Takes.NUMBER: 2}
    return tuple(rank[each.takes] for each in overload.parameters if each.default is None)


def _native_parameters(function: NativeFunction, own: str, has_out: bool) -> Iterator[Parameter]:
    arguments = function.func.arguments
    self_argument = arguments.self_arg.argument if arguments.self_arg is not None else None
    positional = [*arguments.pre_self_positional, *([self_argument] if self_argument else [])]
    if own == "self":
        positional.reverse()
    positional += arguments.post_self_positional
    by_position = [own if each.name == "self" else each.name for each in positional]
    for name, each in zip(by_position, positional, strict=True):
        is_last_size = [*by_position[by_position[:1] == ["self"] :]] == [name]
        yield _native_parameter(each, name, False, is_last_size)
    for each in arguments.flat_kwarg_only:
        yield _native_parameter(each, each.name, True, False)
    if _takes_requires_grad(function):
        yield Parameter("requires_grad", Takes.OTHER, "False", True)
    if has_out:
        yield Parameter("out", Takes.TENSOR, "None", True)


def _takes_requires_grad(function: NativeFunction) -> bool:
    """As in torchgen: what has tensor options and no tensor argument, or makes a tensor like another one."""
    name = str(function.func.name.name)
    makes = name.startswith("new_") or name.endswith("_like")
    takes_tensors = any("Tensor" in str(each.type) for each in function.func.arguments.flat_non_out)
    return function.func.arguments.tensor_options is not None and (makes or not takes_tensors)


def _native_parameter(argument: Argument, name: str, keyword_only: bool, may_spread: bool) -> Parameter:
    kind = str(argument.type)
    if kind.startswith("Tensor"):
        takes = Takes.TENSORS if "[" in kind else Takes.TENSOR
    else:
        takes = Takes.NUMBER if kind.rstrip("?") in ("Scalar", "int", "float", "SymInt") else Takes.OTHER
    spreads = may_spread and kind in ("int[]", "SymInt[]")
    return Parameter(name, takes, _default(argument), keyword_only, spreads)


def _default(argument: Argument) -> str | None:
    words = {"Mean": "1", "contiguous_format": "torch.contiguous_format", "long": "torch.long"}
    return None if argument.default is None else words.get(argument.default, argument.default).replace(" ", "")


def python_overload(function: Callable[..., object]) -> Overload | None:
    """The parameters of a function that is written in Python."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    named = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
    returns = str(signature.return_annotation).lower()
    is_list = "list" in returns or "tuple[torch.tensor, ...]" in returns
    return Overload(tuple(map(_python_parameter, named)), "", is_list)


def _python_parameter(each: inspect.Parameter) -> Parameter:
    if each.kind is each.VAR_POSITIONAL:
        return Parameter(each.name, Takes.TENSORS if "tensor" in each.name else Takes.OTHER, "()", False, True)
    default = None if each.default is each.empty else source(each.default)
    return Parameter(each.name, _takes(each.name, each.annotation), default, each.kind is each.KEYWORD_ONLY)


def _takes(name: str, annotation: object) -> Takes:
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    if annotation is inspect.Parameter.empty:
        return Takes.TENSOR if name in ("input", "self", "tensor", "other", "a", "b", "x1", "x2") else Takes.OTHER
    text = text.replace("torch.", "")
    if "Callable" in text or name == "dtype":  # the one of softmax is annotated as a number
        return Takes.OTHER
    if "Tensor" in text and not text.startswith(("int", "float")):
        is_list = any(each in text.lower() for each in ("list[", "tuple[", "sequence[", "iterable["))
        return Takes.TENSORS if is_list else Takes.TENSOR
    numbers = ("int", "float", "Optional[int]", "Optional[float]", "Number")
    return Takes.NUMBER if text.partition(" | ")[0] in numbers else Takes.OTHER


def source(value: object) -> str:
    """The source text of a default, without spaces."""
    if isinstance(value, (bool, int, float, complex, str, type(None), tuple, list)):
        return repr(value).replace(" ", "")
    if isinstance(value, type):
        return value.__name__ if hasattr(builtins, value.__name__) else f"{value.__module__}.{value.__name__}"
    return str(value).replace(" ", "") if str(value).startswith("torch.") else "..."


def public_names() -> dict[str, Callable[..., object]]:
    """The public functions of the spaces and the methods of Tensor that have an entry, or should have one."""
    import torch
    import torch.nn.init

    found: dict[str, Callable[..., object]] = {}
    for space in (*SPACES, "torch.nn.init"):
        module = sys.modules[space]
        for name in dir(module):
            function = getattr(module, name)
            if name.startswith(("_", *BACKEND_PREFIXES)) or not _is_function(function, space):
                continue
            found[f"{space}.{name}"] = function
    for name in dir(torch.Tensor):
        method = getattr(torch.Tensor, name)
        own = not inspect.isfunction(method) or name in PYTHON_METHODS
        if not name.startswith("_") and callable(method) and own and not isinstance(method, type):
            found[f"torch.Tensor.{name}"] = method
    return found


def _is_function(value: object, space: str) -> bool:
    if isinstance(value, type) or not callable(value):
        return False
    home = getattr(value, "__module__", None) or "torch"
    if space in ("torch.nn.init", "torch.nn.functional") and home in ("typing", "warnings", "torch.overrides"):
        return False
    if inspect.isfunction(value) and space == "torch":
        return home == "torch.functional"
    return home.startswith("torch") and not (space == "torch" and home.startswith(("torch.nn", "torch.autograd")))
