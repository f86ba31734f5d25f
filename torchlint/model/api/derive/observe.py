"""Run one call and see what autograd did: what its nodes keep, what the outputs are, what was written.

Whether a tensor is kept is seen, not read off the nodes: its version counter is raised by one, and the backward must
then refuse. So temporaries, copies and nodes without ``_saved_*`` attributes count for what they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Relation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from torchlint.model.api.derive.calls import Call

MODIFIED = "modified by an inplace operation"
SECOND_TIME = "backward through the graph a second time"


@dataclass
class Given:
    """One output of a run."""

    requires_grad: bool
    relation: Relation
    of: str


@dataclass
class Run:
    """What one call did when ``trained`` required grad; ``kept`` is None where nothing could flow back.

    ``partly`` are the lists of tensors of which some are kept and some are not.
    """

    trained: frozenset[str]
    nesting: str
    names: tuple[str, ...]
    outputs: list[Given]
    written: frozenset[str]
    kept: frozenset[str] | None = None
    partly: frozenset[str] = frozenset()
    keeps: bool = False


@dataclass
class Observation:
    """The runs of one call, one for each of the sets of tensors that can require grad."""

    runs: list[Run] = field(default_factory=list)
    differentiable: frozenset[str] = frozenset()


def observe(call: Call, state: Mapping[str, Sequence[torch.Tensor]] | None = None) -> Observation | None:
    """Run ``call`` without gradients, with each tensor alone requiring grad, and with all; None where it is refused."""
    import torch

    state = state or {}
    floating = [name for name, each in call.tensors().items() if all(map(_can_train, each))]
    floating += [name for name, each in state.items() if isinstance(each[0], torch.nn.Parameter)]
    first = _attempt(call, state, frozenset())
    if first is None:
        return None
    found = Observation([first])
    for name in floating:
        run = _attempt(call, state, frozenset({name}))
        if run is not None:
            found.runs.append(run)
            found.differentiable |= {name} if run.kept is not None else set()
    if len(found.differentiable) > 1:
        run = _attempt(call, state, found.differentiable)
        if run is not None and run.kept is not None:
            found.runs.append(run)
    return found


def _can_train(tensor: torch.Tensor) -> bool:
    return bool(tensor.is_floating_point() or tensor.is_complex())


def _attempt(call: Call, state: Mapping[str, Sequence[torch.Tensor]], trained: frozenset[str]) -> Run | None:
    try:
        return _run(call, state, trained)
    except (RuntimeError, ValueError, TypeError, NotImplementedError, IndexError, AttributeError, AssertionError):
        return None  # a sample that is there to be refused, or a combination that PyTorch does not have


def _run(call: Call, state: Mapping[str, Sequence[torch.Tensor]], trained: frozenset[str]) -> Run | None:
    leaves: list[torch.Tensor] = []
    inputs: dict[str, list[torch.Tensor]] = {}
    for name, tensors in call.tensors().items():
        inputs[name] = [_fresh(each, name in trained, leaves) for each in tensors]
    for name, pieces in state.items():
        for each in pieces:
            if _can_train(each):
                each.requires_grad_(name in trained)
        if name in trained:
            leaves += pieces
    watched = {**inputs, **state}
    before = {name: [each._version for each in tensors] for name, tensors in watched.items()}
    result = call.run(call.with_tensors(inputs))
    nesting, names, outputs = flatten(result)
    changed = [name for name, tensors in watched.items() if [each._version for each in tensors] != before[name]]
    relations = [_relation(each, inputs) for each in outputs]
    given = [Given(each.requires_grad, *relation) for each, relation in zip(outputs, relations, strict=True)]
    run = Run(trained, nesting, names, given, frozenset(changed))
    ends = [each for each in outputs if each.requires_grad]
    if ends and leaves:
        own = {
            output_name(nesting, at): [each]
            for at, (each, (relation, of)) in enumerate(zip(outputs, relations, strict=True))
            if relation is Relation.FRESH or of in changed
        }
        same = {of for relation, of in relations if relation is Relation.SELF and of in changed}
        _measure(run, ends, leaves, {**{name: each for name, each in watched.items() if name not in same}, **own})
    return run


def output_name(nesting: str, at: int) -> str:
    return "result" if nesting in ("0", "[0]") else f"result.{at}"


def _fresh(tensor: torch.Tensor, train: bool, leaves: list[torch.Tensor]) -> torch.Tensor:
    """A new tensor of the same values and layout; if it is trained, no leaf, so that it may be changed in place."""
    new = tensor.detach().clone()
    if not train:
        return new
    leaves.append(new.requires_grad_())
    return new.clone()


def flatten(result: object) -> tuple[str, tuple[str, ...], list[torch.Tensor]]:
    """How tensors are packed in ``result``, the names of its fields, and the tensors."""
    import torch

    outputs: list[torch.Tensor] = []

    def nest(value: object) -> str:
        if isinstance(value, torch.Tensor):
            outputs.append(value)
            return str(len(outputs) - 1)
        if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
            return "(" + ",".join(map(nest, value)) + ")"
        return "-"

    nesting = nest(result)
    fields = _fields(result)
    return nesting if outputs else "", fields if len(fields) == len(outputs) else (), outputs


def _fields(result: object) -> tuple[str, ...]:
    if not isinstance(result, tuple) or type(result) is tuple:
        return ()
    count = getattr(type(result), "n_sequence_fields", None)
    if count is None:
        return tuple(getattr(result, "_fields", ()))
    by_place = [next((name for name in dir(result) if _is_field(result, name, at)), "") for at in range(count)]
    return tuple(by_place)


def _is_field(result: tuple[object, ...], name: str, at: int) -> bool:
    return not name.startswith("_") and getattr(result, name) is result[at]


def _relation(output: torch.Tensor, inputs: Mapping[str, Sequence[torch.Tensor]]) -> tuple[Relation, str]:
    for name, tensors in inputs.items():
        for tensor in tensors:
            if output is tensor:
                return Relation.SELF, name
    for name, tensors in inputs.items():
        for tensor in tensors:
            if not _shares_version(output, tensor):
                continue
            if tensor.requires_grad and not output.requires_grad and _can_train(output):
                return Relation.DETACHED, name
            return (Relation.MULTI_VIEW if _is_multi(output) else Relation.VIEW), name
    return Relation.FRESH, ""


def _shares_version(output: torch.Tensor, tensor: torch.Tensor) -> bool:
    import torch

    if output.layout is not torch.strided or tensor.layout is not torch.strided:
        return False
    before, version = output._version, tensor._version
    torch.autograd.graph.increment_version(tensor)
    shares = bool(output._version == before + 1)
    _set_version(tensor, version)
    return shares


def _is_multi(output: torch.Tensor) -> bool:
    import torch

    autograd = torch._C._autograd
    try:
        return bool(autograd._get_creation_meta(output) == autograd.CreationMeta.MULTI_OUTPUT_NODE)
    except RuntimeError:  # no view as far as autograd is concerned
        return False


def _set_version(tensor: torch.Tensor, version: int) -> None:
    import torch

    torch._C._autograd._unsafe_set_version_counter((tensor,), (version,))


def _measure(
    run: Run,
    ends: list[torch.Tensor],
    leaves: list[torch.Tensor],
    watched: Mapping[str, Sequence[torch.Tensor]],
) -> None:
    """Find which of the watched tensors the nodes between leaves and ends keep."""
    backward = _Backward(ends, leaves)
    try:
        if not backward.reaches():
            return
    except NotImplementedError:  # the derivative of this overload
        return
    every = [each for tensors in watched.values() for each in tensors]
    run.kept = frozenset()
    if backward.refuses_after_change(every):
        run.kept = frozenset(name for name, tensors in watched.items() if backward.refuses_after_change(tensors))
        lists = {name: watched[name] for name in run.kept if len(watched[name]) > 1}
        run.partly = frozenset(
            name
            for name, tensors in lists.items()
            if not all(backward.refuses_after_change([each]) for each in tensors)
        )
    run.keeps = backward.refuses_twice()


class _Backward:
    """A backward from ``ends`` to ``leaves`` that can be run again."""

    def __init__(self, ends: list[torch.Tensor], leaves: list[torch.Tensor]) -> None:
        import torch

        # Edges, not tensors: a view whose base has changed would make itself a new node.
        self._ends = [torch.autograd.graph.get_gradient_edge(each) for each in ends]
        self._leaves = leaves
        self._gradients = [torch.ones_like(each) for each in ends]

    def _run(self, retain: bool = True) -> Sequence[torch.Tensor | None]:
        import torch

        found: Sequence[torch.Tensor | None] = torch.autograd.grad(
            self._ends, self._leaves, self._gradients, retain_graph=retain, allow_unused=True
        )
        return found

    def reaches(self) -> bool:
        return any(each is not None for each in self._run())

    def refuses_after_change(self, tensors: Sequence[torch.Tensor]) -> bool:
        """Whether the backward refuses to run once the version counters of ``tensors`` were raised."""
        import torch

        versions = [each._version for each in tensors]
        for each in tensors:
            torch.autograd.graph.increment_version(each)
        try:
            self._run()
        except RuntimeError as error:
            if MODIFIED not in str(error):
                raise
            return True
        finally:
            for each, version in zip(tensors, versions, strict=True):
                _set_version(each, version)
        return False

    def refuses_twice(self) -> bool:
        self._run(retain=False)
        try:
            self._run(retain=False)
        except RuntimeError as error:
            return SECOND_TIME in str(error)
        return False
