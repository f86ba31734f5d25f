"""A whole program in every world: what goes wrong in it, how surely, and under which condition.

The module's code is an entry point, and so is every function that nothing seen calls, with unknown arguments. An
undecided condition makes two worlds; each is run from the start, with the choices that lead to it.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from torchlint.model.autograd.entries import definitions, entries, run_entry, runs_itself
from torchlint.model.autograd.faults import Fault, Kind, Raised
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.imports import origin
from torchlint.model.autograd.machine import Machine
from torchlint.model.autograd.run import OutOfBudget, Run
from torchlint.model.autograd.views import edge

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
    from pathlib import Path

    from torchlint.model.autograd.earlier import Entries
    from torchlint.model.autograd.entries import Entry
    from torchlint.model.autograd.imports import Imports
    from torchlint.model.autograd.scope import Scope
    from torchlint.model.autograd.submodules import Summary
    from torchlint.model.autograd.values import Symbol

MAX_WORLDS = 24
MAX_STEPS = 6_000
MAX_ENTRY_STEPS = 800


@dataclass(frozen=True, slots=True)
class Modules:
    """What is known of the file's classes, by 1-based line: whether one certainly is an ``nn.Module``, and whether one
    certainly has parameters. ``imports`` finds what other files define, ``home`` is the file itself. ``foreign`` tells
    of an imported class whether it has parameters, None where it is not certainly an ``nn.Module``."""

    is_module: Callable[[int], bool]
    has_parameters: Callable[[int], bool]
    imports: Imports | None = None
    home: Path | None = None
    foreign: Callable[[Symbol], bool | None] = lambda symbol: None


NO_MODULES = Modules(lambda line: False, lambda line: False)


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, whether it happens in every world, and else the condition under which it does (None: not told).

    ``is_entry``: it was found in a function that nothing seen calls, whose caller decides the grad mode.
    """

    fault: Fault
    is_certain: bool
    condition: ast.AST | None
    holds: bool = True
    is_entry: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """One world after its run: its choices, its faults, and whether it ran to its end."""

    choices: Mapping[Hashable, bool]
    run: Run
    complete: bool


def analyse(
    tree: ast.Module,
    text: str,
    cells: Sequence[range] = (),
    classes: Modules = NO_MODULES,
    earlier: Entries | None = None,
) -> list[Found]:
    """What goes wrong in a program.

    ``cells`` are the line ranges of a notebook's cells: where one raises, the next runs. ``classes`` says what is
    known of the file's classes, ``earlier`` what entries came to in its last version.
    """
    return explore(tree, text, cells, classes, earlier)[0]


def explore(
    tree: ast.Module, text: str, cells: Sequence[range], classes: Modules, earlier: Entries | None = None
) -> tuple[list[Found], list[Ending]]:
    """What goes wrong in a program, and how each of its worlds ended, those excepted that ran for an earlier version."""
    called: set[ast.AST] = set()
    found: list[Found] = []
    every: list[Ending] = []
    if runs_itself(tree, text):
        worlds = _worlds(lambda run: _run_module(run, tree, cells, called, classes), MAX_WORLDS, MAX_STEPS)
        found += _judged(*worlds)
        every += worlds[0]
    if not cells:
        summaries: dict[Hashable, Summary] = {}
        names = earlier.names if earlier else None
        scope = cache(lambda: definitions(tree, classes.home, is_library=True, names=names))
        for entry in entries(tree, text, scope, called, classes.is_module):
            run = partial(_run_worlds, scope(), entry)
            faults, endings = run(classes, summaries) if earlier is None else (earlier.outcome(entry, classes, run), [])
            found += faults
            every += endings
    return found, every


def _run_worlds(
    scope: Scope, entry: Entry, classes: Modules, summaries: dict[Hashable, Summary]
) -> tuple[list[Found], list[Ending]]:
    play = partial(run_entry, scope=scope, entry=entry, classes=classes, summaries=summaries)
    endings, complete = _extremes(play)
    return list(_judged(endings, complete, is_entry=True)), endings


def _worlds(play: Callable[[Run], bool], most: int, steps: int) -> tuple[list[Ending], bool]:
    """Run every world, and whether these are all: each choice that a run met is taken the other way in another."""
    endings: list[Ending] = []
    waiting: deque[dict[Hashable, bool]] = deque([{}])
    for _ in range(most):
        if not waiting or steps <= 0:
            break
        choices = waiting.popleft()
        run = Run(choices, steps)
        complete = play(run)
        steps = min(run.budget, steps) if run.budget > 0 else 0
        endings.append(Ending(run.choices, run, complete))
        for index, key in enumerate(run.met):
            before = {each: run.choices[each] for each in run.met[:index]}
            waiting.append({**choices, **before, key: not run.choices[key]})
    return endings, not waiting and all(each.complete for each in endings)


def _extremes(play: Callable[[Run], bool]) -> tuple[list[Ending], bool]:
    """Run the worlds in which every undecided condition holds, none does, and all but the first do, without early
    returns; or, where there are some, with them instead of the third; and whether these are all that there are."""
    endings: list[Ending] = []
    starts: list[tuple[dict[Hashable, bool], bool, bool]] = [({}, True, False), ({}, False, False)]
    for choices, default, exits in starts:
        run = Run(choices, MAX_ENTRY_STEPS, default=default, exits=exits)
        complete = play(run)
        endings.append(Ending(run.choices, run, complete))
        if not run.met:
            break
        if len(endings) == 1 and run.exited:
            starts.append(({}, True, True))
        elif len(endings) == 1 and len(run.met) > 1:
            starts.append(({run.met[0]: False}, True, False))
    return endings, len(endings[0].run.met) < 2 and all(each.complete for each in endings)


def _run_module(run: Run, tree: ast.Module, cells: Sequence[range], called: set[ast.AST], classes: Modules) -> bool:
    machine = Machine(run)
    machine.called, machine.imports, machine.module.home = called, classes.imports, classes.home
    machine.module.names["__name__"] = "__main__"
    try:
        for body in _cells(tree.body, cells):
            with suppress(Raised):
                machine.execute(machine.module, body)
    except (OutOfBudget, RecursionError):
        return False
    return True


def _cells(body: list[ast.stmt], cells: Sequence[range]) -> Iterator[list[ast.stmt]]:
    if not cells:
        yield body
    for cell in cells:
        yield [node for node in body if node.lineno in cell]


_ABSENCES = (Kind.NO_GRAD, Kind.RETAINED, Kind.CREATED)
"""Faults that consist in something missing: what was not looked at may have it."""


def _judged(endings: Sequence[Ending], complete: bool, *, is_entry: bool = False) -> Iterator[Found]:
    """Faults that are the same in several worlds, once."""
    groups: dict[tuple[object, ...], list[tuple[Ending, Fault]]] = {}
    for ending in endings:
        for fault in (*ending.run.faults, *_retained(ending)):
            if origin(fault.at) is not None or (fault.kind in _ABSENCES and not complete):
                continue  # told where that file is linted, or not known
            groups.setdefault((fault.kind, fault.at, fault.surfaces, fault.message), []).append((ending, fault))
    for group in groups.values():
        ends = [ending for ending, _ in group]
        fault = next((each for _, each in group if each.assumed is None), group[0][1])
        everywhere = len({id(each) for each in ends}) == len(endings)
        certain = everywhere and complete and fault.assumed is None
        condition, holds = (None, True) if everywhere else _condition(endings, ends)
        if fault.kind is Kind.NO_GRAD and fault.cut is None and not holds:
            continue  # what would have given it a graph was only skipped
        yield Found(fault, certain, condition, holds, is_entry)


def _condition(endings: Sequence[Ending], faulty: Sequence[Ending]) -> tuple[ast.AST | None, bool]:
    """A choice that all faulty worlds make alike, and which way; where worlds differ in many, none is to blame."""
    if len(faulty) == 1 and all(_differences(faulty[0], each) > 1 for each in endings if each is not faulty[0]):
        return None, True
    for key, value in faulty[0].choices.items():
        same = all(each.choices.get(key) is value for each in faulty)
        if same and any(each.choices.get(key) is (not value) for each in endings):
            asked = next((each.run.conditions[key] for each in endings if key in each.run.conditions), None)
            if asked is not None:
                at, positive = asked
                return at, value is positive
    return None, True


def _differences(one: Ending, other: Ending) -> int:
    return sum(value is not one.choices.get(key) for key, value in other.choices.items())


def _retained(ending: Ending) -> Iterator[Fault]:
    """Backwards that kept a graph which no later one went through."""
    run = ending.run
    if not ending.complete or run.unseen_backward:
        return
    escaped = frozenset(reachable(start for each in run.escaped if (start := edge(run, each)) is not None)[0])
    for each in run.retained:
        later = run.backwards[each.number :]
        if not each.nodes & escaped and not any(each.nodes & nodes for nodes in later):
            kind = Kind.CREATED if each.creates else Kind.RETAINED
            yield Fault(kind, each.at, each.at, "", each.name)
