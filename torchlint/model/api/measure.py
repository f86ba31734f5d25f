"""How ``generate.py`` measures PyTorch: operator schemas, and runs of the samples in torch's own test data.

A development tool, never imported by the linter; torch is imported only when a function runs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import types
    from collections.abc import Callable, Iterable, Iterator

    import torch
    from torch.testing._internal.opinfo.core import SampleInput


FUNCTION_SPACES = {
    "torch": "",
    "torch.nn.functional": "",
    "torch.linalg": "linalg_",
    "torch.fft": "fft_",
    "torch.special": "special_",
}
# How to build the modules that torch's own module_db has no samples of, or only ones with every option set.
CONSTRUCTORS: dict[str, Callable[[types.ModuleType], object]] = {
    "AdaptiveLogSoftmaxWithLoss": lambda nn: nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10]),
    "ChannelShuffle": lambda nn: nn.ChannelShuffle(2),
    "CrossMapLRN2d": lambda nn: nn.CrossMapLRN2d(3),
    "DataParallel": lambda nn: nn.DataParallel(nn.Linear(2, 2)),
    "EmbeddingBag": lambda nn: nn.EmbeddingBag(4, 3),
    "FractionalMaxPool2d": lambda nn: nn.FractionalMaxPool2d(2, output_size=2),
    "FractionalMaxPool3d": lambda nn: nn.FractionalMaxPool3d(2, output_size=2),
    "Fold": lambda nn: nn.Fold(4, 2),
    "LazyLinear": lambda nn: nn.LazyLinear(3),
    "MaxUnpool1d": lambda nn: nn.MaxUnpool1d(2),
    "MaxUnpool2d": lambda nn: nn.MaxUnpool2d(2),
    "MaxUnpool3d": lambda nn: nn.MaxUnpool3d(2),
    "PixelShuffle": lambda nn: nn.PixelShuffle(2),
    "PixelUnshuffle": lambda nn: nn.PixelUnshuffle(2),
    "RNNBase": lambda nn: nn.RNNBase("LSTM", 3, 4),
    "RNNCellBase": lambda nn: nn.RNNCellBase(3, 4, True, 1),
    "SyncBatchNorm": lambda nn: nn.SyncBatchNorm(3),
    "TransformerDecoder": lambda nn: nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2), 1),
    "Unflatten": lambda nn: nn.Unflatten(1, (2, 2)),
    "Unfold": lambda nn: nn.Unfold(2),
    "Upsample": lambda nn: nn.Upsample(scale_factor=2),
    "UpsamplingBilinear2d": lambda nn: nn.UpsamplingBilinear2d(scale_factor=2),
    "UpsamplingNearest2d": lambda nn: nn.UpsamplingNearest2d(scale_factor=2),
}


class Operators:
    """The schemas that torch registers for ``aten``, by name."""

    def __init__(self) -> None:
        import torch

        self._schemas: dict[str, list[torch.FunctionSchema]] = defaultdict(list)
        dispatched = set(torch._C._dispatch_get_all_op_names())  # the others are TorchScript's, for lists and strings
        for schema in torch._C._jit_get_all_schemas():
            space, _, name = schema.name.partition("::")
            overload = f"{schema.name}.{schema.overload_name}" if schema.overload_name else schema.name
            if space == "aten" and overload in dispatched and not _is_out(schema):
                self._schemas[name].append(schema)

    def on_tensors(self, name: str, first: bool = False) -> list[torch.FunctionSchema]:
        """The overloads of ``name`` that take a tensor; with ``first``, as their first argument."""
        return [
            schema
            for schema in self._schemas.get(name, ())
            if any("Tensor" in str(each.type) for each in schema.arguments[: 1 if first else None])
        ]

    def from_nothing(self, name: str) -> bool:
        """Whether some overload of ``name`` makes a tensor out of no tensor."""
        return any(
            str(schema.returns[0].type) == "Tensor" and not any("Tensor" in str(each.type) for each in schema.arguments)
            for schema in self._schemas.get(name, ())
            if schema.returns
        )

    @staticmethod
    def tags(name: str) -> set[str]:
        """The tags of all overloads of ``aten::name``, such as nondeterministic_seeded and inplace_view."""
        import torch

        packet = getattr(torch.ops.aten, name, None)
        if packet is None:
            return set()
        return {str(tag).rpartition(".")[2] for each in packet.overloads() for tag in getattr(packet, each).tags}


def _is_out(schema: torch.FunctionSchema) -> bool:
    return any(
        each.kwarg_only and each.alias_info is not None and each.alias_info.is_write for each in schema.arguments
    )


def writes(schema: torch.FunctionSchema) -> bool:
    return any(each.alias_info is not None and each.alias_info.is_write for each in schema.arguments)


def gives_tensors(schema: torch.FunctionSchema) -> bool:
    return bool(schema.returns) and all(str(each.type) in ("Tensor", "List[Tensor]") for each in schema.returns)


def has_state(schema: torch.FunctionSchema) -> bool:
    """Running statistics are written in training although the schema does not say so."""
    return any(each.name in ("running_mean", "max_norm") for each in schema.arguments)


def _tensors(value: object) -> Iterator[torch.Tensor]:
    import torch

    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _tensors(each)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def only_tensors(value: object) -> bool:
    import torch

    if isinstance(value, (list, tuple)):
        return bool(value) and all(only_tensors(each) for each in value)
    return isinstance(value, torch.Tensor)


@dataclass
class Measured:
    """What a run of the samples of one operator showed."""

    mutates: bool = False
    gives_tensors: bool = True
    always_view: bool = True
    ran: int = 0


def _run_samples(call: Callable[..., object], samples: Iterable[SampleInput]) -> Measured:
    """Call with each sample as it is and made non-contiguous, and compare the arguments before and after."""
    import torch

    seen = Measured()
    for sample in samples:
        for each in _layouts(sample):
            arguments = [each.input, *each.args]
            before = [tensor.detach().clone() for tensor in _tensors([arguments, each.kwargs])]
            try:
                result = call(*arguments, **each.kwargs)
            except Exception:
                continue  # a sample that is there to be refused
            seen.ran += 1
            after = list(_tensors([arguments, each.kwargs]))
            pairs = zip(before, after, strict=True)
            seen.mutates |= not all(torch.equal(old, new) or bool((new != new).any()) for old, new in pairs)
            seen.gives_tensors &= only_tensors(result)
            seen.always_view &= shares_memory(result, each.input)
    return seen


def _layouts(sample: SampleInput) -> Iterator[SampleInput]:
    """The sample as it is and non-contiguous; none of a sparse one, which cannot be compared."""
    import torch

    tensors = _tensors([sample.input, list(sample.args), sample.kwargs])
    if all(each.layout is torch.strided and not each.is_nested for each in tensors):
        yield sample
        yield sample.noncontiguous()
        yield sample.transform(lambda each: _transposed(each) if isinstance(each, torch.Tensor) else each)


def _transposed(tensor: torch.Tensor) -> torch.Tensor:
    """The same values, laid out column by column, so that what needs rows has to copy."""
    return tensor.transpose(0, -1).contiguous().transpose(0, -1) if tensor.dim() > 1 else tensor


def shares_memory(result: object, tensor: object) -> bool:
    """Whether all tensors of ``result`` share the memory of ``tensor``; empty ones say nothing and do."""
    source = next(_tensors(tensor), None)
    if source is None:
        return False
    try:
        memory = source.untyped_storage().data_ptr()
        return all(each.numel() == 0 or each.untyped_storage().data_ptr() == memory for each in _tensors(result))
    except NotImplementedError:  # a sparse result has no storage of its own
        return False


def operator_samples() -> dict[str, Measured]:
    """For each qualified function name, and for ``Tensor.name``, what its samples in op_db show."""
    import torch
    from torch.testing._internal.common_methods_invocations import op_db

    found: dict[str, Measured] = {}
    for operator in op_db:
        dtypes = operator.supported_dtypes("cpu")
        dtype = next((each for each in (torch.float32, torch.complex64, torch.int64) if each in dtypes), None)
        if dtype is None:
            continue
        name = (
            operator.name.replace(".", "_") if operator.name.startswith(("linalg", "fft", "special")) else operator.name
        )
        space = next((key for key, prefix in FUNCTION_SPACES.items() if prefix and name.startswith(prefix)), None)
        qualified = f"{space}.{name[len(FUNCTION_SPACES[space]) :]}" if space else f"torch.{name}"
        variants = {qualified: operator.op}
        for each in (operator, *operator.aliases):
            variants[f"Tensor.{each.name}"] = each.method_variant
        for key, call in variants.items():
            if callable(call):
                samples = list(islice(operator.sample_inputs("cpu", dtype, requires_grad=False), 12))
                seen = _run_samples(call, samples)
                known = found.setdefault(key, seen)
                known.mutates |= seen.mutates
                known.gives_tensors &= seen.gives_tensors
                known.always_view &= seen.always_view
    return {key: seen for key, seen in found.items() if seen.ran}


Sample = tuple["torch.nn.Module", tuple[object, ...]]


def module_samples() -> dict[str, list[Sample]]:
    """Instances of each module, the one with the fewest arguments first, each with an input."""
    import torch
    from torch import nn
    from torch.testing._internal.common_modules import module_db

    samples: dict[str, list[Sample]] = defaultdict(list)
    for info in module_db:
        inputs = info.module_inputs_func(info, device="cpu", dtype=torch.float32, requires_grad=False, training=True)
        built = sorted(inputs, key=lambda each: len(each.constructor_input.args) + len(each.constructor_input.kwargs))
        for each in built:
            module = info.module_cls(*each.constructor_input.args, **each.constructor_input.kwargs)
            given = each.forward_input.args if each.forward_input else ()
            samples[info.module_cls.__name__].append((module, given))
    for name in dir(nn):
        cls = getattr(nn, name)
        if isinstance(cls, type) and issubclass(cls, nn.Module) and (name in CONSTRUCTORS or name not in samples):
            build = CONSTRUCTORS.get(name, lambda nn, cls=cls: cls())
            plain = [(build(nn), (torch.randn(shape),)) for shape in ((2, 4, 4, 4), (2, 4, 8))]
            samples[name] = plain + samples[name]
    return samples


def module_kind(samples: list[Sample]) -> str:
    holds = [bool(list(module.parameters()) or list(module.buffers())) for module, _ in samples]
    if holds[0]:
        return "state"
    if any(holds):
        return "option"
    return "mode" if any(_mode_matters(module, given) for module, given in samples) else "stateless"


def _mode_matters(module: torch.nn.Module, given: tuple[object, ...]) -> bool:
    import torch

    results = []
    for mode in (True, False):
        torch.manual_seed(0)
        try:
            results.append(list(_tensors(module.train(mode)(*given))))
        except Exception:
            return False  # built without a fitting input: shape checks say nothing about modes
    return not all(torch.allclose(old, new, equal_nan=True) for old, new in zip(*results, strict=True))
