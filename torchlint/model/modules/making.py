"""How the tensors of a path were made, as far as no gradient depends on it: drawn at random, on a chosen device, of
whole numbers, with how many dimensions at least.

Source: the names are generated from torch (``model/api/torch_names.py``); what they do to dtype and dimensions is in
the documentation of each and is shown by the rules' examples, which run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.model.api.canonical import canonical
from torchlint.model.interpreter.values.kept import Kind, as_tensor, items_of, kind_of, symbol_name
from torchlint.model.modules import tensors

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from torchlint.model.autograd.tensor import Storage, Tensor

_LITERAL = frozenset({"tensor", "as_tensor", "asarray", "scalar_tensor"})
_CONSTANT_INITS = frozenset(f"torch.nn.init.{name}_" for name in ("constant", "zeros", "ones", "eye", "dirac"))
_RANDOM_INPLACE = frozenset(
    {"normal_", "uniform_", "random_", "bernoulli_", "exponential_", "cauchy_", "geometric_", "log_normal_"}
)
_DELICATE = frozenset("sin cos polar view_as_complex complex fft rfft fft2 rfft2 fftn rfftn stft".split())
_WHOLE = frozenset(
    "arange range randint randint_like randperm tril_indices triu_indices long int short bool argmax argmin argsort "
    "nonzero bincount searchsorted eq ne lt le gt ge isnan isinf isfinite logical_not logical_and logical_or".split()
)
"""What gives integers or booleans, as long as it is given no fractions."""
_SHAPED = frozenset({"view", "reshape", "expand", "repeat", "flatten", "tile", "repeat_interleave"})
_REDUCING = frozenset({"sum", "mean", "prod", "max", "min", "norm", "std", "var", "amax", "amin", "all", "any"})
_SIZED = frozenset({"zeros", "ones", "empty", "rand", "randn", "view", "reshape", "expand", "repeat"})
_SAME = frozenset(
    "to cuda cpu clone contiguous detach t transpose permute flip roll triu tril cumsum mul add sub neg abs "
    "float double half bfloat16 long int bool exp log sqrt rsqrt sin cos tanh sigmoid pow clamp cumprod div "
    "softmax".split()
)
"""Operations whose result has as many dimensions as the tensor ..."""
_SAME_DTYPE = frozenset(
    "to cuda cpu clone contiguous detach t transpose permute flip roll triu tril cumsum mul add sub neg abs unsqueeze "
    "view reshape expand repeat flatten tile repeat_interleave cat stack".split()
)
"""... and those whose result is of whole numbers if all operands are."""
_SOMETIMES_ITSELF = frozenset({"to", "cuda", "type", "type_as"})
_USUALLY_ITSELF = frozenset({"float", "cpu", "contiguous"})
_SAME_SIGNS: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.FloorDiv)


@dataclass(frozen=True, slots=True)
class Making:
    """How a tensor was made.

    ``least`` is how many dimensions it has at least, ``is_scalar`` whether it has none. ``whole``: of integers or
    booleans, as far as it is seen. ``random``: drawn from a random generator; ``placed``: its device was chosen;
    ``device``: where a call last moved it (None: not known); ``delicate``: a complex or trigonometric table that must
    keep its dtype.
    """

    least: int = 0
    is_scalar: bool = False
    whole: bool = False
    random: bool = False
    placed: bool = False
    device: Hashable = None
    delicate: bool = False


_UNKNOWN = Making()


class Makings:
    """What is known of the tensors of one path. ``value`` gives what an expression came to last, ``is_number`` says of
    an unknown value whether it is a number."""

    def __init__(self, value: Callable[[ast.expr], object], is_number: Callable[[object], bool]) -> None:
        self._value = value
        self._is_number = is_number
        self._known: dict[Tensor, Making] = {}
        self._drawn: set[Storage] = set()
        self._itself: dict[Tensor, tuple[Tensor, bool]] = {}

    def of(self, tensor: Tensor) -> Making:
        """How a tensor was made, and whether its memory, or what shares it, was filled at random since."""
        own = self._known.get(tensor, _UNKNOWN)
        source = tensor.alias_of
        if tensor not in self._known and source is not None:
            own = replace(self.of(source), random=False)
        least, is_scalar = own.least, own.is_scalar
        if tensor.sizes.rank is not None:
            least, is_scalar = tensor.sizes.rank, tensor.sizes.rank == 0
        whole = own.whole
        if tensor.dtype is not None:
            whole = tensor.dtype.removeprefix("torch.").startswith(("int", "uint", "bool", "long", "short"))
        return replace(
            own,
            least=least,
            is_scalar=is_scalar,
            whole=whole,
            random=own.random or tensor.storage in self._drawn,
        )

    def give(self, tensor: Tensor) -> None:
        """A tensor was given, by whoever chose its device."""
        self._known[tensor] = Making(placed=True)

    def before(self, tensor: Tensor) -> tuple[Tensor, bool] | None:
        """What a conversion that may give a tensor back as it is was given, and whether it usually does so; None for
        what another operation gave."""
        return self._itself.get(tensor)

    def note(self, node: ast.expr, tensor: Tensor) -> None:
        """An expression came to a tensor."""
        match node:
            case ast.Call():
                self._note_call(node, tensor)
            case ast.BinOp(left=left, op=operator, right=right):
                made = self._joined(self._tensors((left, right)))
                is_power = isinstance(operator, ast.Pow) and as_tensor(self._value(left)) is None
                whole = made.whole and isinstance(operator, _SAME_SIGNS) and not self._has_fraction((left, right))
                self._known[tensor] = replace(made, whole=whole, delicate=made.delicate or is_power)
            case ast.UnaryOp(operand=operand):
                self._known[tensor] = self._joined(self._tensors((operand,)))
            case ast.Compare(left=left, comparators=others):
                self._known[tensor] = replace(self._joined(self._tensors((left, *others))), whole=True)
            case ast.Subscript(value=value, slice=index):
                made = self._joined(self._tensors((value,)))
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                keeps = any(isinstance(each, ast.Slice) or _is_none(each) for each in parts)
                self._known[tensor] = replace(made, least=int(keeps), is_scalar=False)
            case ast.Attribute(value=value) if self._value(value) is not tensor:
                self._known[tensor] = self._joined(self._tensors((value,)))

    def _tensors(self, nodes: Iterable[ast.expr]) -> list[Making]:
        found = []
        for node in nodes:
            value = self._value(node.value if isinstance(node, ast.Starred) else node)
            inner = items_of(value) if kind_of(value) is Kind.CONTAINER else (value,)
            found += [self.of(each) for each in map(as_tensor, inner) if each is not None]
        return found

    def _joined(self, operands: Sequence[Making]) -> Making:
        """What is computed from operands: broadcasting keeps the dimensions of the one that has more."""
        if not operands:
            return _UNKNOWN
        devices = {each.device for each in operands}
        return Making(
            max(each.least for each in operands),
            all(each.is_scalar for each in operands),
            all(each.whole for each in operands),
            any(each.random for each in operands),
            any(each.placed for each in operands),
            devices.pop() if len(devices) == 1 else None,
            any(each.delicate for each in operands),
        )

    def _has_fraction(self, nodes: Iterable[ast.expr]) -> bool:
        values = [self._value(node) for node in nodes]
        return any(isinstance(each, (float, complex)) for each in values)

    def _note_call(self, node: ast.Call, tensor: Tensor) -> None:
        name = self.torch_name(node)
        receiver = as_tensor(self._value(node.func.value)) if isinstance(node.func, ast.Attribute) else None
        if name.startswith("torch.nn.init."):
            self._drawn |= {tensor.storage} if name not in _CONSTANT_INITS else set()
        elif (name in tensors.FACTORIES and not name.endswith("_like")) or tensors.is_legacy_constructor(name):
            self._known[tensor] = self._factory(node, name)
        elif name and (name in tensors.FUNCTIONS or name in tensors.FACTORIES):
            self._note_result(node, name.rpartition(".")[2], tensor, name in tensors.RANDOM)
        elif (name == "torch.autograd.Variable" and node.args) or (name in tensors.PARAMETERS and node.args):
            self._known[tensor] = self._joined(self._tensors(node.args[:1]))
        elif receiver is not None and isinstance(node.func, ast.Attribute):
            self._note_method(node, node.func.attr, receiver, tensor)

    def torch_name(self, node: ast.Call) -> str:
        """The canonical name of the thing of PyTorch's that is called, "" for anything else."""
        name, func, parts = "", node.func, list[str]()
        while isinstance(func, ast.Attribute) and not name:
            parts.append(func.attr)
            func = func.value
            name = symbol_name(self._value(func))
        name = name or symbol_name(self._value(func))
        return canonical(".".join([name, *reversed(parts)])) if name.startswith("torch") else ""

    def _note_method(self, node: ast.Call, name: str, receiver: Tensor, tensor: Tensor) -> None:
        if name in tensors.MOVING_METHODS and (name != "to" or not _is_dtype_only(self._value, node)):
            destination = self._destination(node, name)
            same = destination is not None and destination == self.of(receiver).device
            self._known[tensor] = replace(self.of(receiver), placed=True, device=destination)
            if tensor is not receiver and name in _SOMETIMES_ITSELF | _USUALLY_ITSELF:
                self._itself[tensor] = receiver, same or name in _USUALLY_ITSELF
        elif tensor is receiver:
            self._drawn |= {tensor.storage} if name in _RANDOM_INPLACE else set()
        else:
            self._note_result(node, name, tensor, random=False, receiver=receiver)
            if name in _SOMETIMES_ITSELF | _USUALLY_ITSELF:
                self._itself[tensor] = receiver, name in _USUALLY_ITSELF

    def _destination(self, node: ast.Call, name: str) -> Hashable:
        """Where a call of ``to``, ``cuda`` or ``cpu`` with nothing but a device brings a tensor, None: not known."""
        if name in ("cuda", "cpu"):
            return None if node.args else name
        if name != "to" or len(node.args) + len(node.keywords) != 1:
            return None
        if node.keywords and node.keywords[0].arg != "device":
            return None
        return _mark(self._value(node.args[0] if node.args else node.keywords[0].value))

    def _note_result(
        self, node: ast.Call, name: str, tensor: Tensor, random: bool, receiver: Tensor | None = None
    ) -> None:
        """What an operation that makes a new tensor gives."""
        given = [*node.args, *(each.value for each in node.keywords)]
        operands = [*([self.of(receiver)] if receiver is not None else ()), *self._tensors(given)]
        made = self._joined(operands)
        if name == "unsqueeze":
            made = replace(made, least=made.least + 1, is_scalar=False)
        elif name in _SIZED:
            made = replace(made, least=self._sizes(node), is_scalar=False)
        elif name in _SHAPED:
            made = replace(made, least=1, is_scalar=False)
        elif name in _REDUCING and not (node.args if receiver is not None else node.args[1:]) and not node.keywords:
            made = replace(made, least=0, is_scalar=True)
        elif name not in _SAME:
            made = replace(made, least=min(made.least, 1))
        whole = name in _WHOLE or (made.whole and name in _SAME_DTYPE and not self._has_fraction(given))
        delicate = made.delicate or name in _DELICATE
        self._known[tensor] = replace(made, whole=whole, delicate=delicate, random=made.random or random)

    def _factory(self, node: ast.Call, name: str) -> Making:
        last = name.rpartition(".")[2]
        words = {each.arg: self._value(each.value) for each in node.keywords}
        given = self._tensors(node.args)
        whole = last in _WHOLE and not self._has_fraction(node.args)
        least, is_scalar = self._dimensions(node, last)
        device = words.get("device")
        placed = device is not None or name.startswith("torch.cuda.") or any(each.placed for each in given)
        if last in _LITERAL and given:
            whole = whole or given[0].whole
        return Making(
            least,
            is_scalar,
            whole or symbol_name(words.get("dtype")).removeprefix("torch.") in tensors.WHOLE_DTYPES,
            name in tensors.RANDOM or (last in _LITERAL and any(each.random for each in given)),
            placed,
            _mark(device) if device is not None else None,
        )

    def _dimensions(self, node: ast.Call, name: str) -> tuple[int, bool]:
        """How many dimensions a factory gives at least, and whether it gives none."""
        if name in _LITERAL and node.args:
            return self._nesting(self._value(node.args[0]))
        if name.endswith("Tensor"):
            return (
                max(1, self._nesting(self._value(node.args[0]))[0]) if len(node.args) == 1 else len(node.args)
            ), False
        if name in ("eye", "tril_indices", "triu_indices"):
            return 2, False
        sizes = next((each.value for each in node.keywords if each.arg == "size"), node.args[0] if node.args else None)
        value = self._value(sizes) if sizes is not None and not isinstance(sizes, ast.Starred) else None
        if kind_of(value) is Kind.CONTAINER:
            count = len(items_of(value))
            return count, not count
        return (max(1, self._sizes(node)) if name in _SIZED else 1), False

    def _sizes(self, node: ast.Call) -> int:
        """How many sizes a call is given at least: ``zeros(2, 3)``, ``zeros((2, 3))``."""
        given = [each for each in node.args if not isinstance(each, ast.Starred)]
        if len(node.args) == 1 and given and kind_of(value := self._value(given[0])) is Kind.CONTAINER:
            return max(1, len(items_of(value)))
        return max(1, len(given))

    def _nesting(self, value: object) -> tuple[int, bool]:
        """How deep lists are nested that make a tensor, and whether it is a number that does."""
        if kind_of(value) is Kind.CONTAINER:
            items = items_of(value)
            return 1 + min((self._nesting(each)[0] for each in items), default=0), False
        tensor = as_tensor(value)
        if tensor is not None:
            made = self.of(tensor)
            return made.least, made.is_scalar
        return 0, kind_of(value) is Kind.OTHER or self._is_number(value)


def _mark(value: object) -> Hashable:
    """What equals for two devices only if they are the same."""
    if isinstance(value, str):
        return value
    return symbol_name(value) or getattr(value, "key", None)


def _is_dtype_only(value: Callable[[ast.expr], object], node: ast.Call) -> bool:
    """Whether a call of ``to`` is given nothing but a dtype."""
    if len(node.args) + len(node.keywords) != 1:
        return False
    if node.keywords:
        return node.keywords[0].arg == "dtype"
    (given,) = node.args
    is_named = isinstance(given, ast.Attribute) and given.attr == "dtype"
    name = symbol_name(value(given))
    return is_named or (name.startswith("torch.") and name.removeprefix("torch.") in tensors.DTYPES)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
