from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from torchlint.model.api import operation_table, operations
from torchlint.model.api.canonical import canonical
from torchlint.model.api.operation import Answer, Operation, Relation, Takes
from torchlint.model.api.operation_text import (
    read_layer,
    read_operation,
    read_optimizer,
    write_layer,
    write_operation,
    write_optimizer,
)
from torchlint.model.api.operations import layer, optimizer

if TYPE_CHECKING:
    from collections.abc import Sequence

FITTING = {
    "tensor": {Takes.TENSOR},
    "tensors": {Takes.TENSORS},
    "number": {Takes.NUMBER, Takes.OTHER},
    "other": {Takes.OTHER},
}


def overload(name: str, given: Sequence[str], **options: str) -> Operation:
    """The first overload of ``name`` that takes arguments of these kinds and has these options as ``given``."""
    for each in operations.operations(name):
        places = [one for one in each.parameters if not one.keyword_only]
        needed = [one for one in places if one.default is None]
        fits = all(place.takes in FITTING[kind] for place, kind in zip(places, given, strict=False))
        if len(needed) <= len(given) <= len(places) and fits and options.items() >= dict(each.given).items():
            return each
    raise AssertionError(f"no overload of {name} takes {given}")


def kept_of(operation: Operation) -> set[str]:
    return {each.what for each in operation.kept if each.sure}


def in_both(name: str) -> list[tuple[str, str]]:
    """A method and the function of the same name, each with the name of its first parameter."""
    return [(f"torch.Tensor.{name}", "self"), (f"torch.{name}", "input")]


@pytest.mark.parametrize(
    ("name", "own"),
    [
        each
        for name in "relu sigmoid tanh exp sqrt rsqrt softmax log_softmax reciprocal tan expm1 exp2".split()
        for each in in_both(name)
    ],
)
def test_keeps_its_output(name: str, own: str) -> None:
    operation = overload(name, ["tensor", "number"] if "softmax" in name else ["tensor"])
    assert kept_of(operation) == {"result"}
    assert operation.keeps is Answer.YES
    assert operation.differentiable == {own}


@pytest.mark.parametrize(("name", "own"), [each for n in "sin cos log abs var square".split() for each in in_both(n)])
def test_keeps_its_input(name: str, own: str) -> None:
    operation = overload(name, ["tensor"])
    assert kept_of(operation) == {own}
    assert operation.keeps is Answer.YES


@pytest.mark.parametrize(
    ("name", "own"), [e for n in "amax amin logsumexp cumprod prod std norm".split() for e in in_both(n)]
)
def test_keeps_input_and_output(name: str, own: str) -> None:
    takes_dim = any(each in name for each in ("logsumexp", "cumprod"))
    operation = overload(name, ["tensor", "number"] if takes_dim else ["tensor"])
    assert kept_of(operation) == {own, "result"}


@pytest.mark.parametrize(
    "name", "gelu silu mish leaky_relu elu softplus relu6 hardtanh hardswish glu logsigmoid".split()
)
def test_activations_that_keep_only_their_input(name: str) -> None:
    operation = overload(f"torch.nn.functional.{name}", ["tensor"], inplace="False")
    assert kept_of(operation) == {"input"}


@pytest.mark.parametrize("name", "relu sigmoid tanh softmax log_softmax".split())
def test_activations_that_keep_only_their_output(name: str) -> None:
    operation = overload(f"torch.nn.functional.{name}", ["tensor"], inplace="False")
    assert kept_of(operation) == {"result"}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("torch.Tensor.add", ["tensor", "tensor"]),
        ("torch.Tensor.add", ["tensor", "number"]),
        ("torch.Tensor.sub", ["tensor", "tensor"]),
        ("torch.Tensor.sub", ["tensor", "number"]),
        ("torch.rsub", ["tensor", "number"]),
        ("torch.Tensor.neg", ["tensor"]),
        ("torch.cat", ["tensors"]),
        ("torch.stack", ["tensors"]),
        ("torch.Tensor.view", ["tensor", "other"]),
        ("torch.Tensor.expand", ["tensor", "other"]),
        ("torch.Tensor.permute", ["tensor", "other"]),
        ("torch.Tensor.transpose", ["tensor", "number", "number"]),
        ("torch.Tensor.narrow", ["tensor", "number", "number", "number"]),
        ("torch.Tensor.select", ["tensor", "number", "number"]),
        ("torch.Tensor.mean", ["tensor"]),
        ("torch.Tensor.mean", ["tensor", "other"]),
        ("torch.Tensor.sum", ["tensor"]),
        ("torch.Tensor.sum", ["tensor", "other"]),
        ("torch.Tensor.cumsum", ["tensor", "number"]),
        ("torch.nn.functional.pad", ["tensor", "other"]),
        ("torch.nn.functional.interpolate", ["tensor"]),
        ("torch.Tensor.flip", ["tensor", "other"]),
        ("torch.Tensor.repeat", ["tensor", "other"]),
        ("torch.Tensor.clone", ["tensor"]),
        ("torch.Tensor.contiguous", ["tensor"]),
        ("torch.Tensor.chunk", ["tensor", "number"]),
        ("torch.Tensor.copy_", ["tensor", "tensor"]),
        ("torch.Tensor.remainder", ["tensor", "number"]),
    ],
)
def test_keeps_nothing(name: str, given: list[str]) -> None:
    operation = overload(name, given, mode="'constant'")
    assert operation.kept == ()
    assert operation.keeps is Answer.NO
    assert operation.differentiable


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("torch.Tensor.mul", ["tensor", "tensor"], {"self": {"other"}, "other": {"self"}}),
        ("torch.Tensor.mul", ["tensor", "number"], {}),
        ("torch.Tensor.mul_", ["tensor", "tensor"], {"other": {"self"}}),
        ("torch.Tensor.div", ["tensor", "tensor"], {"self": {"other"}, "other": set()}),
        ("torch.Tensor.div", ["tensor", "number"], {}),
        ("torch.Tensor.div_", ["tensor", "tensor"], {"other": set()}),
        ("torch.Tensor.pow", ["tensor", "number"], {"self": set()}),
        ("torch.Tensor.pow", ["tensor", "tensor"], {"self": set(), "exponent": set(), "result": set()}),
        ("torch.Tensor.matmul", ["tensor", "tensor"], {"self": {"other"}, "other": {"self"}}),
        ("torch.Tensor.bmm", ["tensor", "tensor"], {"self": {"mat2"}, "mat2": {"self"}}),
        ("torch.Tensor.max", ["tensor"], {"self": set(), "result": set()}),
        ("torch.Tensor.max", ["tensor", "tensor"], {"self": set(), "other": set()}),
        ("torch.Tensor.max", ["tensor", "number"], {"result.1": set()}),
        ("torch.Tensor.topk", ["tensor", "number"], {"result.1": set()}),
        ("torch.Tensor.index_select", ["tensor", "number", "tensor"], {"index": set()}),
        ("torch.Tensor.masked_fill", ["tensor", "tensor", "number"], {"mask": set()}),
        ("torch.where", ["tensor", "tensor", "tensor"], {"condition": set()}),
        ("torch.Tensor.lerp", ["tensor", "tensor", "number"], {}),
        ("torch.Tensor.clamp", ["tensor", "number", "number"], {"self": set()}),
        ("torch.nn.functional.linear", ["tensor", "tensor", "tensor"], {"input": {"weight"}, "weight": {"input"}}),
        ("torch.nn.functional.conv2d", ["tensor", "tensor", "tensor"], {"input": set(), "weight": set()}),
        ("torch.nn.functional.embedding", ["tensor", "tensor"], {"input": set()}),
        ("torch.nn.functional.mse_loss", ["tensor", "tensor"], {"input": set(), "target": set()}),
        ("torch.nn.functional.l1_loss", ["tensor", "tensor"], {}),
        ("torch.nn.functional.normalize", ["tensor"], {"input": set()}),
    ],
)
def test_kept_tensors_and_when(name: str, given: list[str], kept: dict[str, set[str]]) -> None:
    operation = overload(name, given, max_norm="None")
    assert {each.what: set(each.when) for each in operation.kept if each.sure} == kept


@pytest.mark.parametrize(
    "name", ["torch.Tensor.mul", "torch.Tensor.div", "torch.Tensor.mul_", "torch.Tensor.true_divide"]
)
def test_a_number_is_wrapped_and_kept(name: str) -> None:
    operation = overload(name, ["tensor", "number"])
    assert operation.kept == ()
    assert operation.keeps is Answer.YES


@pytest.mark.parametrize("name", ["dropout", "dropout2d", "alpha_dropout"])
def test_dropout_keeps_neither_input_nor_output(name: str) -> None:
    operation = overload(f"torch.nn.functional.{name}", ["tensor"], training="True", inplace="False")
    assert operation.kept == ()
    assert operation.keeps is Answer.YES
    quiet = overload(f"torch.nn.functional.{name}", ["tensor"], training="False", inplace="False")
    assert quiet.outputs[0].relation is Relation.SELF
    assert quiet.keeps is Answer.NO


def test_copies_are_told_from_other_layouts() -> None:
    kept = {each.what: each.unless for each in overload("torch.Tensor.matmul", ["tensor", "tensor"]).kept}
    assert kept == {"self": {"layout"}, "other": {"broadcast", "layout"}}
    linear = {each.what: each.unless for each in overload("torch.nn.functional.linear", ["tensor", "tensor"]).kept}
    assert linear == {"input": {"layout"}, "weight": frozenset()}


@pytest.mark.parametrize(
    ("name", "given", "relation"),
    [
        ("view", ["tensor", "other"], Relation.VIEW),
        ("expand", ["tensor", "other"], Relation.VIEW),
        ("expand_as", ["tensor", "tensor"], Relation.VIEW),
        ("broadcast_to", ["tensor", "other"], Relation.VIEW),
        ("squeeze", ["tensor"], Relation.VIEW),
        ("T", ["tensor"], Relation.VIEW),
        ("reshape", ["tensor", "other"], Relation.MAYBE_VIEW),
        ("reshape_as", ["tensor", "tensor"], Relation.MAYBE_VIEW),
        ("flatten", ["tensor"], Relation.MAYBE_VIEW),
        ("ravel", ["tensor"], Relation.MAYBE_VIEW),
        ("contiguous", ["tensor"], Relation.MAYBE_SELF),
        ("to", ["tensor", "other"], Relation.MAYBE_SELF),
        ("float", ["tensor"], Relation.MAYBE_SELF),
        ("cpu", ["tensor"], Relation.MAYBE_SELF),
        ("type_as", ["tensor", "tensor"], Relation.MAYBE_SELF),
        ("detach", ["tensor"], Relation.DETACHED),
        ("clone", ["tensor"], Relation.FRESH),
        ("unbind", ["tensor"], Relation.MULTI_VIEW),
        ("chunk", ["tensor", "number"], Relation.MULTI_VIEW),
        ("split", ["tensor", "number"], Relation.MULTI_VIEW),
        ("hsplit", ["tensor", "number"], Relation.VIEW),
        ("tensor_split", ["tensor", "number"], Relation.VIEW),
        ("add_", ["tensor", "tensor"], Relation.SELF),
        ("requires_grad_", ["tensor"], Relation.SELF),
    ],
)
def test_what_the_output_is_to_the_tensor(name: str, given: list[str], relation: Relation) -> None:
    output = overload(f"torch.Tensor.{name}", given).outputs[0]
    assert (output.relation, output.of) == (relation, "" if relation is Relation.FRESH else "self")


@pytest.mark.parametrize("name", "unbind chunk split tensor_split hsplit vsplit dsplit split_with_sizes".split())
def test_lists_of_views(name: str) -> None:
    assert {each.nesting for each in operations.operations(f"torch.Tensor.{name}")} == {"[0]"}


@pytest.mark.parametrize(
    "name", "argmax eq ne lt le gt ge long int bool logical_not isnan argsort floor_divide".split()
)
def test_outputs_that_never_require_grad(name: str) -> None:
    for each in operations.operations(f"torch.Tensor.{name}"):
        assert [output.grad for output in each.outputs] == [Answer.NO]
        assert not each.differentiable


@pytest.mark.parametrize("name", "max min median mode kthvalue sort topk cummax cummin".split())
def test_indices_never_require_grad(name: str) -> None:
    given = ["tensor"] if name in ("mode", "sort") else ["tensor", "number"]
    values, indices = overload(f"torch.Tensor.{name}", given).outputs
    assert (values.name, values.grad) == ("values", Answer.YES)
    assert (indices.name, indices.grad) == ("indices", Answer.NO)


@pytest.mark.parametrize(
    ("name", "nesting", "names"),
    [
        ("torch.svd", "(0,1,2)", "U S V"),
        ("torch.linalg.svd", "(0,1,2)", "U S Vh"),
        ("torch.qr", "(0,1)", "Q R"),
        ("torch.slogdet", "(0,1)", "sign logabsdet"),
        ("torch.aminmax", "(0,1)", "min max"),
        ("torch.std_mean", "(0,1)", " "),
        ("torch.unique", "0", ""),
    ],
)
def test_how_outputs_are_packed(name: str, nesting: str, names: str) -> None:
    operation = operations.operations(name)[0]
    assert operation.nesting == nesting
    assert [each.name for each in operation.outputs] == names.split(" ")


def test_unique_gives_what_is_asked_for() -> None:
    nestings = {tuple(each.given): each.nesting for each in operations.operations("torch.unique")}
    assert set(nestings.values()) == {"0", "(0,1)", "(0,1,2)"}


@pytest.mark.parametrize(
    "name",
    "zeros ones empty full rand randn randint arange eye tensor zeros_like ones_like randn_like full_like".split(),
)
def test_factories(name: str) -> None:
    entries = operations.operations(f"torch.{name}")
    assert entries
    for each in entries:
        assert each.creates
        assert not each.kept
        assert any(one.name == "requires_grad" for one in each.parameters)


@pytest.mark.parametrize("name", ["new_zeros", "new_ones", "new_full", "new_tensor", "new_empty"])
def test_factories_of_a_tensor(name: str) -> None:
    assert all(each.creates for each in operations.operations(f"torch.Tensor.{name}"))


@pytest.mark.parametrize("name", ["normal_", "uniform_", "zeros_", "xavier_uniform_", "kaiming_normal_", "orthogonal_"])
def test_initializers_write_their_tensor(name: str) -> None:
    (operation,) = operations.operations(f"torch.nn.init.{name}")
    assert operation.writes == ("tensor",)
    assert operation.outputs[0].relation is Relation.SELF
    assert not operation.differentiable


@pytest.mark.parametrize("name", ["item", "tolist", "numpy", "size", "dim", "numel", "is_floating_point"])
def test_methods_that_give_no_tensor(name: str) -> None:
    assert all(not each.outputs for each in operations.operations(f"torch.Tensor.{name}"))


ELEMENTWISE = "add sub mul div true_divide pow remainder floor_divide fmod bitwise_and bitwise_or bitwise_xor"


@pytest.mark.parametrize("kind", ["tensor", "number"])
@pytest.mark.parametrize("name", ELEMENTWISE.split())
def test_operators_and_their_inplace_forms(name: str, kind: str) -> None:
    assert overload(f"torch.Tensor.{name}", ["tensor", kind]).writes == ()
    changed = overload(f"torch.Tensor.{name}_", ["tensor", kind])
    assert changed.writes == ("self",)
    assert changed.outputs[0].relation is Relation.SELF
    assert "self" not in {each.what for each in changed.kept}


def test_conversions_to_integers_cannot_require_grad() -> None:
    assert overload("torch.Tensor.to", ["tensor", "other"], dtype="torch.long").outputs[0].grad is Answer.NO
    assert overload("torch.Tensor.to", ["tensor", "other"]).outputs[0].grad is Answer.YES


@pytest.mark.parametrize("name", ["torch.nothing", "torch.Tensor.nothing", "torch.nn.Linear", "numpy.exp", ""])
def test_unknown_names(name: str) -> None:
    assert operations.operations(name) == ()
    assert layer("torch.nn.Nothing") is None
    assert optimizer("torch.optim.Nothing") is None


# The notation.


def entries(section: str) -> list[list[str]]:
    blocks = getattr(operation_table, section).strip("\n").split("\n\n")
    return [each.replace("\n  ", " ").split("\n ")[1:] for each in blocks]


def test_every_operation_is_read_as_it_was_written() -> None:
    for lines in entries("OPERATIONS"):
        assert [write_operation(read_operation(each)) for each in lines] == lines


def test_every_layer_is_read_as_it_was_written() -> None:
    for lines in entries("LAYERS"):
        assert list(write_layer(read_layer(lines))) == lines


def test_every_optimizer_is_read_as_it_was_written() -> None:
    for lines in entries("OPTIMIZERS"):
        assert [write_optimizer(read_optimizer(each)) for each in lines] == lines


def test_what_is_not_of_the_form_is_refused() -> None:
    with pytest.raises(ValueError, match="write it again"):
        read_operation("(self#~)")


@pytest.mark.parametrize("section", ["OPERATIONS", "LAYERS", "OPTIMIZERS"])
def test_names_are_canonical_and_unique(section: str) -> None:
    blocks = getattr(operation_table, section).strip("\n").split("\n\n")
    names = [name for each in blocks for name in each.replace("\n  ", " ").partition("\n")[0].split()]
    assert len(names) == len(set(names))
    assert [name for name in names if canonical(name) != name] == []


def known_names() -> list[str]:
    blocks = operation_table.OPERATIONS.strip("\n").split("\n\n")
    return [name for each in blocks for name in each.replace("\n  ", " ").partition("\n")[0].split()]


def test_operations_only_speak_of_their_parameters_and_outputs() -> None:
    for name in known_names():
        for each in operations.operations(name):
            parameters = {one.name for one in each.parameters}
            results = {"result"} | {f"result.{at}" for at in range(len(each.outputs))}
            assert {one.what for one in each.kept} <= parameters | results, name
            assert frozenset().union(*(one.when for one in each.kept)) <= each.differentiable, name
            assert {*each.differentiable, *each.writes, *each.keeps_when} <= parameters, name
            assert {one.of for one in each.outputs} - {""} <= parameters, name
            assert not each.kept or each.keeps is not Answer.NO, name


def test_loading_needs_no_torch() -> None:
    code = "import sys; from torchlint.model.api import operations as o; assert o.operations('torch.exp'); "
    code += "assert o.layer('torch.nn.Linear'); print(sorted({'torch', 'numpy', 'libcst'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
