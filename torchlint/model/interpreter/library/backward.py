"""``backward`` and ``autograd.grad``: what runs, what is freed, which gradients come out, and what PyTorch says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from torchlint.model.api.operation import Answer
from torchlint.model.autograd import faults
from torchlint.model.autograd.backward_evidence import beyond, ended, freed_again, settle
from torchlint.model.autograd.faults import Fault, Kind, Raised
from torchlint.model.autograd.gradients import gradient
from torchlint.model.autograd.graph import Pass, Problem, reachable, run_backward, spoiled
from torchlint.model.autograd.history import Feeders, Retained
from torchlint.model.autograd.ownership import Begun
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import CutKind, Node, Tensor
from torchlint.model.autograd.views import edge, requires_grad
from torchlint.model.interpreter.gradient_flow import flows, is_carried

if TYPE_CHECKING:
    import ast

    from torchlint.model.autograd.tensor import Change, Name
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.state import PathState


_NO_FEEDERS: Feeders = frozenset()
_FLAGS = frozenset(("gradient", "retain_graph", "create_graph", "inputs"))


@dataclass(slots=True)
class Request:
    """One backward as asked for. ``wanted`` are the tensors whose gradients ``autograd.grad`` gives, else None."""

    at: ast.AST
    name: Name
    roots: list[Tensor]
    retain: bool
    create: bool
    wanted: list[Tensor] | None
    done: Pass | None = None


def method(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    """``tensor.backward(gradient, retain_graph, create_graph, inputs)``. Raises: Raised."""
    if not _FLAGS.issuperset(site.keywords):
        raise Raised  # a TypeError: old versions had ``retain_variables``
    inputs = site.argument(3, "inputs")
    wanted = tensors_in(inputs) if inputs is not None else None
    if inputs is not None and not wanted:
        unseen(machine.run, site)
        return None
    _perform(machine, site, site.owner or tensor.name, [tensor], wanted, 1)
    return None


def function(machine: Interpreter, site: Site) -> object:
    """``torch.autograd.backward(tensors, grad_tensors, retain_graph, create_graph)``."""
    roots = tensors_in(site.argument(0, "tensors"))
    inputs = site.keywords.get("inputs")
    if not roots or ("inputs" in site.keywords and not tensors_in(inputs)):
        unseen(machine.run, site)
        return None
    _perform(machine, site, _name_of(site, roots), roots, tensors_in(inputs) or None, 2)
    return None


def unseen(run: PathState, site: Site) -> None:
    """A backward through what is not seen."""
    run.history.unseen_backward = True
    run.trace.backward(site.at)


def gradients(machine: Interpreter, site: Site) -> object:
    """``torch.autograd.grad(outputs, inputs, grad_outputs, retain_graph, create_graph)``."""
    roots = tensors_in(site.argument(0, "outputs"))
    inputs = site.argument(1, "inputs")
    wanted = tensors_in(inputs)
    if not roots or not wanted:
        machine.run.history.unseen_backward = True
        return machine.unknown()
    frozen = next((each for each in wanted if requires_grad(each) is Answer.NO), None)
    if frozen is not None and all(requires_grad(each) is Answer.YES for each in roots):
        machine.run.log.fail(
            Fault(
                Kind.NO_GRAD, site.at, site.at, faults.INPUT_WITHOUT_GRAD, frozen.name, made=frozen.made, cut=frozen.cut
            )
        )
    request = _perform(machine, site, _name_of(site, roots), roots, wanted, 3, accumulate=False)
    count = len(inputs) if isinstance(inputs, (list, tuple)) else 1
    if request.done is None or count != len(wanted):
        return machine.unknown()
    return tuple(_gradient(machine.run, request, each) for each in wanted)


def suppose(run: PathState, value: object, at: ast.AST) -> None:
    """Report what a backward from what an entry returns would raise; whether there will be one is not seen."""
    told: set[Change | None] = set()
    for problem in spoiled(flows(run, (value,))):
        if problem.change not in told:
            told.add(problem.change)
            fault = _fault_of(run, Kind.SAVED, Request(at, "", [], False, False, None), problem, faults.MODIFIED)
            assumed = " and ".join(filter(None, ("a backward follows", problem.node.assumed)))
            run.log.report(replace(fault, surfaces=None, assumed=assumed))


def _perform(
    machine: Interpreter,
    site: Site,
    name: Name,
    roots: list[Tensor],
    wanted: list[Tensor] | None,
    position: int,
    *,
    accumulate: bool = True,
) -> Request:
    create = _flag(machine, site, position + 1, "create_graph", False)
    retain = _flag(machine, site, position, "retain_graph", create)
    request = Request(site.at, name, roots, retain, create, wanted)
    run = machine.run
    if not _has_graph(run, request):
        if accumulate:
            run.trace.backward(site.at)
        return request
    starts = [found for each in roots if (found := edge(run, each)) is not None]
    reached, leaves = reachable(starts)
    run.budget.spend(len(reached) // 2)
    run.history.reach.begun.append(Begun(site.at, tuple(starts), run.log.entered))
    done = request.done = run_backward(starts, wanted)
    if not any(node.possible for node in done.nodes):
        _report_rewrapped(run, request, leaves)
    if done.problem is None:
        _report_stale(run, request, done)
    again = _go_beyond(run, request, starts, done) if run.speculates and wanted is None else None
    _free(run, request, done, done.nodes if done.problem is None else reached)
    if again is not None and done.problem is None:
        _report_twice(run, request, *again)
    if done.problem is not None:
        for leaf in leaves:
            leaf.grad = leaf.grad if isinstance(leaf.grad, Tensor) else machine.unknown()
        _report_problem(run, request, done.problem)
    if done.nodes:
        run.history.passed.add(request.at)
    if accumulate:
        _accumulate(run, request, done)
    return request


def _has_graph(run: PathState, request: Request) -> bool:
    """Whether all roots have a graph, reporting those that have none; what is only guessed, the backward proves."""
    roots = request.roots
    for index, root in enumerate(roots):
        if requires_grad(root) is Answer.NO and run.mode.is_sure:
            _report_without_grad(run, request, root, index)
    if not all(requires_grad(each) is Answer.YES for each in roots):
        run.history.is_guessed = True
        cut = ended(roots[0]) if run.speculates and run.mode.is_sure else None
        if cut is not None:
            roots[0].cut = cut
            _report_without_grad(run, request, roots[0], 0, "what the loop runs over has no graph")
        if any(requires_grad(each) is not Answer.NO for each in roots):
            run.speculation.unsure.add(request.at)
        if not run.speculates or len(roots) > 1:
            run.history.unseen_backward = True
            return False
        settle(roots[0])
    return all(requires_grad(each) is Answer.YES for each in roots)


def _accumulate(run: PathState, request: Request, done: Pass) -> None:
    """Add to the gradients of the leaves, noting which backward fed which; leaves fed alike share what is noted."""
    run.history.reach.ownership.come(request.at, done.leaves)
    mixed, grown = dict[Feeders, int](), dict[Feeders, Feeders]()
    held = {leaf: _held(run, leaf) for leaf in done.leaves}
    again = [leaf for leaf, feeders in held.items() if request.at in feeders]
    run.trace.backward(request.at, [leaf for leaf, feeders in held.items() if not feeders], again, is_seen=True)
    for index, leaf in enumerate(done.leaves):
        leaf.grad = _gradient(run, request, leaf)
        before = run.history.feeders.get(leaf, _NO_FEEDERS)
        mixed[before] = mixed.get(before, 0) | 1 << index
        run.history.feeders[leaf] = grown.setdefault(before, before | {request.at})
    run.note_fates(run.history.mixed, mixed, request.at)


def _held(run: PathState, leaf: Tensor) -> Feeders:
    """The backwards whose gradients a leaf holds; none where something was written into its gradient since."""
    is_whole = not any(each.storage.changes for each in tensors_in(leaf.grad))
    return run.history.feeders.get(leaf, _NO_FEEDERS) if is_whole else _NO_FEEDERS


def _name_of(site: Site, roots: list[Tensor]) -> Name:
    return site.texts[0] if site.texts else roots[0].name


def _go_beyond(
    run: PathState, request: Request, starts: list[Node | Tensor], done: Pass
) -> tuple[Node, str | None] | None:
    """Free what the backward reaches through values that may require grad; a node that an earlier one freed the same
    way, and what has to be assumed for it."""
    reached = beyond(starts)
    again = freed_again([*run.speculation.proven, *(node for node in reached if node.sure and node.freed)], reached)
    if not request.retain:
        run.speculation.proven += [each for each in starts if isinstance(each, Node)]
        for node, passed in reached.items():
            if node.freed is None and node not in done.nodes:
                node.freed, node.passed = request.at, passed
    if again is None:
        return None
    return again, "the modules in between pass gradient on" if again.passed else again.assumed or None


def _flag(machine: Interpreter, site: Site, position: int, name: str, default: bool) -> bool:
    """A flag of the call: None means its default, what is not known is a choice of the path."""
    value = site.argument(position, name)
    return default if value is None else machine.truth(value, site.written(position, name))


def _report_without_grad(
    run: PathState, request: Request, root: Tensor, index: int, assumed: str | None = None
) -> NoReturn:
    message, cut = faults.WITHOUT_GRAD.format(index), root.cut
    is_hidden = cut is not None and cut.kind is CutKind.NO_GRAD and not cut.is_sure
    run.log.fail(
        Fault(
            Kind.NO_GRAD,
            request.at,
            request.at,
            message,
            request.name if len(request.roots) == 1 else root.name,
            made=root.made,
            cut=cut,
            tensor=root.frozen,
            assumed=f"`{cut.operation}` does not turn gradients on" if is_hidden and cut is not None else assumed,
        )
    )


def _report_rewrapped(run: PathState, request: Request, leaves: list[Tensor]) -> None:
    """A backward that reaches only a leaf made of a value cut out of a graph; an attack that starts from a detached
    tensor computes something in between, one that starts from a number does not."""
    if len(leaves) != 1:
        return
    leaf = leaves[0]
    is_root = any(leaf is root for root in request.roots)
    if leaf.cut is not None and leaf.cut.is_sure and (is_root or leaf.cut.kind in (CutKind.NUMBER, CutKind.REWRAP)):
        run.log.report(
            Fault(
                Kind.REWRAPPED,
                leaf.cut.at,
                request.at,
                "",
                request.name,
                operation=leaf.cut.operation,
                made=leaf.made,
                cut=leaf.cut,
            )
        )


def _report_stale(run: PathState, request: Request, done: Pass) -> None:
    seen: set[object] = set()
    for each in done.stale:
        assert each.change is not None
        if each.change not in seen:
            seen.add(each.change)
            run.log.report(_fault_of(run, Kind.STALE, request, each, ""))


def _report_problem(run: PathState, request: Request, problem: Problem) -> None:
    if problem.saved is not None:
        run.log.fail(_fault_of(run, Kind.SAVED, request, problem, faults.MODIFIED))
    _report_twice(run, request, problem.node, problem.node.assumed or None)


def _report_twice(run: PathState, request: Request, node: Node, assumed: str | None) -> None:
    run.log.fail(
        Fault(
            Kind.TWICE,
            request.at,
            request.at,
            faults.TWICE,
            request.name,
            backward=node.freed,
            node_at=node.at,
            node_operation=node.operation,
            carried=is_carried(run, node.iteration),
            assumed=assumed,
        )
    )


def _fault_of(run: PathState, kind: Kind, request: Request, problem: Problem, message: str) -> Fault:
    change, saved = problem.change, problem.saved
    assert change is not None
    assert saved is not None
    return Fault(
        kind,
        change.at,
        request.at,
        message,
        change.target,
        change.operation,
        saved,
        change,
        node_at=problem.node.at,
        node_operation=problem.node.operation,
        made=saved.tensor.made,
    )


def _free(run: PathState, request: Request, done: Pass, meant: list[Node]) -> None:
    """Free what ran; the backward was ``meant`` to go through more where a problem ended it. Whether it kept a graph
    for nothing shows only where the whole graph is seen."""
    nodes = frozenset(node for node in meant if node.keeps is not Answer.NO)
    run.history.backwards.append(nodes)
    if request.retain:
        if done.problem is None and not any(node.is_open for node in meant):
            run.history.retained.append(
                Retained(request.at, nodes, request.name, request.create, len(run.history.backwards))
            )
        return
    for node in done.nodes:
        if node.freed is None:
            node.freed = request.at


def _gradient(run: PathState, request: Request, leaf: Tensor) -> object:
    if request.create and request.done is not None:
        return gradient(run, request.at, leaf, request.done.nodes)
    return Tensor(request.at, name="", dtype=leaf.dtype, sizes=leaf.sizes, cut=None)
