"""Arguments that a module may be built with, and inputs that it may take, tried out in turn."""

from __future__ import annotations

import inspect
import itertools
import typing
from collections.abc import Callable as AbstractCallable
from collections.abc import Iterator, Sequence
from typing import Any

import torch

Arguments = tuple[list[Any], dict[str, Any]]

_SIZES = (8, 4, 16, 2, 1, 3, 32, 64)
_MOST = 64
_BATCH = 2


def arguments(kind: type[torch.nn.Module]) -> Iterator[Arguments]:
    """Ways to build a class: its defaults, then values for what has none, by annotation and by trial."""
    try:
        parameters = list(inspect.signature(kind).parameters.values())
        hints = typing.get_type_hints(kind.__init__)
    except (TypeError, ValueError, NameError, AttributeError):
        hints = {}
        parameters = []
    needed = [
        each
        for each in parameters
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    choices = [list(_values(hints.get(each.name, each.annotation), each.name)) for each in needed]
    for values in itertools.islice(_diagonal(choices), _MOST):
        positional, keywords = [], {}
        for parameter, value in zip(needed, values, strict=True):
            if parameter.kind is parameter.KEYWORD_ONLY:
                keywords[parameter.name] = value
            else:
                positional.append(value)
        yield positional, keywords


def _diagonal(choices: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    """The same choice for all first (sizes that are equal fit together), then every combination."""
    for index in range(max(map(len, choices), default=1)):
        yield tuple(each[index % len(each)] for each in choices)
    if choices:
        yield from itertools.product(*choices)


def _values(annotation: Any, name: str) -> Iterator[Any]:
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if type(None) in inside:
        yield None
        annotation = next((each for each in inside if each is not type(None)), None)
        origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is bool:
        yield from (False, True)
    elif annotation is float:
        yield from (0.5, 0.1)
    elif annotation is str:
        yield "cpu" if "device" in name else "relu"
    elif annotation is torch.device:
        yield torch.device("cpu")
    elif annotation is torch.dtype:
        yield torch.float32
    elif annotation is torch.Tensor:
        yield torch.randn(_SIZES[0], _SIZES[0])
    elif isinstance(annotation, type) and issubclass(annotation, torch.nn.Module):
        yield from (torch.nn.Identity(), torch.nn.Linear(_SIZES[0], _SIZES[0]))
    elif annotation is AbstractCallable or origin is AbstractCallable:
        yield torch.relu
    elif annotation in (list, tuple, Sequence) or origin in (list, tuple, Sequence):
        yield from ([each, each] if annotation is list or origin is list else (each, each) for each in _SIZES)
    elif origin is typing.Literal:
        yield from inside
    else:
        if "device" in name:
            yield "cpu"
        yield from _SIZES


def given_inputs(text: str, module: torch.nn.Module) -> Iterator[list[torch.Tensor]]:
    """Inputs of the shapes in a text such as ``2x8,2x5:long``. Raises: SystemExit where it is none."""
    tensors = []
    for each in text.split(","):
        shape, _, dtype = each.strip().partition(":")
        try:
            sizes = [int(size) for size in shape.split("x")]
            kind = getattr(torch, dtype) if dtype else torch.float32
        except (ValueError, AttributeError) as error:
            raise SystemExit(
                f"torchlint: --input {text!r}: not shapes such as 2x3x32x32 or 2x5:long: {error}"
            ) from error
        tensors.append(torch.zeros(sizes, dtype=kind) if not kind.is_floating_point else torch.randn(sizes, dtype=kind))
    yield [each.to(_device_of(module)) for each in tensors]


def inputs(module: torch.nn.Module) -> Iterator[list[torch.Tensor]]:
    """Inputs that the first layers of a module suggest, as many as its ``forward`` needs."""
    try:
        parameters = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):
        return
    count = sum(each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD for each in parameters)
    device = _device_of(module)
    for make in _shapes(module):
        yield [make().to(device) for _ in range(count)]


def _device_of(module: torch.nn.Module) -> torch.device:
    return next((each.device for each in module.parameters()), torch.device("cpu"))


def _shapes(module: torch.nn.Module) -> Iterator[AbstractCallable[[], torch.Tensor]]:
    def floats(*sizes: int) -> AbstractCallable[[], torch.Tensor]:
        return lambda: torch.randn(_BATCH, *sizes)

    for layer in module.modules():
        if isinstance(layer, torch.nn.Linear):
            yield floats(layer.in_features)
            yield floats(5, layer.in_features)
        elif isinstance(layer, torch.nn.Embedding):
            yield lambda: torch.zeros(_BATCH, 5, dtype=torch.long)
        elif isinstance(layer, (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)):
            dims = {torch.nn.Conv1d: 1, torch.nn.Conv2d: 2, torch.nn.Conv3d: 3}
            count = next(number for kind, number in dims.items() if isinstance(layer, kind))
            yield floats(layer.in_channels, *[32] * count)
        elif isinstance(layer, torch.nn.RNNBase):
            yield floats(5, layer.input_size)
    own = [each for each in module.parameters(recurse=False) if each.dim()]
    values = [each for each in vars(module).values() if isinstance(each, torch.Tensor) and each.dim()]
    for each in (*own, *values):
        yield floats(each.shape[0])
        yield floats(each.shape[-1])
        yield floats(*each.shape)
    for size in _SIZES:
        yield floats(size)
        yield floats(3, size, size)
