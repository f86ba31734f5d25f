"""A whole program in every world: what goes wrong in it, how surely, and under which condition.

The module's code is an entry point, and so is every function that nothing seen calls, with unknown arguments. An
undecided condition makes two worlds; each is run from the start, with the choices that lead to it.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.autograd import functions
from torchlint.model.autograd.faults import Fault, Kind, Raised
from torchlint.model.autograd.machine import Machine
from torchlint.model.autograd.run import OutOfBudget, Run
from torchlint.model.autograd.scope import Scope
from torchlint.model.autograd.values import FunctionValue

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

MAX_WORLDS = 24
MAX_STEPS = 6_000


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


def analyse(tree: ast.Module, text: str, cells: Sequence[range] = ()) -> list[Found]:
    """What goes wrong in a program. ``cells`` are the line ranges of a notebook's cells: where one raises, the next
    runs."""
    lines = text.split("\n")
    if not can_matter(text):
        return []
    called: set[ast.AST] = set()
    found = list(_judged(list(_worlds(lambda run: _run_module(run, tree, cells, called)))))
    entries = [node for node in _uncalled(tree, called) if can_matter(_text_of(node, lines))]
    if entries:
        definitions = _definitions(tree)
        for node in entries:
            found += _judged(list(_worlds(lambda run, node=node: _run_function(run, definitions, node))), is_entry=True)
    return found


_GRADIENTS = re.compile(r"\bbackward\b|\bautograd\b|\brequires_grad|\binference_mode\b|[(,]\s*out\s*=[^=]")
_LEAVES = re.compile(r"\bParameter\(|\bexpand(?:_as)?\(|\bparameters\(")
_CHANGES = re.compile(r"(?<!\binit)(?<!\bdata)\.\w*[a-z0-9]_\(|[-+*/]=|\]\s*=[^=]|\binplace\s*=\s*True")
_WEIGHTS = re.compile(r"\.(?:weight|bias)(?:\[[^\]\n]*\])?(?:\.\w*[a-z0-9]_\(|\s*[-+*/]=|\s*\[[^\]\n]*\]\s*=[^=])")


def can_matter(text: str) -> bool:
    """Whether code shows anything that a fault needs: a gradient asked for, or something that requires grad and a change
    in place."""
    if _GRADIENTS.search(text) or _WEIGHTS.search(text):
        return True
    return bool(_LEAVES.search(text) and _CHANGES.search(text))


def _text_of(node: ast.stmt, lines: Sequence[str]) -> str:
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])


def _definitions(tree: ast.Module) -> Scope:
    """The names that the module's imports, functions and classes bind."""
    machine = Machine(Run({}, MAX_STEPS))
    try:
        machine.execute(machine.module, [each for each in tree.body if isinstance(each, _DEFINITIONS)])
    except (Raised, OutOfBudget):
        pass
    return machine.module


def _worlds(play: Callable[[Run], bool]) -> Iterator[Ending]:
    """Run every world: each choice that a run met is taken the other way in another."""
    waiting: deque[dict[Hashable, bool]] = deque([{}])
    steps = MAX_STEPS
    for _ in range(MAX_WORLDS):
        if not waiting or steps <= 0:
            return
        choices = waiting.popleft()
        run = Run(choices, steps)
        complete = play(run)
        steps = min(run.budget, steps) if run.budget > 0 else 0
        yield Ending(run.choices, run, complete)
        for index, key in enumerate(run.met):
            before = {each: run.choices[each] for each in run.met[:index]}
            waiting.append({**choices, **before, key: not run.choices[key]})


def _run_module(run: Run, tree: ast.Module, cells: Sequence[range], called: set[ast.AST]) -> bool:
    machine = Machine(run)
    machine.called = called
    machine.module.names["__name__"] = "__main__"
    try:
        for body in _cells(tree.body, cells):
            try:
                machine.execute(machine.module, body)
            except Raised:
                if not cells:
                    break
    except OutOfBudget:
        return False
    return True


def _cells(body: list[ast.stmt], cells: Sequence[range]) -> Iterator[list[ast.stmt]]:
    if not cells:
        yield body
    for cell in cells:
        yield [node for node in body if node.lineno in cell]


def _uncalled(tree: ast.Module, called: set[ast.AST]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions and methods that nothing seen calls."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node not in called:
                yield node
        elif isinstance(node, ast.ClassDef):
            yield from (each for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _run_function(run: Run, definitions: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Run one function with unknown arguments, where the module's definitions are."""
    machine = Machine(run)
    machine.module = Scope(names=dict(definitions.names))
    scope = Scope(definitions, functions.entry_arguments(machine, node))
    try:
        modes = functions.define(machine, machine.module, node).modes
        with run.within(modes or ()):
            functions.run_body(machine, scope, node)
    except Raised:
        return True
    except OutOfBudget:
        return False
    return True


_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _judged(endings: Sequence[Ending], *, is_entry: bool = False) -> Iterator[Found]:
    """Faults that are the same in several worlds, once."""
    complete = all(each.complete for each in endings) and len(endings) < MAX_WORLDS
    groups: dict[tuple[object, ...], list[tuple[Ending, Fault]]] = {}
    for ending in endings:
        for fault in (*ending.run.faults, *_retained(ending)):
            groups.setdefault((fault.kind, fault.at, fault.surfaces, fault.message), []).append((ending, fault))
    for group in groups.values():
        ends = [ending for ending, _ in group]
        fault = next((each for _, each in group if each.assumed is None), group[0][1])
        everywhere = len({id(each) for each in ends}) == len(endings)
        certain = everywhere and complete and fault.assumed is None
        condition, holds = (None, True) if everywhere else _condition(endings, ends)
        yield Found(fault, certain, condition, holds, is_entry)


def _condition(endings: Iterable[Ending], faulty: Sequence[Ending]) -> tuple[ast.AST | None, bool]:
    """A choice that all faulty worlds make alike, and which way."""
    for key, value in faulty[0].choices.items():
        same = all(each.choices.get(key) is value for each in faulty)
        if same and any(each.choices.get(key) is (not value) for each in endings):
            at = next((each.run.conditions[key] for each in endings if key in each.run.conditions), None)
            if at is not None:
                return at, value
    return None, True


def _retained(ending: Ending) -> Iterator[Fault]:
    """Backwards that kept a graph which no later one went through."""
    run = ending.run
    if not ending.complete or run.unseen_backward:
        return
    for each in run.retained:
        later = run.backwards[each.number :]
        if not any(each.nodes & nodes for _, nodes in later):
            kind = Kind.CREATED if each.creates else Kind.RETAINED
            yield Fault(kind, each.at, each.at, "", each.name)


__all__ = ["Found", "FunctionValue", "analyse"]
