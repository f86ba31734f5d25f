"""Graphs that a backward has freed and that are held on to all the same, iteration after iteration: by a list of
losses, or by the sum of them.

No backward can use such a graph again, so that whoever keeps it wants the number alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter.gradient_flow import is_carried
from torchlint.model.interpreter.trace import Gathered

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator, Sequence

    from torchlint.model.autograd.tensor import Node, Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_ARITHMETIC = frozenset("add sub rsub mul div neg mean sum clone to float squeeze view reshape".split())
"""What stands between a loss and the sum of losses, and keeps nothing that a backward would miss."""
_MOST = 20
"""Nodes between a sum and a freed graph."""


def note_item(vm: Interpreter, site: Site, items: Sequence[object], given: object) -> None:
    """Something is added to a list that has what an earlier iteration added."""
    if not vm.run.loops.iteration or not items or not _has_graph(given):
        return
    before = next((each for each in tensors_in(items[-1], 1) if each.node is not None), None)
    _note(vm, site.at, site.written(0, ""), before)


def note_sum(vm: Interpreter, at: ast.stmt, written: ast.expr, before: object, value: object) -> None:
    """Something is added to a sum that has what an earlier iteration added."""
    if vm.run.loops.iteration and _has_graph(value):
        _note(vm, at, written, next(iter(tensors_in(before, 0)), None))


def _note(vm: Interpreter, at: ast.AST, written: ast.AST, before: Tensor | None) -> None:
    if before is None or before.node is None:
        return
    for node in _losses_of(before.node):
        if node.freed is not None and node.keeps is not Answer.NO and is_carried(vm.run, node.iteration):
            vm.run.trace.events.append(Gathered(at, written, node.freed))
            return


def _has_graph(value: object) -> bool:
    return any(requires_grad(each) is Answer.YES and each.node is not None for each in tensors_in(value, 1))


def _losses_of(node: Node) -> Iterable[Node]:
    """What a sum was computed from, itself included."""
    return reachable([node], _terms)[0]


def _terms(node: Node) -> Iterator[Node | Tensor]:
    if node.name.removesuffix("_") in _ARITHMETIC:
        yield from node.inputs
