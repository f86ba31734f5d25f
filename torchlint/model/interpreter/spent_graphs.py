"""Graphs that are held on to iteration after iteration, by a list of losses, or by the sum of them.

No backward can use one again that a backward has freed, so that whoever keeps it wants the number alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter.gradient_flow import is_carried
from torchlint.model.interpreter.trace import Gathered, Kept

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from torchlint.model.autograd.tensor import Node, Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_ARITHMETIC = frozenset("add sub rsub mul div neg mean sum clone to float squeeze view reshape".split())
"""What stands between a loss and the sum of losses, and keeps nothing that a backward would miss."""


def note_item(vm: Interpreter, site: Site, items: Sequence[object], given: object) -> None:
    """Something is added to a list that has what an earlier iteration added."""
    if not vm.run.loops.iteration or not items or not _has_graph(given):
        return
    before = next((each for each in tensors_in(items[-1], 1) if each.node is not None), None)
    _note(vm, site.at, site.written(0, ""), before, given)


def note_sum(vm: Interpreter, at: ast.stmt, written: ast.expr, before: object, value: object) -> None:
    """Something is added to a sum that has what an earlier iteration added."""
    if vm.run.loops.iteration and _has_graph(value):
        _note(vm, at, written, next(iter(tensors_in(before, 0)), None), value)


def _note(vm: Interpreter, at: ast.AST, written: ast.AST, before: Tensor | None, added: object) -> None:
    spent = next((each for each in _freed_in(before) if is_carried(vm.run, each.iteration)), None)
    if spent is not None and spent.freed is not None:
        is_spent = all(any(_freed_in(each)) for each in tensors_in(added, 1) if each.node is not None)
        vm.run.trace.add(Gathered(at, written, spent.freed, is_spent))
        return
    node = before.node if before is not None else None
    if node is not None and is_carried(vm.run, node.iteration) and not vm.run.trace.calls_modules:
        vm.run.trace.add(Kept(at, written))  # what a forward adds up is what it computes


def _freed_in(tensor: Tensor | None) -> Iterator[Node]:
    """What a tensor was computed from, as far as sums reach, that a backward has freed."""
    if tensor is not None and tensor.node is not None:
        found = reachable([tensor.node], _terms)[0]
        yield from (each for each in found if each.freed is not None and each.keeps is not Answer.NO)


def _has_graph(value: object) -> bool:
    return any(requires_grad(each) is Answer.YES and each.node is not None for each in tensors_in(value, 1))


def _terms(node: Node) -> Iterator[Node | Tensor]:
    if node.name.removesuffix("_") in _ARITHMETIC:
        yield from node.inputs
