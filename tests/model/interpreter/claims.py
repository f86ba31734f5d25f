"""What the interpreter claims of a value, as text and as something that a real value can be held against.

A kind of value is one class: ``claim`` makes one of what the interpreter has, ``refuted`` says what of it does not hold
of what a program really had there. What is not known is claimed of nothing.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.grad_mode import Mode
from torchlint.model.autograd.results import Packed
from torchlint.model.autograd.tensor import Node, Tensor, ViewKind
from torchlint.model.autograd.tensor_list import Several
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter.open_containers import is_open
from torchlint.model.interpreter.state import PathState
from torchlint.model.interpreter.values.callables import Bound
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.containers import Stream
from torchlint.model.interpreter.values.functions import FunctionValue
from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue
from torchlint.model.interpreter.values.numbers import Array, Number
from torchlint.model.interpreter.values.optimizer import OptimizerValue
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic
from torchlint.model.interpreter.values.value import Method

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torchlint.model.autograd.sizes import Sizes
    from torchlint.model.autograd.tensor import Name, Saved

    Look = Callable[[str], Any]
    """What an expression means where a value was revealed, None where it means nothing there."""


ITSELF = "itself"


class Claim(ABC):
    """What is claimed of one value."""

    @abstractmethod
    def __str__(self) -> str: ...

    @abstractmethod
    def refuted(self, real: Any, look: Look) -> Iterator[str]:
        """What does not hold of the value that there really was."""


@dataclass(frozen=True)
class Nothing(Claim):
    """Nothing is known, or nothing that could be held against a value."""

    text: str = "?"

    def __str__(self) -> str:
        return self.text

    def refuted(self, real: Any, look: Look) -> Iterator[str]:
        return iter(())


@dataclass(frozen=True)
class Plain(Claim):
    """A number, a string and the like."""

    value: object

    def __str__(self) -> str:
        return repr(self.value)

    def refuted(self, real: Any, look: Look) -> Iterator[str]:
        if type(real) is not type(self.value) or real != self.value:
            yield f"it is {real!r}"


@dataclass(frozen=True)
class Items(Claim):
    """A list or a tuple."""

    kind: type
    items: tuple[Claim, ...]
    is_open: bool = False

    def __str__(self) -> str:
        inner = ", ".join([*map(str, self.items), *(["..."] if self.is_open else [])])
        return f"[{inner}]" if self.kind is list else f"({inner}{',' if len(self.items) == 1 else ''})"

    def refuted(self, real: Any, look: Look) -> Iterator[str]:
        if not hasattr(real, "__iter__") or (isinstance(real, (list, tuple)) and not isinstance(real, self.kind)):
            yield f"it is {real!r}"
            return
        reals = list(real)
        if len(reals) < len(self.items) or (len(reals) > len(self.items) and not self.is_open):
            yield f"it has {len(reals)} items"
        if self.is_open:
            reals = reals[:2]  # what else there is may be the last ones
        for number, (item, each) in enumerate(zip(self.items, reals, strict=False)):
            yield from (f"item {number}: {problem}" for problem in item.refuted(each, look))


@dataclass(frozen=True)
class Mapping(Claim):
    """A dict."""

    items: tuple[tuple[object, Claim], ...]
    is_open: bool = False

    def __str__(self) -> str:
        inner = [f"{'?' if isinstance(key, Symbolic) else repr(key)}: {value}" for key, value in self.items]
        return f"{{{', '.join([*inner, *(['...'] if self.is_open else [])])}}}"

    def refuted(self, real: Any, look: Look) -> Iterator[str]:
        known = {key: value for key, value in self.items if not isinstance(key, Symbolic)}
        is_open = self.is_open or len(known) < len(self.items)
        if not isinstance(real, dict) or not (known.keys() <= real.keys() if is_open else list(known) == list(real)):
            yield f"it is {real!r}"
            return
        for key, value in known.items():
            yield from (f"at {key!r}: {problem}" for problem in value.refuted(real[key], look))


@dataclass(frozen=True)
class Kind(Claim):
    """Something of which only the kind is claimed, by what Python calls its type."""

    text: str
    type_name: str

    def __str__(self) -> str:
        return self.text

    def refuted(self, real: Any, look: Look) -> Iterator[str]:
        names = [each.__name__ for each in type(real).__mro__]
        if self.type_name not in names:
            yield f"it is of {type(real).__name__}"


@dataclass(frozen=True)
class Flow:
    """Where the gradient of a tensor flows: the leaves that it reaches, and whether these are all."""

    leaves: tuple[str, ...]
    is_open: bool


def _is_number(size: object) -> bool:
    return isinstance(size, int)


def _may_be(sizes: Sizes, real: tuple[int, ...]) -> bool:
    """Whether a tensor of a shape has some sizes, as far as these are known."""
    if len(real) != len(sizes.last) if sizes.is_all else len(real) < len(sizes.last):
        return False
    pairs = zip(reversed(sizes.last), reversed(real), strict=False)
    return all(own == size for own, size in pairs if _is_number(own))


@dataclass(frozen=True)
class TensorClaim(Claim):
    """A tensor: whether it requires grad (None: not known), what it comes from, and what it shares memory with."""

    grad: bool | None
    is_leaf: bool
    is_parameter: bool
    flow: Flow
    view_of: str | None
    view_kind: ViewKind
    alias_of: str | None
    keeps: tuple[str, ...]
    changes: int
    sizes: Sizes
    dtype: str | None
    contiguous: Answer
    is_expanded: bool
    is_inference: bool

    def __str__(self) -> str:
        parts = [f"grad={'?' if self.grad is None else 'yes' if self.grad else 'no'}"]
        parts += ["leaf"] if self.grad and self.is_leaf else []
        if self.grad and not self.is_leaf:
            parts.append(f"from {' and '.join((*self.flow.leaves, *(['?'] if self.flow.is_open else [])))}")
        if self.view_of is not None:
            kind = "" if self.view_kind is ViewKind.PLAIN else f" ({self.view_kind.value})"
            parts.append(f"view of {self.view_of}{kind}")
        parts += [f"alias of {self.alias_of}"] if self.alias_of is not None else []
        parts += [f"keeps {' and '.join(self.keeps)}"] if self.keeps else []
        parts += [f"changed {self.changes}x"] if self.changes else []
        parts += [f"shape={self.sizes}"] if self.sizes.is_all or any(map(_is_number, self.sizes.last)) else []
        parts += [self.dtype.removeprefix("torch.")] if self.dtype not in (None, "default", "torch.float32") else []
        parts += ["not contiguous"] if self.contiguous is Answer.NO else []
        parts += ["expanded"] if self.is_expanded else []
        parts += ["inference"] if self.is_inference else []
        return f"{'Parameter' if self.is_parameter else 'Tensor'}({', '.join(parts)})"

    def refuted(self, real: Any, look: Look) -> Iterator[str]:
        import torch

        if not isinstance(real, torch.Tensor):
            yield f"it is {real!r}"
            return
        yield from self._refuted_graph(real, look)
        yield from self._refuted_memory(real, look)
        if not _may_be(self.sizes, tuple(real.shape)):
            yield f"its shape is {tuple(real.shape)}"
        if self.dtype is not None and real.dtype is not _dtype(self.dtype):
            yield f"its dtype is {real.dtype}"
        if self.contiguous is not Answer.MAYBE and real.is_contiguous() is not (self.contiguous is Answer.YES):
            yield f"is_contiguous() is {real.is_contiguous()}"
        if self.is_parameter and not isinstance(real, torch.nn.Parameter):
            yield "it is no parameter"

    def _refuted_graph(self, real: Any, look: Look) -> Iterator[str]:
        if self.grad is None:
            return
        if real.requires_grad is not self.grad:
            yield f"requires_grad is {real.requires_grad}"
        if self.grad and real.is_leaf is not self.is_leaf:
            yield f"is_leaf is {real.is_leaf}"
        reached = list(_leaves(real))
        claimed = [leaf for name in self.flow.leaves if _is_tensor(leaf := look(name)) and leaf.is_leaf]
        if self.grad and not self.is_leaf:
            if any(all(leaf is not each for each in reached) for leaf in claimed):
                yield f"its graph reaches other leaves: {[tuple(each.shape) for each in reached]}"
            named = len(claimed) == len(self.flow.leaves) and not self.flow.is_open
            claimed.append(look("given"))  # it may require grad, which nobody can claim
            if named and any(all(leaf is not each for each in claimed) for leaf in reached):
                yield "its graph reaches further leaves"
        try:
            kept = None if not self.keeps else {each.data_ptr() for each in _saved(real)}
        except RuntimeError:  # what it keeps was changed, which is no question of who it is
            return
        for name in self.keeps:
            tensor = real if name == ITSELF else look(name)
            if kept is not None and _is_tensor(tensor) and tensor.data_ptr() not in kept:
                yield f"its graph does not keep {name}"

    def _refuted_memory(self, real: Any, look: Look) -> Iterator[str]:
        if self.view_of is not None and real._base is None and not real.is_inference():
            yield "it is no view"
        for name, is_base in ((self.view_of, True), (self.alias_of, False)):
            other = look(name) if name is not None else None
            if not _is_tensor(other):
                continue
            if is_base and real._base is not other and not real.is_inference():
                yield f"it is a view of something else than {name}"
            if other.untyped_storage().data_ptr() != real.untyped_storage().data_ptr():
                yield f"it does not share memory with {name}"
        if not real.is_inference() and real._version < self.changes:
            yield f"it was changed {real._version} times"
        if self.is_expanded and 0 not in real.stride():
            yield "no elements share memory"
        if self.is_inference is not real.is_inference():
            yield f"is_inference() is {real.is_inference()}"


def _dtype(name: str) -> object:
    import torch

    return torch.get_default_dtype() if name == "default" else getattr(torch, name.removeprefix("torch."))


def _functions(real: Any) -> Iterator[Any]:
    """The gradient functions behind a tensor."""
    seen, waiting = set(), [real.grad_fn]
    while waiting:
        function = waiting.pop()
        if function is not None and function not in seen:
            seen.add(function)
            yield function
            waiting += [each for each, _ in function.next_functions]


def _leaves(real: Any) -> Iterator[Any]:
    if real.requires_grad and real.is_leaf:
        yield real
    yield from (each.variable for each in _functions(real) if hasattr(each, "variable"))


def _saved(real: Any) -> Iterator[Any]:
    for function in _functions(real):
        for name in dir(function):
            if name.startswith("_saved_") or name == "saved_tensors":  # of a custom function
                value = getattr(function, name)
                yield from (each for each in (value if isinstance(value, tuple) else [value]) if _is_tensor(each))


def _is_tensor(value: object) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


# What the interpreter has.


@singledispatch
def claim(value: object, run: PathState) -> Claim:
    """What the interpreter claims of a value of its own on a path."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, slice, range, type(...))):
        return Plain(value)
    return Nothing(type(value).__name__)


@claim.register
def _(value: Symbolic, run: PathState) -> Claim:
    return Nothing()


@claim.register(list)
@claim.register(tuple)
def _(value: list[object] | tuple[object, ...], run: PathState) -> Claim:
    return Items(type(value), tuple(claim(each, run) for each in value), is_open(run, value))


@claim.register
def _(value: dict, run: PathState) -> Claim:  # type: ignore[type-arg]
    return Mapping(tuple((key, claim(each, run)) for key, each in value.items()), is_open(run, value))


@claim.register
def _(value: Packed, run: PathState) -> Claim:
    return Items(tuple, tuple(claim(each, run) for each in value.items))


@claim.register
def _(value: Several, run: PathState) -> Claim:
    return Nothing(f"several {claim(value.item(0), run)}")


@claim.register
def _(value: Stream, run: PathState) -> Claim:
    return Nothing("iterator")


@claim.register
def _(value: Number, run: PathState) -> Claim:
    return Nothing("number")


@claim.register
def _(value: Symbol, run: PathState) -> Claim:
    return Nothing(value.name)


@claim.register
def _(value: FunctionValue, run: PathState) -> Claim:
    return Kind(f"function {getattr(value.node, 'name', 'lambda')}", "function")


@claim.register
def _(value: Bound, run: PathState) -> Claim:
    return Kind(f"method {getattr(value.function.node, 'name', 'lambda')}", "method")


@claim.register
def _(value: Method, run: PathState) -> Claim:
    return Nothing(f"method {value.name}")


@claim.register
def _(value: ClassValue, run: PathState) -> Claim:
    return Kind(f"class {value.name}", "type")


@claim.register
def _(value: ObjectValue, run: PathState) -> Claim:
    return Kind(value.kind.name, value.kind.name)


@claim.register
def _(value: LayerValue, run: PathState) -> Claim:
    name = value.name.rpartition(".")[2]
    return Kind(f"{name}({', '.join(f'{key}={_short(each)}' for key, each in value.state.items())})", name)


@claim.register
def _(value: SequenceValue, run: PathState) -> Claim:
    name = value.kind.rpartition(".")[2]
    return Kind(f"{name}({', '.join(f'{key}={claim(each, run)}' for key, each in value.modules.items())})", name)


@claim.register
def _(value: OptimizerValue, run: PathState) -> Claim:
    owned = ", ".join(_name(each.name) for each in value.parameters) or "?"
    return Kind(f"{value.name.rpartition('.')[2]}({owned})", value.name.rpartition(".")[2])


@claim.register
def _(value: Array, run: PathState) -> Claim:
    return Kind(f"array of {_name(value.name)}", "ndarray")


@claim.register
def _(value: Mode, run: PathState) -> Claim:
    return Nothing(f"{value.kind.value} mode, {'on' if value.enabled else 'off'}")


@claim.register
def _(value: Tensor, run: PathState) -> Claim:
    if value.is_loose:
        return Nothing("Tensor?")
    grad = {Answer.YES: True, Answer.NO: False, Answer.MAYBE: None}[requires_grad(value)]
    stale = value.base is not None and value.epoch != value.base.epoch
    source: Node | Tensor = (value.base if stale else value) or value
    start = source.node or source
    return TensorClaim(
        grad,
        start is value,
        value.is_parameter,
        _flow(start),
        None if value.base is None else "an alias" if value.base.alias_of else _name(value.base.name),
        value.view,
        None if value.alias_of is None else _name(value.alias_of.name),
        tuple(sorted({_kept(each, value) for each in start.kept})) if isinstance(start, Node) else (),
        value.counter.version,
        value.sizes,
        value.dtype,
        value.contiguous,
        value.expanded is Answer.YES,
        value.inference,
    )


def _flow(start: Node | Tensor) -> Flow:
    leaves: dict[str, None] = {}
    seen, waiting, is_open = set[int](), [start], False
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Node):
            is_open = is_open or each.is_open or bool(each.possible) or each.through is not None
            waiting += reversed(each.inputs)
        elif each.node is not None:
            waiting.append(each.node)
        else:
            leaves[_name(each.name)] = None
    return Flow(tuple(sorted(leaves)), is_open)


def _kept(saved: Saved, result: Tensor) -> str:
    if saved.tensor is result:
        return ITSELF
    return _name(saved.name or saved.tensor.name)


def _short(tensor: Tensor) -> str:
    return "yes" if requires_grad(tensor) is Answer.YES else "no" if requires_grad(tensor) is Answer.NO else "?"


def _name(name: Name) -> str:
    """What a tensor is called; a tensor without a name is a temporary one."""
    return (name if isinstance(name, str) else ast.unparse(name)) or "a temporary"
