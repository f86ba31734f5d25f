"""A whole program in every path: what goes wrong in it, how surely, and under which condition.

The module's code is an entry point, and so is every function that nothing seen calls, with unknown arguments. An
undecided condition makes two paths; each is run from the start, with the choices that lead to it.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING

from torchlint.model.autograd.backward_evidence import has_proofs
from torchlint.model.autograd.faults import Raised
from torchlint.model.interpreter import paths
from torchlint.model.interpreter.ending import end
from torchlint.model.interpreter.entry import NO_MODULES, Modules
from torchlint.model.interpreter.entry_points import definitions, entries, run_entry, runs_itself
from torchlint.model.interpreter.judging import judged, traced
from torchlint.model.interpreter.limits import MAX_FILE_WORK, MAX_WORK, TOO_DEEP, TOO_MUCH_IN_FILE, CutOff, OutOfBudget
from torchlint.model.interpreter.machine import Machine
from torchlint.model.interpreter.outcome import Exploration, Found, Outcome
from torchlint.model.interpreter.program_gate import AUTOGRAD, ProgramGate
from torchlint.model.interpreter.side_effects import Quiet
from torchlint.model.interpreter.state import PathState

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

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
    gate: ProgramGate = AUTOGRAD,
    limit: int = MAX_FILE_WORK,
) -> Exploration:
    """Run a program in every path.

    ``cells`` are the line ranges of a notebook's cells: where one raises, the next runs. ``classes`` says what is
    known of the file's classes, ``earlier`` what entries came to in its last version. ``gate`` opens for what
    is worth being run, ``limit`` is the work after which no further entry begins.
    """
    called: set[ast.AST] = set()
    plain = partial(PathState, traced=gate.recorded)
    guessing = partial(plain, guesses=True, quiet=earlier.quiet if earlier else Quiet(tree))
    start = guessing if has_proofs(text) else plain
    done = Exploration()
    if runs_itself(tree, text, gate, partial(_imported_texts, classes)):
        play = partial(run_module, tree=tree, cells=cells, called=called, classes=classes)
        is_proven = has_proofs(text) or any(map(has_proofs, _imported_texts(classes)))
        endings, complete = paths.every(tree, play, guessing if is_proven else plain)
        done.endings += endings
        done.add(_outcome(endings, complete, _THE_MODULE, 1))
    summaries: dict[Hashable, Summary] = {}
    scope = cache(partial(_definitions, tree, classes, earlier))
    for entry in entries(tree, text, scope, called, classes.is_module, gate):
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


def _definitions(tree: ast.Module, classes: Modules, earlier: Entries | None) -> Scope:
    scope = definitions(tree, classes.home, is_library=True, names=earlier.names if earlier else None)
    if earlier is not None:
        earlier.link(scope, classes)
    elif classes.imports is not None:
        classes.imports.link(scope)
    return scope


def _imported_texts(classes: Modules) -> Iterable[str]:
    return classes.imports.texts(classes.home) if classes.imports and classes.home else ()


_THE_MODULE = "the module"


def _run_entry(
    scope: Scope, entry: Entry, start: Callable[..., PathState], classes: Modules, summaries: dict[Hashable, Summary]
) -> tuple[Outcome, list[Ending]]:
    play = partial(run_entry, scope=scope, entry=entry, classes=classes, summaries=summaries)
    endings, complete = paths.extremes(play, start)
    return _outcome(endings, complete, entry.name, entry.function.lineno, is_entry=True), endings


def _outcome(endings: list[Ending], complete: bool, name: str, line: int, *, is_entry: bool = False) -> Outcome:
    """What the paths of an entry come to; their graphs are not needed any more."""
    found = list(judged(endings, complete, is_entry=is_entry))
    limits = dict.fromkeys(each.limit for each in endings if each.limit)
    work = sum(MAX_WORK - each.run.budget.work for each in endings)
    return Outcome(
        [each for each in found if each.here is each.fault.at],
        [each for each in found if each.here is not each.fault.at],
        [CutOff(name, line, each) for each in limits],
        work,
        traced(endings, complete, is_entry=is_entry),
    )


def run_module(
    run: PathState,
    tree: ast.Module,
    cells: Sequence[range],
    called: set[ast.AST],
    classes: Modules,
    *,
    interpreter: type[Machine] = Machine,
) -> str:
    """Run the module's own code; the limit that it ran into, empty where it came to its end."""
    machine = interpreter(run)
    machine.calls.called, machine.project.imports, machine.module.home = called, classes.imports, classes.home
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
