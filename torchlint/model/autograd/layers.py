"""Modules of ``torch.nn``: built, called, and what their methods do to their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operations import Answer, Layer, layer, operations
from torchlint.model.autograd import binding, calls, optimizers, python_calls
from torchlint.model.autograd.operate import Call, change, operate
from torchlint.model.autograd.values import (
    Change,
    How,
    LayerValue,
    Mode,
    ModeKind,
    SequenceValue,
    Symbol,
    Tensor,
    Unknown,
)

if TYPE_CHECKING:
    from torchlint.model.api.operations import Operation
    from torchlint.model.autograd.calls import Site
    from torchlint.model.autograd.machine import Machine

CONTAINERS = {"torch.nn.Sequential": True, "torch.nn.ModuleList": False, "torch.nn.ModuleDict": False}
_SAME = frozenset("to cuda cpu float double half bfloat16 to_empty share_memory".split())


def build(machine: Machine, site: Site, name: str) -> object:
    """``nn.Linear(2, 3)`` and its kin, ``nn.Sequential`` included."""
    if name in CONTAINERS:
        return _container(machine, site, name)
    known = layer(name)
    bound = binding.arguments_of(site, known.constructor) if known else None
    if known is None or bound is None:
        return machine.unknown()
    arguments = bound[0]
    state = {
        each.name: _state(machine, site, each.name, trained=each.trained)
        for each in known.state
        if all(_argument_is(known, arguments, key, text) is Answer.YES for key, text in each.given)
    }
    return LayerValue(name, known, arguments, state, site.at)


def _state(machine: Machine, site: Site, name: str, *, trained: bool) -> Tensor:
    made = Tensor(site.at, name=name, is_parameter=trained)
    made.requires_grad = Answer.YES if trained else Answer.NO
    return made


def _container(machine: Machine, site: Site, name: str) -> object:
    given = site.argument(0, "modules")
    if name == "torch.nn.Sequential":
        modules = dict(given) if isinstance(given, dict) else {str(index): each for index, each in enumerate(site.arguments)}
    elif isinstance(given, dict):
        modules = dict(given)
    elif isinstance(given, (list, tuple)):
        modules = {str(index): each for index, each in enumerate(given)}
    else:
        return machine.unknown()
    return SequenceValue({str(key): value for key, value in modules.items()}, CONTAINERS[name])


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
    if isinstance(value, Unknown):
        return Answer.MAYBE
    if text.startswith("not "):
        return Answer.NO if repr(value) == text[4:] else Answer.YES
    return Answer.YES if repr(value) == text else Answer.NO


def call(machine: Machine, site: Site, module: LayerValue | SequenceValue) -> object:
    """Call a module."""
    if isinstance(module, LayerValue):
        return _call_layer(machine, site, module)
    if not module.is_called or len(site.arguments) != 1:
        return machine.unknown()
    value = site.arguments[0]
    for each in module.modules.values():
        inner = calls.Site(site.at, site.label, [value], {}, [])
        value = calls.call(machine, inner, each)
    return value


def _call_layer(machine: Machine, site: Site, module: LayerValue) -> object:
    overloads = [each for each in module.layer.calls if _applies(module, each)]
    bound = binding.bind(site, overloads)
    if bound is None or len(overloads) > 1 and module.training is Answer.MAYBE and not _agree(overloads):
        return machine.unknown()
    operation, arguments, texts = bound
    label = module.name.removeprefix("torch.")
    name = module.name.rpartition(".")[2]
    how = How.RENORM if "self.weight" in operation.writes else How.INPLACE
    with_state = Call(site.at, label, name, operation, arguments, texts, module.state, how)
    return operate(machine.run, with_state)


def _agree(overloads: list[Operation]) -> bool:
    first = overloads[0]
    return all(each.kept == first.kept and each.writes == first.writes for each in overloads)


def _applies(module: LayerValue, operation: Operation) -> bool:
    return all(
        _argument_is(module.layer, module.arguments, name, text, module.training) is not Answer.NO
        for name, text in operation.given
    )


def parameters_of(module: object) -> list[Tensor]:
    """The parameters of a module, those of its children included."""
    if isinstance(module, LayerValue):
        return [each for each in module.state.values() if each.is_parameter]
    if isinstance(module, SequenceValue):
        found: dict[Tensor, None] = {}
        for each in module.modules.values():
            found.update(dict.fromkeys(parameters_of(each)))
        return list(found)
    return []


def _states_of(module: object) -> dict[str, Tensor]:
    if isinstance(module, LayerValue):
        return dict(module.state)
    if isinstance(module, SequenceValue):
        return {f"{name}.{key}": value for name, each in module.modules.items() for key, value in _states_of(each).items()}
    return {}


def call_method(machine: Machine, site: Site, module: LayerValue | SequenceValue, name: str) -> object:
    """Call a method of a module."""
    match name:
        case "forward" | "__call__":
            return call(machine, site, module)
        case "parameters":
            return parameters_of(module)
        case "named_parameters":
            return [(key, each) for key, each in _states_of(module).items() if each.is_parameter]
        case "buffers":
            return [each for each in _states_of(module).values() if not each.is_parameter]
        case "state_dict":
            return _snapshot(machine, site, module)
        case "children" | "modules":
            return [module] if isinstance(module, LayerValue) else list(module.modules.values())
        case "zero_grad":
            optimizers.clear(parameters_of(module), site.argument(0, "set_to_none", True))
            return None
        case "train" | "eval" | "requires_grad_":
            return _switch(machine, site, module, name)
        case "load_state_dict" | "reset_parameters" | "reset_running_stats":
            _overwrite(site, module, name)
            return None
        case "apply" if site.arguments:
            for each in [*_children(module), module]:
                machine.call(site.at, site.arguments[0], [each], {})  # type: ignore[arg-type]
            return module
        case "append" | "insert" | "extend" if isinstance(module, SequenceValue):
            return _grow(machine, site, module, name)
    if name in _SAME:
        return module
    return python_calls.call_unknown(machine, site, Symbol(name))


def _children(module: LayerValue | SequenceValue) -> list[object]:
    return list(module.modules.values()) if isinstance(module, SequenceValue) else []


def _snapshot(machine: Machine, site: Site, module: object) -> dict[object, object]:
    from torchlint.model.autograd.operate import detached

    return {name: detached(machine.run, site.at, each, "state_dict") for name, each in _states_of(module).items()}


def _switch(machine: Machine, site: Site, module: LayerValue | SequenceValue, name: str) -> object:
    if name == "requires_grad_":
        flag = machine.truth(site.argument(0, "requires_grad", True), site.at)
        for each in parameters_of(module):
            each.requires_grad = Answer.YES if flag else Answer.NO
        return module
    training = name == "train" and machine.truth(site.argument(0, "mode", True), site.at)
    _set_training(module, Answer.YES if training else Answer.NO)
    return module


def _set_training(module: object, training: Answer) -> None:
    if isinstance(module, LayerValue):
        module.training = training
    elif isinstance(module, SequenceValue):
        for each in module.modules.values():
            _set_training(each, training)


def _overwrite(site: Site, module: object, name: str) -> None:
    """New content in the old tensors, which the version counters see."""
    for key, each in _states_of(module).items():
        if name != "reset_running_stats" or not each.is_parameter:
            change(each, Change(site.at, key, name, How.LOAD))


def _grow(machine: Machine, site: Site, module: SequenceValue, name: str) -> object:
    if name == "append" and site.arguments:
        module.modules[str(len(module.modules))] = site.arguments[0]
        return module
    return machine.unknown()


__all__ = ["CONTAINERS", "Mode", "ModeKind", "build", "call", "call_method", "operations", "parameters_of"]
