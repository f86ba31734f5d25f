"""Classes of the program and their instances."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.interpreter.values.functions import Bound, FunctionValue, Partial
from torchlint.model.interpreter.values.modules import MODULE_ATTRIBUTES
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Iterator, Sequence
    from pathlib import Path

    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue


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
    return base if isinstance(base, (Symbol, Symbolic)) else id(base)


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
class Super:
    """``super()``: the bases of ``kind`` on an instance."""

    kind: ClassValue
    instance: object

    def behind(self) -> Sequence[object]:
        """The classes in which to look, which the class of the instance orders."""
        order = self.instance.kind.order if isinstance(self.instance, ObjectValue) else self.kind.order
        return order[order.index(self.kind) + 1 :] if self.kind in order else self.kind.bases


def attributes_of(value: object) -> dict[str, object]:
    """The attributes of an instance; what is written into those of anything else is lost."""
    return value.attributes if isinstance(value, ObjectValue) else {}


def names_of_class(value: object) -> dict[str, object]:
    """What a class defines; what is written into the names of anything else is lost."""
    return value.names if isinstance(value, ClassValue) else {}


def as_class(value: object) -> ClassValue | None:
    """A value as a class of the program, None for any other."""
    return value if isinstance(value, ClassValue) else None


def method_of(kind: ClassValue, name: str) -> FunctionValue | None:
    """The function that a class itself defines under a name."""
    found = kind.names.get(name)
    return found if isinstance(found, FunctionValue) else None


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
