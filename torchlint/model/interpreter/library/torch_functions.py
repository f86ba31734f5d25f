"""Calls of PyTorch's functions and classes: those that the operation table describes, and those of their own kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import layer, operations
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.sizes import ANY, Sizes, exactly
from torchlint.model.autograd.tensor import Counter, CutKind, Tensor
from torchlint.model.autograd.views import detached, leave, requires_grad
from torchlint.model.interpreter import unknown_calls
from torchlint.model.interpreter.library import (
    amp,
    backward,
    builtin_functions,
    checkpoints,
    data,
    distributions,
    layers,
    optimizers,
    tensor_methods,
)
from torchlint.model.interpreter.library.reshaping import asked
from torchlint.model.interpreter.open_containers import is_open
from torchlint.model.interpreter.values import class_checks
from torchlint.model.interpreter.values.modules import CONTAINERS
from torchlint.model.interpreter.values.numbers import Array
from torchlint.model.interpreter.values.symbolic import Symbol
from torchlint.model.interpreter.values.value import as_value, cut_in

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Mapping

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_FACTORIES_OF_INTEGERS = frozenset(
    ("randint", "arange", "randperm", "LongTensor", "IntTensor", "ByteTensor", "BoolTensor")
)


_FACTORIES = frozenset(
    f"torch.{name}"
    for name in (
        "arange empty empty_like eye full full_like linspace logspace ones ones_like rand rand_like randint "
        "randint_like randn randn_like randperm zeros zeros_like FloatTensor DoubleTensor LongTensor IntTensor "
        "HalfTensor BoolTensor Tensor"
    ).split()
)


def call(machine: Interpreter, site: Site, name: str) -> object:
    """Call something of PyTorch by its canonical name."""
    handler = _OWN.get(name)
    if handler is not None:
        return handler(machine, site)
    if name.startswith("torch.nn.init."):
        with machine.run.mode.within((_NO_GRAD,)):
            return machine.operation(site, name)
    if name.startswith("torch.optim."):
        return optimizers.build(machine, site, name)
    if (name.startswith("torch.nn.") and layer(name) is not None) or name in CONTAINERS:
        return layers.create(machine, site, name)
    known = operations(name)
    if name in _FACTORIES:
        return _create(machine, site, name)
    if known:
        return machine.operation(site, name)
    if name.startswith("torch.nn.utils."):
        return builtin_functions.call(machine, site, name)
    if name.startswith("torch.distributions."):
        return distributions.call(machine, site, name)
    machine.run.mode.is_known = machine.run.mode.is_known and "grad_enabled" not in name
    if name.endswith("_"):  # in place, and so may clear gradients
        machine.run.trace.clear_unseen(site.at, is_any=True)
    return machine.unknown()  # what else PyTorch has beyond the table changes nothing that it is given


def _create(machine: Interpreter, site: Site, name: str) -> Tensor:
    """A factory: a leaf, which requires grad if it is told to."""
    last = name.rpartition(".")[2]
    machine.has_moved = machine.has_moved or "device" in site.keywords
    made = Tensor(site.at, inference=machine.run.mode.inference)
    made.cut = cut_in(site.arguments)
    made.dtype = _dtype(site, last)
    made.sizes = ANY if any(is_open(machine.run, each) for each in site.arguments) else _sizes(machine, site, last)
    _set_flag(machine, made, site.keywords.get("requires_grad", False), site.keyword_texts.get("requires_grad"))
    return made


def _set_flag(machine: Interpreter, made: Tensor, flag: object, written: ast.AST | None = None) -> None:
    if flag is True:
        made.requires_grad = Answer.YES
    elif flag is not False and flag is not None:
        made.requires_grad = Answer.YES if machine.truth(flag, written or made.made) else Answer.NO


def _dtype(site: Site, name: str) -> str | None:
    wanted = site.keywords.get("dtype")
    if wanted is not None:
        return as_value(wanted).imported_name
    if name in _FACTORIES_OF_INTEGERS:
        return "torch.int64" if name != "arange" or all(isinstance(each, int) for each in site.arguments) else None
    if name.endswith("_like") or name.startswith("new_"):
        return as_value(site.argument(0, "input")).dtype
    if name in ("tensor", "as_tensor"):
        return _dtype_of(site.argument(0, "data"))
    return "default" if name in ("randn", "rand", "zeros", "ones", "empty", "eye", "linspace") else None


def _dtype_of(data: object) -> str | None:
    """The dtype that a literal gives."""
    while isinstance(data, (list, tuple)) and data:
        if any(isinstance(each, float) for each in data):
            return "default"
        data = data[0]
    if isinstance(data, bool):
        return "torch.bool"
    if isinstance(data, float):
        return "default"
    return "torch.int64" if isinstance(data, int) else None


def _sizes(machine: Interpreter, site: Site, name: str) -> Sizes:
    if name in ("tensor", "as_tensor"):
        return exactly(_shape_of(site.argument(0, "data")))
    if name.endswith("_like"):
        return as_value(site.argument(0, "input")).sizes
    if name in ("arange", "linspace"):
        steps = _steps(site) if name == "arange" else site.argument(2, "steps")
        return Sizes((steps if isinstance(steps, int) else None,), True, site.at)
    if name not in ("randn", "rand", "zeros", "ones", "empty", "full", "randint") or site.is_open or site.is_cut:
        return ANY
    if "size" in site.keywords:
        return asked(machine.run, [site.keywords["size"]])
    sizes = (
        site.arguments
        if name not in ("full", "randint")
        else site.arguments[-1:]
        if name == "randint"
        else site.arguments[:1]
    )
    return asked(machine.run, sizes)._replace(source=site.at)


def _steps(site: Site) -> int | None:
    """How many numbers ``arange`` counts, where that is known."""
    given = [each for each in site.arguments if isinstance(each, int)]
    if len(given) not in (1, 2) or len(given) != len(site.arguments) or "step" in site.keywords:
        return None
    return len(range(*given))


def _shape_of(data: object) -> tuple[int, ...] | None:
    sizes = []
    while isinstance(data, (list, tuple)):
        sizes.append(len(data))
        if not data:
            break
        data = data[0]
    return tuple(sizes) if isinstance(data, (bool, int, float, complex, list, tuple)) else None


def _tensor(machine: Interpreter, site: Site) -> object:
    """``torch.tensor(data)``: a copy outside the graph."""
    made = _create(machine, site, "torch.tensor")
    data = site.argument(0, "data")
    for each in tensors_in(data, 0):
        if not each.is_loose:
            has_graph = requires_grad(each) is Answer.YES
            machine.run.trace.rewrap(site.at, site.written(0, "data"), has_graph=has_graph)
    for each in tensors_in(data):
        if requires_grad(each) is Answer.YES:
            made.cut = leave(machine.run, CutKind.REWRAP, site.at, "torch.tensor", each)
            made.dtype, made.sizes = each.dtype, ANY
    return made


def _as_tensor(machine: Interpreter, site: Site) -> object:
    data = site.argument(0, "data")
    if isinstance(data, Tensor) and "dtype" not in site.keywords and len(site.arguments) == 1:
        return data
    return _from_array(machine, site) if isinstance(data, Array) else _create(machine, site, "torch.as_tensor")


def _from_array(machine: Interpreter, site: Site) -> object:
    return as_value(site.argument(0, "ndarray")).as_tensor(site.at) or Tensor(site.at)


def _parameter(machine: Interpreter, site: Site) -> object:
    """``nn.Parameter(data)``: a leaf on the memory and the version counter of ``data``."""
    data = site.argument(0, "data")
    made = Tensor(site.at, is_parameter=True)
    if isinstance(data, Tensor):
        made.storage, made.counter, made.sizes, made.dtype = data.storage, Counter(), data.sizes, data.dtype
        made.inference, made.cut = data.inference, data.cut
    made.requires_grad = Answer.YES
    _set_flag_of_parameter(machine, made, site.argument(1, "requires_grad", True), site.written(1, "requires_grad"))
    return made


def _set_flag_of_parameter(machine: Interpreter, made: Tensor, flag: object, written: ast.AST) -> None:
    if flag is not True:
        made.requires_grad = Answer.YES if machine.truth(flag, written) else Answer.NO


def _variable(machine: Interpreter, site: Site) -> object:
    """``autograd.Variable(data)``: the same memory and counter outside the graph."""
    data = site.argument(0, "data")
    if not isinstance(data, Tensor):
        made = Tensor(site.at, contiguous=Answer.MAYBE)
        _set_flag(machine, made, site.argument(1, "requires_grad", False))
        return made
    made = detached(machine.run, site.at, data, "Variable")
    made.alias_of = None
    _set_flag(machine, made, site.argument(1, "requires_grad", False))
    return made


_NO_GRAD = Mode(ModeKind.GRAD, False)


def _no_grad(machine: Interpreter, site: Site) -> object:
    return _decorating(machine, site, _NO_GRAD)


def _enable_grad(machine: Interpreter, site: Site) -> object:
    return _decorating(machine, site, Mode(ModeKind.GRAD, True))


def _decorating(machine: Interpreter, site: Site, mode: Mode) -> object:
    """``no_grad()``, or ``no_grad(function)``."""
    function = site.argument(0, "orig_func")
    return as_value(function).decorated(mode) or mode


def _inference_mode(machine: Interpreter, site: Site) -> object:
    flag = site.argument(0, "mode", True)
    decorated = as_value(flag).decorated(Mode(ModeKind.INFERENCE, False))
    return decorated or Mode(ModeKind.INFERENCE, not machine.truth(flag, site.written(0, "mode")))


def _set_grad_enabled(machine: Interpreter, site: Site) -> object:
    """Acts as soon as it is called, and again where a ``with`` enters it."""
    run = machine.run
    before = run.mode.grad
    run.mode.is_chosen = run.mode.is_chosen or not isinstance(site.argument(0, "mode"), bool)
    run.mode.grad = machine.truth(site.argument(0, "mode"), site.written(0, "mode"))
    return Mode(ModeKind.GRAD, run.mode.grad, before)


def _is_grad_enabled(machine: Interpreter, site: Site) -> object:
    return machine.run.mode.grad


def _harmless(machine: Interpreter, site: Site) -> object:
    return None


def _save(machine: Interpreter, site: Site) -> object:
    machine.run.trace.states.save(site.at, site.argument(0, "obj"))
    return None


def _clip(machine: Interpreter, site: Site) -> object:
    given = site.argument(0, "parameters")
    machine.run.trace.generators.read(site.at, given)
    listed = given if isinstance(given, (list, tuple)) else [given]
    known = tensors_in(given)
    machine.run.trace.clip(site.at, machine.run.history.fed_of(known), is_all=len(known) == len(listed))
    return None


def _autograd_function(machine: Interpreter, site: Site) -> object:
    return backward.function(machine, site)


def _gradients(machine: Interpreter, site: Site) -> object:
    return backward.gradients(machine, site)


def _method_of_first(name: str) -> Callable[[Interpreter, Site], object]:
    """A function that is a method of its first argument: ``torch.detach(x)``."""

    def run(machine: Interpreter, site: Site) -> object:
        first = site.argument(0, "input")
        if not isinstance(first, Tensor):
            return unknown_calls.call_unknown(machine, site, Symbol(f"torch.{name}"))
        site.arguments = site.arguments[1:]
        site.owner, site.texts = (site.texts[0] if site.texts else None), site.texts[1:]
        site.keywords.pop("input", None)
        return tensor_methods.call(machine, site, first, name)

    return run


def _is_tensor(machine: Interpreter, site: Site) -> object:
    value = site.argument(0, "obj")
    asked = class_checks.asked(value, (Symbol("torch.Tensor"),))
    return asked if asked is not None else isinstance(value, Tensor)


def _device(machine: Interpreter, site: Site) -> object:
    return machine.device() if site.argument(0, "type") == "cpu" else machine.unknown()


def _compiled(machine: Interpreter, site: Site) -> object:
    """``torch.compile(model)``: computes the same."""
    return site.arguments[0] if site.arguments else machine.unknown()


_OWN: Mapping[str, Callable[[Interpreter, Site], object]] = {
    "torch.tensor": _tensor,
    "torch.as_tensor": _as_tensor,
    "torch.asarray": _as_tensor,
    "torch.from_numpy": _from_array,
    "torch.nn.Parameter": _parameter,
    "torch.autograd.Variable": _variable,
    "torch.utils.data.TensorDataset": data.dataset,
    "torch.utils.data.Subset": data.subset,
    "torch.utils.data.random_split": data.split,
    "torch.utils.data.DataLoader": data.loader,
    "torch.compile": _compiled,
    "torch.is_tensor": _is_tensor,
    "torch.device": _device,
    "torch.GradScaler": amp.scaler,
    "torch.cuda.amp.GradScaler": amp.scaler,
    "torch.cpu.amp.GradScaler": amp.scaler,
    "torch.autocast": amp.autocast,
    "torch.cuda.amp.autocast": amp.autocast_of_device,
    "torch.cpu.amp.autocast": amp.autocast_of_device,
    "torch.no_grad": _no_grad,
    "torch.autograd.no_grad": _no_grad,
    "torch.enable_grad": _enable_grad,
    "torch.inference_mode": _inference_mode,
    "torch.set_grad_enabled": _set_grad_enabled,
    "torch.is_grad_enabled": _is_grad_enabled,
    "torch.autograd.backward": _autograd_function,
    "torch.autograd.grad": _gradients,
    "torch.utils.checkpoint.checkpoint": checkpoints.call,
    "torch.nn.utils.clip_grad_norm_": _clip,
    "torch.nn.utils.clip_grad_value_": _clip,
    "torch.manual_seed": _harmless,
    "torch.save": _save,
    "torch.set_default_dtype": _harmless,
    "torch.set_num_threads": _harmless,
    "torch.detach": _method_of_first("detach"),
    "torch.detach_": _method_of_first("detach_"),
    "torch.reshape": _method_of_first("reshape"),
    "torch.flatten": _method_of_first("flatten"),
    "torch.ravel": _method_of_first("ravel"),
}
