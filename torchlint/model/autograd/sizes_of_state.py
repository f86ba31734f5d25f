"""The sizes of the parameters and buffers that layers are built with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.sizes import Sizes

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Mapping

    from torchlint.model.autograd.sizes import Size

_OF_CHANNELS = ("weight", "bias", "running_mean", "running_var")


def sizes_of_state(name: str, arguments: Mapping[str, object], at: ast.AST) -> Mapping[str, Sizes]:
    """The sizes of what a layer of a name has, by what it is built with."""
    return {key: Sizes(last, True, at) for key, last in _state(name, arguments)}


def _state(name: str, arguments: Mapping[str, object]) -> Iterator[tuple[str, tuple[Size, ...]]]:
    if name == "Linear":
        outputs = _number(arguments, "out_features")
        yield "weight", (outputs, _number(arguments, "in_features"))
        yield "bias", (outputs,)
    elif name == "Embedding":
        yield "weight", (_number(arguments, "num_embeddings"), _number(arguments, "embedding_dim"))
    elif name.startswith(("BatchNorm", "InstanceNorm")):
        channels = _number(arguments, "num_features")
        yield from ((key, (channels,)) for key in _OF_CHANNELS)
    elif name == "GroupNorm":
        channels = _number(arguments, "num_channels")
        yield from ((key, (channels,)) for key in _OF_CHANNELS[:2])
    elif name.startswith("Conv") and name[-2].isdigit():
        yield from _of_convolution(name, arguments)


def _of_convolution(name: str, arguments: Mapping[str, object]) -> Iterator[tuple[str, tuple[Size, ...]]]:
    count, groups = int(name[-2]), _number(arguments, "groups", 1)
    inputs, outputs = _number(arguments, "in_channels"), _number(arguments, "out_channels")
    kernel = arguments.get("kernel_size")
    window = kernel if isinstance(kernel, (list, tuple)) and len(kernel) == count else (kernel,) * count
    spatial = (each if isinstance(each, int) else None for each in window)
    if "Transpose" in name:
        yield "weight", (inputs, _share(outputs, groups), *spatial)
    else:
        yield "weight", (outputs, _share(inputs, groups), *spatial)
    yield "bias", (outputs,)


def _number(arguments: Mapping[str, object], name: str, default: int | None = None) -> int | None:
    value = arguments.get(name, default)
    return value if isinstance(value, int) else None


def _share(whole: int | None, parts: int | None) -> int | None:
    return whole // parts if whole is not None and parts else None
