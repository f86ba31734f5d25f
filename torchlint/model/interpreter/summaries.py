"""Modules of the project that an entry calls: looked into once, where something is changed that they may have kept.

A module is run on its own, on tensors that stand for what it is given, in the two paths that differ most; what holds
in both is what the call keeps. Where nothing that it saw is changed in place afterwards, and it shows whether it has
parameters, it is never run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Raised
from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Node, Saved, Tensor
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter.gradient_flow import flows
from torchlint.model.interpreter.limits import MAX_SUMMARY_STEPS, OutOfBudget
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.state import PathState
from torchlint.model.interpreter.summary import Slot, Summary
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchlint.model.interpreter.protocol import Interpreter

_DEEPEST = 3
_RESULT = "the result"


_NOTHING = Summary({}, Answer.MAYBE)


@dataclass(eq=False, slots=True)
class Visit:
    """One call of a module: what it was given and gave, and its ``node``, which does not show yet what it keeps."""

    machine: Interpreter
    module: ObjectValue
    node: Node
    values: Mapping[Slot, object]
    result: Tensor
    is_settled: bool = False

    def settle(self) -> None:
        """Let the node show what it keeps, now that something that the module saw is about to change."""
        if self.is_settled:
            return
        self.is_settled = True
        values = {slot: self.machine.as_proven(each) for slot, each in self.values.items()}
        found = summary(self.machine, self.module, values)
        for slot, each in (*values.items(), (_RESULT, self.result)):
            for tensor in tensors_in(each, 0):
                saved = [Saved.of(tensor, tensor.name, holds_tensor=False)]
                kept = [
                    replace(node, order=self.node.order, inputs=(), kept=saved) for node in found.keeps.get(slot, ())
                ]
                self.node.inputs = (*self.node.inputs, *kept)


def note(machine: Interpreter, site: Site, module: ObjectValue, result: object) -> object:
    """Remember the call of a module that is not looked into, and what it gave."""
    if not isinstance(result, Tensor) or result.node is None:
        return result
    machine.run.history.reach.modules[result.node] = module
    if not site.is_open:
        values = _values(site)
        visit = Visit(machine, module, result.node, values, result)
        machine.run.trace.produced(result, lambda: summary(machine, module, values).made)
        for each in (*values.values(), result):
            as_value(each).before_change(machine, visit.settle)
    return result


def gives_graph(machine: Interpreter, site: Site, module: ObjectValue) -> Answer:
    """Whether a module of which it is not known whether it has parameters gives a tensor that requires grad."""
    return summary(machine, module, _values(site)).is_graph if not site.is_open else Answer.MAYBE


def _values(site: Site) -> dict[Slot, object]:
    return dict[Slot, object](enumerate(site.arguments)) | dict[Slot, object](site.keywords.items())


def summary(machine: Interpreter, module: ObjectValue, values: Mapping[Slot, object]) -> Summary:
    """What a module keeps of what it is called with, and of its result; nothing where that is not known."""
    known, given = machine.project.summaries, module.given
    if known is None or given is None or machine.project.depth >= _DEEPEST:
        return _NOTHING
    key = (
        module.kind.imported or id(module.kind),
        *(as_value(each).call_key() for each in (given.arguments, given.keywords, dict(values))),
    )
    if key not in known:
        known[key] = _NOTHING  # while it is being looked into
        kind = _class_of(machine, module.kind)
        looks = [_look(machine, kind, given, values, default=default) for default in (True, False)] if kind else []
        paths = [each for each in looks if each is not None]
        keeps = {slot: tuple(_in_all(slot, paths)) for each in paths for slot in each.keeps}
        answers, made = {each.is_graph for each in paths}, [each.made for each in paths]
        is_graph = answers.pop() if len(answers) == 1 else Answer.MAYBE
        known[key] = Summary(keeps, is_graph, made=made[0] if made and made[0] == made[-1] else None)
    return known[key]


def _in_all(slot: Slot, paths: list[Summary]) -> Iterator[Node]:
    """The operations that keep an argument in every path in which nothing unknown may keep it."""
    seen = {node.at: node for each in paths for node in each.keeps.get(slot, ())}
    places = [{node.at for node in each.keeps.get(slot, ())} for each in paths if slot not in each.lost]
    return (node for at, node in seen.items() if all(at in each for each in places))


def _class_of(machine: Interpreter, kind: ClassValue) -> ClassValue | None:
    """The class itself, read from its file where it is imported."""
    if kind.imported is None:
        return kind
    found = machine.project.imports.find(kind.imported) if machine.project.imports is not None else None
    return found if isinstance(found, ClassValue) else None


def _look(
    machine: Interpreter, kind: ClassValue, given: Site, values: Mapping[Slot, object], *, default: bool
) -> Summary | None:
    """Build a module, call it, and see what is kept, in one path; None where that path does not come to its end."""
    run = machine.run
    inner = machine.inside(
        PathState({}, MAX_SUMMARY_STEPS, work=run.budget.work, default=default, traced=run.trace.wanted)
    )
    built = Site(given.at, "", [as_value(each).plain(inner) for each in given.arguments], {}, is_open=given.is_open)
    built.keywords = {name: as_value(each).plain(inner) for name, each in given.keywords.items()}
    stand_ins = {slot: as_value(each).stand_in(inner) for slot, each in values.items()}
    called = Site(given.at, "", [each for slot, each in stand_ins.items() if isinstance(slot, int)], {})
    called.keywords = {slot: each for slot, each in stand_ins.items() if isinstance(slot, str)}
    try:
        module = inner.instantiate(built, kind)
        module.training = Answer.MAYBE
        result = inner.call_site(called, module)
        return _seen(inner, result, stand_ins)
    except (Raised, OutOfBudget, RecursionError):
        return None
    finally:
        run.budget.work = inner.run.budget.work
        inner.run.let_go()  # the trace refers back to the machine: a circle that would wait to be found


def _seen(inner: Interpreter, result: object, stand_ins: Mapping[Slot, object]) -> Summary:
    """What a module did that was called with tensors which stand for others."""
    seen = {slot: tensor for slot, each in stand_ins.items() for tensor in tensors_in(each, 0)}
    counters = {each.counter for each in seen.values()}
    given = tensors_in(result, 0)
    seen.update((_RESULT, each) for each in given if each.counter not in counters)
    for each in seen.values():
        each.counter.settle()
    nodes = reachable(flows(inner.run, (result,)))[0]
    keeps = {slot: tuple(node for node in nodes if _keeps(node, each)) for slot, each in seen.items()}
    lost = [slot for slot, tensor in seen.items() if any(tensor is each for each in inner.run.history.escaped)]
    is_graph = next(map(requires_grad, given), Answer.MAYBE)
    return Summary(keeps, is_graph, frozenset(lost), inner.run.trace.made(result))


def _keeps(node: Node, tensor: Tensor) -> bool:
    """Whether a node keeps a tensor as it is now."""
    return any(each.counter is tensor.counter and each.counted_change() is None for each in node.kept)
