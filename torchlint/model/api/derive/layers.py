"""The entries of the layers of ``torch.nn`` and of the optimizers."""

from __future__ import annotations

import inspect
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.api.derive.calls import bind
from torchlint.model.api.derive.examples import LAYERS, evaluated
from torchlint.model.api.derive.merge import Seen, entries, option_of
from torchlint.model.api.derive.observe import observe
from torchlint.model.api.derive.samples import relaid
from torchlint.model.api.derive.signatures import python_overload
from torchlint.model.api.operation import Layer, Optimizer, Parameter, State
from torchlint.model.api.operation_text import read_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch

    from torchlint.model.api.derive.examples import Arguments

# What inspection does not show.
RECURRENT = (
    "(input_size# hidden_size# num_layers#=1 {extra}bias~=True batch_first~=False dropout#=0.0 bidirectional~=False "
    "{projection}*device~=None *dtype~=None)"
)
CONSTRUCTORS = {
    "RNN": RECURRENT.format(extra="nonlinearity~='tanh' ", projection=""),
    "LSTM": RECURRENT.format(extra="", projection="proj_size#=0 "),
    "GRU": RECURRENT.format(extra="", projection=""),
}
FORWARDS = {
    "RNN": "(input hx=None)",
    "GRU": "(input hx=None)",
    "LSTM": "(input hx[]=None)",
    "LSTMCell": "(input hx[]=None)",
}
# The other values to try of constructor arguments that are not simply true or false.
VALUES: dict[str, Callable[[str], tuple[object, ...]]] = {
    "reduction": lambda name: ("mean", "sum", "none"),
    "nonlinearity": lambda name: ("tanh", "relu"),
    "mode": lambda name: ("mean", "sum", "max") if name == "EmbeddingBag" else ("nearest", "bilinear"),
    "max_norm": lambda name: (None, 1.0),
    "label_smoothing": lambda name: (0.0, 0.1),
    "p": lambda name: (0.0, 0.5) if "Dropout" in name else (),
    "approximate": lambda name: ("none", "tanh"),
    "padding_mode": lambda name: ("zeros", "circular", "reflect", "replicate"),
    "norm_first": lambda name: (False, True),
    "weight": lambda name: (None, _class_weight(name)),
    "pos_weight": lambda name: (None, _class_weight(name)),
}
# They decide nothing about autograd, and would double the runs.
NOT_TRIED = frozenset(
    "ceil_mode batch_first scale_grad_by_freq add_zero_attn dtype device _freeze keepdim zero_infinity swap".split()
)
MOST = 64
# Made of other layers: how many, and which, their arguments say.
COMPOSED = frozenset({"Transformer", "TransformerDecoder", "TransformerEncoder"})


def _class_weight(name: str) -> torch.Tensor:
    import torch

    return torch.rand(4 if name == "LinearCrossEntropyLoss" else 3)


@dataclass(frozen=True)
class _Built:
    """A module with the options that it was built with."""

    module: torch.nn.Module
    options: dict[str, str]

    def state(self) -> dict[str, list[torch.Tensor]]:
        """The pieces of its state by name, or all of them as ``self`` where their names depend on its arguments."""
        named = [*self.module.named_parameters(), *self.module.named_buffers()]
        if type(self.module).__name__ in COMPOSED:
            return {"self": [each for _, each in named]}
        return {f"self.{name}": [each] for name, each in named}


def layers() -> dict[str, Layer]:
    """The entry of each layer, by qualified name."""
    from torch import nn

    return {f"torch.nn.{name}": _layer(name, getattr(nn, name), text) for name, text in LAYERS.items()}


def _layer(name: str, cls: Callable[..., torch.nn.Module], text: str) -> Layer:
    first, _, given = text.partition(";")
    constructor = _parameters(CONSTRUCTORS.get(name), cls)
    forward = _forward(name, cls)
    (arguments,) = evaluated(first)
    seen: list[Seen] = []
    variants: list[_Built] = []
    for changed in _variants(name, constructor, arguments):
        for training in (True, False):
            built = _build(cls, constructor, arguments, changed, training, given)
            if built is None:
                continue
            found = list(_seen(built, forward, given))
            seen += found
            if found:
                variants.append(built)
    calls = entries(forward, seen, False, depth=3)
    return Layer(constructor, () if name in COMPOSED else tuple(_states(variants)), tuple(calls))


def _parameters(text: str | None, function: Callable[..., object]) -> tuple[Parameter, ...]:
    if text is not None:
        return read_parameters(text)[0]
    overload = python_overload(function)
    assert overload is not None
    return tuple(each for each in overload.parameters if each.name not in ("args", "self"))


def _forward(name: str, cls: Callable[..., torch.nn.Module]) -> tuple[Parameter, ...]:
    return _parameters(FORWARDS.get(name), cls.forward)  # type: ignore[attr-defined]


def _variants(name: str, constructor: Sequence[Parameter], arguments: Arguments) -> Iterator[dict[str, object]]:
    """The values of constructor arguments to try: all together, or one at a time where that is too many."""
    given = {each.name for each, _ in zip(constructor, arguments[0], strict=False)} | arguments[1].keys()
    choices: dict[str, tuple[object, ...]] = {}
    for each in constructor:
        if each.name in VALUES:
            choices[each.name] = VALUES[each.name](name)
        elif each.default in ("True", "False") and each.name not in NOT_TRIED:
            choices[each.name] = (each.default == "True", each.default != "True")
    choices = {key: values for key, values in choices.items() if values and key not in given}
    count = 1
    for values in choices.values():
        count *= len(values)
    if count <= MOST:
        for combination in itertools.product(*choices.values()):
            yield dict(zip(choices, combination, strict=True))
        return
    yield {}
    for key, values in choices.items():
        for value in values[1:]:
            yield {key: value}


def _build(
    cls: Callable[..., torch.nn.Module],
    constructor: Sequence[Parameter],
    arguments: Arguments,
    changed: dict[str, object],
    training: bool,
    given: str,
) -> _Built | None:
    import torch

    torch.default_generator.manual_seed(0)
    args, kwargs = arguments
    try:
        module = cls(*args, **kwargs, **changed).train(training)
        if cls.__name__.startswith("Lazy"):
            with torch.no_grad():
                module(*next(evaluated(given))[0])
    except (TypeError, ValueError, RuntimeError, AssertionError):
        return None
    given_values = {each.name: value for each, value in zip(constructor, args, strict=False)} | kwargs | changed
    options = {each.name: option_of(each, given_values) for each in constructor}
    return _Built(module, {**options, "training": str(training)})


def _seen(built: _Built, forward: tuple[Parameter, ...], given: str) -> Iterator[Seen]:
    for each in evaluated(given):
        for arguments, unusual in ((each, frozenset[str]()), (relaid(each), frozenset({"layout"}))):
            call = None if arguments is None else bind(built.module, forward, *arguments)
            observation = None if call is None else observe(call, built.state())
            if call is None or observation is None:
                continue
            options = dict(built.options)
            for one in forward:
                if one.default is not None and one.name not in options:
                    options[one.name] = option_of(one, call.values)
            present = frozenset(call.tensors()) | built.state().keys()
            yield Seen(observation, tuple(options.items()), unusual, present)


def _states(variants: Sequence[_Built]) -> Iterator[State]:
    """The parameters and buffers of all variants, each with the arguments without which it is missing."""
    import torch

    names = dict.fromkeys(name for each in variants for name in each.state())
    for name in names:
        having = [each for each in variants if name in each.state()]
        lacking = [each for each in variants if name not in each.state()]
        given = []
        for option in having[0].options if lacking else ():
            values = {each.options[option] for each in having}
            if len(values) == 1 and not values >= {each.options[option] for each in lacking}:
                given.append((option, next(iter(values))))
        trained = isinstance(having[0].state()[name][0], torch.nn.Parameter)
        yield State(name.removeprefix("self."), trained, tuple(given))


def optimizers() -> dict[str, Optimizer]:
    """The entry of each optimizer, by qualified name."""
    import torch

    found = {}
    for name, cls in vars(torch.optim).items():
        if isinstance(cls, type) and issubclass(cls, torch.optim.Optimizer) and cls is not torch.optim.Optimizer:
            constructor = _parameters(None, cls)
            step: Callable[..., object] = cls.step  # type: ignore[attr-defined]
            closure = inspect.signature(step).parameters["closure"]
            found[f"torch.optim.{name}"] = Optimizer(
                constructor, any(each.name == "fused" for each in constructor), closure.default is closure.empty
            )
    return found
