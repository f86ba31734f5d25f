"""The operation table against PyTorch itself: it is what the derivation writes, and tensors changed in place agree."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from torchlint.model.api import operation_table, operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.api.derive.calls import Call
    from torchlint.model.api.operation import Operation

pytestmark = pytest.mark.torch


@pytest.fixture
def same_torch() -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("yaml", reason="torchgen reads PyTorch's declarations with it")
    if torch.__version__.partition("+")[0] != operation_table.TORCH_VERSION:
        pytest.skip(f"the table was measured on torch {operation_table.TORCH_VERSION}")


@pytest.mark.usefixtures("same_torch")
def test_file_is_what_the_derivation_writes() -> None:
    from torchlint.model.api.derive.table import TARGET, derive

    assert derive().text == TARGET.read_text(encoding="utf-8")


@pytest.mark.usefixtures("same_torch")
def test_changing_tensors_in_place_agrees_with_the_table() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcomes = list(checked_operations())
    wrong = {name for name, agrees in outcomes if not agrees}
    assert wrong == set()
    assert Counter(agrees for _, agrees in outcomes)[True] >= 2500
    assert len({name for name, _ in outcomes}) >= 750


def checked_operations() -> Iterator[tuple[str, bool]]:
    """Each name with, for each tensor that the table says something sure about, whether a backward agrees."""
    import torch

    from torchlint.model.api.derive.samples import Pool, stand_in_for_expecttest
    from torchlint.model.api.derive.signatures import public_names

    stand_in_for_expecttest()
    pool = Pool()
    torch.manual_seed(1)
    for name, function in public_names().items():
        if name.startswith("torch.nn.init"):
            continue
        for arguments in pool.about(name)[1::7][:3]:
            found = matching(name, function, arguments)
            if found is not None:
                yield from ((name, agrees) for agrees in agreements(*found))


def matching(
    name: str, function: object, arguments: tuple[tuple[object, ...], dict[str, object]]
) -> tuple[Call, Operation] | None:
    from torchlint.model.api.derive.calls import bind
    from torchlint.model.api.derive.merge import option_value

    for each in operations.operations(name):
        assert callable(function)
        call = bind(function, each.parameters, *arguments)
        if call is None:
            continue
        values = {one.name: one.default for one in each.parameters}
        values |= {key: option_value(key, value) for key, value in call.values.items()}
        if all(values[key] == value for key, value in each.given):
            return call, each
    return None


def agreements(call: Call, operation: Operation) -> Iterator[bool]:
    """For every input and output: change it between the call and the backward, and compare with what is predicted."""
    trained = {name for name in call.tensors() if name in operation.differentiable}
    watched = [*call.tensors(), *(f"result.{at}" for at in range(len(operation.outputs)))]
    unsure = {each.what for each in operation.kept if not each.sure or each.unless}
    for what in watched:
        name = "result" if what == "result.0" and len(operation.outputs) == 1 else what
        aliases = operation.nesting == "[0]" or any(each.of for each in operation.outputs)
        if name in unsure or not trained or (aliases and name in trained):
            continue
        refused = backward_is_refused(call, trained, what)
        if refused is None:
            continue
        kept = next((each for each in operation.kept if each.what == name), None)
        yield refused == (kept is not None and (not kept.when or bool(kept.when & trained)))


def backward_is_refused(call: Call, trained: set[str], what: str) -> bool | None:
    """Whether the backward refuses after ``what`` was written to; None where it cannot be told."""
    import torch

    from torchlint.model.api.derive.observe import flatten

    leaves: list[torch.Tensor] = []
    inputs: dict[str, list[torch.Tensor]] = {}
    try:
        for name, tensors in call.tensors().items():
            inputs[name] = [each.detach().clone() for each in tensors]
            if name in trained:
                leaves += [each.requires_grad_() for each in inputs[name]]
                inputs[name] = [each.clone() for each in inputs[name]]
        _, _, outputs = flatten(call.run(call.with_tensors(inputs)))
        place = int(what.removeprefix("result.")) if what.startswith("result.") else None
        changed = inputs[what] if place is None else [outputs[place]]
        ends = [torch.autograd.graph.get_gradient_edge(each) for each in outputs if each.requires_grad]
        shapes = [torch.ones_like(each) for each in outputs if each.requires_grad]
        if not ends:
            return None
        with torch.no_grad():
            for each in changed:
                each.copy_(each.clone())
    except (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError):
        return None
    try:
        torch.autograd.grad(ends, leaves, shapes, allow_unused=True)
    except RuntimeError as error:
        return True if "modified by an inplace operation" in str(error) else None
    return False
