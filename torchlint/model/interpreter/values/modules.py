"""What may be a module: layers and containers of ``torch.nn`` as built, and instances of the program's classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import layer
from torchlint.model.api.torch_names import MODE_MODULES
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.values.symbolic import held, identity

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator, Mapping

    from torchlint.model.api.operation import Layer

MODULE = "torch.nn.Module"
SEQUENTIAL = "torch.nn.Sequential"
DISTRIBUTED = "torch.nn.parallel.DistributedDataParallel"
OF_PARAMETERS = ("torch.nn.ParameterList", "torch.nn.ParameterDict")
_ZERO = ("0", "0.0")
CONTAINERS = frozenset((SEQUENTIAL, "torch.nn.ModuleList", "torch.nn.ModuleDict", *OF_PARAMETERS, DISTRIBUTED))


def is_module(name: str) -> bool:
    """Whether a canonical name is that of ``nn.Module`` or of a class of ``torch.nn`` derived from it."""
    return name == MODULE or name in CONTAINERS or is_layer(name)


def is_layer(name: str) -> bool:
    """Whether a canonical name is that of a layer of ``torch.nn``, containers apart."""
    return name.startswith("torch.nn.") and layer(name) is not None


@dataclass(eq=False, slots=True, kw_only=True)
class Module:
    """What may be a module: it has a mode, and ``hooks`` that are called after its forward."""

    training: Answer = Answer.YES
    hooks: list[object] = field(default_factory=list)

    @property
    def is_submodule(self) -> bool:
        """Whether whoever holds it has its parameters and modules."""
        return True

    @property
    def is_partial(self) -> bool:
        """Whether it may have parameters or modules that are not seen."""
        return any(identity(each) is not None for each in self.contents().values())

    @property
    def is_opaque(self) -> bool:
        """Whether it was not built."""
        return False

    @property
    def heeds_mode(self) -> Answer:
        """Whether it computes something else in training mode than in evaluation, by itself."""
        return Answer.MAYBE if self.is_partial or self.is_opaque else Answer.NO

    @property
    def own_state(self) -> Mapping[str, Tensor]:
        """The parameters and buffers that it has itself, by name."""
        return {}

    @property
    def parts(self) -> Mapping[str, object]:
        """What an instance of a class has that is derived from it."""
        return {}

    @property
    def resets(self) -> Mapping[str, Tensor]:
        """What ``reset_parameters`` writes anew."""
        return {}

    def contents(self) -> Mapping[str, object]:
        """All that it holds by name, modules and other values."""
        return {}

    def listed(self) -> Mapping[str, object]:
        """What ``items()`` gives."""
        return {}

    def children(self) -> dict[str, Module]:
        """The modules that it holds, by name."""
        contents = self.contents().items()
        return {str(name): each for name, each in contents if isinstance(each, Module) and each.is_submodule}

    def tree(self, prefix: str = "", depth: int = 12, seen: set[Module] | None = None) -> Iterator[tuple[str, Module]]:
        """It and what it holds, each once, with their names."""
        seen = {self} if seen is None else seen
        yield prefix, self
        for name, each in self.children().items() if depth else ():
            if each not in seen:
                seen.add(each)
                yield from each.tree(f"{prefix}{name}.", depth - 1, seen)

    def named_state(self) -> dict[str, Tensor]:
        """The parameters and buffers of it and of what it holds, by qualified name, each once."""
        found: dict[Tensor, str] = {}
        for prefix, each in self.tree():
            for name, tensor in each.own_state.items():
                found.setdefault(tensor, prefix + name)
        return {name: tensor for tensor, name in found.items()}

    def parameters(self) -> list[Tensor]:
        """The parameters of it and of what it holds."""
        return [each for each in self.named_state().values() if each.is_parameter]

    def hidden(self) -> list[Module]:
        """The modules in it that were not built."""
        return [each for _, each in self.tree() if each.is_opaque]

    def doubt(self) -> None:
        """Somebody may have frozen it."""

    def forget_kept(self, unknown: Callable[[], object]) -> None:
        """The tensors that it keeps besides parameters and buffers may be others by now."""

    def register(self, name: str, value: object, *, is_module: bool, is_buffer: bool) -> None:
        """Hold a module, a parameter or a buffer under a name."""

    def append(self, value: object) -> None:
        """Hold one more module."""


@dataclass(eq=False, slots=True)
class LayerValue(Module):
    """A module of ``torch.nn`` as built: its constructor's arguments, its parameters and buffers, its mode, what was
    taken for granted to know it, and the ``others`` of its attributes that were assigned since."""

    name: str
    layer: Layer
    arguments: Mapping[str, object]
    state: dict[str, Tensor]
    made: ast.AST
    assumed: str = ""
    others: dict[str, object] = field(default_factory=dict)

    @property
    def heeds_mode(self) -> Answer:
        defaults = {each.name: each.default for each in self.layer.constructor}
        is_moded = self.name in MODE_MODULES or any("training" in dict(each.given) for each in self.layer.calls)
        rate = "dropout" if "dropout" in defaults else "p" if is_moded and "p" in defaults else ""
        if rate:
            share = self.settings.get(rate, defaults[rate])
            return Answer.MAYBE if identity(share) is not None else Answer.NO if str(share) in _ZERO else Answer.YES
        if is_moded and "track_running_stats" in defaults:
            return argument_is(self.layer, self.settings, "track_running_stats", "True")
        return Answer.YES if is_moded else Answer.NO

    @property
    def settings(self) -> Mapping[str, object]:
        """The constructor's arguments, or what was assigned to the attributes of their names since."""
        return {**self.arguments, **self.others}

    @property
    def own_state(self) -> Mapping[str, Tensor]:
        return self.state

    @property
    def parts(self) -> Mapping[str, object]:
        return self.state

    @property
    def resets(self) -> Mapping[str, Tensor]:
        return self.state


@dataclass(eq=False, slots=True)
class SequenceValue(Module):
    """``nn.Sequential``, ``nn.ModuleList``, ``nn.ParameterDict`` and the like: modules or parameters in order, with
    their names."""

    kind: str
    modules: dict[str, object]

    @property
    def is_by_name(self) -> bool:
        """Whether it is used like a dictionary."""
        return self.kind.endswith("Dict")

    @property
    def parts(self) -> Mapping[str, object]:
        return self.modules

    @property
    def own_state(self) -> Mapping[str, Tensor]:
        return {name: value for name, value in self.modules.items() if isinstance(value, Tensor)}

    def contents(self) -> Mapping[str, object]:
        return self.modules

    def listed(self) -> Mapping[str, object]:
        return self.modules

    def register(self, name: str, value: object, *, is_module: bool, is_buffer: bool) -> None:
        self.modules[name] = held(value)

    def append(self, value: object) -> None:
        self.modules[str(len(self.modules))] = held(value)


def argument_is(
    known: Layer, arguments: Mapping[str, object], name: str, text: str, training: Answer = Answer.MAYBE
) -> Answer:
    """Whether a constructor's argument, or the mode, is what an entry of the table is for."""
    if name == "training":
        if training is Answer.MAYBE:
            return Answer.MAYBE
        return Answer.YES if (training is Answer.YES) is (text == "True") else Answer.NO
    default = next((each.default for each in known.constructor if each.name == name), None)
    if name not in arguments:
        return Answer.YES if default == text else Answer.NO
    value = arguments[name]
    if identity(value) is not None:
        return Answer.MAYBE
    if text.startswith("not "):
        return Answer.NO if repr(value) == text[4:] else Answer.YES
    return Answer.YES if repr(value) == text else Answer.NO


MODULE_ATTRIBUTES = frozenset(
    (
        "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches "
        "eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict "
        "modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook "
        "register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook "
        "register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook "
        "register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ "
        "set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad"
    ).split()
)
"""The public attributes that every ``nn.Module`` has."""
