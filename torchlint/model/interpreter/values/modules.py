"""Modules of ``torch.nn`` as built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from torchlint.model.api.operation import Layer
    from torchlint.model.autograd.tensor import Tensor


@dataclass(eq=False, slots=True)
class LayerValue:
    """A module of ``torch.nn`` as built: its constructor's arguments, its parameters and buffers, its mode, what was
    taken for granted to know it, and the ``others`` of its attributes that were assigned since."""

    name: str
    layer: Layer
    arguments: Mapping[str, object]
    state: dict[str, Tensor]
    made: ast.AST
    training: Answer = Answer.YES
    hooks: list[object] = field(default_factory=list)
    assumed: str = ""
    others: dict[str, object] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class SequenceValue:
    """``nn.Sequential``, ``nn.ModuleList``, ``nn.ParameterDict`` and the like: modules or parameters in order, with
    their names."""

    kind: str
    modules: dict[str, object]
    training: Answer = Answer.YES
    hooks: list[object] = field(default_factory=list)

    @property
    def is_by_name(self) -> bool:
        """Whether it is used like a dictionary."""
        return self.kind.endswith("Dict")


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
