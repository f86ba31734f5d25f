"""Modules of ``torch.nn``: built, called, and what their methods do to their parameters."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Layer
from torchlint.model.api.operations import layer
from torchlint.model.autograd.call import Call
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import How, Tensor
from torchlint.model.interpreter import binding
from torchlint.model.interpreter.limits import OPERATION_WORK
from torchlint.model.interpreter.open_containers import is_open, leave_open
from torchlint.model.interpreter.operate import operate
from torchlint.model.interpreter.provenance import looking_inside
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue
from torchlint.model.interpreter.values.symbolic import Symbolic, held, optional

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchlint.model.api.operation import Operation
    from torchlint.model.interpreter.protocol import Interpreter

MODULE = "torch.nn.Module"
_DISTRIBUTED = "torch.nn.parallel.DistributedDataParallel"
_OF_PARAMETERS = ("torch.nn.ParameterList", "torch.nn.ParameterDict")
CONTAINERS = frozenset(
    ("torch.nn.Sequential", "torch.nn.ModuleList", "torch.nn.ModuleDict", *_OF_PARAMETERS, _DISTRIBUTED)
)


def is_module(name: str) -> bool:
    """Whether a canonical name is that of ``nn.Module`` or of a class of ``torch.nn`` derived from it."""
    return name == MODULE or name in CONTAINERS or is_layer(name)


def is_layer(name: str) -> bool:
    """Whether a canonical name is that of a layer of ``torch.nn``, containers apart."""
    return name.startswith("torch.nn.") and layer(name) is not None


def build(machine: Interpreter, site: Site, name: str) -> object:
    """``nn.Linear(2, 3)`` and its kin, ``nn.Sequential`` included."""
    if name in CONTAINERS:
        return _container(machine, site, name)
    machine.run.budget.spend(OPERATION_WORK)
    known = layer(name)
    arguments = binding.arguments_of(site, known.constructor) if known else None
    if known is None or arguments is None:
        return machine.unknown()
    state = {
        each.name: _state(machine, site, each.name, trained=each.trained)
        for each in known.state
        if all(_argument_is(known, arguments, key, text) is Answer.YES for key, text in each.given)
    }
    if "weight" in state:
        state["weight"].shape = _weight_shape(name, arguments)
    return LayerValue(name, known, arguments, state, site.at)


def _state(machine: Interpreter, site: Site, name: str, *, trained: bool) -> Tensor:
    made = Tensor(site.at, name=name, is_parameter=trained)
    made.requires_grad = Answer.YES if trained else Answer.NO
    return made


def unbuilt(machine: Interpreter, module: LayerValue, name: str) -> object:
    """What a layer has in the place of a tensor that layers of its kind may have: None if it was built without."""
    given = next(each.given for each in module.layer.state if each.name == name)
    answers = [_argument_is(module.layer, module.arguments, key, text) for key, text in given]
    return None if Answer.NO in answers else optional(machine.unknown())


_SIZES = {"torch.nn.Linear": ("out_features", "in_features"), "torch.nn.Embedding": ("num_embeddings", "embedding_dim")}
"""The constructor arguments that are the shape of a layer's weight."""


def _weight_shape(name: str, arguments: Mapping[str, object]) -> tuple[int, ...] | None:
    sizes = [arguments.get(each) for each in _SIZES.get(name, ())]
    known = tuple(each for each in sizes if isinstance(each, int))
    return known if known and len(known) == len(sizes) else None


def _container(machine: Interpreter, site: Site, name: str) -> object:
    if site.is_open:
        return machine.unknown()
    given = site.argument(0, "module" if name == _DISTRIBUTED else "modules")
    if name == _DISTRIBUTED:
        modules: dict[object, object] = {"module": given}
    elif name == "torch.nn.Sequential":
        modules = (
            dict(given) if isinstance(given, dict) else {str(index): each for index, each in enumerate(site.arguments)}
        )
    elif isinstance(given, dict):
        modules = dict(given)
    elif given is None and not site.arguments:
        modules = {}
    elif isinstance(given, (list, tuple)):
        modules = {str(index): each for index, each in enumerate(given)}
    else:
        return machine.unknown()
    if name in _OF_PARAMETERS and any(not each.is_parameter for each in tensors_in(modules)):
        return machine.unknown()
    made = SequenceValue(name, {str(key): held(value) for key, value in modules.items()})
    stars = isinstance(site.at, ast.Call) and any(isinstance(each, ast.Starred) for each in site.at.args)
    if stars or is_open(machine.run, given):
        leave_open(machine.run, made.modules)
    return made


def _argument_is(known: Layer, arguments: object, name: str, text: str, training: Answer = Answer.MAYBE) -> Answer:
    """Whether a constructor's argument, or the mode, is what an entry of the table is for."""
    if name == "training":
        if training is Answer.MAYBE:
            return Answer.MAYBE
        return Answer.YES if (training is Answer.YES) is (text == "True") else Answer.NO
    default = next((each.default for each in known.constructor if each.name == name), None)
    assert isinstance(arguments, dict)
    if name not in arguments:
        return Answer.YES if default == text else Answer.NO
    value = arguments[name]
    if isinstance(value, Symbolic):
        return Answer.MAYBE
    if text.startswith("not "):
        return Answer.NO if repr(value) == text[4:] else Answer.YES
    return Answer.YES if repr(value) == text else Answer.NO


def call(machine: Interpreter, site: Site, module: LayerValue | SequenceValue) -> object:
    """Call a module."""
    if isinstance(module, LayerValue):
        return _call_layer(machine, site, module)
    if module.kind == _DISTRIBUTED:
        return machine.call_site(site, module.modules["module"])
    if module.kind != "torch.nn.Sequential" or len(site.arguments) != 1:
        return machine.unknown()
    value, texts = site.arguments[0], site.texts
    with looking_inside(machine, site):
        for each in module.modules.values():
            value = machine.call_site(Site(site.at, site.label, [value], {}, texts), each)
            texts = []
    return value


def _call_layer(machine: Interpreter, site: Site, module: LayerValue) -> object:
    applying = tuple(index for index, each in enumerate(module.layer.calls) if _applies(module, each))
    overloads = _overloads(module.name, applying)
    bound = binding.bind(machine, site, overloads)
    if bound is None or (len(overloads) > 1 and module.training is Answer.MAYBE and not _agree(overloads)):
        return machine.unknown()
    operation, arguments, texts = bound
    label = module.name.removeprefix("torch.")
    name = module.name.rpartition(".")[2]
    how = How.RENORM if "self.weight" in operation.writes else How.INPLACE
    with_state = Call(site.at, label, name, operation, arguments, texts, module.state, how)
    result = operate(machine.run, with_state)
    for each in tensors_in(result) if module.assumed else ():
        if each.node is not None:
            each.node.assumed = module.assumed
    return result


@cache
def _overloads(name: str, indices: tuple[int, ...]) -> tuple[Operation, ...]:
    """Some of the ways of calling a layer, the same tuple each time."""
    known = layer(name)
    return tuple(known.calls[index] for index in indices) if known else ()


def _agree(overloads: Sequence[Operation]) -> bool:
    first = overloads[0]
    return all(each.kept == first.kept and each.writes == first.writes for each in overloads)


def _applies(module: LayerValue, operation: Operation) -> bool:
    return all(
        _argument_is(module.layer, module.arguments, name, text, module.training) is not Answer.NO
        for name, text in operation.given
        if not any(each.name == name for each in operation.parameters)
    )
