"""What every module has, layers, containers and the program's own: parameters, state, modes, and methods on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.call import change
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Change, How, Tensor
from torchlint.model.autograd.views import detached, requires_grad
from torchlint.model.interpreter import unknown_calls
from torchlint.model.interpreter.python import iteration
from torchlint.model.interpreter.values.classes import ObjectValue
from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue
from torchlint.model.interpreter.values.parameters import unlisted
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic, held, optional

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

Module = LayerValue | SequenceValue | ObjectValue


def children(module: Module) -> dict[str, Module]:
    """The modules that a module holds, by name."""
    held = module.modules if isinstance(module, SequenceValue) else getattr(module, "attributes", {})
    return {str(name): each for name, each in held.items() if isinstance(each, Module) and not _is_plain_object(each)}


def _is_plain_object(value: object) -> bool:
    return isinstance(value, ObjectValue) and not value.is_module


def state(module: Module) -> dict[str, Tensor]:
    """The parameters and buffers of a module and of what it holds, by qualified name, each once."""
    found: dict[Tensor, str] = {}
    for prefix, each in _tree(module, ""):
        for name, tensor in (each.state if isinstance(each, LayerValue) else _own(each)).items():
            found.setdefault(tensor, prefix + name)
    return {name: tensor for tensor, name in found.items()}


def _own(module: Module) -> dict[str, Tensor]:
    if isinstance(module, SequenceValue):
        return {name: value for name, value in module.modules.items() if isinstance(value, Tensor)}
    if not isinstance(module, ObjectValue):
        return {}
    return {
        name: value
        for name, value in module.attributes.items()
        if isinstance(value, Tensor) and (value.is_parameter or name in module.buffers)
    }


def _tree(
    module: Module, prefix: str, depth: int = 12, seen: set[Module] | None = None
) -> Iterator[tuple[str, Module]]:
    """A module and what it holds, each once, with their names."""
    seen = {module} if seen is None else seen
    yield prefix, module
    for name, each in children(module).items() if depth else ():
        if each not in seen:
            seen.add(each)
            yield from _tree(each, f"{prefix}{name}.", depth - 1, seen)


def doubt(machine: Interpreter, value: object) -> int:
    """What is given to something unknown may be changed by it: parameters frozen or not, other tensors drawn into a
    graph, and those that a module keeps besides replaced. How many tensors these are."""
    owned: list[Tensor] = []
    if isinstance(value, Module):
        owned += state(value).values()
        _forget_kept(machine, value)
    for each in owned:
        each.requires_grad = Answer.MAYBE
    given = tensors_in(value)
    for tensor in given:
        if tensor.is_parameter or requires_grad(tensor) is Answer.NO:
            for each in (tensor, tensor.root):
                each.requires_grad = Answer.MAYBE
    return len(owned) + len(given)


def hold_parameters(values: Iterable[object], depth: int = 4) -> bool:
    """Whether some values, or what containers of them hold, are modules, optimizers or the like."""
    for each in values:
        if isinstance(each, Module) or getattr(each, "is_lasting", False):
            return True
        if depth and isinstance(each, (list, tuple, dict)):
            inner = each.values() if isinstance(each, dict) else each
            if hold_parameters(inner, depth - 1):
                return True
    return False


def _forget_kept(machine: Interpreter, module: Module) -> None:
    """The tensors that a module keeps besides parameters and buffers may be others by now."""
    for _, each in _tree(module, ""):
        attributes, own = getattr(each, "attributes", {}), _own(each)
        for name in [name for name, kept in attributes.items() if name not in own and tensors_in(kept)]:
            attributes[name] = machine.unknown()


def parameters_of(module: Module) -> list[Tensor]:
    """The parameters of a module, those of its children included."""
    return [each for each in state(module).values() if each.is_parameter]


def call_method(machine: Interpreter, site: Site, module: Module, name: str) -> object:
    """Call a method that every module has."""
    machine.run.budget.spend(sum(1 for _ in _tree(module, "")))
    handler = METHODS.get(name)
    if handler is None:
        doubt(machine, module)
        return unknown_calls.call_unknown(machine, site, Symbol(name))
    return handler(machine, site, module)


def _forward(machine: Interpreter, site: Site, module: Module) -> object:
    return machine.call_site(site, module)


def _more(machine: Interpreter, module: Module) -> list[Symbolic]:
    """Something that stands for the parameters or buffers of which nothing is known, where there may be any."""
    if not any(_is_partial(each) for _, each in _tree(module, "")):
        return []
    found = unlisted(machine.run.fresh)
    machine.run.speculation.holders[found.key] = _hidden(module)
    return [found]


def _is_partial(module: Module) -> bool:
    """Whether a module may have parameters or modules that are not seen."""
    holds: Mapping[str, object] = getattr(module, "modules", getattr(module, "attributes", {}))
    return getattr(module, "is_open", False) or any(isinstance(each, Symbolic) for each in holds.values())


def _hidden(module: Module) -> list[ObjectValue]:
    return [each for _, each in _tree(module, "") if isinstance(each, ObjectValue) and each.is_opaque]


def _parameters(machine: Interpreter, site: Site, module: Module) -> object:
    return [*parameters_of(module), *_more(machine, module)]


def _named_parameters(machine: Interpreter, site: Site, module: Module) -> object:
    found = [(name, each) for name, each in state(module).items() if each.is_parameter]
    return [*found, *((machine.unknown(), each) for each in _more(machine, module))]


def _buffers(machine: Interpreter, site: Site, module: Module) -> object:
    return [*(each for each in state(module).values() if not each.is_parameter), *_more(machine, module)]


def _named_buffers(machine: Interpreter, site: Site, module: Module) -> object:
    found = [(name, each) for name, each in state(module).items() if not each.is_parameter]
    return [*found, *((machine.unknown(), each) for each in _more(machine, module))]


def _state_dict(machine: Interpreter, site: Site, module: Module) -> object:
    return {name: detached(machine.run, site.at, each, "state_dict") for name, each in state(module).items()}


def _children(machine: Interpreter, site: Site, module: Module) -> object:
    return list(children(module).values())


def _modules(machine: Interpreter, site: Site, module: Module) -> object:
    return [each for _, each in _tree(module, "")]


def _named_modules(machine: Interpreter, site: Site, module: Module) -> object:
    return [(name.rstrip("."), each) for name, each in _tree(module, "")]


def _zero_grad(machine: Interpreter, site: Site, module: Module) -> object:
    machine.run.trace.clear()
    machine.run.history.clear_gradients(parameters_of(module), site.argument(0, "set_to_none", True))
    return None


def _train(machine: Interpreter, site: Site, module: Module) -> object:
    flag = machine.truth(site.argument(0, "mode", True), site.written(0, "mode"))
    _set_training(module, Answer.YES if flag else Answer.NO)
    return module


def _eval(machine: Interpreter, site: Site, module: Module) -> object:
    _set_training(module, Answer.NO)
    return module


def _set_training(module: Module, training: Answer) -> None:
    for _, each in _tree(module, ""):
        each.training = training


def _requires_grad(machine: Interpreter, site: Site, module: Module) -> object:
    flag = machine.truth(site.argument(0, "requires_grad", True), site.written(0, "requires_grad"))
    for each in parameters_of(module):
        each.requires_grad = Answer.YES if flag else Answer.NO
    for hidden in _hidden(module):
        hidden.is_doubtful = True
    return module


def _apply(machine: Interpreter, site: Site, module: Module) -> object:
    """``apply(function)``: children first."""
    for _, each in reversed(list(_tree(module, ""))):
        machine.call(site.at, site.argument(0, "fn"), [each], {})  # type: ignore[arg-type]
    return module


def _load(machine: Interpreter, site: Site, module: Module) -> object:
    _overwrite(site, state(module), "load_state_dict")
    return machine.unknown()


def _reset(machine: Interpreter, site: Site, module: Module) -> object:
    if isinstance(module, LayerValue):
        _overwrite(site, module.state, "reset_parameters")
    return None


def _reset_statistics(machine: Interpreter, site: Site, module: Module) -> object:
    if isinstance(module, LayerValue):
        _overwrite(site, {name: each for name, each in module.state.items() if not each.is_parameter}, "reset")
    return None


def _overwrite(site: Site, tensors: Mapping[str, Tensor], operation: str) -> None:
    """New content in the old tensors, which the version counters see."""
    for each in tensors.values():
        change(each, Change(site.at, each.name, operation, How.LOAD))


def _same(machine: Interpreter, site: Site, module: Module) -> object:
    machine.has_moved = machine.has_moved or site.label in ("to", "cuda")
    return module


def _register(machine: Interpreter, site: Site, module: Module) -> object:
    """``register_buffer``, ``register_parameter``, ``add_module``."""
    name, value = site.argument(0, "name"), site.argument(1, "tensor", site.keywords.get("param"))
    machine.stored(site.at, module, name if isinstance(name, str) else "", value)
    if isinstance(module, ObjectValue) and isinstance(name, str):
        if isinstance(value, Tensor) and value.name == "":
            value.name = name
        module.attributes[name] = held(value) if site.label.endswith("module") else optional(held(value))
        if site.label == "register_buffer":
            module.buffers.add(name)
    elif isinstance(module, SequenceValue) and isinstance(name, str):
        module.modules[name] = held(value)
    return None


def _hook(machine: Interpreter, site: Site, module: Module) -> object:
    if site.arguments:
        module.hooks.append(site.arguments[0])
    return machine.unknown()


def _append(machine: Interpreter, site: Site, module: Module) -> object:
    if isinstance(module, SequenceValue) and site.arguments:
        module.modules[str(len(module.modules))] = held(site.arguments[0])
    return module


def _extend(machine: Interpreter, site: Site, module: Module) -> object:
    for each in iteration.items(machine, site.at, site.argument(0, "modules")):
        _append(machine, replace(site, arguments=[each]), module)
    return module


def _items(machine: Interpreter, site: Site, module: Module) -> object:
    held = module.modules if isinstance(module, SequenceValue) else {}
    if site.label == "items":
        return list(held.items())
    return list(held) if site.label == "keys" else list(held.values())


METHODS: Mapping[str, Callable[[Interpreter, Site, Module], object]] = {
    "forward": _forward,
    "__call__": _forward,
    "parameters": _parameters,
    "named_parameters": _named_parameters,
    "buffers": _buffers,
    "named_buffers": _named_buffers,
    "state_dict": _state_dict,
    "load_state_dict": _load,
    "children": _children,
    "modules": _modules,
    "named_modules": _named_modules,
    "zero_grad": _zero_grad,
    "train": _train,
    "eval": _eval,
    "requires_grad_": _requires_grad,
    "apply": _apply,
    "reset_parameters": _reset,
    "reset_running_stats": _reset_statistics,
    "register_buffer": _register,
    "register_parameter": _register,
    "register_module": _register,
    "add_module": _register,
    "register_forward_hook": _hook,
    "append": _append,
    "extend": _extend,
    "items": _items,
    "keys": _items,
    "values": _items,
    **dict.fromkeys("to cuda cpu float double half bfloat16 share_memory type".split(), _same),
}
