"""What the interpreter asks of every value, whatever kind it is of."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.sizes import ANY, Sizes
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter.identities import Count, Fresh, Single
from torchlint.model.interpreter.loop_bounds import ENOUGH, Items, length_of
from torchlint.model.interpreter.values.sort import OTHER
from torchlint.model.interpreter.values.symbolic import Symbolic

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from torchlint.model.autograd.grad_mode import Mode
    from torchlint.model.autograd.grad_state import GradState
    from torchlint.model.autograd.tensor import Cut, Name, Node, Tensor
    from torchlint.model.interpreter.protocol import Block, Interpreter, Signal
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
    from torchlint.model.interpreter.values.operator import Operator
    from torchlint.model.interpreter.values.sort import Sort

Copies = dict[int, tuple[object, object]]
"""What was copied, by its identity, with its copy."""
T = TypeVar("T")
W = TypeVar("W", bound="Callable[..., Value]")


class Value:
    """A value that says itself what it does. What a kind does not say is not known."""

    __slots__ = ()

    @property
    def itself(self) -> object:
        """The value as the program has it."""
        return self

    @property
    def is_lasting(self) -> bool:
        """Whether it stays what it is, whatever else happens to the instance that holds it."""
        return False

    @property
    def holds_parameters(self) -> bool:
        """Whether it is a module, an optimizer or the like."""
        return self.is_lasting

    @property
    def is_constant(self) -> bool:
        """Whether it holds nothing that could be changed, or is not known at all."""
        return False

    @property
    def is_undecided(self) -> bool:
        """Whether it may be true or false."""
        return False

    @property
    def mode(self) -> Mode | None:
        """The mode that is entered with it."""
        return None

    @property
    def decorating(self) -> tuple[Mode, ...] | None:
        """The modes in which a function runs that it decorates, None where it may change more of it."""
        return None

    @property
    def graph_exit(self) -> Cut | None:
        """Where the graph ended that it came from."""
        return None

    @property
    def sort(self) -> Sort:
        """What it is as an argument of an operation."""
        return OTHER

    @property
    def imported_name(self) -> str | None:
        """The canonical name of what is imported, None for anything else."""
        return None

    @property
    def dtype(self) -> str | None:
        """The dtype of its elements, as far as that is known."""
        return None

    @property
    def sizes(self) -> Sizes:
        """The sizes of its dimensions, as far as they are known."""
        return ANY

    def give_sizes(self, vm: Interpreter, sizes: Sizes, depth: int = 8) -> Sizes:
        """The sizes that it would give of some if it were called; what its layers refuse of each other is noted, as far
        as ``depth`` containers in one another."""
        return ANY

    @property
    def has_state(self) -> bool:
        """Whether what happens to it stays."""
        return False

    @property
    def is_likely_module(self) -> bool:
        """Whether it most likely is a module, though nothing is known of it."""
        return False

    @property
    def is_of_program(self) -> bool:
        """Whether a call of it runs code that is seen."""
        return False

    @property
    def reaches_modules(self) -> bool:
        """Whether code that is given it may come to modules through it, and switch their mode."""
        return self.is_of_program

    @property
    def gives_no_tensor(self) -> bool:
        """Whether a call of it gives no tensor, whatever it is called with."""
        return False

    @property
    def gives_settings(self) -> bool:
        """Whether a call of it gives what has no tensor in it, wherever that is asked for one."""
        return False

    def elements(self) -> Iterable[object]:
        """The values that a container holds."""
        return ()

    def edges(self, run: GradState) -> tuple[Node | Tensor, ...]:
        """Where its own gradient most likely flows, that of its elements apart."""
        return ()

    @property
    def likeness(self) -> Hashable:
        """What is the same for modules that are built alike."""
        return id(self.itself)

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        """``value.name``; what is no attribute that is known may be a method. Raises: Raised, OutOfBudget."""
        return Method(self.itself, name)

    def method(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        """``value.name`` where it is called. Raises: Raised, OutOfBudget."""
        return self.attribute(vm, name, at)

    def set_attribute(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        """``value.name = value``. Raises: Raised, OutOfBudget."""

    def delete_attribute(self, vm: Interpreter, name: str) -> None:
        """``del value.name``."""

    def call(self, vm: Interpreter, site: Site) -> object:
        """``value(...)``. Raises: Raised, OutOfBudget."""
        return vm.call_unknown(site, self.itself)

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        """``value.name(...)``. Raises: Raised, OutOfBudget."""
        return vm.call_unknown(site, self.itself)

    def call_inherited(self, vm: Interpreter, site: Site, kind: ClassValue, name: str) -> object:
        """``super().name(...)`` where no base of ``kind`` that is seen defines it. Raises: Raised, OutOfBudget."""
        return vm.unknown()

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        """``value[index]``. Raises: Raised, OutOfBudget."""
        return vm.unknown()

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        """``value[index] = value``. Raises: Raised, OutOfBudget."""

    def delete_item(self, vm: Interpreter, index: object) -> None:
        """``del value[index]``; where it is not known what goes, nothing of what stays is."""

    def items(self, vm: Interpreter, at: ast.AST) -> Items:
        """What a loop over it gives. Raises: Raised, OutOfBudget."""
        endless = self.iterate(vm, at)
        return vm.unknown_items(self.itself) if endless is None else Items(list(islice(endless, ENOUGH)), False)

    def unpacked(self, vm: Interpreter, at: ast.AST, count: int, starred: int | None) -> Sequence[object]:
        """``count`` values of it; the one at ``starred`` is the list of all that the others leave. Raises: Raised,
        OutOfBudget."""
        return vm.unknown_parts(self.itself, count)

    def length(self, vm: Interpreter) -> object:
        """``len(value)``."""
        found = length_of(vm.run, self.itself)
        return found if found is not None else Symbolic(Count(vm.run.fresh()))

    def question(self, fresh: Callable[[], int]) -> Hashable | None:
        """The key of the condition that it is true; None where Python's own answer is right."""
        return None

    def negated(self, vm: Interpreter) -> object:
        """``not value``. Raises: Raised, OutOfBudget."""
        return not vm.truth(self.itself, ast.Pass())

    def operated(self, vm: Interpreter, at: ast.AST, operator: Operator, right: object) -> object:
        """``value op right``, NotImplemented where that depends on the other one. Raises: Raised, OutOfBudget."""
        return NotImplemented

    def reflected(self, vm: Interpreter, at: ast.AST, operator: Operator, left: object) -> object:
        """``left op value``, as ``operated``."""
        return NotImplemented

    def augmented(self, vm: Interpreter, at: ast.AugAssign, operator: Operator, right: object) -> object:
        """``value op= right`` in place, NotImplemented where it is like ``value op right``. Raises: Raised,
        OutOfBudget."""
        return NotImplemented

    def negative(self, vm: Interpreter, at: ast.AST, name: str, sign: str) -> object:
        """What a sign before it gives, as ``operated``."""
        return NotImplemented

    def compared(self, vm: Interpreter, at: ast.AST, name: str, other: object, *, reflected: bool = False) -> object:
        """Whether it equals, or is less than, another value, as ``operated``; ``reflected``: the right operand, which
        is asked in the other direction."""
        return NotImplemented

    def equality_key(self, vm: Interpreter) -> Hashable:
        """What makes values equal that have the same; one that nothing else has where that cannot be told."""
        return Fresh(vm.run.fresh())

    def taken_for(self, truth: bool) -> object:
        """What ``and`` and ``or`` give of it where they stop at it, which they do for its truth."""
        return self.itself

    def bind(self, name: str) -> None:
        """A name is given to it."""

    def hold(self, name: Name) -> None:
        """It becomes an attribute, or the like."""

    def taken_for_tensor(self, vm: Interpreter, at: ast.AST) -> object:
        """What it is where an operation takes nothing but a tensor."""
        return self.itself

    def as_tensor(self, at: ast.AST) -> Tensor | None:
        """The tensor on the same memory, None where there is none."""
        return None

    def as_number(self, vm: Interpreter, site: Site) -> Value | None:
        """What ``float(value)`` gives of what was computed by a tensor, None where that is not known."""
        return None

    def overwrite(self, at: ast.AST) -> None:
        """It is given to NumPy as ``out``."""

    def leads_to(self) -> Iterator[object]:
        """The values that whoever finds it in a module can come to."""
        yield self.itself

    def holders(self) -> Iterable[object]:
        """What an optimizer has that was given its parameters, or those of something unknown that it is a part of."""
        return ()

    def trained_with(self) -> Iterable[object]:
        """What certainly waits for gradients in it: leaves, and modules that are not looked into."""
        return ()

    def closed_over(self) -> Iterator[Tensor]:
        """The tensors that a call of it uses without being given them."""
        return iter(())

    def copied(self, known: Copies) -> object:
        """A copy in which every tensor is one of its own; ``known`` are those that there are."""
        return self.itself

    def plain(self, vm: Interpreter) -> object:
        """It where no run changes it, or something unknown in its place."""
        return vm.unknown()

    def stand_in(self, vm: Interpreter) -> object:
        """What a module is given in its place that is run on its own."""
        return self.plain(vm)

    def call_key(self) -> Hashable:
        """What tells calls apart that are given it."""
        return None

    def before_change(self, vm: Interpreter, settle: Callable[[], None]) -> None:
        """Have something called before its content changes."""

    def initialise(self, instance: ObjectValue) -> None:
        """Make an instance of a class that is derived from it what its ``__init__`` makes it."""

    def forward_of(self, vm: Interpreter, site: Site, instance: ObjectValue) -> object:
        """Run the ``forward`` of this layer on what an instance that is derived from it holds now."""
        return vm.call_unknown(site, Symbolic(Single("layer", id(instance)), is_held=True))

    def havoc(self, vm: Interpreter) -> int:
        """Something unknown is given it and may change it: parameters frozen or not, other tensors drawn into a graph,
        and those that a module keeps besides replaced. How many tensors these are."""
        given = tensors_in(self.itself)
        for tensor in given:
            if tensor.is_parameter or requires_grad(tensor) is Answer.NO:
                for each in (tensor, tensor.root):
                    each.requires_grad = Answer.MAYBE
        return len(given)

    def iterate(self, vm: Interpreter, at: ast.AST) -> Iterator[object] | None:
        """What a loop of unknown length gives, one after the other and without an end; None where it is not known."""
        return None

    def found_on(self, vm: Interpreter, owner: Value, at: ast.AST) -> object:
        """What an instance, or ``super()`` of it, has under the name that this has in a class; of a function its
        decorators decide. Raises: Raised, OutOfBudget."""
        return self.itself

    def super_of(self, instance: Value) -> Value | None:
        """``super(value, instance)``, None where that is not known."""
        return None

    def super_in(self, function: ast.AST) -> Value | None:
        """``super()`` in a function whose first argument it is, None where that is not known."""
        return None

    def leave(self, scope: Scope) -> None:
        """The body of a class is done, whose names its functions do not see."""

    def keep(self, name: str, value: object) -> None:
        """Have an attribute from now on, as a cached property does."""

    def managing(self, vm: Interpreter, at: ast.AST) -> Callable[[Block], Signal | None] | None:
        """What runs a ``with`` block as code of the program that is seen manages it, None where there is no such code.
        It raises Raised and OutOfBudget."""
        return None

    def entered(self, vm: Interpreter) -> object:
        """What ``with value as name`` binds."""
        return vm.unknown()

    def decorated(self, mode: Mode) -> object:
        """What ``mode(value)`` gives, None where that is not known."""
        return None

    def assume(self, what: str) -> None:
        """Note what was taken for granted to know this."""


@dataclass(frozen=True, slots=True)
class Method(Value):
    """An attribute of a value that is about to be called."""

    owner: object
    name: str

    def call(self, vm: Interpreter, site: Site) -> object:
        return as_value(self.owner).call_method(vm, site, self.name)


class Wrapped(Value, Generic[T]):
    """How a value behaves whose own class knows nothing of the interpreter: one of Python's, or of autograd's.

    It lives as long as it is asked something; what the program holds is ``itself``.
    """

    __slots__ = ("of",)

    def __init__(self, of: T) -> None:
        self.of = of

    @property
    def itself(self) -> object:
        return self.of


_WRAPPERS: dict[type, Callable[..., Value]] = {}


def wraps(*classes: type) -> Callable[[W], W]:
    """Let a subclass of ``Wrapped`` say how the instances of some classes behave."""

    def register(wrapper: W) -> W:
        _WRAPPERS.update(dict.fromkeys(classes, wrapper))
        return wrapper

    return register


def as_value(value: object) -> Value:
    """A value as what the interpreter can ask; of a class that nothing is said of, nothing is known."""
    wrapper = _WRAPPERS.get(type(value))
    if wrapper is not None:
        return wrapper(value)
    return value if isinstance(value, Value) else Wrapped(value)


def note_replaced(vm: Interpreter, at: ast.AST, before: object, after: object) -> None:
    """Note that something has another value than before, or that a module, ``before``, has one more part."""
    if before is not after:
        vm.run.trace.replace(at, as_value(before).holders, as_value(after).trained_with)


def hold_parameters(values: Iterable[object], depth: int = 4) -> bool:
    """Whether some values, or what containers of them hold, are modules, optimizers or the like."""
    known = [as_value(each) for each in values]
    if any(each.holds_parameters for each in known):
        return True
    return depth > 0 and any(hold_parameters(each.elements(), depth - 1) for each in known)


def deep_copy(value: object, known: Copies) -> object:
    """A copy of a value in which every tensor is one of its own; what is shared stays shared."""
    if id(value) not in known:
        known[id(value)] = value, as_value(value).copied(known)
    return known[id(value)][1]


def cut_in(value: object, depth: int = 4) -> Cut | None:
    """Where the graph of a value, or of something in it, ended."""
    known = as_value(value)
    inner = known.elements() if depth else ()
    return known.graph_exit or next((cut for each in inner if (cut := cut_in(each, depth - 1))), None)
