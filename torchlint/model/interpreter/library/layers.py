"""Modules of ``torch.nn``: built, called, and what their methods do to their parameters."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import layer
from torchlint.model.autograd.call import Call
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.sizes import ANY
from torchlint.model.autograd.sizes_of_state import sizes_of_state
from torchlint.model.autograd.tensor import How, Tensor
from torchlint.model.interpreter import binding
from torchlint.model.interpreter.limits import OPERATION_WORK
from torchlint.model.interpreter.open_containers import is_open, leave_open
from torchlint.model.interpreter.operate import operate
from torchlint.model.interpreter.values.modules import (
    CONTAINERS,
    DISTRIBUTED,
    OF_PARAMETERS,
    SEQUENTIAL,
    LayerValue,
    SequenceValue,
    argument_is,
)
from torchlint.model.interpreter.values.symbolic import held
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.model.api.operation import Operation
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


def build(machine: Interpreter, site: Site, name: str) -> object:
    """What a class that is derived from ``nn.Linear`` and its kin, ``nn.Sequential`` included, has of it."""
    return _container(machine, site, name) if name in CONTAINERS else _layer(machine, site, name) or machine.unknown()


def create(machine: Interpreter, site: Site, name: str) -> object:
    """``nn.Linear(2, 3)`` and its kin, ``nn.Sequential`` included."""
    if name in CONTAINERS:
        container = _container(machine, site, name)
        as_value(container).give_sizes(machine, ANY)
        _note_built(machine, site, container)
        return container
    made = _layer(machine, site, name)
    if made is None:
        return machine.unknown()
    machine.run.trace.built(site, made)
    _note_built(machine, site, made)
    return made


def _note_built(machine: Interpreter, site: Site, made: object) -> None:
    if not machine.is_library:
        parameters = tensors_in(list(as_value(made).holders()))
        machine.run.history.reach.ownership.built.append((site.at, parameters))


def _layer(machine: Interpreter, site: Site, name: str) -> LayerValue | None:
    machine.run.budget.spend(OPERATION_WORK)
    known = layer(name)
    arguments = binding.arguments_of(site, known.constructor) if known else None
    if known is None or arguments is None:
        return None
    if site.is_open:
        arguments = {each.name: machine.unknown() for each in known.constructor} | arguments
    state = {
        each.name: _state(machine, site, each.name, trained=each.trained)
        for each in known.state
        if all(argument_is(known, arguments, key, text) is Answer.YES for key, text in each.given)
    }
    known_sizes = {} if machine.run.loops.cut else sizes_of_state(name.rpartition(".")[2], arguments, site.at)
    for key, sizes in known_sizes.items():
        if key in state:
            state[key].sizes = sizes
    return LayerValue(name, known, arguments, state, site.at)


def _state(machine: Interpreter, site: Site, name: str, *, trained: bool) -> Tensor:
    made = Tensor(site.at, name=name, is_parameter=trained)
    made.requires_grad = Answer.YES if trained else Answer.NO
    return made


def _container(machine: Interpreter, site: Site, name: str) -> object:
    if site.is_open:
        return machine.unknown()
    given = site.argument(0, "module" if name == DISTRIBUTED else "modules")
    if name == DISTRIBUTED:
        modules: dict[object, object] = {"module": given}
    elif name == SEQUENTIAL:
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
    if name in OF_PARAMETERS and any(not each.is_parameter for each in tensors_in(modules)):
        return machine.unknown()
    made = SequenceValue(name, {str(key): held(value) for key, value in modules.items()})
    if site.is_cut or is_open(machine.run, given):
        leave_open(machine.run, made.modules)
        for tensor in made.named_state().values():  # of what one gives another, nothing is known: some are left out
            tensor.sizes = ANY
    return made


def call(machine: Interpreter, site: Site, module: LayerValue) -> object:
    """Call a layer."""
    applying = tuple(index for index, each in enumerate(module.layer.calls) if _applies(module, each))
    overloads = _overloads(module.name, applying)
    bound = binding.bind(machine, site, overloads)
    if bound is None or (len(overloads) > 1 and module.training is Answer.MAYBE and not _agree(overloads)):
        return machine.unknown()
    operation, arguments, texts = bound
    operation = _in_doubt(module, overloads, operation)
    label = module.name.removeprefix("torch.")
    name = module.name.rpartition(".")[2]
    how = How.RENORM if "self.weight" in operation.writes else How.INPLACE
    with_state = Call(
        site.at, label, name, operation, arguments, texts, module.state, how, module.settings, module.made
    )
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


def _in_doubt(module: LayerValue, overloads: tuple[Operation, ...], operation: Operation) -> Operation:
    """What certainly holds of a call where what the layer was built with leaves open which overload it means."""
    if operation not in overloads:  # what it was given left that open too, and it was merged of all
        return operation
    found = operation
    for each in overloads[overloads.index(operation) :]:
        if each.parameters == operation.parameters:
            found = binding.merged(found, each)
            if _is_meant(module, each):
                break
    return found


def _is_meant(module: LayerValue, operation: Operation) -> bool:
    """Whether a layer was certainly built for an overload, be it training or not."""
    return all(
        argument_is(module.layer, module.arguments, name, text) is Answer.YES
        for name, text in operation.given
        if name != "training" and not any(each.name == name for each in operation.parameters)
    )


def _applies(module: LayerValue, operation: Operation) -> bool:
    return all(
        argument_is(module.layer, module.arguments, name, text, module.training) is not Answer.NO
        for name, text in operation.given
        if not any(each.name == name for each in operation.parameters)
    )
