"""What the parts of the interpreter may ask of the whole, so that none of them has to import another one above it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from torchlint.model.interpreter.scope import Scope
from torchlint.model.interpreter.site import Site

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from torchlint.model.autograd.call import Call
    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.loop_bounds import Items
    from torchlint.model.interpreter.resolve import Imports
    from torchlint.model.interpreter.state import PathState
    from torchlint.model.interpreter.summary import Summary
    from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
    from torchlint.model.interpreter.values.functions import FunctionValue
    from torchlint.model.interpreter.values.modules import LayerValue
    from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic


class Signal(Enum):
    """Why a block ended early."""

    BREAK = auto()
    CONTINUE = auto()
    RETURN = auto()
    STOPPED = auto()


Block: TypeAlias = "Callable[[object], Signal | None]"
"""A ``with`` block, which is given what its manager gives it."""


@dataclass(slots=True)
class CallStack:
    """The functions that are ``active``, the ``sites`` of their calls, what they have ``returned`` and ``yielded`` so
    far (None: nothing was yielded), and the ``blocks`` that run where they yield (None: they manage none); how many
    ``modules`` run, one inside the other; and every function that was ever ``called``."""

    active: list[ast.AST] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    returned: list[object] = field(default_factory=list)
    yielded: list[list[object] | None] = field(default_factory=list)
    blocks: list[Block | None] = field(default_factory=list)
    modules: int = 0
    called: set[ast.AST] = field(default_factory=set)

    @contextmanager
    def of_module(self) -> Iterator[None]:
        """Run a module."""
        self.modules += 1
        try:
            yield
        finally:
            self.modules -= 1


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
    def binary(self, at: ast.AST, kind: type[ast.operator], left: object, right: object) -> object:
        """``left op right``. Raises: Raised, OutOfBudget."""

    @abstractmethod
    def call_site(self, site: Site, callee: object) -> object:
        """Call a value as it is written. Raises: Raised, OutOfBudget."""

    def call(self, at: ast.AST, callee: object, arguments: list[object], keywords: dict[str, object]) -> object:
        """Call a value. Raises: Raised, OutOfBudget."""
        return self.call_site(Site(at, "", arguments, keywords), callee)

    @abstractmethod
    def call_unknown(self, site: Site, callee: object) -> object:
        """Call something of which nothing is known: what it is given may be stored on, changed, or run backward."""

    @abstractmethod
    def call_named(self, site: Site, callee: Symbol) -> object:
        """Call something imported, or a builtin."""

    @abstractmethod
    def run_function(self, site: Site, function: FunctionValue) -> object:
        """Run a function's body. Raises: Raised, OutOfBudget."""

    @abstractmethod
    def call_instance(self, site: Site, instance: ObjectValue) -> object:
        """Call an instance: a module's ``forward``, or ``__call__``."""

    @abstractmethod
    def call_inherited(self, site: Site, instance: ObjectValue, kind: ClassValue, name: str) -> object:
        """Call a method on an instance that no base of ``kind`` that is seen defines."""

    @abstractmethod
    def call_layer(self, site: Site, layer: LayerValue) -> object:
        """Call a layer of ``torch.nn``."""

    @abstractmethod
    def tensor_method(self, site: Site, tensor: Tensor, name: str) -> object:
        """Call a method of a tensor."""

    @abstractmethod
    def looking_inside(self, site: Site) -> AbstractContextManager[None]:
        """Run a module: where it activates in place what it is given by a name, that name stands for something else."""

    @abstractmethod
    def build(self, site: Site, kind: ClassValue) -> object:
        """Make an instance, whose ``__init__`` runs unless it is a module that is not looked into."""

    @abstractmethod
    def apply_function(self, site: Site, kind: ClassValue) -> object:
        """Call a custom Function by its ``apply``."""

    @abstractmethod
    def items(self, at: ast.AST, value: object) -> list[object]:
        """The items of an iterable that is unpacked into a display or a call."""

    @abstractmethod
    def unknown_items(self, value: object) -> Items:
        """What a loop gives that runs over something of which nothing is known."""

    @abstractmethod
    def unknown_parts(self, value: object, count: int) -> list[Symbolic]:
        """What something gives that is unpacked, and of which nothing is known."""

    @abstractmethod
    def note_part(self, found: Symbolic, whole: object) -> Symbolic:
        """An item of a value that is not known, which most likely is a part of what that most likely is."""

    @abstractmethod
    def note_change(self, before: Symbolic, after: object) -> object:
        """Note that something unknown was changed by ``op=``, which gave ``after``; what is bound then."""

    @abstractmethod
    def note_flag(self, value: Symbolic) -> None:
        """Something unknown is told to require grad."""

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
