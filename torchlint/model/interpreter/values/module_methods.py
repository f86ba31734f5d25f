"""The methods that every module has: parameters, state, modes, and what it is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.call import change
from torchlint.model.autograd.tensor import Change, How
from torchlint.model.autograd.views import detached
from torchlint.model.interpreter.values import module_modes
from torchlint.model.interpreter.values.parameters import unlisted
from torchlint.model.interpreter.values.symbolic import Symbol
from torchlint.model.interpreter.values.value import as_value, note_replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.modules import Module
    from torchlint.model.interpreter.values.symbolic import Symbolic


def call(vm: Interpreter, site: Site, module: Module, name: str) -> object:
    """Call a method that every module has."""
    vm.run.budget.spend(sum(1 for _ in module.tree()))
    handler = METHODS.get(name)
    if handler is None:
        as_value(module).havoc(vm)
        module_modes.doubt(vm, site.at, [module])
        return vm.call_unknown(site, Symbol(name))
    return handler(vm, site, module)


def _forward(vm: Interpreter, site: Site, module: Module) -> object:
    return vm.call_site(site, module)


def _more(vm: Interpreter, module: Module) -> list[Symbolic]:
    """Something that stands for the parameters or buffers of which nothing is known, where there may be any."""
    if not any(each.is_partial for _, each in module.tree()):
        return []
    found = unlisted(vm.run.fresh)
    vm.run.speculation.holders[found.key] = module.hidden()
    if not any(each.is_partial and not each.is_opaque for _, each in module.tree()):
        vm.run.speculation.whole.add(found.key)
    return [found]


def _parameters(vm: Interpreter, site: Site, module: Module) -> object:
    return vm.run.trace.generators.made([*module.parameters(), *_more(vm, module)])


def _named_parameters(vm: Interpreter, site: Site, module: Module) -> object:
    found = [(name, each) for name, each in module.named_state().items() if each.is_parameter]
    return vm.run.trace.generators.made([*found, *((vm.unknown(), each) for each in _more(vm, module))])


def _buffers(vm: Interpreter, site: Site, module: Module) -> object:
    return [*(each for each in module.named_state().values() if not each.is_parameter), *_more(vm, module)]


def _named_buffers(vm: Interpreter, site: Site, module: Module) -> object:
    found = [(name, each) for name, each in module.named_state().items() if not each.is_parameter]
    return [*found, *((vm.unknown(), each) for each in _more(vm, module))]


def _state_dict(vm: Interpreter, site: Site, module: Module) -> object:
    found = {name: detached(vm.run, site.at, each, "state_dict") for name, each in module.named_state().items()}
    vm.run.trace.states.read(site.at, found, module, as_value(module).holders())
    return found


def _children(vm: Interpreter, site: Site, module: Module) -> object:
    return list(module.children().values())


def _modules(vm: Interpreter, site: Site, module: Module) -> object:
    return [each for _, each in module.tree()]


def _named_modules(vm: Interpreter, site: Site, module: Module) -> object:
    return [(name.rstrip("."), each) for name, each in module.tree()]


def _zero_grad(vm: Interpreter, site: Site, module: Module) -> object:
    vm.run.trace.clear_known(site.at, vm.run.history.fed_of(module.parameters()))
    vm.run.history.clear_gradients(module.parameters(), site.argument(0, "set_to_none", True))
    return None


def _train(vm: Interpreter, site: Site, module: Module) -> object:
    flag = vm.truth(site.argument(0, "mode", True), site.written(0, "mode"))
    _set_training(vm, site, module, trains=flag)
    return module


def _eval(vm: Interpreter, site: Site, module: Module) -> object:
    _set_training(vm, site, module, trains=False)
    return module


def _set_training(vm: Interpreter, site: Site, module: Module, *, trains: bool) -> None:
    for _, each in module.tree():
        each.training = Answer.YES if trains else Answer.NO
    module_modes.switch(vm, site.at, module, trains=trains)


def _requires_grad(vm: Interpreter, site: Site, module: Module) -> object:
    flag = vm.truth(site.argument(0, "requires_grad", True), site.written(0, "requires_grad"))
    for each in module.parameters():
        each.requires_grad = Answer.YES if flag else Answer.NO
    for hidden in module.hidden():
        hidden.doubt()
    return module


def _apply(vm: Interpreter, site: Site, module: Module) -> object:
    """``apply(function)``: children first."""
    for _, each in reversed(list(module.tree())):
        vm.call(site.at, site.argument(0, "fn"), [each], {})
    return module


def _load(vm: Interpreter, site: Site, module: Module) -> object:
    vm.run.trace.states.load(site.at, site.argument(0, "state_dict"), module)
    _overwrite(site, module.named_state(), "load_state_dict")
    return vm.unknown()


def _reset(vm: Interpreter, site: Site, module: Module) -> object:
    _overwrite(site, module.resets, "reset_parameters")
    return None


def _reset_statistics(vm: Interpreter, site: Site, module: Module) -> object:
    _overwrite(site, {name: each for name, each in module.resets.items() if not each.is_parameter}, "reset")
    return None


def _overwrite(site: Site, tensors: Mapping[str, Tensor], operation: str) -> None:
    """New content in the old tensors, which the version counters see."""
    for each in tensors.values():
        change(each, Change(site.at, each.name, operation, How.LOAD))


def _same(vm: Interpreter, site: Site, module: Module) -> object:
    vm.has_moved = vm.has_moved or site.label in ("to", "cuda")
    return module


def _register(vm: Interpreter, site: Site, module: Module) -> object:
    """``register_buffer``, ``register_parameter``, ``add_module``."""
    given, value = site.argument(0, "name"), site.argument(1, "tensor", site.keywords.get("param"))
    name = given if isinstance(given, str) else f"?{vm.run.fresh()}"
    vm.stored(site.at, module, given if isinstance(given, str) else "", value)
    module.register(name, value, is_module=site.label.endswith("module"), is_buffer="buffer" in site.label)
    return None


def _hook(vm: Interpreter, site: Site, module: Module) -> object:
    if site.arguments:
        module.hooks.append(site.arguments[0])
    return vm.unknown()


def _append(vm: Interpreter, site: Site, module: Module) -> object:
    if site.arguments:
        note_replaced(vm, site.at, module, site.arguments[0])
        module.append(site.arguments[0])
    return module


def _extend(vm: Interpreter, site: Site, module: Module) -> object:
    for each in vm.items(site.at, site.argument(0, "modules")):
        note_replaced(vm, site.at, module, each)
        module.append(each)
    return module


def _items(vm: Interpreter, site: Site, module: Module) -> object:
    held = module.listed()
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
