"""What derivatives.yaml says that an operation keeps, as the code generator of PyTorch reads it.

The formulas of operations that decompose into others (``matmul``, ``linear``, ``chunk``) are not used by PyTorch and
left out here; sizes, options and numbers that a formula uses are no tensors and left out as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchgen.api.autograd import DifferentiabilityInfo, SavedAttribute
    from torchgen.model import NativeFunction


@dataclass(frozen=True)
class Formula:
    """The inputs that are kept, each with those of which one must require grad (none: any), and the outputs."""

    inputs: Mapping[str, frozenset[str]]
    outputs: frozenset[str]
    differentiable: frozenset[str]


def formulas(functions: Sequence[NativeFunction]) -> dict[str, Formula]:
    """The formula of each native overload that has a derivative of its own."""
    import torchgen
    from torchgen.api.autograd import match_differentiability_info
    from torchgen.packaged.autograd.load_derivatives import load_derivatives

    packaged = Path(torchgen.__file__).parent / "packaged"
    native = packaged / "ATen" / "native"
    infos, _ = load_derivatives(
        str(packaged / "autograd" / "derivatives.yaml"),
        str(native / "native_functions.yaml"),
        str(native / "tags.yaml"),
    )
    found = {}
    for each in match_differentiability_info(list(functions), infos):
        info = (each.info or {}).get("Default")
        if info is not None and info.has_derivatives and not each.func.has_composite_implicit_autograd_kernel:
            found[str(each.func.func.name)] = _formula(info)
    return found


def _formula(info: DifferentiabilityInfo) -> Formula:
    differentiable = frozenset(name for each in info.derivatives for name in each.var_names)
    inputs = {_name(each): _when(each, info, differentiable) for each in info.all_saved_inputs if _is_tensor(each)}
    outputs = frozenset(_name(each) for each in info.all_saved_outputs if _is_tensor(each))
    return Formula(inputs, outputs, differentiable)


def _when(attribute: SavedAttribute, info: DifferentiabilityInfo, differentiable: frozenset[str]) -> frozenset[str]:
    """As ``guard_for`` in torch's gen_variable_type: one condition is only written where one input decides."""
    used = [each for each in info.derivatives if attribute in each.saved_inputs]
    kinds = [str(each.type) for each in info.func.func.arguments.flat_all]
    takes_lists = any("Tensor" in kind and "[]" in kind for kind in kinds)
    is_plain = str(attribute.nctype.type.cpp_type()) == "at::Tensor"
    if takes_lists or "backward" in info.name or len(differentiable) < 2 or not is_plain:
        return frozenset()
    return frozenset(used[0].var_names) if len(used) == 1 and len(used[0].var_names) == 1 else frozenset()


def _is_tensor(attribute: SavedAttribute) -> bool:
    return "at::Tensor" in attribute.nctype.type.cpp_type() or "at::ITensorListRef" in attribute.nctype.type.cpp_type()


def _name(attribute: SavedAttribute) -> str:
    name = attribute.nctype.name
    return name if isinstance(name, str) else name.name
