"""Classes of the program and their instances."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.values.functions import FunctionValue
from torchlint.model.interpreter.values.modules import (
    MODULE,
    MODULE_ATTRIBUTES,
    SEQUENTIAL,
    Module,
    is_layer,
    is_module,
)
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic, held, identity, optional

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
    from pathlib import Path

    from torchlint.model.interpreter.site import Site


class Field(NamedTuple):
    """A field of a dataclass: its default, or what makes one; MISSING where there is none."""

    name: str
    default: object
    factory: object = MISSING


@dataclass(eq=False, slots=True)
class ClassValue:
    """A class of the program: the 1-based line it stands at in the file ``home``, its bases and what its body defines;
    or the module class that ``imported`` means, where the file that defines it is not looked at. ``behind`` are
    its bases and theirs in the order in which Python looks there, ``specials`` the methods that it or a base has by
    which Python asks it how it is built and read, ``own_fields`` those that a dataclass adds to its bases'."""

    name: str
    line: int
    bases: list[object]
    names: dict[str, object]
    home: Path | None = None
    imported: Symbol | None = None
    own_fields: tuple[Field, ...] | None = None
    behind: tuple[object, ...] = field(init=False, repr=False)
    specials: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._derive()

    def adopt(self, find: Callable[[Symbol], object], depth: int) -> None:
        """Put the classes that imported bases mean in their place. As files may import from each other, one of them may
        not have its own bases yet; what has them is given them again. ``depth`` ends that where classes are each
        other's bases."""
        self.bases = [_meant(each, find) for each in self.bases]
        for each in self.bases if depth else ():
            if isinstance(each, ClassValue):
                each.adopt(find, depth - 1)
        self._derive()

    def _derive(self) -> None:
        lines = [each.order if isinstance(each, ClassValue) else (each,) for each in self.bases]
        self.behind = tuple(_merged([*lines, tuple(self.bases)]))
        self.specials = _SPECIAL.intersection(self.names).union(
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

    @property
    def is_module(self) -> bool:
        """Whether it certainly is an ``nn.Module``."""
        return any(isinstance(each, Symbol) and is_module(each.name) for each in self.order)

    @property
    def is_function(self) -> bool:
        """Whether it is a ``torch.autograd.Function``."""
        return any(isinstance(each, Symbol) and each.name == "torch.autograd.Function" for each in self.order)

    @property
    def is_open(self) -> bool:
        """Whether a base is not seen, so that an instance may have more than is seen."""
        return not all(isinstance(each, ClassValue) or _is_plain(each) for each in self.order)

    @property
    def base_layer(self) -> str | None:
        """The layer that it is derived from, by its canonical name."""
        names = (each.name for each in self.order if isinstance(each, Symbol))
        return next((name for name in names if is_layer(name) or name == SEQUENTIAL), None)

    @property
    def fields(self) -> tuple[Field, ...] | None:
        """Those of a dataclass, its bases' first, or of the one that it inherits its ``__init__`` from; None: of no
        dataclass."""
        heir = next((each for each in self.classes() if each.own_fields is not None or "__init__" in each.names), None)
        if heir is None or "__init__" in heir.names:
            return None
        found: dict[str, Field] = {}
        for kind in reversed(list(heir.classes())):
            found.update((each.name, each) for each in kind.own_fields or ())
        return tuple(found.values())

    def classes(self) -> Iterator[ClassValue]:
        """Those among the class and its bases that are seen."""
        return (each for each in self.order if isinstance(each, ClassValue))

    def find(self, name: str) -> object:
        """What the class or its bases define under a name, MISSING where nothing seen does."""
        return next((each.names[name] for each in self.classes() if name in each.names), MISSING)

    def function(self, name: str) -> FunctionValue | None:
        """The function that the class or its bases define under a name, None where that is none, or not seen."""
        found = self.find(name)
        return found if isinstance(found, FunctionValue) else None

    def functions(self) -> Iterator[tuple[str, FunctionValue]]:
        """The functions that the class and its bases define, those of its bases first."""
        for kind in reversed(list(self.classes())):
            for name, each in kind.names.items():
                if isinstance(each, FunctionValue):
                    yield name, each

    def definer(self, node: ast.AST) -> ClassValue | None:
        """The class among these in which a function is defined."""
        return next((each for each in self.classes() if _defines(each, node)), None)


_SPECIAL = frozenset("__bool__ __getattribute__ __init_subclass__ __len__ __new__ __setattr__".split())


_PLAIN_BASES = frozenset(("builtins.object", MODULE, "abc.ABC"))


def adopt_imported(values: Iterable[object], find: Callable[[Symbol], object], depth: int) -> None:
    """Let the classes among some values adopt the bases that their file imports."""
    for each in values:
        if isinstance(each, ClassValue):
            each.adopt(find, depth)


def _meant(base: object, find: Callable[[Symbol], object]) -> object:
    """The class that a base means, unless that changes what is derived from it."""
    found = find(base) if isinstance(base, Symbol) else base
    return found if isinstance(found, ClassValue) and "__init_subclass__" not in found.specials else base


def _is_plain(base: object) -> bool:
    return isinstance(base, Symbol) and base.name in _PLAIN_BASES


def _defines(kind: ClassValue, node: ast.AST) -> bool:
    return any(isinstance(each, FunctionValue) and each.node is node for each in kind.names.values())


def _merged(lines: list[tuple[object, ...]]) -> Iterator[object]:
    """What is first in some order and behind nothing in another, again and again; as it comes where there is none."""
    while lines := [line for line in lines if line]:
        behind = {_mark(each) for line in lines for each in line[1:]}
        first = next((line[0] for line in lines if _mark(line[0]) not in behind), lines[0][0])
        yield first
        lines = [tuple(each for each in line if _mark(each) != _mark(first)) for line in lines]


def _mark(base: object) -> Hashable:
    """What is the same for the same base."""
    return base if isinstance(base, (Symbol, Symbolic)) else id(base)


@dataclass(eq=False, slots=True)
class ObjectValue(Module):
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
    number: int = 0
    buffers: set[str] = field(default_factory=set)
    layer: Module | None = None
    given: Site | None = None

    @property
    def is_opaque(self) -> bool:
        return self.given is not None

    def has(self, name: str) -> Answer:
        """Whether there is an attribute of a name, as ``hasattr`` asks."""
        defined = set(self.attributes).union(*(getattr(each, "names", ()) for each in self.kind.ancestry()))
        if name in defined:
            return Answer.YES
        is_inherited = name.startswith("_") or (self.is_module and name in MODULE_ATTRIBUTES)
        is_seen = not (self.is_open or self.is_opaque or is_inherited or "__getattr__" in defined)
        return Answer.NO if is_seen else Answer.MAYBE

    @property
    def is_submodule(self) -> bool:
        return self.is_module

    @property
    def is_partial(self) -> bool:
        return self.is_open or any(identity(each) is not None for each in self.attributes.values())

    @property
    def own_state(self) -> Mapping[str, Tensor]:
        return {
            name: value
            for name, value in self.attributes.items()
            if isinstance(value, Tensor) and (value.is_parameter or name in self.buffers)
        }

    @property
    def heeds_mode(self) -> Answer:
        asks = any(_asks_for_mode(each.node) for _, each in self.kind.functions())
        return Answer.MAYBE if asks or self.is_partial or self.is_opaque else Answer.NO

    def called(self) -> FunctionValue | None:
        """The function that a call of it runs, None where that is not known."""
        found = self.kind.find("__call__")
        if found is MISSING and self.is_module:
            found = self.attributes.get("forward", self.kind.find("forward"))
        return found if isinstance(found, FunctionValue) else None

    def contents(self) -> Mapping[str, object]:
        return self.attributes

    def doubt(self) -> None:
        self.is_doubtful = True

    def forget_kept(self, unknown: Callable[[], object]) -> None:
        own = self.own_state
        for name in [name for name, kept in self.attributes.items() if name not in own and tensors_in(kept)]:
            self.attributes[name] = unknown()

    def register(self, name: str, value: object, *, is_module: bool, is_buffer: bool) -> None:
        if isinstance(value, Tensor) and value.name == "":
            value.name = name
        self.attributes[name] = held(value) if is_module else optional(held(value))
        if is_buffer:
            self.buffers.add(name)


_ASKING: WeakKeyDictionary[ast.AST, bool] = WeakKeyDictionary()


def _asks_for_mode(node: ast.AST) -> bool:
    """Whether a function asks a module for its mode."""
    if node not in _ASKING:
        _ASKING[node] = any(isinstance(each, ast.Attribute) and each.attr == "training" for each in ast.walk(node))
    return _ASKING[node]


def attributes_of(value: object) -> dict[str, object]:
    """The attributes of an instance; what is written into those of anything else is lost."""
    return value.attributes if isinstance(value, ObjectValue) else {}


def as_class(value: object) -> ClassValue | None:
    """A value as a class of the program, None for any other."""
    return value if isinstance(value, ClassValue) else None


def method_of(kind: ClassValue, name: str) -> FunctionValue | None:
    """The function that a class itself defines under a name."""
    found = kind.names.get(name)
    return found if isinstance(found, FunctionValue) else None


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
