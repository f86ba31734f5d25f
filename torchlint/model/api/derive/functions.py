"""The entries of functions and methods."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.api.derive.calls import Call, bind
from torchlint.model.api.derive.merge import Seen, entries, option_value
from torchlint.model.api.derive.observe import observe
from torchlint.model.api.derive.samples import Arguments, Pool, made_up, relaid, toggled
from torchlint.model.api.derive.signatures import (
    Overload,
    native_functions,
    native_overloads,
    public_names,
    python_overload,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torchlint.model.api.operations import Operation

ENOUGH = 8
TOGGLED: dict[str, tuple[object, ...]] = {
    "inplace": (False, True),
    "training": (False, True),
    "train": (False, True),
    "return_indices": (False, True),
    "return_inverse": (False, True),
    "return_counts": (False, True),
}


# A split by them would be by accident of the samples.
NOT_TOLD_APART = frozenset("keepdim dim stable descending largest sorted ceil_mode out alpha beta eps".split())


@dataclass
class Functions:
    """What was found: the entries, and the names that nothing could be found for."""

    entries: dict[str, tuple[Operation, ...]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def functions(only: str = "") -> Functions:
    """Measure every public function and method, or those whose name contains ``only``."""
    natives = native_overloads(native_functions())
    pool = Pool()
    found = Functions()
    for name, function in public_names().items():
        if only and only not in name:
            continue
        started = time.perf_counter()
        operations = tuple(_operations(name, function, natives, pool))
        found.seconds[name] = time.perf_counter() - started
        if operations:
            found.entries[name] = operations
        else:
            found.missing.append(name)
    return found


def overloads_of(name: str, function: Callable[..., object], natives: dict[str, list[Overload]]) -> list[Overload]:
    """The overloads of a public name: by inspection where it is written in Python, else by its schemas."""
    python = python_overload(function)
    if python is not None:
        return [python]
    inner = getattr(function, "__name__", name.rpartition(".")[2])
    space = name.rpartition(".")[0]
    for candidate in (name, f"{space}.{inner}", f"torch.{inner}", f"torch.nn.functional.{inner}"):
        if candidate in natives:
            return natives[candidate]
    return []


def _operations(
    name: str, function: Callable[..., object], natives: dict[str, list[Overload]], pool: Pool
) -> Iterator[Operation]:
    overloads = overloads_of(name, function, natives)
    samples = pool.about(name)
    by_overload: dict[int, list[tuple[Call, Arguments]]] = defaultdict(list)
    for sample in samples:
        for at, overload in enumerate(overloads):
            call = bind(function, overload.parameters, *sample)
            if call is not None:
                by_overload[at].append((call, sample))
                break
    for at, overload in enumerate(overloads):
        seen = list(_seen(function, overload, [sample for _, sample in by_overload[at]]))
        if not any(each.observation.differentiable for each in seen) and _may_be_tried(name, overload):
            seen += list(_seen(function, overload, list(made_up(overload.parameters)), 2))
        if seen:
            yield from entries(overload.parameters, seen, overload.is_list)


# Their kernels trust their arguments: made-up ones corrupt memory.
TRUSTING = frozenset(
    (
        "_embedding_bag embedding_bag embedding_renorm_ gru lstm rnn_relu rnn_tanh gru_cell lstm_cell rnn_relu_cell "
        "rnn_tanh_cell ctc_loss segment_reduce set_ as_strided_ resize_as_sparse_ sparse_resize_ "
        "sparse_resize_and_clear_ batch_norm_stats from_file fused_moving_avg_obs_fake_quant"
    ).split()
)


def _may_be_tried(name: str, overload: Overload) -> bool:
    """Whether made-up arguments do no harm."""
    return name.rpartition(".")[2] not in TRUSTING and "batch_norm_" not in name and "sparse" not in name


def _seen(
    function: Callable[..., object], overload: Overload, samples: Sequence[Arguments], enough: int = ENOUGH
) -> Iterator[Seen]:
    count = 0
    for sample in samples:
        ran = False
        for each in toggled(sample, overload.parameters, TOGGLED):
            for arguments, unusual in ((each, frozenset[str]()), (relaid(each), frozenset({"layout"}))):
                seen = None if arguments is None else _observed(function, overload, arguments, unusual)
                if seen is not None:
                    ran = True
                    yield seen
        count += ran
        if count == enough:
            return


def _observed(
    function: Callable[..., object], overload: Overload, arguments: Arguments, unusual: frozenset[str]
) -> Seen | None:
    call = bind(function, overload.parameters, *arguments)
    observation = None if call is None else observe(call)
    if call is None or observation is None:
        return None
    tensors = call.tensors()
    if "other" in tensors and len({each.shape[:-2] for one in tensors.values() for each in one}) > 1:
        unusual |= {"broadcast"}
    options = tuple(
        (each.name, option_value(call.values[each.name]) if each.name in call.values else each.default)
        for each in overload.parameters
        if each.default is not None and each.name not in NOT_TOLD_APART
    )
    return Seen(observation, options, unusual, frozenset(tensors))
