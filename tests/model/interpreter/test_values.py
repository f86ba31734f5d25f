"""Values of the interpreter against what they stand for."""

from __future__ import annotations

import ast

import pytest

from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.autograd.results import Packed
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.autograd.tensor_list import Several
from torchlint.model.interpreter.machine import Machine
from torchlint.model.interpreter.state import PathState
from torchlint.model.interpreter.values.class_checks import DERIVED_LAYERS
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.modules import MODULE_ATTRIBUTES, SequenceValue
from torchlint.model.interpreter.values.symbolic import Symbol
from torchlint.model.interpreter.values.value import Wrapped, as_value

KIND = ClassValue("Kind", 1, [], {})
TENSOR = Tensor(ast.Pass())
VALUES = (
    *(True, 1, 1.5, 1j, b"", None, ..., "text", range(3), [1], (1,), {"key": 1}),
    *(TENSOR, Packed(("values",), (TENSOR,)), Several(TENSOR), Mode(ModeKind.GRAD, enabled=True)),
    *(Symbol("os.environ"), KIND, ObjectValue(KIND, {}, ast.Pass(), is_module=False, is_open=False)),
    *(SequenceValue("torch.nn.ModuleList", {}), Machine(PathState({}, 1)).unknown()),
)


@pytest.mark.torch
def test_what_every_module_has() -> None:
    nn = pytest.importorskip("torch.nn")
    assert {name for name in dir(nn.Module()) if not name.startswith("_")} == MODULE_ATTRIBUTES


@pytest.mark.torch
def test_which_layers_are_derived_from_others() -> None:
    nn = pytest.importorskip("torch.nn")
    layers = {name: each for name, each in vars(nn).items() if isinstance(each, type) and issubclass(each, nn.Module)}
    derived = {
        name: base.__name__
        for name, each in layers.items()
        for base in each.__mro__[1:]
        if layers.get(base.__name__) is base is not nn.Module
        and not (name.startswith("Lazy") or base.__name__.endswith("Base"))
    }
    assert derived == DERIVED_LAYERS


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_how_a_value_behaves_is_known(value: object) -> None:
    behaviour = as_value(value)
    assert type(behaviour) is not Wrapped
    assert behaviour.itself is value
    assert as_value(behaviour) is behaviour
