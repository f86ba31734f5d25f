"""Arguments to run an operation with: torch's own test data, the same under other names, and made from a signature."""

from __future__ import annotations

import itertools
import sys
import types
import unittest
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Parameter, Takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import torch
    from torch.testing._internal.opinfo.core import OpInfo, SampleInput

    from torchlint.model.api.derive.examples import Arguments

MOST = 120
# torch's own test data calls these through functions with other parameters.
OTHER_CONVENTIONS = frozenset(
    "nn.functional.embedding nn.functional.embedding_bag einsum polygamma special.polygamma where to".split()
)


def stand_in_for_expecttest() -> None:
    """torch's test data derives from a class of expecttest, which is not needed to read the data."""
    try:
        import expecttest  # noqa: F401
    except ImportError:
        stand_in = types.ModuleType("expecttest")
        stand_in.TestCase = unittest.TestCase  # type: ignore[attr-defined]
        sys.modules["expecttest"] = stand_in


class Pool:
    """The samples of ``op_db``, by public name and by the last part of it."""

    def __init__(self) -> None:
        from torch.testing._internal.common_methods_invocations import op_db

        self._operators: dict[str, list[OpInfo]] = defaultdict(list)
        for each in op_db:
            for name in (each.name, *(alias.name for alias in each.aliases)):
                if name.startswith(("_refs", "ops.", "masked.")) or name in OTHER_CONVENTIONS:
                    continue
                self._operators[name].append(each)
        self._known: dict[int, list[Arguments]] = {}

    def about(self, name: str) -> list[Arguments]:
        """The samples of a public name: its own, or else those of what has the same name elsewhere."""
        inner = name.removeprefix("torch.").removeprefix("Tensor.")
        bare = inner.rpartition(".")[2]
        plain = bare.rstrip("_")
        spaces = ("", "nn.functional.", "linalg.", "special.", "fft.")
        for candidates in ([inner], [f"{space}{each}" for each in (bare, plain) for space in spaces]):
            found = [
                sample
                for candidate in candidates
                for operator in self._operators.get(candidate, ())
                for sample in self._samples(operator)
            ]
            if found:
                return found
        return []

    def _samples(self, operator: OpInfo) -> list[Arguments]:
        import torch

        key = id(operator)
        if key not in self._known:
            torch.default_generator.manual_seed(0)
            dtypes = operator.supported_dtypes("cpu")
            wanted = (torch.float32, torch.complex64, torch.int64, torch.bool)
            dtype = next((each for each in wanted if each in dtypes), None)
            made = operator.sample_inputs_func(operator, "cpu", dtype, False) if dtype is not None else iter(())
            self._known[key] = [_arguments(each) for each in islice(made, MOST) if _is_usual(each)]
        return self._known[key]


def spread(samples: Sequence[Arguments], count: int) -> list[Arguments]:
    """At most ``count`` of the samples, evenly spread over them, in an order in which the first few are spread too."""
    step = max(1, len(samples) // count)
    chosen = samples[::step][:count]
    return [each for start in range(4) for each in chosen[start::4]]


def _arguments(sample: SampleInput) -> Arguments:
    return (sample.input, *sample.args), dict(sample.kwargs)


def _is_usual(sample: SampleInput) -> bool:
    """Neither empty tensors, from which nothing flows, nor sparse and nested ones."""
    import torch

    return all(
        each.numel() > 0 and each.layout is torch.strided and not each.is_nested
        for each in tensors([sample.input, list(sample.args), sample.kwargs])
    )


def tensors(value: object) -> Iterator[torch.Tensor]:
    import torch

    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from tensors(each)
    elif isinstance(value, dict):
        yield from tensors(list(value.values()))


SHAPES: tuple[tuple[int, ...], ...] = ((3, 3), (2, 3, 4), (4,), (2, 4, 4, 4), ())
NUMBERS: tuple[object, ...] = (2.0, 1, 0, 0.5)
OTHERS: dict[str, tuple[object, ...]] = {
    "dim": (0, (0,), -1),
    "dims": ((0,), (1, 0)),
    "size": ((3, 3), (9,), (2, 3, 4)),
    "shape": ((3, 3), (9,)),
    "dtype": ("dtype",),
    "kernel_size": (2,),
    "output_size": (2, (2, 2)),
    "repeats": ((2, 2),),
    "padding": (1, (1, 1)),
    "generator": (None,),
    "rounding_mode": ("floor",),
}


def made_up(parameters: Sequence[Parameter]) -> Iterator[Arguments]:
    """Arguments made from the parameters alone; most will be refused."""
    import torch

    required = [each for each in parameters if each.default is None]
    for shape, number, last in itertools.product(SHAPES, NUMBERS, (0, 1, 2)):
        torch.default_generator.manual_seed(0)
        args: list[object] = []
        kwargs: dict[str, object] = {}
        for each in required:
            value = _value(each, shape, number, last)
            if each.keyword_only:
                kwargs[each.name] = value
            else:
                args.append(value)
        yield tuple(args), kwargs


def _value(parameter: Parameter, shape: tuple[int, ...], number: object, choice: int) -> object:
    import torch

    name = parameter.name
    if parameter.takes is Takes.TENSOR:
        if "mask" in name or name == "condition":
            return torch.ones(shape, dtype=torch.bool)
        if name in ("index", "indices", "offsets", "target", "repeats"):
            return torch.zeros(shape, dtype=torch.int64)
        return torch.rand(shape) + 0.5
    if parameter.takes is Takes.TENSORS:
        return [torch.rand(shape) + 0.5, torch.rand(shape) + 0.5]
    if parameter.takes is Takes.NUMBER:
        return 0 if name.startswith("dim") else number
    options = OTHERS.get(name, (False, (1,), 1))
    value = options[choice % len(options)]
    return torch.float32 if value == "dtype" else value


def relaid(arguments: Arguments) -> Arguments | None:
    """The same values laid out column by column, or nothing where no tensor has columns."""
    args, kwargs = arguments
    if not any(each.dim() > 1 for each in tensors([args, kwargs])):
        return None
    return tuple(map(_relaid, args)), {name: _relaid(each) for name, each in kwargs.items()}


def _relaid(value: object) -> object:
    import torch

    if isinstance(value, torch.Tensor):
        return value.transpose(0, -1).contiguous().transpose(0, -1) if value.dim() > 1 else value
    if isinstance(value, list):
        return [_relaid(each) for each in value]
    return value


def toggled(
    arguments: Arguments, parameters: Sequence[Parameter], wanted: Mapping[str, Sequence[object]]
) -> Iterator[Arguments]:
    """The arguments with each option of ``wanted`` that there is at each of its values."""
    args, kwargs = arguments
    positions = {each.name: at for at, each in enumerate(parameters) if not each.keyword_only}
    options = [name for name in wanted if any(each.name == name for each in parameters)]
    if not options:
        yield arguments
        return
    for values in itertools.product(*(wanted[name] for name in options)):
        new_args, new_kwargs = list(args), dict(kwargs)
        for name, value in zip(options, values, strict=True):
            at = positions.get(name)
            if at is not None and at < len(new_args):
                new_args[at] = value
            else:
                new_kwargs[name] = value
        yield tuple(new_args), new_kwargs
