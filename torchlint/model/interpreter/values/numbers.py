"""What is taken out of tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import NUMBER_WITHOUT_GRAD, Fault, Kind
from torchlint.model.autograd.sizes import ANY, Sizes
from torchlint.model.autograd.tensor import Change, Counter, How, Storage, Tensor
from torchlint.model.interpreter.identities import Fresh, Truth
from torchlint.model.interpreter.values.sort import NUMBER
from torchlint.model.interpreter.values.symbolic import identity
from torchlint.model.interpreter.values.tensor_index import is_basic
from torchlint.model.interpreter.values.value import Value

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Hashable, Sequence

    from torchlint.model.autograd.tensor import Cut, Name
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.operator import Operator
    from torchlint.model.interpreter.values.sort import Sort

_SHARING_METHODS = frozenset(("reshape", "view", "ravel", "squeeze", "transpose", "swapaxes"))
_WRITING_METHODS = frozenset(("fill", "sort", "put", "itemset", "partition"))


@dataclass(frozen=True, slots=True)
class Array(Value):
    """A NumPy array that shares memory with a tensor: writes that no version counter sees."""

    storage: Storage
    name: Name = ""
    sizes: Sizes = ANY
    dtype: str | None = None
    cut: Cut | None = None

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        if name in _WRITING_METHODS:
            self.write(site.at, self.name)
            return None
        return replace(self, sizes=ANY) if name in _SHARING_METHODS else Array(Storage(), cut=self.cut)

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        return self if is_basic(index) else vm.unknown()

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        self.write(at, self.name)

    def augmented(self, vm: Interpreter, at: ast.AugAssign, operator: Operator, right: object) -> object:
        self.write(at, at.target)
        return self

    def overwrite(self, at: ast.AST) -> None:
        self.write(at, self.name)

    def as_tensor(self, at: ast.AST) -> Tensor | None:
        return Tensor(at, storage=self.storage, counter=Counter(), sizes=self.sizes, dtype=self.dtype, cut=self.cut)

    def write(self, at: ast.AST, target: Name) -> None:
        """Change its content, and so the tensor's."""
        self.storage.changes.append(Change(at, target, "NumPy", How.NUMPY))


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

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        return self

    def unpacked(self, vm: Interpreter, at: ast.AST, count: int, starred: int | None) -> Sequence[object]:
        return [self] * count

    def question(self, fresh: Callable[[], int]) -> Hashable | None:
        return Truth(self.key)

    def negated(self, vm: Interpreter) -> object:
        return vm.unknown()

    @property
    def is_undecided(self) -> bool:
        return True

    @property
    def graph_exit(self) -> Cut | None:
        return self.cut

    def operated(self, vm: Interpreter, at: ast.AST, operator: Operator, right: object) -> object:
        if isinstance(right, Tensor) or identity(right) is not None:
            return NotImplemented
        other = right.cut if isinstance(right, Number) else None
        return Number(Fresh(vm.run.fresh()), self.cut or other)

    def reflected(self, vm: Interpreter, at: ast.AST, operator: Operator, left: object) -> object:
        return NotImplemented if identity(left) is not None else Number(Fresh(vm.run.fresh()), self.cut)

    def negative(self, vm: Interpreter, at: ast.AST, name: str, sign: str) -> object:
        return self

    @property
    def sort(self) -> Sort:
        return NUMBER

    def as_number(self, vm: Interpreter, site: Site) -> Value | None:
        return self

    def taken_for(self, truth: bool) -> object:
        return truth
