"""The tensors that values most likely are of which nothing is known: what unknown code gives, what is computed from it,
and what loops run over. Whether they have a graph, a backward proves (``proofs``)."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Takes, either
from torchlint.model.api.operations import operations
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Cut, CutKind, Node, Tensor
from torchlint.model.autograd.views import edge, edges, requires_grad
from torchlint.model.interpreter.identities import (
    Attribute,
    Listing,
    gives_data,
    has_no_gradient,
    is_number,
    is_setting,
    owners,
)
from torchlint.model.interpreter.values.symbolic import Symbolic, identity
from torchlint.model.interpreter.values.value import as_value, cut_in

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from torchlint.model.autograd.call import Call
    from torchlint.model.autograd.tensor import Name
    from torchlint.model.interpreter.state import PathState

_SAME = frozenset("to cuda cpu float double half bfloat16 contiguous type type_as reshape flatten view expand".split())
"""Methods of a tensor that give it again in another form."""
_DESCRIBING = frozenset("size dim ndimension numel nelement stride get_device element_size storage_offset".split())
"""Methods of a tensor that give numbers, or several."""
_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow", "@": "matmul"}
_FLAGS = frozenset(("gradient", "retain_graph", "create_graph"))
NOWHERE = ast.Pass()
"""Where something unknown came from."""


def guess(run: PathState, value: object) -> Tensor | None:
    """The tensor that a value is, if it is one; None for what has no gradient, and where nothing is guessed."""
    key, known = identity(value), run.speculation.tensors
    if key is None:
        return next(iter(tensors_in(value, 0)), None)
    if known is None:
        return None
    found = known.get(key)
    if found is None and not has_no_gradient(key):
        found = known[key] = _attribute(run, key) or _leaf()
    return found


def guessed(run: PathState, value: object) -> Tensor | None:
    """The tensor that a value which is not known was guessed to be so far."""
    key, known = identity(value), run.speculation.tensors
    return known.get(key) if known and key is not None else None


def _leaf(*, is_data: bool = False) -> Tensor:
    return Tensor(NOWHERE, requires_grad=Answer.MAYBE, contiguous=Answer.MAYBE, is_data=is_data)


def _attribute(run: PathState, key: Hashable) -> Tensor | None:
    """``outputs.loss`` of what a call gave."""
    owner = key.owner if isinstance(key, Attribute) else None
    whole = run.speculation.tensors.get(owner) if run.speculation.tensors and owner is not None else None
    return _part_of(run, whole) if whole is not None else None


def _part_of(run: PathState, whole: Tensor) -> Tensor | None:
    """A part of what unknown code gave, which has a graph of its own."""
    node = whole.node
    if whole.is_data:
        return whole
    if node is None or node.through is None:
        return None
    made = Node(node.operation, "", node.at, run.next_order(), (), [], Answer.YES, node.iteration)
    made.assumed, made.through, made.sure = node.assumed, (), False
    needs = Answer.NO if requires_grad(whole) is Answer.NO else Answer.MAYBE
    return Tensor(whole.made, requires_grad=needs, node=made, is_loose=True, cut=whole.cut, contiguous=Answer.MAYBE)


def note_part(run: PathState, part: Symbolic, whole: object) -> Symbolic:
    """An item of a value that is not known."""
    source = guessed(run, whole)
    found = _part_of(run, source) if source is not None else None
    if found is not None and run.speculation.tensors is not None:
        run.speculation.tensors[part.key] = found
    return part


def note_item(run: PathState, item: Symbolic, source: object) -> Symbolic:
    """An item of something unknown that a loop runs over: most likely data."""
    if run.speculation.tensors is None or not gives_data(identity(source)):
        return note_part(run, item, source)
    whole = guessed(run, source)
    if whole is not None and whole.node is not None:
        return note_part(run, item, source)
    run.speculation.tensors[item.key] = _leaf(is_data=True)
    return item


def note_change(run: PathState, before: Symbolic, after: object) -> object:
    """Something unknown is changed by ``op=``: where nothing is recorded a tensor requires grad as it did."""
    key = identity(after)
    if run.speculation.tensors is not None and key is not None and not run.mode.grad:
        found = guess(run, before)
        if found is not None:
            run.speculation.tensors[key] = found
    return after


def note_flag(run: PathState, value: Symbolic) -> None:
    """Something unknown is told to require grad."""
    if run.speculation.tensors is not None:
        run.speculation.tensors[value.key] = _leaf()


def is_method(run: PathState, callee: object) -> bool:
    """Whether something unknown is called as a method of something unknown, and anybody asks."""
    return run.speculation.tensors is not None and isinstance(identity(callee), Attribute)


def note_call(
    run: PathState, at: ast.AST, label: str, callee: object, given: Sequence[object], found: Symbolic
) -> Symbolic:
    """The unknown value that a call of something unknown gives."""
    if run.speculation.tensors is None:
        return found
    key = identity(callee) or ()
    owner = Symbolic(key.owner) if isinstance(key, Attribute) and key.owner is not None else None
    if owner is not None and label == "detach":
        cut = left(run, CutKind.DETACH, at, ".detach()", callee)
        run.speculation.tensors[found.key] = Tensor(at, cut=cut, is_loose=True, contiguous=Answer.MAYBE)
    elif owner is not None and label == "requires_grad_":
        note_flag(run, owner)
        return owner
    elif owner is not None and label == "scale" and len(given) == 1:
        note_operation(run, at, label, given, found)  # a GradScaler
    elif owner is not None and label in _DESCRIBING:
        run.speculation.tensors[found.key] = _leaf(is_data=True)
    elif owner is not None and _passes_on(label):
        note_operation(run, at, label, [owner] if label in _SAME else [owner, *given], found)
    elif owner is not None and _ends(label):
        note_end(run, at, label, found)
    elif as_value(callee).gives_settings or _is_read_in(run, key):
        run.speculation.settings.add(found.key)
        run.speculation.tensors[found.key] = _leaf(is_data=True)
    else:
        run.speculation.tensors[found.key] = _call(run, at, label, key, given)
    return found


def left(run: PathState, kind: CutKind, at: ast.AST, operation: str, method: object, name: Name = "") -> Cut:
    """Where the graph of something unknown was left, if it had one, by calling a ``method`` of it."""
    cut = Cut(kind, at, operation, name, is_sure=False)
    key = identity(method)
    source = guess(run, Symbolic(key.owner)) if isinstance(key, Attribute) and key.owner is not None else None
    if source is not None:
        run.history.reach.leave(cut, edge(run, source) or source.node)
    return cut


def _call(run: PathState, at: ast.AST, label: str, key: tuple[object, ...], given: Sequence[object]) -> Tensor:
    tensor = Tensor(at, is_loose=True, contiguous=Answer.MAYBE)
    if not _is_recorded(run):
        tensor.cut = Cut(CutKind.NO_GRAD, at, label, "", is_sure=False)
        return tensor
    node = tensor.node = Node(label, "", at, run.next_order(), (), [], Answer.YES, run.loops.iteration)
    node.assumed = f"`{label}` keeps something for backward" if label else "it keeps something for backward"
    owner = key.owner if isinstance(key, Attribute) else None
    node.through = next((each for each in (key, owner) if each in run.speculation.optimized), ())
    if node.through:
        _link(run, node, given)
    node.sure = key in run.speculation.optimized and run.mode.is_sure
    tensor.requires_grad = Answer.YES if node.sure else Answer.MAYBE
    return tensor


def _is_recorded(run: PathState) -> bool:
    """Whether gradients may be recorded."""
    return run.mode.grad or not run.mode.is_sure


@cache
def _passes_on(name: str) -> bool:
    """Whether a method is one of a tensor that gives one tensor, through which gradient flows to it."""
    known = operations(f"torch.Tensor.{name}")
    return name in _SAME or (
        bool(known)
        and all(
            len(each.outputs) == 1
            and each.outputs[0].grad is Answer.YES
            and "self" in each.differentiable
            and not each.writes
            for each in known
        )
    )


@cache
def _keeps(label: str) -> Answer:
    """Whether an operation by its sign or the name of its method keeps anything for its backward."""
    if label in _SAME:
        return Answer.NO
    known = {each.keeps for each in operations(f"torch.Tensor.{_OPERATORS.get(label, label)}") if not each.keeps_when}
    return known.pop() if len(known) == 1 else Answer.MAYBE


@cache
def _ends(name: str) -> bool:
    """Whether a method is one of a tensor that gives something without gradient: an index, a comparison."""
    known = operations(f"torch.Tensor.{name}")
    return bool(known) and all(
        each.outputs and all(output.grad is Answer.NO for output in each.outputs) and not each.writes for each in known
    )


def note_end(run: PathState, at: ast.AST, label: str, found: object) -> None:
    """The value of an operation that has no gradient, if it is not known."""
    key = identity(found)
    if run.speculation.tensors is not None and key is not None:
        cut = Cut(CutKind.INTEGER, at, label, "", is_sure=False)
        run.speculation.tensors[key] = Tensor(at, cut=cut, is_loose=True, contiguous=Answer.MAYBE)


def note_operation(run: PathState, at: ast.AST, label: str, sources: Sequence[object], found: Symbolic) -> Symbolic:
    """The unknown value that is computed from others, and from them alone."""
    if run.speculation.tensors is None or (label == "*" and any(_is_zero(each) for each in sources)):
        return found
    tensors = [each for source in sources if (each := guess(run, source)) is not None]
    numbers = (
        tuple(cut for each in sources if (cut := as_value(each).graph_exit)) if _are_settings(run, sources) else ()
    )
    needs = either([requires_grad(each) for each in tensors])
    tensor = run.speculation.tensors[found.key] = Tensor(at, is_loose=True, contiguous=Answer.MAYBE)
    if needs is Answer.NO:
        tensor.cut = next((each.cut for each in tensors if each.cut), next(iter(numbers), None))
        return found
    if not _is_recorded(run):
        tensor.cut = Cut(CutKind.NO_GRAD, at, label, "", is_sure=False)
        return found
    tensor.requires_grad = needs if run.mode.is_sure else Answer.MAYBE
    name = _OPERATORS.get(label, label)
    tensor.node = Node(label, name, at, run.next_order(), (), [], _keeps(label), run.loops.iteration)
    tensor.node.sure = tensor.requires_grad is Answer.YES
    _link(run, tensor.node, tensors)
    tensor.node.ended += numbers
    return found


def _are_settings(run: PathState, sources: Iterable[object]) -> bool:
    """Whether what is not known among some values most likely is no result of a model: ``args.weight``."""
    keys = [key for each in sources if (key := identity(each)) is not None]
    return all(is_setting(each) or _is_read_in(run, each) for each in keys)


def _is_read_in(run: PathState, key: Hashable) -> bool:
    """Whether something is, or is a part of, what the command line or the like holds."""
    return not run.speculation.settings.isdisjoint(owners(key))


def _is_zero(value: object) -> bool:
    """Whether something is nothing yet: a sum to which nothing was added in this path."""
    return isinstance(value, (int, float)) and value == 0


def link(run: PathState, call: Call, node: Node) -> None:
    """Let a node know where graphs of what it was computed from were left, and lead back to what may require grad."""
    values = [call.value(name) for name in call.operation.differentiable]
    numbers = [call.value(each.name) for each in call.operation.parameters if each.takes is Takes.NUMBER]
    if run.speculation.tensors is not None:
        _link(run, node, values)
        node.is_open = node.is_open or any(_is_open(run, each) for each in numbers)
    else:
        node.ended = _ends_of(tensors_in(values))
    node.ended += tuple(cut for each in numbers if (cut := cut_in(each)))


def _link(run: PathState, node: Node, values: Iterable[object]) -> None:
    tensors = [each for value in values for each in _inside(run, value)]
    node.inputs = node.inputs or tuple(edges(run, tensors))
    node.possible = tuple((each, each.node) for each in tensors if requires_grad(each) is Answer.MAYBE)
    node.ended = _ends_of(tensors)
    node.is_open = any(_is_open(run, each) for each in tensors)


def _ends_of(tensors: Iterable[Tensor]) -> tuple[Cut, ...]:
    """Where the graphs of tensors without one were left."""
    return tuple(each.cut for each in tensors if each.cut and requires_grad(each) is Answer.NO)


def _is_open(run: PathState, value: object) -> bool:
    """Whether a value may have a graph that is not seen: not the data of a loop, nor what is computed from it alone."""
    found = guess(run, value)
    if found is None or found.is_data or requires_grad(found) is not Answer.MAYBE:
        return False
    return found.node is None or found.node.through is not None or found.node.is_open


def _inside(run: PathState, value: object) -> Iterator[Tensor]:
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _inside(run, each)
    elif (found := guess(run, value)) is not None:
        yield found


def can_have_graph(run: PathState, value: object) -> bool:
    """Whether a value that is no known tensor may be, or hold, one that requires grad."""
    if isinstance(value, (list, tuple)):
        return any(can_have_graph(run, each) for each in value)
    key = identity(value)
    if key is None or is_number(key):
        return False
    found = guessed(run, value)
    return found is None or requires_grad(found) is not Answer.NO


def proven_in(run: PathState, value: object) -> Iterator[Tensor]:
    """What is certain to be a tensor of a graph in a value that is not known."""
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from proven_in(run, each)
    elif (found := guessed(run, value)) is not None and requires_grad(found) is Answer.YES:
        yield found


def cut_of(run: PathState, value: object) -> Cut | None:
    """Where the graph of a value that is not known certainly ended."""
    found = guessed(run, value)
    return found.cut if found is not None and requires_grad(found) is Answer.NO else None


def note_leaves(run: PathState, given: Iterable[object]) -> None:
    """What an optimizer takes is a leaf."""
    for each in given:
        found = guess(run, each)
        if found is not None and found.node is not None and not found.node.sure:
            found.node = None


def optimize(run: PathState, given: object) -> None:
    """The modules whose parameters an optimizer is given are trained."""
    if isinstance(given, (list, tuple)):
        for each in given:
            optimize(run, each)
    elif isinstance(given, dict):
        optimize(run, list(given.values()))
    else:
        run.speculation.optimized.update(_modules_in(identity(given)))


def _modules_in(key: object) -> Iterator[object]:
    if isinstance(key, Listing) and key.method == "parameters":
        yield key.owner
    elif isinstance(key, tuple):
        for each in key:
            yield from _modules_in(each)


def backward_of(run: PathState, callee: object, given: list[object], keywords: Mapping[str, object]) -> Tensor | None:
    """The tensor of which ``backward`` is called, where a call of something unknown certainly is that."""
    if run.speculation.tensors is None or given or not _FLAGS.issuperset(keywords):
        return None
    key = identity(callee)
    if not isinstance(key, Attribute) or key.name != "backward" or key.owner is None:
        return None
    found = guess(run, Symbolic(key.owner))
    return found if found is not None and (found.node is not None or found.cut is not None) else None


def hand(run: PathState, given: Iterable[object]) -> None:
    """Code that is not seen is given some values; whoever computed them may be reached through what it gives back."""
    for each in given:
        if (found := guessed(run, each)) is not None:
            run.speculation.given.append(found)
        elif isinstance(each, (list, tuple)):
            hand(run, each)


def hidden(run: PathState, given: Iterable[object]) -> tuple[object, ...] | None:
    """The modules of which some parameters are all that is not known; None where there may be others."""
    found: list[object] = []
    for each in given:
        key = identity(each)
        if key in run.speculation.whole:
            found += run.speculation.holders.get(key, ())
        elif isinstance(key, Listing) and key.method == "parameters":
            found.append(key.owner)
        else:
            return None
    return tuple(found)


def forget(run: PathState, keys: Iterable[object]) -> None:
    """Attributes of what unknown code was given are not what they were."""
    touched = set(keys)
    known = run.speculation.tensors or {}
    for key in [each for each in known if isinstance(each, Attribute) and each.owner in touched]:
        del known[key]
