"""What is taken out of tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import NUMBER_WITHOUT_GRAD, Fault, Kind
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.protocol import Value

if TYPE_CHECKING:
    from collections.abc import Hashable

    from torchlint.model.autograd.tensor import Cut, Name, Storage
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


@dataclass(frozen=True, slots=True)
class Array:
    """A NumPy array that shares memory with a tensor: writes that no version counter sees."""

    storage: Storage
    name: Name = ""
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Number(Value):
    """A Python number taken from a tensor: the graph ends here. ``cut`` is None if the tensor had none."""

    key: Hashable
    cut: Cut | None

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        if name == "backward":
            fault = Fault(Kind.NO_GRAD, site.at, site.at, NUMBER_WITHOUT_GRAD, site.owner or "", cut=self.cut)
            vm.run.log.fail(fault)
        return vm.unknown()


def cut_in(value: object) -> Cut | None:
    """Where the graph of a value, or of something in it, ended."""
    if isinstance(value, (Array, Number, Tensor)):
        return value.cut
    if isinstance(value, (list, tuple)):
        return next((cut for each in value if (cut := cut_in(each))), None)
    return None
