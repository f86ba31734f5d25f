from __future__ import annotations

import pytest

from torchlint.model.api import torch_names as names


def test_method_groups_do_not_overlap() -> None:
    groups = [names.PURE_METHODS, names.INPLACE_METHODS, names.INPLACE_VIEW_METHODS, names.HOST_METHODS]
    assert len(frozenset().union(*groups)) == sum(map(len, groups))
    assert names.DISTINCT_METHODS < names.PURE_METHODS
    assert not names.VIEW_METHODS & names.MAYBE_VIEW_METHODS


def test_function_groups_do_not_overlap() -> None:
    factories = (names.TENSOR_FACTORIES, names.LIKE_FACTORIES, names.RANDOM_FACTORIES)
    groups = [*factories, names.TENSOR_FUNCTIONS, names.STATEFUL_FUNCTIONS]
    assert len(frozenset().union(*groups)) == sum(map(len, groups))


def test_module_groups_do_not_overlap() -> None:
    kinds = [names.STATEFUL_MODULES, names.OPTIONAL_STATE_MODULES, names.MODE_MODULES, names.STATELESS_MODULES]
    groups = [*kinds, names.CONTAINER_MODULES, names.PARAMETER_CONTAINERS]
    assert len(frozenset().union(*groups)) == sum(map(len, groups))


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("torch.nn.Linear", "STATEFUL_MODULES"),
        ("torch.nn.BatchNorm2d", "STATEFUL_MODULES"),
        ("torch.nn.LazyLinear", "STATEFUL_MODULES"),
        ("torch.nn.CrossEntropyLoss", "OPTIONAL_STATE_MODULES"),
        ("torch.nn.InstanceNorm2d", "OPTIONAL_STATE_MODULES"),
        ("torch.nn.Dropout", "MODE_MODULES"),
        ("torch.nn.Dropout1d", "MODE_MODULES"),
        ("torch.nn.RReLU", "MODE_MODULES"),
        ("torch.nn.ReLU", "STATELESS_MODULES"),
        ("torch.nn.LPPool2d", "STATELESS_MODULES"),
        ("torch.zeros", "TENSOR_FACTORIES"),
        ("torch.from_numpy", "TENSOR_FACTORIES"),
        ("torch.hann_window", "TENSOR_FACTORIES"),
        ("torch.randn", "RANDOM_FACTORIES"),
        ("torch.normal", "RANDOM_FACTORIES"),
        ("torch.randn_like", "RANDOM_FACTORIES"),
        ("torch.zeros_like", "LIKE_FACTORIES"),
        ("torch.cat", "TENSOR_FUNCTIONS"),
        ("torch.eq", "TENSOR_FUNCTIONS"),
        ("torch.nn.functional.cross_entropy", "TENSOR_FUNCTIONS"),
        ("torch.nn.functional.batch_norm", "STATEFUL_FUNCTIONS"),
        ("torch.nn.functional.embedding", "STATEFUL_FUNCTIONS"),
        ("masked_fill", "DISTINCT_METHODS"),
        ("scatter_add", "DISTINCT_METHODS"),
        ("unsqueeze", "DISTINCT_METHODS"),
        ("clamp", "DISTINCT_METHODS"),
        ("bmm", "DISTINCT_METHODS"),
        ("add", "PURE_METHODS"),
        ("float", "PURE_METHODS"),
        ("add_", "INPLACE_METHODS"),
        ("t_", "INPLACE_VIEW_METHODS"),
        ("view", "VIEW_METHODS"),
        ("reshape", "MAYBE_VIEW_METHODS"),
        ("item", "HOST_METHODS"),
        ("chalf", "DTYPE_METHODS"),
        ("cuda", "DEVICE_METHODS"),
    ],
)
def test_known_members(name: str, group: str) -> None:
    assert name in getattr(names, group)


@pytest.mark.parametrize("name", ["to", "detach", "view", "expand", "add", "sum", "mean", "copy", "sort", "softmax"])
def test_shared_names_are_not_distinct(name: str) -> None:
    assert name not in names.DISTINCT_METHODS


@pytest.mark.parametrize(
    "name",
    ["item", "tolist", "backward", "register_hook", "retain_grad", "requires_grad_", "share_memory_", "record_stream"],
)
def test_methods_called_for_what_they_do_are_not_pure(name: str) -> None:
    assert name not in names.PURE_METHODS
    assert name not in names.INPLACE_METHODS


@pytest.mark.torch
def test_file_is_what_the_generator_writes() -> None:
    torch = pytest.importorskip("torch")
    if torch.__version__.partition("+")[0] != names.TORCH_VERSION:
        pytest.skip(f"the names were measured on torch {names.TORCH_VERSION}")
    from torchlint.model.api import generate

    written = generate.TARGET.read_text(encoding="utf-8")
    assert written == generate.generate()
