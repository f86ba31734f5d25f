"""The interpreter, telling what an instance is given to keep, and what of it somebody else may take care of."""

from __future__ import annotations

import ast
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import named
from torchlint.model.autograd.faults import Raised
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.autograd.views import edge, requires_grad
from torchlint.model.interpreter.identities import Argument, Computed, Constant, Named, is_number
from torchlint.model.interpreter.limits import OutOfBudget
from torchlint.model.interpreter.machine import Machine
from torchlint.model.interpreter.values.kept import (
    Kind,
    as_tensor,
    built,
    has_mode,
    has_state,
    held_by,
    is_instance,
    is_sequence,
    is_unknown,
    items_of,
    kind_of,
    made_at,
    name_of_module,
    symbol_name,
)
from torchlint.model.interpreter.values.symbolic import identity
from torchlint.model.modules import tensors
from torchlint.model.modules.making import Makings
from torchlint.model.modules.values import UNKNOWN, Grad, Kept
from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator, Sequence

    from torchlint.model.autograd.tensor import Storage
    from torchlint.model.interpreter.protocol import Signal
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.state import PathState
    from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
    from torchlint.model.interpreter.values.symbolic import Symbolic

_TENSORS = (ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.Attribute)
"""Expressions that make tensors."""
_NUMBERS = frozenset(f"builtins.{name}" for name in ("int", "float", "bool", "len", "round"))
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Stored:
    """A value that the instance was given for an attribute, where it was told to keep it; ``early``: before an
    ``__init__`` of a base had run, ``later``: when the constructor had run."""

    at: ast.AST
    attribute: str
    value: object
    early: bool
    later: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What a path is told of the rest of the program: whether the instances of a class hold parameters or buffers, what
    is a module by its name, which arguments of the constructor are ``numbers``, and which calls are ``ignored``, as
    they can register nothing on ``self``."""

    state_of: Callable[[ClassValue], bool | None]
    is_module: Callable[[str], bool]
    numbers: Collection[str]
    ignored: Collection[ast.AST]


class Watching(Machine):
    """The interpreter on a path through a constructor, and through a method that runs later.

    ``events`` are what the ``instance`` was given, ``reached`` the first statements of the blocks that ran.
    ``initialised``: an ``__init__`` of a base was called; ``constructed``: that of the class has run. ``is_handing``:
    what is given to somebody is taken care of there, while ``forward`` only uses what it passes on.
    """

    def __init__(self, run: PathState, known: Known) -> None:
        super().__init__(run, is_library=True)
        self.events: list[Stored] = []
        self.reached: set[ast.AST] = set()
        self.initialised = False
        self.constructed = False
        self.is_handing = True
        self.instance: ObjectValue | None = None
        self._known = known
        self._values: dict[ast.AST, object] = {}
        self._makings = Makings(self._values.get, self._is_number)
        self._marked: dict[Hashable, tuple[Kind, str]] = {}
        self._escaped: dict[Hashable, object] = {}
        self._owners: dict[Hashable, set[int]] = {}
        self._given: set[Storage] = set()
        self._numbers: set[Hashable] = set()

    def evaluate(self, scope: Scope, node: ast.expr) -> object:
        value = super().evaluate(scope, node)
        if isinstance(node, ast.Call):
            value = self._called(node, value)
        elif isinstance(node, ast.Attribute) and node.attr == "__dict__":
            self.initialised = True  # which may be filled from another module's
        tensor = as_tensor(value)
        if tensor is not None and isinstance(node, _TENSORS):
            self._makings.note(node, tensor)
        self._values[node] = value
        return value

    def execute(self, scope: Scope, body: Sequence[ast.stmt]) -> Signal | None:
        self.reached.update(body[:1])
        return super().execute(scope, body)

    def prove(self, value: Symbolic, at: ast.AST) -> Tensor:
        tensor = super().prove(value, at)
        self._given.add(tensor.storage)
        self._makings.give(tensor)
        return tensor

    def stored(self, at: ast.AST, owner: object, name: str, value: object) -> None:
        if self.instance is None:
            self.instance = built(owner)
        if owner is self.instance and name:
            self.events.append(Stored(at, name, value, not self.initialised, self.constructed))
        else:
            self.escape(value)

    def forget(self, callee: object, site: Site) -> None:
        super().forget(callee, site)
        if site.at not in self._known.ignored:
            for each in (*site.arguments, *site.keywords.values()):
                self.escape(each)

    def escape(self, value: object) -> None:
        """A value, and all that it holds, may be taken care of elsewhere."""
        waiting = [value] if self.is_handing else []
        while waiting:
            each = waiting.pop()
            waiting += self.run.speculation.holders.get(identity(each), ())
            is_plain = self._kind(each)[0] in (Kind.UNKNOWN, Kind.OTHER)  # numbers are the same wherever they are
            if each is not self.instance and not is_plain and _key(each) not in self._escaped:
                self._escaped[_key(each)] = each
                waiting += held_by(each)

    def _has_escaped(self, value: object) -> bool:
        return _key(value) in self._escaped or _key(value) in self._owners

    def _has_left(self, part: object, owner: object) -> bool:
        """Whether a part of a module was given to anything else."""
        return _key(part) in self._escaped or not self._owners.get(_key(part), set()) <= {id(owner)}

    def _kind(self, value: object) -> tuple[Kind, str]:
        """What a value certainly is, and of which class a module is of which nothing else is known."""
        return self._marked.get(identity(value)) or (kind_of(value), "")

    def _called(self, node: ast.Call, value: object) -> object:
        """Heed what was called with what."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "__init__":
            self.initialised = True
        name = self._makings.torch_name(node)
        is_tensor = name in tensors.FACTORIES or name in tensors.FUNCTIONS or tensors.is_legacy_constructor(name)
        is_made = is_instance(value) and made_at(value) is node
        if is_sequence(value) and name:
            for part in held_by(value):
                self._owners.setdefault(_key(part), set()).add(id(value))
        elif is_made or (name and not is_tensor and not name.startswith("torch.nn.init.")):
            self._hand(node)
        if not is_unknown(value):
            return value
        if symbol_name(self._values.get(node.func)) in _NUMBERS or symbol_name(self._root(node.func)) == "math":
            self._numbers.add(identity(value))
        if is_tensor and not _gives_several(name, len(node.args)):
            needs = Answer.NO if name in tensors.FACTORIES else Answer.MAYBE
            return Tensor(node, requires_grad=needs, contiguous=Answer.MAYBE)
        if name in tensors.MODULES:
            self._marked[identity(value)] = Kind.MODULE, name
        elif name in tensors.PARAMETERS or name in tensors.BUFFERS:
            self._marked[identity(value)] = (Kind.BUFFER if name in tensors.BUFFERS else Kind.PARAMETER), name
        elif not name and (called := dotted(node.func)) and self._known.is_module(called):
            root = self._root(node.func)
            if symbol_name(root) or isinstance(identity(root), Named):
                self._marked[identity(value)] = Kind.MODULE, called
        return value

    def _root(self, node: ast.expr) -> object:
        while isinstance(node, ast.Attribute):
            node = node.value
        return self._values.get(node)

    def _hand(self, node: ast.Call) -> None:
        for each in (*node.args, *(keyword.value for keyword in node.keywords)):
            self.escape(self._values.get(each.value if isinstance(each, ast.Starred) else each))

    def _is_number(self, value: object) -> bool:
        return self._is_number_key(identity(value))

    def _is_number_key(self, key: Hashable) -> bool:
        match key:
            case Constant(type="int" | "float"):
                return True
            case Argument(name=name):
                return name in self._known.numbers
            case Computed(left=left, right=right):
                return self._is_number_key(left) and (right is None or self._is_number_key(right))
        return is_number(key) or key in self._numbers

    # What was kept, told at the end of the path.

    def finish(self) -> None:
        """What the instance registers, it takes care of."""
        if self.instance is not None:
            self.is_handing = True
            for each in self.instance.attributes.values():
                if self._kind(each)[0] in (Kind.MODULE, Kind.PARAMETER):
                    self.escape(each)

    def described(self) -> Iterator[tuple[Stored, Kept]]:
        """What the instance was given, in the order in which it was; the values themselves are let go."""
        if self.instance is None:
            return
        holders = self._holders(self.instance)
        own = set(self.instance.named_state().values())
        for each in self.events:
            found = self.kept(each.value, own)
            if each.attribute in self.instance.buffers and found.kind is Kind.TENSOR:
                found = replace(found, kind=Kind.BUFFER)
            yield (
                replace(each, value=None),
                replace(found, holders=frozenset(holders.get(id(each.value), ())) - {each.attribute}),
            )

    def final(self) -> dict[str, Kind]:
        """What the attributes are in the end."""
        if self.instance is None:
            return {}
        found = {name: self.kept(each, set()).kind for name, each in self.instance.attributes.items()}
        return {name: Kind.BUFFER if name in self.instance.buffers else kind for name, kind in found.items()}

    def _holders(self, instance: ObjectValue) -> dict[int, set[str]]:
        """The attributes that keep containers with a value in them, by the value's identity."""
        found: dict[int, set[str]] = {}
        for name, value in instance.attributes.items():
            for each in items_of(value) if kind_of(value) is Kind.CONTAINER else ():
                found.setdefault(id(each), set()).add(name)
        return found

    def kept(self, value: object, own: Collection[Tensor], depth: int = _DEPTH) -> Kept:
        """What is known of a value; ``own`` are the parameters that the instance has."""
        (kind, qualified), has_escaped = self._kind(value), self._has_escaped(value)
        if value is self.instance:
            return UNKNOWN
        if kind in (Kind.TENSOR, Kind.PARAMETER) and (tensor := as_tensor(value)) is not None:
            return replace(self._kept_tensor(tensor, own), escaped=has_escaped)
        if kind is Kind.MODULE:
            has_escaped = has_escaped or any(self._has_left(each, value) for each in held_by(value))
            return Kept(
                kind,
                made_at(value),
                escaped=has_escaped,
                qualified=qualified or name_of_module(value),
                stateful=has_state(value, self._known.state_of),
                has_mode=has_mode(value),
            )
        if kind is Kind.CONTAINER and depth:
            items: Sequence[object] = ()
            with suppress(Raised, OutOfBudget, RecursionError):
                items = items_of(value)
            contents = tuple(dict.fromkeys(self.kept(each, own, depth - 1) for each in items))
            return Kept(kind, escaped=has_escaped, contents=contents)
        return Kept(kind, qualified=qualified) if kind is not Kind.UNKNOWN else UNKNOWN

    def _kept_tensor(self, tensor: Tensor, own: Collection[Tensor]) -> Kept:
        source, copied = tensor, True
        while (before := self._makings.before(source)) is not None:
            source, is_usual = before
            copied = copied and is_usual
            if not is_usual and source.is_parameter:
                break
        if source.is_parameter and copied:
            tensor = source
        if tensor.is_parameter:
            return Kept(Kind.PARAMETER, tensor.made, grad=self._grad(tensor))
        if tensor.storage in self._given:
            return UNKNOWN
        made, grad = self._makings.of(tensor), self._grad(tensor if source.is_parameter else source)
        lost = grad in (Grad.GRAPH, Grad.SPENT) and self._is_lost(tensor, own)
        return Kept(
            Kind.TENSOR,
            tensor.made,
            least=made.least,
            is_scalar=made.is_scalar,
            whole=made.whole,
            grad=grad,
            random=made.random,
            placed=made.placed,
            delicate=made.delicate,
            lost=lost,
            copied=lost and copied,
        )

    def _grad(self, tensor: Tensor) -> Grad:
        match requires_grad(tensor):
            case Answer.MAYBE:
                return Grad.UNKNOWN
            case Answer.NO:
                return Grad.NO
        start = edge(self.run, tensor)
        if start is None or start is tensor:
            return Grad.LEAF
        nodes, _ = reachable([start])
        return Grad.SPENT if any(each.keeps is Answer.YES for each in nodes) else Grad.GRAPH

    def _is_lost(self, tensor: Tensor, own: Collection[Tensor]) -> bool:
        """Whether a tensor was computed from a parameter that nobody keeps."""
        start = edge(self.run, tensor)
        leaves = reachable([start])[1] if start is not None else ()
        return any(each.is_parameter and each not in own and not self._has_escaped(each) for each in leaves)


def _key(value: object) -> Hashable:
    return identity(value) or id(value)


def _gives_several(name: str, given: int) -> bool:
    """Whether a function gives a tuple, whose tensors nobody follows; some do only where they are given a dimension."""
    several = [each.gives_several for each in named(name.rpartition(".")[2])]
    return any(several) and (all(several) or given > 1)
