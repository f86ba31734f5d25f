"""Values of the abstract interpreter.

Numbers, strings, None, tuples, lists and dicts are Python's own, with abstract values inside. What the interpreter
knows more about has a class: here those that the interpreter itself handles, in a module of this package each kind that
says what it does itself, as a ``protocol.Value``. Must-facts: what is not certain is ``Answer.MAYBE`` or an
``Unknown``.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.results import Packed
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.limits import MAX_ITEMS

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
    from pathlib import Path

    from torchlint.model.api.operation import Layer
    from torchlint.model.autograd.grad_mode import Mode
    from torchlint.model.autograd.tensor import Cut, Name, Node, Storage
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.site import Site


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value of which nothing is known; equal ``key`` means the same value, so that conditions can correlate.

    ``flow`` are the nodes and leaves that it was most likely computed from. ``is_held``: a module holds it, so that it
    most likely is a module where it is called.
    """

    key: tuple[Hashable, ...]
    flow: tuple[Node | Tensor, ...] = field(default=(), compare=False)
    is_held: bool = field(default=False, compare=False)


def held(value: object) -> object:
    """A value as an attribute or an item of a module."""
    return replace(value, is_held=True) if isinstance(value, Unknown) else value


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something imported, by its canonical qualified name: ``torch.nn``, ``torch.exp``, ``os.environ``.

    ``home`` is the file that imports it, where another file of the project may define it.
    """

    name: str
    home: Path | None = None


@dataclass(eq=False, slots=True)
class LayerValue:
    """A module of ``torch.nn`` as built: its constructor's arguments, its parameters and buffers, its mode, and what
    was taken for granted to know it."""

    name: str
    layer: Layer
    arguments: Mapping[str, object]
    state: dict[str, Tensor]
    made: ast.AST
    training: Answer = Answer.YES
    hooks: list[object] = field(default_factory=list)
    assumed: str = ""


@dataclass(eq=False, slots=True)
class SequenceValue:
    """``nn.Sequential``, ``nn.ModuleList``, ``nn.ParameterDict`` and the like: modules or parameters in order, with
    their names."""

    kind: str
    modules: dict[str, object]
    training: Answer = Answer.YES
    hooks: list[object] = field(default_factory=list)

    @property
    def is_by_name(self) -> bool:
        """Whether it is used like a dictionary."""
        return self.kind.endswith("Dict")


@dataclass(frozen=True, slots=True)
class Partial:
    """``functools.partial``: what is called with which first arguments. ``assumed`` names what was taken for granted to
    know it (empty: nothing)."""

    function: object
    arguments: tuple[object, ...]
    keywords: tuple[tuple[str, object], ...]
    assumed: str = ""


@dataclass(eq=False, slots=True)
class Stream:
    """An iterator: its items are made where it is first read, and are gone then."""

    make: Callable[[], object] | None

    def read(self) -> object:
        """What it gives, most likely a list."""
        make, self.make = self.make, None
        return make() if make is not None else []


def read_in_part(value: object, rest: Unknown) -> None:
    """What an iterator gives from now on is not known."""
    if isinstance(value, Stream):
        value.make = lambda: rest


def listed(value: object) -> object:
    """A value to be looked into: of an iterator, all that it gives."""
    return value.read() if isinstance(value, Stream) else value


@dataclass(frozen=True, slots=True)
class Array:
    """A NumPy array that shares memory with a tensor: writes that no version counter sees."""

    storage: Storage
    name: Name = ""
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A Python number taken from a tensor: the graph ends here. ``cut`` is None if the tensor had none."""

    key: Hashable
    cut: Cut | None


@dataclass(eq=False, slots=True)
class ClassValue:
    """A class of the program: the 1-based line it stands at in the file ``home``, its bases and what its body defines;
    or the module class that ``imported`` means, where the file that defines it is not looked at. ``behind`` are
    its bases and theirs in the order in which Python looks there, ``specials`` the methods that it or a base has by
    which Python asks it how it is built and read."""

    name: str
    line: int
    bases: list[object]
    names: dict[str, object]
    home: Path | None = None
    imported: Symbol | None = None
    behind: tuple[object, ...] = field(init=False, repr=False)
    specials: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lines = [each.order if isinstance(each, ClassValue) else (each,) for each in self.bases]
        self.behind = tuple(_merged([*lines, tuple(self.bases)]))
        self.specials = frozenset(_SPECIAL & self.names.keys()).union(
            *(each.specials for each in self.bases if isinstance(each, ClassValue))
        )

    @property
    def order(self) -> tuple[object, ...]:
        """The class and what is ``behind`` it; put together anew, as a class that held itself would wait for Python to
        look for garbage."""
        return (self, *self.behind)

    def ancestry(self) -> Iterator[object]:
        """The class, then its bases in the order in which Python looks there; what is not seen as it is."""
        return iter(self.order)


_SPECIAL = frozenset("__bool__ __getattribute__ __init_subclass__ __len__ __new__ __setattr__".split())


def _merged(lines: list[tuple[object, ...]]) -> Iterator[object]:
    """What is first in some order and behind nothing in another, again and again; as it comes where there is none."""
    while lines := [line for line in lines if line]:
        behind = {_mark(each) for line in lines for each in line[1:]}
        first = next((line[0] for line in lines if _mark(line[0]) not in behind), lines[0][0])
        yield first
        lines = [tuple(each for each in line if _mark(each) != _mark(first)) for line in lines]


def _mark(base: object) -> Hashable:
    """What is the same for the same base."""
    return base if isinstance(base, (Symbol, Unknown)) else id(base)


MODULE_ATTRIBUTES = frozenset(
    (
        "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches "
        "eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict "
        "modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook "
        "register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook "
        "register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook "
        "register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ "
        "set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad"
    ).split()
)
"""The public attributes that every ``nn.Module`` has."""


@dataclass(eq=False, slots=True)
class ObjectValue:
    """An instance of a class of the program.

    ``buffers`` are the names registered as such. ``is_open`` says that a base is not seen, so that there may be
    attributes of which nothing is known; one that ``is_opaque`` was not built, but would be as ``given``.
    ``is_doubtful``: somebody may have frozen it. ``layer`` is the layer of ``torch.nn`` that it was initialised as.
    ``number`` tells an instance whose unknown attributes stay the same from others; 0: they may differ each time.
    """

    kind: ClassValue
    attributes: dict[str, object]
    made: ast.AST
    is_module: bool
    is_open: bool
    is_doubtful: bool = False
    training: Answer = Answer.YES
    number: int = 0
    buffers: set[str] = field(default_factory=set)
    layer: LayerValue | SequenceValue | None = None
    given: Site | None = None
    hooks: list[object] = field(default_factory=list)

    @property
    def is_opaque(self) -> bool:
        """Whether it was not built."""
        return self.given is not None

    def has(self, name: str) -> Answer:
        """Whether there is an attribute of a name, as ``hasattr`` asks."""
        defined = set(self.attributes).union(*(getattr(each, "names", ()) for each in self.kind.ancestry()))
        if name in defined:
            return Answer.YES
        is_inherited = name.startswith("_") or (self.is_module and name in MODULE_ATTRIBUTES)
        is_seen = not (self.is_open or self.is_opaque or is_inherited or "__getattr__" in defined)
        return Answer.NO if is_seen else Answer.MAYBE


@dataclass(frozen=True, slots=True)
class Bound:
    """A function of a class together with the instance that it was found on."""

    owner: object
    function: FunctionValue


@dataclass(frozen=True, slots=True)
class Super:
    """``super()``: the bases of ``kind`` on an instance."""

    kind: ClassValue
    instance: object

    def behind(self) -> Sequence[object]:
        """The classes in which to look, which the class of the instance orders."""
        order = self.instance.kind.order if isinstance(self.instance, ObjectValue) else self.kind.order
        return order[order.index(self.kind) + 1 :] if self.kind in order else self.kind.bases


@dataclass(eq=False, slots=True)
class FunctionValue:
    """A function of the program. ``modes`` are the grad modes that decorate it; None if something else does too."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: dict[str, object]
    modes: tuple[Mode, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Method:
    """An attribute of a value that is about to be called."""

    owner: object
    name: str


def attributes_of(value: object) -> dict[str, object]:
    """The attributes of an instance; what is written into those of anything else is lost."""
    return value.attributes if isinstance(value, ObjectValue) else {}


def names_of_class(value: object) -> dict[str, object]:
    """What a class defines; what is written into the names of anything else is lost."""
    return value.names if isinstance(value, ClassValue) else {}


def is_of_program(callee: object) -> bool:
    """Whether a call runs code that is seen."""
    return isinstance(callee, (FunctionValue, Bound, ClassValue, Partial))


def may_be_false(value: object) -> bool:
    """Whether an instance of a class of the program has a say in whether it is true."""
    return isinstance(value, ObjectValue) and not value.kind.specials.isdisjoint(("__bool__", "__len__"))


def may_be_error(error: object, wanted: object) -> bool:
    """Whether an error, or its class, is one of a class, as far as that is known; what is not known may be."""
    kind = error.kind if isinstance(error, ObjectValue) else error
    return any(_may_be(each, wanted) for each in (kind.order if isinstance(kind, ClassValue) else (kind,)))


def _may_be(kind: object, wanted: object) -> bool:
    if isinstance(kind, ClassValue) and isinstance(wanted, (ClassValue, Symbol)):
        return kind is wanted
    if not isinstance(kind, Symbol) or not isinstance(wanted, Symbol):
        return not (isinstance(kind, Symbol) and isinstance(wanted, ClassValue))
    one, other = (getattr(builtins, each.name.removeprefix("builtins."), None) for each in (kind, wanted))
    if isinstance(one, type) and isinstance(other, type):
        return issubclass(one, other)
    return kind == wanted or not (kind.name.startswith("builtins.") and wanted.name.startswith("builtins."))


def unpacked(value: object) -> object:
    """The items of a named tuple, any other value as it is."""
    return value.items if isinstance(value, Packed) else value


def is_no_sequence(value: object) -> bool:
    """Whether a value certainly has no items for a pattern to take: a tensor is no sequence to Python."""
    if isinstance(value, Tensor):
        return not value.is_loose
    return value is None or isinstance(value, (str, bytes, dict, int, float, Number))


def extent(value: object) -> int:
    """How many items are in nested containers, each as often as it is met, ``MAX_ITEMS`` at most."""
    items, waiting = 0, [value]
    while waiting and items < MAX_ITEMS:
        each = waiting.pop()
        if isinstance(each, (list, tuple, dict)):
            items += len(each)
            inner = each.values() if isinstance(each, dict) else each
            waiting += [item for item in islice(inner, MAX_ITEMS) if isinstance(item, (list, tuple, dict))]
    return min(items, MAX_ITEMS)


def is_tensor(value: object) -> Answer | None:
    """Whether a value is a tensor: MAYBE where a module that is not looked into gave it, None where it is not known."""
    if isinstance(value, Tensor):
        return Answer.MAYBE if value.is_loose else Answer.YES
    return None if isinstance(value, Unknown) else Answer.NO


def identity(value: object) -> Hashable:
    """What equals for two values of which nothing is known only if they are the same; None for any other value."""
    return value.key if isinstance(value, Unknown) else None
