"""The entries of functions and methods."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from torchlint.model.api.derive.calls import bind
from torchlint.model.api.derive.examples import FUNCTIONS, evaluated
from torchlint.model.api.derive.formulas import Formula, formulas
from torchlint.model.api.derive.merge import Seen, entries, option_of
from torchlint.model.api.derive.observe import observe
from torchlint.model.api.derive.samples import Pool, made_up, relaid, spread, toggled
from torchlint.model.api.derive.signatures import (
    Overload,
    native_functions,
    native_overloads,
    public_names,
    python_overload,
)
from torchlint.model.api.derive.stated import ENTRIES, PARAMETERS, PROPERTIES
from torchlint.model.api.operation import Kept
from torchlint.model.api.operation_text import read_operation, read_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from torchlint.model.api.derive.examples import Arguments
    from torchlint.model.api.operation import Operation, Parameter

# How many samples to run: of what has a formula to agree with, and of what decomposes into who knows what.
ENOUGH = 6
ENOUGH_OF_COMPOSITES = 24
TOGGLED: dict[str, tuple[object, ...]] = dict.fromkeys(
    "inplace training train return_indices return_inverse return_counts hard log_target log_input full".split(),
    (False, True),
)
# A split by them would be by accident of the samples.
NOT_TOLD_APART = frozenset(
    (
        "keepdim dim stable descending largest sorted ceil_mode out alpha eps p ord norm_type size stride bias options "
        "linear_bias compute_mode"
    ).split()
)
# Their kernels trust their arguments: made-up ones corrupt memory.
TRUSTING = frozenset(
    (
        "embedding_bag embedding_renorm_ gru lstm rnn_relu rnn_tanh gru_cell lstm_cell rnn_relu_cell rnn_tanh_cell "
        "ctc_loss segment_reduce as_strided as_strided_ resize_as_sparse_ from_file fused_moving_avg_obs_fake_quant"
    ).split()
)


@dataclass
class Functions:
    """What was found: the entries, the names without one, and the overloads that no sample could be run for."""

    entries: dict[str, tuple[Operation, ...]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def functions(only: str = "") -> Functions:
    """Measure every public function and method, or those whose name contains ``only``."""
    measuring = _Measuring()
    found = Functions()
    names = public_names()
    for name in (*names, *(each for each in ENTRIES if each not in names)):
        if only and only not in name:
            continue
        if name in ENTRIES:
            operations = tuple(map(read_operation, ENTRIES[name]))
        else:
            operations = tuple(measuring.operations(name, names[name]))
        if name.startswith("torch.nn.init."):  # all run under no_grad
            operations = tuple(replace(each, differentiable=frozenset()) for each in operations)
        if operations:
            found.entries[name] = operations
        else:
            found.missing.append(name)
    found.entries.update(_properties(only))
    found.unseen = measuring.unseen
    return found


def _properties(only: str) -> Iterator[tuple[str, tuple[Operation, ...]]]:
    """The properties of a tensor that are views of it, as methods without arguments."""
    import torch

    (own,), _ = read_parameters("(self)")
    for name in PROPERTIES:
        if only in f"torch.Tensor.{name}":
            values = (torch.rand(2, 3), torch.rand(2, 3, dtype=torch.complex64))
            samples: list[Arguments] = [((each,), {}) for each in values]
            seen = list(_seen(_Getter(name), Overload((own,)), samples, ENOUGH))
            yield f"torch.Tensor.{name}", tuple(entries((own,), seen, False))


@dataclass(frozen=True)
class _Getter:
    name: str

    def __call__(self, value: object) -> object:
        return getattr(value, self.name)


class _Measuring:
    """Measures names one by one; what has been measured under another name is not measured again."""

    def __init__(self) -> None:
        declared = native_functions()
        self._natives = native_overloads(declared)
        self._formulas = formulas(declared)
        self._pool = Pool()
        self._known: dict[str, list[Operation]] = {}
        self.unseen: list[str] = []

    def operations(self, name: str, function: Callable[..., object]) -> Iterator[Operation]:
        overloads = overloads_of(name, function, self._natives)
        samples: dict[int, list[Arguments]] | None = None
        for at, overload in enumerate(overloads):
            if overload.schema in self._known:
                yield from (_renamed(each, overload.parameters) for each in self._known[overload.schema])
                continue
            if samples is None:
                samples = self._samples(name, function, overloads)
            enough = ENOUGH if overload.schema in self._formulas else ENOUGH_OF_COMPOSITES
            seen = list(_seen(function, overload, samples[at], enough))
            if not any(each.observation.differentiable for each in seen) and _may_be_tried(name):
                seen += list(_seen(function, overload, made_up(overload.parameters), 2))
            found = [_as_factory(each) for each in entries(overload.parameters, seen, overload.is_list)] if seen else []
            if overload.schema in self._formulas:
                present = frozenset[str]().union(*(each.present for each in seen))
                found = [_completed(each, self._formulas[overload.schema], present) for each in found]
            if overload.schema and found:
                self._known[overload.schema] = found
            if not found:
                self.unseen.append(f"{name} ({overload.schema or 'Python'})")
            yield from found

    def _samples(
        self, name: str, function: Callable[..., object], overloads: Sequence[Overload]
    ) -> dict[int, list[Arguments]]:
        """The samples that fit each overload: those by hand, then torch's own, spread over all that there are."""
        found: dict[int, list[Arguments]] = defaultdict(list)
        for samples in (by_hand(name), spread(self._pool.about(name), 2 * ENOUGH_OF_COMPOSITES)):
            for sample in samples:
                fits = (at for at, each in enumerate(overloads) if bind(function, each.parameters, *sample) is not None)
                at = next(fits, None)
                if at is not None:
                    found[at].append(sample)
        return found


def by_hand(name: str) -> list[Arguments]:
    """The samples stated for a name, or for the method or function of the same name."""
    space, _, bare = name.rpartition(".")
    alike = [f"torch.Tensor.{bare.rstrip('_')}{end}" for end in ("", "_")] if space in ("torch", "torch.Tensor") else []
    text = next((FUNCTIONS[each] for each in (name, *alike) if each in FUNCTIONS), None)
    return [] if text is None else list(evaluated(text))


def overloads_of(name: str, function: Callable[..., object], natives: dict[str, list[Overload]]) -> list[Overload]:
    """The overloads of a public name: as stated, by inspection where it is written in Python, else by its schemas."""
    if name in PARAMETERS:
        return [Overload(read_parameters(each)[0], "", "split" in name) for each in PARAMETERS[name].split("|")]
    python = python_overload(function)
    if python is not None:
        return [python]
    inner = getattr(function, "__name__", name.rpartition(".")[2])
    space = name.rpartition(".")[0]
    for candidate in (name, f"{space}.{inner}", f"torch.{inner}", f"torch.nn.functional.{inner}"):
        if candidate in natives:
            return natives[candidate]
    return []


def _as_factory(operation: Operation) -> Operation:
    return replace(operation, creates=any(each.name == "requires_grad" for each in operation.parameters))


def _completed(operation: Operation, formula: Formula, present: frozenset[str]) -> Operation:
    """With what the formula keeps and no sample has shown; not sure where the samples had it and did not keep it."""
    names = {each.name for each in operation.parameters}
    own = "input" if "input" in names else "self"
    known = {each.what for each in operation.kept} | set(operation.writes)
    kept = list(operation.kept)
    for inner, when in formula.inputs.items():
        name = own if inner == "self" else inner
        if name in names - known and operation.differentiable:
            needed = frozenset(own if each == "self" else each for each in when)
            kept.append(Kept(name, needed, sure=name not in present))
    return replace(operation, kept=tuple(kept))


def _renamed(operation: Operation, parameters: tuple[Parameter, ...]) -> Operation:
    """The same overload with these parameters: a method's ``self`` is a function's ``input``."""
    names = {old.name: new.name for old, new in zip(operation.parameters, parameters, strict=False)}

    def new(name: str) -> str:
        return names.get(name, name)

    return replace(
        operation,
        parameters=parameters,
        outputs=tuple(replace(each, of=new(each.of)) for each in operation.outputs),
        kept=tuple(replace(each, what=new(each.what), when=frozenset(map(new, each.when))) for each in operation.kept),
        keeps_when=frozenset(map(new, operation.keeps_when)),
        differentiable=frozenset(map(new, operation.differentiable)),
        writes=tuple(map(new, operation.writes)),
    )


def _may_be_tried(name: str) -> bool:
    """Whether made-up arguments do no harm."""
    return name.rpartition(".")[2] not in TRUSTING and "batch_norm_" not in name and "sparse" not in name


def _seen(
    function: Callable[..., object], overload: Overload, samples: Iterable[Arguments], enough: int
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
        (each.name, option_of(each, call.values))
        for each in overload.parameters
        if (each.default is not None and each.name not in NOT_TOLD_APART) or _is_dropout(each.name, overload)
    )
    return Seen(observation, options, unusual, frozenset(tensors))


def _is_dropout(name: str, overload: Overload) -> bool:
    modes = {"training", "train"}
    return name in {"p", *modes} and not modes.isdisjoint(each.name for each in overload.parameters)
