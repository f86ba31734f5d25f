"""Graphs that are held on to iteration after iteration, by a list of losses, by the sum of them, or by what follows
other values, as a moving average.

No backward can use one again that a backward has freed, so that whoever keeps it wants the number alone.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.views import edge, requires_grad
from torchlint.model.interpreter import speculation
from torchlint.model.interpreter.events import Gathered, Kept
from torchlint.model.interpreter.gradient_flow import is_carried
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.model.autograd.tensor import Node, Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.state import PathState

_ARITHMETIC = frozenset("add sub rsub mul div neg mean sum clone to float squeeze view reshape".split())
"""What stands between a loss and the sum of losses, and keeps nothing that a backward would miss."""
_MOST = 100
"""Nodes that are looked at, so that a sum of many terms is no work."""


def note_item(vm: Interpreter, site: Site, items: Sequence[object], given: object) -> None:
    """Something is added to a list that has what an earlier iteration added."""
    if not vm.run.loops.iteration or not items or not _may_have_graph(vm, given):
        return
    before = next((each for each in _tensors_in(vm, items[-1]) if each.node is not None), None)
    _note(vm, site.at, site.written(0, ""), before, given)


def note_sum(vm: Interpreter, at: ast.stmt, written: ast.expr, before: object, value: object) -> None:
    """Something is added to a sum that has what an earlier iteration added."""
    if not vm.run.loops.iteration:
        return
    if _has_graph(value) or (isinstance(at, ast.AugAssign) and _may_have_graph(vm, value)):
        _note(vm, at, written, next(iter(_tensors_in(vm, before, 0)), None), value)


def note_change(run: PathState, tensor: Tensor) -> None:
    """A tensor is changed in place that has what an earlier iteration left in it."""
    _note_growth(run, tensor.root.node)


def note_replacement(run: PathState, before: object, value: object) -> None:
    """A value that was computed from another one takes its place."""
    for old in tensors_in(before, 0):
        for new in tensors_in(value, 0):
            if old.node is not None and new.node is not None and old.node in reachable([new.node], _terms, _MOST)[0]:
                _note_growth(run, old.node)


def _note_growth(run: PathState, node: Node | None) -> None:
    begun = run.history.reach.begun
    if node is not None and begun and node.order < begun[-1].order and is_carried(run, node.iteration):
        run.history.reach.growing[node] = run.log.entered


def growing(run: PathState) -> Iterator[Fault]:
    """Graphs that grow with each iteration, and that no backward ever goes through."""
    starts = [start for begun in run.history.reach.begun for start in begun.starts]
    starts += [start for each in run.history.escaped if (start := edge(run, each)) is not None]
    used = set(reachable(starts)[0]) if run.history.reach.growing else set()
    for node, entered in run.history.reach.growing.items():
        if node not in used:
            yield Fault(Kind.GROWING, node.at, node.at, "", operation=node.operation, entered=entered)


def _note(vm: Interpreter, at: ast.AST, written: ast.AST, before: Tensor | None, added: object) -> None:
    spent = next((each for each in _freed_in(before) if is_carried(vm.run, each.iteration)), None)
    if spent is not None and spent.freed is not None:
        is_spent = all(any(_freed_in(each)) for each in _tensors_in(vm, added) if each.node is not None)
        outer, given = _given(vm, at, written, added)
        vm.run.trace.add(Gathered(outer, given, spent.freed, is_spent, None if outer is at else at))
        return
    node = before.node if before is not None else None
    if node is not None and is_carried(vm.run, node.iteration) and not vm.calls.modules and _has_graph(added):
        vm.run.trace.add(Kept(at, written))  # what a forward adds up is what it computes


def _given(vm: Interpreter, at: ast.AST, written: ast.AST, added: object) -> tuple[ast.AST, ast.AST]:
    """The call that gave what is added, and how it is written there: a meter takes whatever it is given."""
    for function, site in zip(reversed(vm.calls.active), reversed(vm.calls.sites), strict=True):
        found = _parameter(vm, function, site, written, added)
        if found is None:
            break
        at, written = site.at, site.written(*found)
    return at, written


def _parameter(
    vm: Interpreter, function: ast.AST, site: Site, written: ast.AST, added: object
) -> tuple[int, str] | None:
    """The position and name of the argument that brings the graph into what is written; one that ``**`` takes is found
    by what it is."""
    if not isinstance(function, ast.FunctionDef):
        return None
    names = {each.id for each in walk(written) if isinstance(each, ast.Name)}
    parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    given = [(index, name) for index, name in enumerate(parameters) if name in names]
    given += [(len(site.arguments), name) for name, value in site.keywords.items() if value is added]
    return next((each for each in given if _may_have_graph(vm, site.argument(*each))), None)


def _freed_in(tensor: Tensor | None) -> Iterator[Node]:
    """What a tensor was computed from, as far as sums reach, that a backward has freed; the last terms come first."""
    if tensor is not None and tensor.node is not None:
        found = reachable([tensor.node], _terms, _MOST)[0]
        yield from (each for each in found if each.freed is not None and each.keeps is not Answer.NO)


def _has_graph(value: object) -> bool:
    return any(requires_grad(each) is Answer.YES and each.node is not None for each in tensors_in(value, 1))


def _may_have_graph(vm: Interpreter, value: object) -> bool:
    """Whether a value has a graph, or is not known but for a graph that it may have."""
    return any(each.node is not None and requires_grad(each) is not Answer.NO for each in _tensors_in(vm, value))


def _tensors_in(vm: Interpreter, value: object, depth: int = 1) -> list[Tensor]:
    """The tensors in a value; the one that a value which is not known was taken to be."""
    found = tensors_in(value, depth)
    return found or [each for one in _flat(value, depth) if (each := speculation.guessed(vm.run, one)) is not None]


def _flat(value: object, depth: int) -> Sequence[object]:
    return value if depth and isinstance(value, (list, tuple)) else (value,)


def _terms(node: Node) -> Iterator[Node | Tensor]:
    if node.name.removesuffix("_") in _ARITHMETIC:
        yield from node.inputs
        yield from (origin for _, origin in node.possible if origin is not None)
