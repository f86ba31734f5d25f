"""The steps of a fault, in the order in which the program runs: what was made, kept, changed, cut, freed and needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Related, Role, Step
from torchlint.model.autograd import faults
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.tensor import How

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from torchlint.model.autograd.faults import Fault
    from torchlint.model.interpreter.outcome import Found
    from torchlint.model.report.story import Story


_USED = {
    Kind.OUT: "`{operation}` writes a result that autograd cannot record",
    Kind.FLAG: "{name} is told to stop requiring grad",
    Kind.NUMPY: "NumPy would share the memory of {name}",
    Kind.COPIED: "{name} would be copied with its graph",
    Kind.OPTIMIZED: "{name} is given to an optimizer",
    Kind.UNKEPT: "the gradient of {name} is read",
}
"""What PyTorch refuses, or warns of, where nothing is changed in place."""


def tell(story: Story, fault: Fault) -> Iterator[Step]:
    """The steps of ``fault``, that at ``fault.at`` included."""
    teller = _Teller(story, fault)
    if fault.kind in (Kind.SAVED, Kind.STALE):
        return teller.changed_after_kept()
    if fault.kind is Kind.TWICE:
        return teller.freed_before()
    if fault.kind is Kind.NO_GRAD:
        return teller.without_graph()
    if fault.kind is Kind.REWRAPPED:
        return teller.reaches_nothing()
    if fault.kind in (Kind.IDLE, Kind.UNFED):
        return teller.has_nothing_to_do()
    if fault.kind is Kind.TERM:
        return teller.adds_a_constant()
    if fault.kind is Kind.ASTRAY:
        return teller.goes_astray()
    if fault.kind is Kind.UNTRAINED:
        return teller.trains_another()
    if fault.kind in (Kind.ALIAS, Kind.ALIASED):
        return teller.changed_with()
    if fault.kind in (Kind.RETAINED, Kind.CREATED):
        return teller.kept_for_nothing()
    if fault.kind is Kind.DATA:
        return iter(())  # a story of one step is none
    return teller.refused()


def tell_more(story: Story, found: Found) -> Iterator[Related]:
    """The other backwards that need what was changed."""
    if found.fault.kind in (Kind.SAVED, Kind.STALE):
        for each in found.elsewhere:
            yield Related(Role.BACKWARD.value, "this backward needs it, too", story.place(each))


class _Teller:
    def __init__(self, story: Story, fault: Fault) -> None:
        self._story = story
        self._fault = fault
        self._kept = story.kept(fault)
        self._tensor = _bare(self._kept)

    def changed_after_kept(self) -> Iterator[Step]:
        fault = self._fault
        operation = self._operation
        yield from self._created()
        if fault.node_at is not None:
            message = f"`{operation}` keeps {self._kept} for backward"
            yield self._step(Role.SAVED, message, fault.node_at, self._tensor, operation)
        role = Role.OVERWRITTEN if fault.kind is Kind.STALE else Role.CHANGED
        yield self._step(role, self._change(), fault.at, self._tensor)
        yield self._step(Role.BACKWARD, "this backward needs it", fault.surfaces, self._tensor, operation)

    def freed_before(self) -> Iterator[Step]:
        fault = self._fault
        operation = self._operation
        if fault.node_at is not None:
            yield self._step(
                Role.RECORDED, f"`{operation}` is recorded for backward", fault.node_at, operation=operation
            )
        if fault.backward is not None:
            which = "an earlier run of this backward" if fault.backward is fault.at else "this backward"
            yield self._step(Role.FREED, f"{which} frees the graph", fault.backward, operation=operation)
        yield self._step(Role.BACKWARD, "this backward needs what is freed", fault.at, operation=operation)

    def without_graph(self) -> Iterator[Step]:
        fault = self._fault
        operation = ""
        if fault.cut is not None and fault.cut.at is not fault.at:
            operation = self._story.operation(fault.cut.at, fault.cut.operation)
            yield self._cut()
        yield from self._created()
        message = "this backward finds no graph to go through"
        yield self._step(Role.BACKWARD, message, fault.at, self._tensor, operation)

    def reaches_nothing(self) -> Iterator[Step]:
        fault = self._fault
        assert fault.cut is not None
        operation = self._story.operation(fault.cut.at, fault.cut.operation)
        yield self._cut()
        yield from self._created()
        message = "this backward reaches no further"
        yield self._step(Role.BACKWARD, message, fault.surfaces, self._tensor, operation)

    def has_nothing_to_do(self) -> Iterator[Step]:
        fault = self._fault
        if fault.cut is not None:
            yield self._cut()
        else:
            yield from self._created()
            yield self._step(
                Role.BACKWARD, f"this backward does not come to {self._kept}", fault.backward, self._tensor
            )
        yield self._step(Role.READ, "this step finds no gradient", self._fault.surfaces, operation="step")

    def adds_a_constant(self) -> Iterator[Step]:
        yield self._cut()
        yield self._step(Role.BACKWARD, "this backward gives nothing to what is behind it", self._fault.surfaces)

    def goes_astray(self) -> Iterator[Step]:
        yield self._cut()
        yield self._step(Role.BACKWARD, "this backward gives nothing to what is behind it", self._fault.backward)
        yield self._step(Role.READ, "this step has only what is behind it", self._fault.surfaces, operation="step")

    def trains_another(self) -> Iterator[Step]:
        fault = self._fault
        yield self._step(Role.CREATED, "this network is made", fault.made, self._tensor)
        yield self._step(Role.USED, "this optimizer does not have its parameters", fault.at, self._tensor)
        yield self._step(Role.BACKWARD, "this backward comes to them", fault.backward, self._tensor)
        yield self._step(Role.READ, "this step leaves them as they are", fault.surfaces, operation="step")

    def changed_with(self) -> Iterator[Step]:
        fault = self._fault
        name = self._story.tensor(fault)
        source = self._story.text(fault.source)
        yield from self._created()
        message = f"{name} is changed, and {f'`{source}`' if source else 'its source'} with it"
        yield self._step(Role.CHANGED, message, fault.at, source, alias=_bare(name))
        yield self._step(Role.READ, "it is read here", fault.surfaces, source)

    def kept_for_nothing(self) -> Iterator[Step]:
        keeps, needs = f"this backward keeps the graph of {self._kept}", "no later backward goes through it"
        if self._fault.kind is Kind.CREATED:
            keeps, needs = f"this backward records the gradients of {self._kept}", "nothing differentiates them"
        yield self._step(Role.RETAINED, keeps, self._fault.at, self._tensor)
        yield self._step(Role.UNUSED, needs, None, self._tensor)

    def refused(self) -> Iterator[Step]:
        fault = self._fault
        yield from self._created()
        if fault.node_at is not None and fault.node_at is not fault.at:
            operation = f"`{self._operation}`" if self._operation else "an operation"
            message = f"{operation} is recorded for backward"
            yield self._step(Role.RECORDED, message, fault.node_at, self._tensor, self._operation)
        is_used = fault.kind in _USED or fault.message in (faults.INFERENCE_SAVED, faults.INFERENCE_FLAG)
        yield self._step(Role.USED if is_used else Role.CHANGED, self._refusal(), fault.at, self._tensor)

    # Words.

    @property
    def _operation(self) -> str:
        fault = self._fault
        assert fault.node_at is not None
        return self._story.operation(fault.node_at, fault.node_operation)

    def _change(self) -> str:
        fault, name = self._fault, self._story.tensor(self._fault)
        how = fault.change.how if fault.change is not None else How.INPLACE
        subject = self._kept if name == self._kept else f"{self._kept}, which shares memory with {name},"
        if how is How.STEP:
            subject = f"the step changes {self._kept}"
        elif how is How.RENORM:
            subject = f"the call renormalises {self._kept}"
        else:
            subject = f"{subject} is changed"
        if fault.kind is Kind.STALE:
            return f"{subject}, but no version counter tells autograd"
        return f"{subject}, and its version counter goes up"

    def _refusal(self) -> str:
        fault, name = self._fault, self._story.tensor(self._fault)
        operation = self._story.operation(fault.at, fault.operation)
        if fault.kind in _USED:
            return _USED[fault.kind].format(name=name, operation=operation)
        if fault.message == faults.INFERENCE_SAVED:
            return f"`{operation}` would keep {name} for backward"
        if fault.message == faults.INFERENCE_FLAG:
            return f"{name} is told to require grad"
        return f"{name} is changed in place"

    # Steps.

    def _created(self) -> Iterator[Step]:
        fault = self._fault
        where_told = [fault.at, fault.node_at]
        if fault.kind is Kind.NO_GRAD and fault.cut is not None:
            where_told.append(fault.cut.at)
        if fault.made is not None and fault.made not in where_told:
            yield self._step(Role.CREATED, f"{self._kept} is made here", fault.made, self._tensor)

    def _cut(self) -> Step:
        cut = self._fault.cut
        assert cut is not None
        operation = self._story.operation(cut.at, cut.operation)
        tensor = self._tensor if self._fault.made is cut.at else ""
        return self._step(Role.CUT, f"the graph ends here, at `{cut.operation}`", cut.at, tensor, operation)

    def _step(
        self, role: Role, message: str, at: ast.AST | None, tensor: str = "", operation: str = "", alias: str = ""
    ) -> Step:
        place = self._story.place(at) if at is not None else None
        if role is Role.BACKWARD and at is None:
            message = "a backward that follows needs it"
        return Step(role, message, place, tensor, operation, alias)


def _bare(name: str) -> str:
    """A name without the backticks around it."""
    return name.removeprefix("`").removesuffix("`")
