"""A whole program in every path: what goes wrong in it, how surely, and under which condition.

The module's code is an entry point, and so is every function that nothing seen calls, with unknown arguments. An
undecided condition makes two paths; each is run from the start, with the choices that lead to it.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING

from torchlint.model.autograd.backward_evidence import has_proofs
from torchlint.model.autograd.faults import Fault, Kind, Raised
from torchlint.model.interpreter import paths
from torchlint.model.interpreter.ending import end
from torchlint.model.interpreter.entry import NO_MODULES, Modules
from torchlint.model.interpreter.entry_points import definitions, entries, run_entry, runs_itself
from torchlint.model.interpreter.limits import MAX_FILE_WORK, MAX_WORK, TOO_DEEP, TOO_MUCH_IN_FILE, CutOff, OutOfBudget
from torchlint.model.interpreter.machine import Machine
from torchlint.model.interpreter.outcome import Exploration, Found, Outcome
from torchlint.model.interpreter.resolve import origin
from torchlint.model.interpreter.side_effects import Quiet
from torchlint.model.interpreter.state import PathState

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from torchlint.model.interpreter.entry import Entry
    from torchlint.model.interpreter.incremental import Entries
    from torchlint.model.interpreter.paths import Ending
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.summary import Summary


def analyse(
    tree: ast.Module,
    text: str,
    cells: Sequence[range] = (),
    classes: Modules = NO_MODULES,
    earlier: Entries | None = None,
) -> list[Found]:
    """What goes wrong in a program; for its arguments see ``explore``."""
    return explore(tree, text, cells, classes, earlier).found


def explore(
    tree: ast.Module,
    text: str,
    cells: Sequence[range] = (),
    classes: Modules = NO_MODULES,
    earlier: Entries | None = None,
    *,
    limit: int = MAX_FILE_WORK,
) -> Exploration:
    """Run a program in every path.

    ``cells`` are the line ranges of a notebook's cells: where one raises, the next runs. ``classes`` says what is
    known of the file's classes, ``earlier`` what entries came to in its last version. ``limit`` is the work after
    which no further entry begins.
    """
    called: set[ast.AST] = set()
    start = partial(PathState)
    if has_proofs(text):
        start = partial(PathState, guesses=True, quiet=earlier.quiet if earlier else Quiet(tree))
    done = Exploration()
    if runs_itself(tree, text):
        play = partial(run_module, tree=tree, cells=cells, called=called, classes=classes)
        endings, complete = paths.every(tree, play, start)
        done.endings += endings
        done.add(_outcome(endings, complete, _THE_MODULE, 1))
    summaries: dict[Hashable, Summary] = {}
    names = earlier.names if earlier else None
    scope = cache(lambda: definitions(tree, classes.home, is_library=True, names=names))
    for entry in entries(tree, text, scope, called, classes.is_module):
        if done.work >= limit:
            done.cut_offs.append(CutOff(entry.name, entry.function.lineno, TOO_MUCH_IN_FILE))
            continue
        run = partial(_run_entry, scope(), entry, start)
        if earlier is None:
            outcome, endings = run(classes, summaries)
            done.endings += endings
        else:
            outcome = earlier.outcome(entry, classes, run)
        done.add(outcome)
    if earlier is None and scope.cache_info().currsize:
        scope().names.clear()  # functions refer to their scope: a circle that would keep the tree
    summaries.clear()
    return done


_THE_MODULE = "the module"


def _run_entry(
    scope: Scope, entry: Entry, start: Callable[..., PathState], classes: Modules, summaries: dict[Hashable, Summary]
) -> tuple[Outcome, list[Ending]]:
    play = partial(run_entry, scope=scope, entry=entry, classes=classes, summaries=summaries)
    endings, complete = paths.extremes(play, start)
    return _outcome(endings, complete, entry.name, entry.function.lineno, is_entry=True), endings


def _outcome(endings: list[Ending], complete: bool, name: str, line: int, *, is_entry: bool = False) -> Outcome:
    """What the paths of an entry come to; their graphs are not needed any more."""
    found = list(_judged(endings, complete, is_entry=is_entry))
    limits = dict.fromkeys(each.limit for each in endings if each.limit)
    work = sum(MAX_WORK - each.run.budget.work for each in endings)
    return Outcome(found, [CutOff(name, line, each) for each in limits], work)


def run_module(run: PathState, tree: ast.Module, cells: Sequence[range], called: set[ast.AST], classes: Modules) -> str:
    """Run the module's own code; the limit that it ran into, empty where it came to its end."""
    machine = Machine(run)
    machine.called, machine.imports, machine.module.home = called, classes.imports, classes.home
    machine.module.names["__name__"] = "__main__"
    try:
        for body in _cells(tree.body, cells):
            with suppress(Raised):
                machine.execute(machine.module, body)
    except OutOfBudget as error:
        return error.limit
    except RecursionError:
        return TOO_DEEP
    finally:
        machine.module.names.clear()
        end(run)
    return ""


def _cells(body: list[ast.stmt], cells: Sequence[range]) -> Iterator[list[ast.stmt]]:
    if not cells:
        yield body
    for cell in cells:
        yield [node for node in body if node.lineno in cell]


_ABSENCES = (Kind.NO_GRAD, Kind.RETAINED, Kind.CREATED, Kind.IDLE)
"""Faults that consist in something missing: what was not looked at may have it."""


def _judged(endings: Sequence[Ending], complete: bool, *, is_entry: bool = False) -> Iterator[Found]:
    """Faults that are the same in several paths, once."""
    groups: dict[tuple[object, ...], list[tuple[Ending, Fault]]] = {}
    for ending in endings:
        for fault in (*ending.run.log.faults, *_retained(ending)):
            if origin(fault.at) is not None or not (complete or _is_seen(fault, endings)):
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
        if fault.kind is Kind.IDLE and not everywhere:
            continue  # it is trained in another path
        yield Found(fault, certain, condition, holds, is_entry)


_Group = list[tuple["Ending", Fault]]


def _usual(groups: Iterable[_Group], endings: Sequence[Ending]) -> Iterator[_Group]:
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
            case ("eq", name, ("str", _)):
                words.setdefault(name, []).append(value)
    return any(len(values) > 1 and not any(values) for values in words.values())


def _is_seen(fault: Fault, endings: Sequence[Ending]) -> bool:
    """Whether a fault is one though not every path was looked at: something missing is where it is seen where the
    graph ended, and no path came past that backward."""
    if fault.kind is Kind.NO_GRAD:
        past = set().union(*(each.run.history.passed | each.run.speculation.unsure for each in endings))
        return fault.cut is not None and fault.surfaces not in past
    return fault.kind not in _ABSENCES


def _condition(endings: Sequence[Ending], faulty: Sequence[Ending], at: ast.AST) -> tuple[ast.AST | None, bool]:
    """A choice that all faulty paths make alike and no other, and which way: the last one before the fault at a place,
    which may depend on others. Where paths differ in many, none is to blame."""
    if len(faulty) == 1 and all(_differences(faulty[0], each) > 1 for each in endings if each is not faulty[0]):
        return None, True
    others = [each for each in endings if each.complete and each not in faulty]
    found: list[tuple[ast.AST, bool]] = []
    for key, value in faulty[0].choices.items():
        same = all(each.choices.get(key) is value for each in faulty)
        if same and others and not any(each.choices.get(key) is value for each in others):
            asked = next((each.run.path.conditions[key] for each in endings if key in each.run.path.conditions), None)
            if asked is not None:
                found.append((asked[0], value is asked[1]))
    before = [each for each in found if _line(each[0]) <= _line(at)]
    return max(before or found[:1], key=lambda each: _line(each[0]), default=(None, True))


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _differences(one: Ending, other: Ending) -> int:
    return sum(value is not one.choices.get(key) for key, value in other.choices.items())


def _retained(ending: Ending) -> Iterator[Fault]:
    """Backwards that kept a graph which no later one went through."""
    if ending.complete:
        yield from ending.run.history.needless
