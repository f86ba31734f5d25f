"""What a tensor does: its attributes, items and methods."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.scalar_types import INTEGERS
from torchlint.model.autograd import faults
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.shapes import FLOATING
from torchlint.model.autograd.shapes_of_operations import swapped
from torchlint.model.autograd.sizes import ANY, Sizes
from torchlint.model.autograd.tensor import Change, Counter, Cut, CutKind, How, Node, Storage, Tensor
from torchlint.model.autograd.tensor_list import Several
from torchlint.model.autograd.views import edge, leave, requires_grad, take_view
from torchlint.model.interpreter import refusals
from torchlint.model.interpreter.gradient_flow import is_of_tensor, part
from torchlint.model.interpreter.identities import Single, Truth
from torchlint.model.interpreter.loop_bounds import ENOUGH, MOST, Items, of_any_number
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.values import tensor_index
from torchlint.model.interpreter.values.numbers import Number
from torchlint.model.interpreter.values.operator import operand_texts
from torchlint.model.interpreter.values.sort import TENSOR
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic, identity
from torchlint.model.interpreter.values.value import Method, Wrapped, as_value, wraps

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from torchlint.model.autograd.grad_state import GradState
    from torchlint.model.autograd.tensor import Name
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.values.operator import Operator
    from torchlint.model.interpreter.values.sort import Sort
    from torchlint.model.interpreter.values.value import Copies, Value

_VIEWS = frozenset(("T", "mT", "H", "mH", "real", "imag"))
_DESCRIPTIONS = frozenset(
    "dtype layout ndim itemsize nbytes names is_cuda is_sparse is_quantized is_meta output_nr".split()
)


@wraps(Tensor)
class WrappedTensor(Wrapped[Tensor]):
    """What a tensor does."""

    __slots__ = ()

    def holders(self) -> Iterable[object]:
        return (self.of,)

    def trained_with(self) -> Iterable[object]:
        return (self.of,) if self.of.node is None and requires_grad(self.of) is Answer.YES else ()

    def edges(self, run: GradState) -> tuple[Node | Tensor, ...]:
        start = edge(run, self.of)
        return (start,) if start is not None else self.of.flow if requires_grad(self.of) is Answer.MAYBE else ()

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        owner, run = self.of, vm.run
        if name == "data":
            return _data_of(run, owner, at)
        if name == "grad":
            refusals.note_gradient(vm, at, owner)
            return owner.grad
        if name == "requires_grad":
            own = requires_grad(owner)
            return own is Answer.YES if own is not Answer.MAYBE else vm.unknown()
        if name == "is_leaf":
            own = requires_grad(owner)
            return edge(run, owner) in (None, owner) if own is not Answer.MAYBE else vm.unknown()
        if name == "grad_fn":
            own = requires_grad(owner)
            if own is Answer.MAYBE:
                return vm.unknown()
            return Method(owner, name) if edge(run, owner) not in (None, owner) else None
        if name == "device":
            return vm.device()
        if name == "shape":
            return run.shape_value(owner)
        if name == "real" and owner.dtype in FLOATING:
            return owner
        if name in _VIEWS:
            found = take_view(run, at, owner, f".{name}")
            found.dtype = None if name in ("real", "imag") else owner.dtype
            found.sizes = _turned(owner.sizes, name)
            return found
        if name == "dtype" and owner.dtype in INTEGERS and not owner.is_loose:
            return Symbol(owner.dtype)
        if name in _DESCRIPTIONS:
            return Symbolic(Single(name, id(owner.counter) if name == "dtype" else run.fresh()))
        if owner.is_loose and not is_of_tensor(name):
            return part(run, at, owner)
        return Method(owner, name)

    def set_attribute(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        if name == "requires_grad":
            set_requires_grad(vm, at, self.of, value)
        elif name == "grad":
            self.of.grad = value
            vm.run.history.feeders.pop(self.of, None)
        elif name == "data":
            _replace_data(at, self.of, value)

    def method(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        return Method(self.of, name)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        return vm.tensor_method(site, self.of, name)

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        if self.of.is_loose:
            return part(vm.run, at, self.of, index)
        return tensor_index.read(vm, at, self.of, index)

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        tensor = self.of
        if tensor.is_loose:
            return self._any_number(vm, [part(vm.run, at, tensor, index) for index in range(ENOUGH)], exact=False)
        rows = vm.tensor_operation(at, "unbind", "iteration", tensor, [])
        if not isinstance(rows, Several):
            return as_value(rows).items(vm, at)
        count = tensor.sizes.number(0)
        if count is None:
            return self._any_number(vm, [rows.item(0), rows.item(1)], exact=True)
        found: list[object] = [rows.item(row) for row in range(min(count, MOST))]
        return Items(found, True, is_cut=len(found) < count)

    def _any_number(self, vm: Interpreter, parts: list[Tensor], *, exact: bool) -> Items:
        length = identity(vm.run.size_of(self.of, 0))
        return of_any_number(vm.run, parts, self.of, exact=exact, length=length)

    def unpacked(self, vm: Interpreter, at: ast.AST, count: int, starred: int | None) -> Sequence[object]:
        if not self.of.is_loose:
            rows = vm.tensor_operation(at, "unbind", "unpacking", self.of, [])
            return as_value(rows).unpacked(vm, at, count, starred)
        unknown = vm.unknown_parts(self.of, count)
        for index, each in enumerate(unknown[:starred]):
            vm.run.trace.parted(self.of, index, each)
        return [part(vm.run, at, self.of, None if starred == 0 else 0), *unknown[1:]]

    def length(self, vm: Interpreter) -> object:
        return vm.run.size_of(self.of, 0)

    @property
    def is_undecided(self) -> bool:
        return True

    @property
    def graph_exit(self) -> Cut | None:
        return self.of.cut

    @property
    def sort(self) -> Sort:
        return TENSOR

    @property
    def dtype(self) -> str | None:
        return self.of.dtype

    @property
    def sizes(self) -> Sizes:
        return self.of.sizes

    @property
    def has_state(self) -> bool:
        return True

    def as_tensor(self, at: ast.AST) -> Tensor | None:
        return self.of

    def as_number(self, vm: Interpreter, site: Site) -> Value | None:
        return Number(vm.run.fresh(), leave(vm.run, CutKind.NUMBER, site.at, site.label, self.of))

    def copied(self, known: Copies) -> object:
        return replace(self.of, storage=Storage(), counter=Counter(), grad=None, node=None, base=None)

    def stand_in(self, vm: Interpreter) -> object:
        of, own = self.of, requires_grad(self.of)
        node = Node("", "", of.made, vm.run.next_order(), ()) if own is Answer.YES else None
        return Tensor(of.made, requires_grad=own, node=node, contiguous=of.contiguous, dtype=of.dtype)

    def call_key(self) -> Hashable:
        return ("tensor", requires_grad(self.of), self.of.contiguous)

    def before_change(self, vm: Interpreter, settle: Callable[[], None]) -> None:
        self.of.counter.pending.append(settle)

    def bind(self, name: str) -> None:
        tensor = self.of
        self.hold(name)
        tensor.names |= {name}
        if tensor.activated is not None:
            seen = tensor.activated
            given = "" if seen.given == name else seen.given
            tensor.activated = replace(seen, names=seen.names - {name}, given=given)

    def hold(self, name: Name) -> None:
        if self.of.name == "":
            self.of.name = name

    def entered(self, vm: Interpreter) -> object:
        return self.of

    def operated(self, vm: Interpreter, at: ast.AST, operator: Operator, right: object) -> object:
        return self._operation(vm, at, operator.name, operator.sign, [right])

    def reflected(self, vm: Interpreter, at: ast.AST, operator: Operator, left: object) -> object:
        kind, name, sign = operator
        if kind in (ast.Add, ast.Mult):
            return self._operation(vm, at, name, sign, [left], reflected=True)
        if kind is ast.Sub:
            site = Site(at, sign, [self.of, left], {}, operand_texts(at, reflected=True))
            return vm.operation(site, "torch.rsub")
        if kind is ast.Div:
            inverse = self._operation(vm, at, "reciprocal", sign, [], reflected=True)
            return vm.binary(at, ast.Mult, inverse, left)
        return vm.operation(Site(at, sign, [left, self.of], {}, operand_texts(at)), f"torch.{name}")

    def augmented(self, vm: Interpreter, at: ast.AugAssign, operator: Operator, right: object) -> object:
        if operator.kind is ast.MatMult:
            return NotImplemented
        return self._operation(vm, at, f"{operator.name}_", f"{operator.sign}=", [right])

    def negative(self, vm: Interpreter, at: ast.AST, name: str, sign: str) -> object:
        return self._operation(vm, at, name, sign, [])

    def compared(self, vm: Interpreter, at: ast.AST, name: str, other: object, *, reflected: bool = False) -> object:
        return self._operation(vm, at, name, name, [other], reflected=reflected)

    def _operation(
        self, vm: Interpreter, at: ast.AST, name: str, sign: str, given: list[object], *, reflected: bool = False
    ) -> object:
        texts = operand_texts(at, reflected=reflected)
        return vm.operation(Site(at, sign, [self.of, *given], {}, texts), f"torch.Tensor.{name}")

    def question(self, fresh: Callable[[], int]) -> Hashable | None:
        return Truth(fresh())

    def negated(self, vm: Interpreter) -> object:
        return vm.unknown()

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        tensor_index.write(vm, at, self.of, index, value)


def _turned(sizes: Sizes, name: str) -> Sizes:
    """The sizes of ``.T`` and its kin."""
    if name == "T" and sizes.is_all:
        return Sizes(sizes.last[::-1], True, sizes.source)
    return swapped(sizes, -2, -1) if name in ("mT", "mH") else sizes if name in ("real", "imag") else ANY


def _data_of(run: GradState, owner: Tensor, at: ast.AST) -> Tensor:
    """``tensor.data``: the same memory with a version counter of its own."""
    return Tensor(
        at,
        name=owner.name,
        storage=owner.storage,
        counter=Counter(),
        inference=owner.inference,
        thawed=True,
        expanded=owner.expanded,
        contiguous=owner.contiguous,
        dtype=owner.dtype,
        sizes=owner.sizes,
        alias_of=owner.alias_of if owner.alias_by == ".data" else owner,
        alias_by=".data",
        cut=leave(run, CutKind.DETACH, at, ".data", owner),
    )


def _replace_data(at: ast.AST, owner: Tensor, value: object) -> None:
    """``owner.data = value``: other memory, the same version counter."""
    owner.replaced = Change(at, at.value if isinstance(at, ast.Attribute) else at, ".data =", How.DATA)
    known = value if isinstance(value, Tensor) else Tensor(at, contiguous=Answer.MAYBE)
    owner.storage, owner.expanded = known.storage, known.expanded
    owner.sizes, owner.dtype, owner.contiguous = known.sizes, known.dtype, known.contiguous


def set_requires_grad(vm: Interpreter, at: ast.AST, tensor: Tensor, value: object) -> None:
    """``requires_grad = value`` and ``requires_grad_(value)``. Raises: Raised for False on what is no leaf."""
    run = vm.run
    flag = value if isinstance(value, bool) else None
    if tensor.inference and flag is True and not run.mode.inference:
        run.log.fail(
            Fault(Kind.INFERENCE, at, at, faults.INFERENCE_FLAG, tensor.name, "requires_grad", made=tensor.made)
        )
    is_graph = requires_grad(tensor) is Answer.YES and edge(run, tensor) is not tensor
    if is_graph:
        if flag is False:
            run.log.fail(
                Fault(
                    Kind.FLAG,
                    at,
                    at,
                    faults.NON_LEAF_FLAG,
                    tensor.name,
                    "requires_grad",
                    made=tensor.made,
                    node_at=tensor.node.at if tensor.node else None,
                )
            )
        return
    if flag is None:
        tensor.requires_grad = Answer.MAYBE
    else:
        tensor.requires_grad = Answer.YES if flag else Answer.NO
        tensor.node = None  # what is only taken for likely: nobody tells a result what it requires
