"""Which classes are ``nn.Module``s: bases followed through the file, through imports on disk, and by a data table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from torchlint.model.api import bases
from torchlint.model.api.canonical import canonical
from torchlint.model.api.operations import layer
from torchlint.syntax.outline import USUAL, ClassOutline, Outline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from torchlint.syntax.library import Library


class Ancestry(Enum):
    """What a class is. ASSUMED: an unseen base and a ``forward`` method in a file that uses torch."""

    MODULE = "module"
    ASSUMED = "assumed"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


class Held(Enum):
    """What the instances of a module may hold: parameters, buffers or modules that may, or parameters only."""

    STATE = "state"
    PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class Lineage:
    """A class with what is seen of its ancestors, itself first; ``homes`` are the files that they stand in.

    ``complete`` says that every ancestor's own source is seen or is PyTorch's ``Module``; ``self_moving`` that an
    ancestor takes care of plain tensors itself, ``self_initialising`` that one or its metaclass runs
    ``Module.__init__`` unasked.
    """

    ancestry: Ancestry
    classes: tuple[ClassOutline, ...] = ()
    homes: tuple[Path, ...] = ()
    complete: bool = False
    self_moving: bool = False
    self_initialising: bool = False

    @property
    def is_module(self) -> bool:
        return self.ancestry in (Ancestry.MODULE, Ancestry.ASSUMED)

    @property
    def registered(self) -> frozenset[str]:
        """The attributes that the class or a seen ancestor registers."""
        return frozenset().union(*(each.registered for each in self.classes))

    @property
    def moved(self) -> frozenset[str]:
        """The attributes mentioned in an ``_apply``, ``to``, ``cuda`` or ``cpu`` of the class or a seen ancestor."""
        return frozenset().union(*(each.moved for each in self.classes))

    @property
    def methods(self) -> frozenset[str]:
        return frozenset().union(*(each.methods for each in self.classes))


_TORCH_MODULE = Lineage(Ancestry.MODULE, complete=True)
_EXTERNAL_MODULE = Lineage(Ancestry.MODULE)
_SELF_INITIALISING = Lineage(Ancestry.MODULE, self_initialising=True)
_SELF_MOVING = Lineage(Ancestry.MODULE, self_moving=True)
_FOREIGN = Lineage(Ancestry.FOREIGN)
_UNKNOWN = Lineage(Ancestry.UNKNOWN)


_MAX_STARS = 2_000
"""Star imports that are looked through for one file: each module can import all others."""


class Classes:
    """Looks up classes for one file; ``depends`` collects the paths of the other files it asked."""

    def __init__(self, path: Path, outline: Outline, library: Library) -> None:
        self.depends: set[Path] = set()
        self._path = path
        self._outline = outline
        self._library = library
        self._known: dict[tuple[Path, int | str], Lineage] = {}
        self._stars = 0
        self._states: dict[tuple[Held, Path, str], bool | None] = {}

    def lineage(self, line: int) -> Lineage:
        """The lineage of the file's class at a 1-based line."""
        return self._lineage(self._path, self._outline, line)

    def named(self, name: str) -> Lineage:
        """The lineage of what a dotted name of the file means."""
        return self._base(self._path, self._outline, name)

    def imported(self, importer: Path, qualified: str) -> Lineage:
        """The lineage of what a file imports by an absolute or relative dotted name."""
        for path, name in self._library.find(qualified, importer, self.depends.add):
            outline = self._library.outline(path)
            if outline is not None and (lineage := self._base(path, outline, name)).classes:
                return lineage
        return _UNKNOWN

    def has_state(self, lineage: Lineage) -> bool | None:
        """Whether the instances of a module hold parameters, buffers or modules that may; None: not seen."""
        return self._holds(Held.STATE, lineage)

    def _holds(self, held: Held, lineage: Lineage) -> bool | None:
        own = _own_state(held, lineage)
        if own is True:
            return True
        built = list(_built(lineage))
        self._find_states(held, built)
        states = {own, *(self._states.get((held, *each)) for each in built)}
        return True if True in states else None if None in states else False

    def _find_states(self, held: Held, waiting: list[tuple[Path, str]]) -> None:
        """Find out of what is built by name whether it has state: what builds something that has some, has some too,
        and nobody looks further; of what else builds something that is not seen, it is not known."""
        found: dict[bool | None, list[tuple[Path, str]]] = {True: [], None: []}
        builders: dict[tuple[Path, str], list[tuple[Path, str]]] = {}
        seen, waiting = set(waiting), list(waiting)
        while waiting and not found[True]:
            key = waiting.pop()
            state, inner = self._state_of(held, *key)
            if state is not False:
                found[state].append(key)
            for each in inner:
                builders.setdefault(each, []).append(key)
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
        state = True if found[True] else None
        having = found[state]
        states: dict[tuple[Path, str], bool | None] = {}
        while having:
            key = having.pop()
            if key not in states:
                states[key] = state
                having += builders.get(key, ())
        if state is None:
            states = {key: states.get(key, False) for key in seen}
        self._states.update({(held, *key): each for key, each in states.items()})

    def _state_of(self, held: Held, home: Path, name: str) -> tuple[bool | None, Iterable[tuple[Path, str]]]:
        """Whether what a name builds has state by itself, and what else it builds, which may have some."""
        if (held, home, name) in self._states:
            return self._states[held, home, name], ()
        outline = self._outline_at(home)
        if outline is None:
            return None, ()
        root, _, rest = name.partition(".")
        if rest and not root[:1].isupper() and rest.rpartition(".")[2][:1].islower():
            return None, ()
        built = self._base(home, outline, name)
        if built is _TORCH_MODULE:
            qualified = self._qualified(outline, name)
            if held is Held.PARAMETERS and layer(canonical(qualified)) is not None:
                return _is_trained(qualified), ()
            return not bases.is_stateless(qualified), ()
        return (_own_state(held, built), _built(built)) if built.classes else (None, ())

    def has_parameters(self, lineage: Lineage) -> bool:
        """Whether the instances of a module certainly hold parameters, or are derived from a layer that has some."""
        if self._holds(Held.PARAMETERS, lineage) is True:
            return True
        homes = zip(lineage.classes, lineage.homes, strict=True)
        return any(
            _is_trained(self._qualified(self._outline_at(home), base)) for node, home in homes for base in node.bases
        )

    def _outline_at(self, home: Path) -> Outline | None:
        return self._outline if home == self._path else self._library.outline(home)

    def _qualified(self, outline: Outline | None, name: str) -> str:
        root, _, rest = name.partition(".")
        imported = outline.imports.get(root, USUAL.get(root, root)) if outline is not None else root
        return f"{imported}.{rest}" if rest else imported

    def _lineage(self, path: Path, outline: Outline, line: int) -> Lineage:
        return self._once((path, line), lambda: self._combine(path, outline, outline.classes[line]))

    def _once(self, key: tuple[Path, int | str], look: Callable[[], Lineage]) -> Lineage:
        """Look something up once; what asks for itself on the way, a cycle of bases or imports, is unknown."""
        if key not in self._known:
            self._known[key] = _UNKNOWN
            self._known[key] = look()
        return self._known[key]

    def _combine(self, path: Path, outline: Outline, node: ClassOutline) -> Lineage:
        bases_ = [self._base(path, outline, base) for base in node.bases]
        above = {
            id(each): (each, home) for base in bases_ for each, home in zip(base.classes, base.homes, strict=True)
        }  # a base of two bases counts once
        ancestries = {base.ancestry for base in bases_}
        if Ancestry.MODULE in ancestries:
            ancestry = Ancestry.MODULE
        elif Ancestry.ASSUMED in ancestries or (Ancestry.UNKNOWN in ancestries and "forward" in node.methods):
            ancestry = Ancestry.ASSUMED
        else:
            ancestry = Ancestry.UNKNOWN if Ancestry.UNKNOWN in ancestries else Ancestry.FOREIGN
        complete = all(base.complete or base.ancestry is Ancestry.FOREIGN for base in bases_)
        return Lineage(
            ancestry,
            (node, *(each for each, _ in above.values())),
            (path, *(home for _, home in above.values())),
            complete,
            any(base.self_moving for base in bases_),
            node.prepares or any(base.self_initialising for base in bases_),
        )

    def _base(self, path: Path, outline: Outline, name: str) -> Lineage:
        """The lineage of a base as written in a file."""
        return self._once((path, name), lambda: self._look_up(path, outline, name))

    def _look_up(self, path: Path, outline: Outline, name: str) -> Lineage:
        root, _, rest = name.partition(".")
        if not rest and (line := outline.class_lines.get(name)) is not None:
            return self._lineage(path, outline, line)
        if not name or root in outline.bound:
            return _UNKNOWN
        imported = outline.imports.get(root)
        if imported is None:
            return self._unimported(path, outline, name)
        return self._imported(path, f"{imported}.{rest}" if rest else imported)

    def _unimported(self, path: Path, outline: Outline, name: str) -> Lineage:
        """A name that the file does not bind: a star import, a builtin, or one of the usual modules."""
        root, _, rest = name.partition(".")
        if rest and root in USUAL:
            return _external(f"{USUAL[root]}.{rest}") or _UNKNOWN
        for star in outline.stars:
            self._stars += 1
            if self._stars > _MAX_STARS:
                return _UNKNOWN
            lineage = self._imported(path, f"{star}{'' if star.endswith('.') else '.'}{name}")
            if lineage.ancestry is not Ancestry.UNKNOWN:
                return lineage
        return _external(name) or _UNKNOWN

    def _imported(self, path: Path, qualified: str) -> Lineage:
        """A class by its absolute or relative dotted name."""
        if known := _external(qualified):
            return known
        for other, rest in self._library.find(qualified, path, self.depends.add):
            outline = self._library.outline(other)
            if outline is not None:
                lineage = self._base(other, outline, rest)
                if lineage.ancestry is not Ancestry.UNKNOWN:
                    return lineage
        return _UNKNOWN


def _own_state(held: Held, lineage: Lineage) -> bool | None:
    """Whether the classes of a lineage register state themselves."""
    registered = (node.registered if held is Held.STATE else node.registered - node.buffers for node in lineage.classes)
    return True if any(registered) else False if lineage.complete else None


def _built(lineage: Lineage) -> Iterator[tuple[Path, str]]:
    """What the classes of a lineage call to make what they keep, by file and name."""
    return ((home, name) for node, home in zip(lineage.classes, lineage.homes, strict=True) for name in node.built)


def _is_trained(name: str) -> bool:
    """Whether a qualified name is that of a layer of ``torch.nn`` with parameters."""
    known = layer(canonical(name)) if name.startswith("torch.") else None
    return known is not None and any(each.trained for each in known.state)


def _external(qualified: str) -> Lineage | None:
    """What is known of a class that is not looked up on disk."""
    match bases.kind_of(qualified):
        case bases.BaseKind.TORCH_MODULE:
            return _TORCH_MODULE
        case bases.BaseKind.MODULE:
            return _SELF_INITIALISING if bases.initialises_itself(qualified) else _EXTERNAL_MODULE
        case bases.BaseKind.SELF_MOVING:
            return _SELF_MOVING
        case bases.BaseKind.FOREIGN:
            return _FOREIGN
    return None
