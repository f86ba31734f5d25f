"""What the parts of the interpreter may ask of the whole, so that none of them has to import another one above it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from torchlint.model.interpreter.scope import Scope
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.values.functions import Method

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Hashable, Iterator, Sequence

    from torchlint.model.autograd.call import Call
    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.resolve import Imports
    from torchlint.model.interpreter.state import PathState
    from torchlint.model.interpreter.summary import Summary
    from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
    from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic


class Value:
    """A value that says itself what it does. What a kind does not say is not known."""

    __slots__ = ()

    @property
    def is_lasting(self) -> bool:
        """Whether it stays what it is, whatever else happens to the instance that holds it."""
        return False

    def attribute(self, vm: Interpreter, name: str, at: ast.expr) -> object:
        """``value.name``; what is no attribute that is known may be a method. Raises: Raised, OutOfBudget."""
        return Method(self, name)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        """``value.name(...)``. Raises: Raised, OutOfBudget."""
        vm.forget(self, site)
        return vm.unknown()

    def item(self, vm: Interpreter, index: object, at: ast.expr) -> object:
        """``value[index]``. Raises: Raised, OutOfBudget."""
        return vm.unknown()

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        """``value[index] = value``. Raises: Raised, OutOfBudget."""

    def iterate(self, vm: Interpreter, at: ast.AST) -> Iterator[object] | None:
        """What a loop of unknown length gives, one after the other and without an end; None where it is not known."""
        return None


class Signal(Enum):
    """Why a block ended early."""

    BREAK = auto()
    CONTINUE = auto()
    RETURN = auto()
    STOPPED = auto()


@dataclass(slots=True)
class CallStack:
    """The functions that are ``active``, their first arguments, and what they have ``returned`` and ``yielded`` so far
    (None: nothing was yielded); and every function that was ever ``called``."""

    active: list[ast.AST] = field(default_factory=list)
    selves: list[object] = field(default_factory=list)
    returned: list[object] = field(default_factory=list)
    yielded: list[list[object] | None] = field(default_factory=list)
    called: set[ast.AST] = field(default_factory=set)


@dataclass(slots=True)
class Project:
    """What is known of the rest of the program. ``imports`` finds what other files define.

    ``trained`` is set where other modules of the program are not looked into: it says of a class whether it has
    parameters, as ``is_module`` says whether it is one; ``foreign`` says it of an imported one, None where that is not
    known to be a module. ``summaries`` is what such modules do, as far as it was asked for, ``depth`` how many are
    looked into. ``registered`` are the names of the parameters and buffers of a class of this file.
    """

    imports: Imports | None = None
    trained: Callable[[int], bool] | None = None
    is_module: Callable[[int], bool] = lambda line: False
    foreign: Callable[[Symbol], bool | None] | None = None
    summaries: dict[Hashable, Summary] | None = None
    depth: int = 0
    registered: Callable[[int], Collection[str]] = lambda line: ()


class Interpreter(ABC):
    """Runs a program abstractly.

    ``is_library``: this is code whose callers are not seen, where the likely is taken for true. ``module`` are its
    global names, ``heap`` what is stored on unknown objects. ``proven`` are the tensors that unknown values must be,
    since they were used as such, ``visited`` what finds out whether a module kept an unknown value that it was called
    with. ``has_moved``: something may be on another device.
    """

    def __init__(self, run: PathState, *, is_library: bool = False) -> None:
        self.run = run
        self.is_library = is_library
        self.project = Project()
        self.calls = CallStack()
        self.module = Scope()
        self.heap: dict[tuple[Hashable, str], object] = {}
        self.proven: dict[Hashable, Tensor] = {}
        self.visited: dict[Hashable, list[Callable[[], None]]] = {}
        self.has_moved = False

    @abstractmethod
    def inside(self, run: PathState) -> Interpreter:
        """An interpreter that looks into a module on its own."""

    @abstractmethod
    def evaluate(self, scope: Scope, node: ast.expr) -> object:
        """The value of an expression. Raises: Raised, OutOfBudget."""

    @abstractmethod
    def execute(self, scope: Scope, body: Sequence[ast.stmt]) -> Signal | None:
        """Run statements until one leaves the block. Raises: Raised, OutOfBudget."""

    @abstractmethod
    def assign(self, scope: Scope, target: ast.expr, value: object) -> None:
        """Assign a value to a name, an attribute, a subscript, or to several of them. Raises: Raised, OutOfBudget."""

    @abstractmethod
    def binary(self, at: ast.expr | ast.stmt, kind: type[ast.operator], left: object, right: object) -> object:
        """``left op right``. Raises: Raised, OutOfBudget."""

    @abstractmethod
    def call_site(self, site: Site, callee: object) -> object:
        """Call a value as it is written. Raises: Raised, OutOfBudget."""

    def call(self, at: ast.expr, callee: object, arguments: list[object], keywords: dict[str, object]) -> object:
        """Call a value. Raises: Raised, OutOfBudget."""
        return self.call_site(Site(at, "", arguments, keywords), callee)

    @abstractmethod
    def instantiate(self, site: Site, kind: ClassValue) -> ObjectValue:
        """Make an instance and run its ``__init__``, also of a module that is not looked into elsewhere."""

    @abstractmethod
    def operation(self, site: Site, qualified: str) -> object:
        """Call an operation of PyTorch by its qualified name; an unknown one gives an unknown value."""

    @abstractmethod
    def compute(self, call: Call) -> object:
        """Do an operation that no table describes."""

    @abstractmethod
    def tensor_operation(self, at: ast.AST, name: str, label: str, receiver: Tensor, arguments: list[object]) -> object:
        """A method of a tensor that an iteration or a subscript stands for."""

    @abstractmethod
    def unknown(self) -> Symbolic:
        """A value of which nothing is known; without a key, unlike any other."""

    @abstractmethod
    def forget(self, callee: object, site: Site) -> None:
        """What an unknown call may have changed: what is stored on the objects that it sees."""

    @abstractmethod
    def stored(self, at: ast.AST, owner: object, name: str, value: object) -> None:
        """An instance, or something unknown, is given a value to keep; ``name`` is empty where that is not known."""

    @abstractmethod
    def imported(self, value: object) -> object:
        """The function or class of another file that an imported name means, any other value as it is."""

    @abstractmethod
    def prove(self, value: Symbolic, at: ast.AST) -> Tensor:
        """The tensor that an unknown value must be, as an operation takes nothing else there."""

    @abstractmethod
    def proven_by_now(self, value: Symbolic, other: object, at: ast.AST) -> object:
        """An unknown value to which ``other`` is added in place: a tensor if modules were called with it."""

    @abstractmethod
    def as_proven(self, value: object) -> object:
        """A value, or the tensor that it must be."""

    @abstractmethod
    def device(self) -> Symbolic:
        """Where a tensor is: as long as nothing was moved, all are in the same place."""

    @abstractmethod
    def learn(self, key: Hashable, at: ast.AST, *, holds: bool) -> None:
        """A condition on something unknown holds on this path, or does not: what that shows."""

    @abstractmethod
    def truth(self, value: object, at: ast.AST) -> bool:
        """Which way a condition goes: what is not known is decided by the path."""
