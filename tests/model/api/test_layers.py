from __future__ import annotations

import pytest

from torchlint.model.api.operation import Answer, Layer, Operation, Relation
from torchlint.model.api.operations import layer, optimizer


def known(name: str) -> Layer:
    found = layer(f"torch.nn.{name}")
    assert found is not None
    return found


def call(name: str, **options: str) -> Operation:
    """The first way of calling the layer that is not about other values of these options."""
    for each in known(name).calls:
        if options.items() >= dict(each.given).items():
            return each
    raise AssertionError(f"no call of {name} is about {options}")


def kept_of(operation: Operation) -> set[str]:
    return {each.what for each in operation.kept if each.sure}


CONVOLUTIONS = "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d"


@pytest.mark.parametrize("name", CONVOLUTIONS.split())
def test_convolutions_keep_input_and_weight_for_any_gradient(name: str) -> None:
    kept = {each.what: each.when for each in call(name, padding_mode="'zeros'").kept}
    assert kept == {"input": frozenset(), "self.weight": frozenset()}


def test_linear_keeps_one_for_the_gradient_of_the_other() -> None:
    kept = {each.what: set(each.when) for each in call("Linear").kept}
    assert kept == {"input": {"self.weight"}, "self.weight": {"input"}}
    assert call("Linear").keeps_when == {"input", "self.weight"}


def test_norm_layers_keep_their_state() -> None:
    assert kept_of(call("LayerNorm")) == {"input", "self.weight", "self.bias"}
    assert kept_of(call("GroupNorm")) == {"input", "self.weight"}
    batch = call("BatchNorm2d", track_running_stats="True", training="True")
    assert kept_of(batch) == {"input", "self.weight", "self.running_mean", "self.running_var"}
    assert batch.writes == ("self.num_batches_tracked",)
    assert call("BatchNorm2d", track_running_stats="True", training="False").writes == ()


def test_embeddings_keep_indices_and_write_where_norms_are_limited() -> None:
    assert kept_of(call("Embedding", max_norm="None")) == {"input"}
    assert call("Embedding", max_norm="None").writes == ()
    assert call("Embedding").writes == ("self.weight",)


INPLACE = "CELU ELU Hardsigmoid Hardswish Hardtanh LeakyReLU Mish RReLU ReLU ReLU6 SELU SiLU Threshold"


@pytest.mark.parametrize("name", INPLACE.split())
def test_activations_in_place_write_their_input(name: str) -> None:
    assert call(name, inplace="False").writes == ()
    changed = call(name, inplace="True")
    assert changed.writes == ("input",)
    assert changed.outputs[0].relation is Relation.SELF
    assert "input" not in kept_of(changed)


def test_dropout_by_mode() -> None:
    training = call("Dropout", training="True", inplace="False", p="0.5")
    assert (training.kept, training.keeps) == ((), Answer.YES)
    quiet = call("Dropout", training="False", inplace="False", p="0.5")
    assert (quiet.outputs[0].relation, quiet.keeps) == (Relation.SELF, Answer.NO)


@pytest.mark.parametrize(
    ("name", "options", "nesting"),
    [
        ("LSTM", {"bidirectional": "False"}, "(0,(1,2))"),
        ("GRU", {}, "(0,1)"),
        ("LSTMCell", {}, "(0,1)"),
        ("GRUCell", {}, "0"),
        ("MultiheadAttention", {"need_weights": "True"}, "(0,1)"),
        ("MultiheadAttention", {"need_weights": "False"}, "(0,-)"),
        ("MaxPool2d", {"return_indices": "False"}, "0"),
        ("MaxPool2d", {"return_indices": "True"}, "(0,1)"),
    ],
)
def test_how_outputs_are_packed(name: str, options: dict[str, str], nesting: str) -> None:
    assert call(name, **options).nesting == nesting


@pytest.mark.parametrize(
    ("name", "options", "kept"),
    [
        ("MSELoss", {}, {"input", "target"}),
        ("L1Loss", {}, set()),
        ("NLLLoss", {}, {"input", "target", "self.weight"}),
        ("CrossEntropyLoss", {"label_smoothing": "0.0"}, {"target", "self.weight"}),
        ("BCELoss", {}, {"input", "target", "self.weight"}),
        ("BCEWithLogitsLoss", {}, {"input", "target", "self.weight", "self.pos_weight"}),
        ("KLDivLoss", {"log_target": "True"}, set()),
        ("KLDivLoss", {"log_target": "False"}, {"input", "target"}),
    ],
)
def test_losses(name: str, options: dict[str, str], kept: set[str]) -> None:
    assert kept_of(call(name, **options)) == kept


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Linear", {"weight": {}, "bias": {"bias": "True"}}),
        ("Conv2d", {"weight": {}, "bias": {"bias": "True"}}),
        ("Embedding", {"weight": {}}),
        (
            "LayerNorm",
            {"weight": {"elementwise_affine": "True"}, "bias": {"elementwise_affine": "True", "bias": "True"}},
        ),
        ("ReLU", {}),
    ],
)
def test_state(name: str, state: dict[str, dict[str, str]]) -> None:
    assert {each.name: dict(each.given) for each in known(name).state if each.trained} == state


def test_buffers_are_not_trained() -> None:
    state = {each.name: each.trained for each in known("BatchNorm1d").state}
    assert state == {
        "weight": True,
        "bias": True,
        "running_mean": False,
        "running_var": False,
        "num_batches_tracked": False,
    }


@pytest.mark.parametrize(
    "name", ["LSTM", "TransformerEncoderLayer", "Linear", "CrossEntropyLoss", "MultiheadAttention", "LazyLinear"]
)
def test_calls_only_speak_of_parameters_state_and_outputs(name: str) -> None:
    found = known(name)
    state = {f"self.{each.name}" for each in found.state}
    for each in found.calls:
        parameters = {one.name for one in each.parameters}
        results = {"result"} | {f"result.{at}" for at in range(len(each.outputs))}
        assert {one.what for one in each.kept} <= parameters | state | results
        assert {*each.differentiable, *each.writes, *each.keeps_when} <= parameters | state


def test_constructors_have_their_defaults() -> None:
    defaults = {each.name: each.default for each in known("Dropout").constructor}
    assert defaults == {"p": "0.5", "inplace": "False"}
    assert known("LSTM").constructor[0].default is None


@pytest.mark.parametrize(
    ("name", "has_fused", "needs_closure"),
    [
        ("SGD", True, False),
        ("Adam", True, False),
        ("AdamW", True, False),
        ("Adagrad", True, False),
        ("RMSprop", False, False),
        ("LBFGS", False, True),
        ("Muon", False, False),
    ],
)
def test_optimizers(name: str, has_fused: bool, needs_closure: bool) -> None:
    found = optimizer(f"torch.optim.{name}")
    assert found is not None
    assert (found.has_fused, found.needs_closure) == (has_fused, needs_closure)
    assert found.constructor[0].name == "params"
