"""What the paths of a program come to together: how surely something happens in it, and under which condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.interpreter.identities import Comparison, Constant
from torchlint.model.interpreter.outcome import Found, Traced, TracedPath
from torchlint.model.interpreter.resolve import origin

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence

    from torchlint.model.interpreter.events import Event
    from torchlint.model.interpreter.paths import Ending


class Placed(Protocol):
    """What stands at a place of the program; equal ones are the same, on whichever path."""

    @property
    def at(self) -> ast.AST: ...

    def __hash__(self) -> int: ...


Seen = TypeVar("Seen", bound=Placed)


_ABROAD = frozenset(
    (
        *(Kind.LEAF, Kind.VIEW, Kind.OUT, Kind.INFERENCE, Kind.FLAG, Kind.NUMPY, Kind.COPIED, Kind.OPTIMIZED),
        *(Kind.SAVED, Kind.TWICE, Kind.NO_GRAD, Kind.STALE, Kind.REWRAPPED),
        *(Kind.IDLE, Kind.UNFED, Kind.TERM, Kind.ASTRAY, Kind.GROWING),
    )
)
"""Faults of another file that are told to the file that runs into them: where the other one is linted, nobody may call
it so."""
_ABSENCES = (Kind.NO_GRAD, Kind.RETAINED, Kind.CREATED)
"""Faults that consist in something missing: what was not looked at may have it."""


class Sighting(Generic[Seen]):
    """Something that a rule sees in traces, and where it is told: what another file has, at the call that leads there;
    whether in every path, and else the condition under which it does (None: not told). ``is_entry``: it was seen in a
    function that nothing seen calls."""

    def __init__(
        self, what: Seen, here: ast.AST, is_certain: bool, condition: ast.AST | None, holds: bool, is_entry: bool
    ) -> None:
        self.what = what
        self.here = here
        self.is_certain = is_certain
        self.condition = condition
        self.holds = holds
        self.is_entry = is_entry


def judged(endings: Sequence[Ending], complete: bool, *, is_entry: bool = False) -> Iterator[Found]:
    """Faults that are the same in several paths, once."""
    groups: dict[tuple[object, ...], list[tuple[Ending, Fault]]] = {}
    for ending in endings:
        for fault in (*ending.run.log.faults, *_retained(ending)):
            if _here(fault) is None or not (complete or _is_seen(fault, endings)):
                continue  # told where that file is linted, or not known
            groups.setdefault((fault.kind, fault.at, fault.surfaces, fault.message), []).append((ending, fault))
    for group in _usual(groups.values(), endings):
        ends = [ending for ending, _ in group]
        fault = min((each for _, each in group), key=lambda each: (each.assumed is not None, each.is_first))
        everywhere = len({id(each) for each in ends}) == len(endings)
        certain = everywhere and complete and fault.assumed is None
        condition, holds = (None, True) if everywhere else _condition(endings, ends, fault.at)
        if fault.kind is Kind.NO_GRAD and fault.cut is None and not holds:
            continue  # what would have given it a graph was only skipped
        if fault.kind in (Kind.IDLE, Kind.UNFED, Kind.ASTRAY) and _is_made_up_for(fault, endings, ends):
            continue
        here = _here(fault)
        assert here is not None
        yield Found(fault, here, certain, condition, holds, is_entry)


def _is_made_up_for(fault: Fault, endings: Iterable[Ending], faulty: Collection[Ending]) -> bool:
    """Whether a step without gradients has them in another path; one that has some, all of them or those of others."""
    others = endings if fault.kind is Kind.IDLE else (each for each in endings if each not in faulty)
    return any(each.run.history.trains(fault.surfaces) for each in others)


def _here(fault: Fault) -> ast.AST | None:
    """Where a fault is told in the file that is linted, None where it is not."""
    if origin(fault.at) is None:
        return fault.at
    if fault.kind not in _ABROAD:
        return None
    surfaces = fault.surfaces if fault.surfaces is not None and origin(fault.surfaces) is None else None
    return surfaces or fault.entered


def traced(endings: Sequence[Ending], complete: bool, *, is_entry: bool) -> Traced | None:
    """The traces of an entry's paths, None where nothing happened on any of them."""
    paths = tuple(
        TracedPath(each.choices, each.conditions, each.complete, each.run.trace.events, each.run.trace.entered)
        for each in endings
    )
    return Traced(paths, complete, is_entry) if any(each.events for each in paths) else None


def sightings(of: Traced, look: Callable[[Sequence[Event]], Iterable[Seen]]) -> Iterator[Sighting[Seen]]:
    """What a rule sees in the events of each path, judged over all of them."""
    groups: dict[Seen, list[tuple[TracedPath, Seen]]] = {}
    for path in of.paths:
        for each in dict.fromkeys(look(path.events)):
            if origin(each.at) is None or each.at in path.entered:
                groups.setdefault(each, []).append((path, each))
    for group in _usual(groups.values(), of.paths):
        what, paths = group[0][1], [path for path, _ in group]
        everywhere = len(paths) == len(of.paths)
        condition, holds = (None, True) if everywhere else _condition(of.paths, paths, what.at)
        here = what.at if origin(what.at) is None else paths[0].entered[what.at]
        yield Sighting(what, here, everywhere and of.complete, condition, holds, of.is_entry)


class _Path(Protocol):
    """What is asked of a path."""

    @property
    def choices(self) -> Mapping[Hashable, bool]: ...

    @property
    def conditions(self) -> Mapping[Hashable, tuple[ast.AST, bool]]: ...

    @property
    def complete(self) -> bool: ...


AnyPath = TypeVar("AnyPath", bound=_Path)
What = TypeVar("What")


def _usual(
    groups: Iterable[list[tuple[AnyPath, What]]], endings: Sequence[AnyPath]
) -> Iterator[list[tuple[AnyPath, What]]]:
    """The groups without those paths in which a name is none of the words that the program compares it with: two
    words are most likely all that there are. What happens in all paths does in those, too."""
    odd = {id(each) for each in endings if _is_odd(each.choices)}
    for group in groups:
        usual = [each for each in group if id(each[0]) not in odd]
        if usual or len(group) == len(endings):
            yield group


def _is_odd(choices: Mapping[Hashable, bool]) -> bool:
    words: dict[Hashable, list[bool]] = {}
    for key, value in choices.items():
        match key:
            case Comparison("eq", name, Constant("str")):
                words.setdefault(name, []).append(value)
    return any(len(values) > 1 and not any(values) for values in words.values())


def _is_seen(fault: Fault, endings: Sequence[Ending]) -> bool:
    """Whether a fault is one though not every path was looked at: something missing is where it is seen where the
    graph ended, and no path came past that backward."""
    if fault.kind is Kind.NO_GRAD:
        past = set().union(*(each.run.history.passed | each.run.speculation.unsure for each in endings))
        return fault.cut is not None and fault.surfaces not in past
    return fault.kind not in _ABSENCES


def _condition(endings: Sequence[_Path], faulty: Sequence[_Path], at: ast.AST) -> tuple[ast.AST | None, bool]:
    """A choice that all faulty paths make alike and no other, and which way: the last one before the fault at a place,
    which may depend on others. Where paths differ in many, none is to blame."""
    if len(faulty) == 1 and all(_differences(faulty[0], each) > 1 for each in endings if each is not faulty[0]):
        return None, True
    others = [each for each in endings if each.complete and each not in faulty]
    found: list[tuple[ast.AST, bool]] = []
    for key, value in faulty[0].choices.items():
        same = all(each.choices.get(key) is value for each in faulty)
        if same and others and not any(each.choices.get(key) is value for each in others):
            asked = next((each.conditions[key] for each in endings if key in each.conditions), None)
            if asked is not None:
                found.append((asked[0], value is asked[1]))
    before = [each for each in found if _line(each[0]) <= _line(at)]
    return max(before or found[:1], key=lambda each: _line(each[0]), default=(None, True))


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _differences(one: _Path, other: _Path) -> int:
    return sum(value is not one.choices.get(key) for key, value in other.choices.items())


def _retained(ending: Ending) -> Iterator[Fault]:
    """Backwards that kept a graph which no later one went through."""
    if ending.complete:
        yield from ending.run.history.needless
