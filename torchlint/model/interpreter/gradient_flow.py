"""Where gradient most likely flows through what is not known: calls that are not looked into, and what they give.

This only decides how far a supposed backward reaches. What is not known to require grad keeps nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import operations
from torchlint.model.autograd.tensor import Counter, Node, Storage
from torchlint.model.autograd.views import edge
from torchlint.model.interpreter.values.symbolic import identity
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from torchlint.model.autograd.grad_state import GradState
    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.state import PathState

_ENDS = frozenset(
    (
        "detach detach_ item tolist numpy size dim ndimension numel nelement stride shape dtype device ndim grad data "
        "requires_grad is_leaf grad_fn long int short bool byte sample sample_n"
    ).split()
)
"""Attributes and methods that lead out of the graph; ``sample`` of a distribution does, ``rsample`` does not."""
_CONVERSIONS = frozenset(
    (
        "to type type_as cpu cuda float double half bfloat16 reshape reshape_as flatten ravel view expand contiguous "
        "backward register_hook retain_grad requires_grad_ share_memory_ set_ resize_ __float__ __array__ device layout"
    ).split()
)


def flows(run: PathState, values: Iterable[object], depth: int = 4) -> tuple[Node | Tensor, ...]:
    """Where the gradients of some values most likely flow, those in their containers included."""
    if not run.mode.grad or not run.mode.is_known:
        return ()
    return tuple(dict.fromkeys(each for value in values for each in _flows(run, value, depth)))


def _flows(run: PathState, value: object, depth: int) -> Iterator[Node | Tensor]:
    known = as_value(value)
    yield from known.edges(run)
    if depth:
        for each in known.elements():
            yield from _flows(run, each, depth - 1)


def passed(run: PathState, at: ast.AST, values: Iterable[object]) -> tuple[Node | Tensor, ...]:
    """What something that was computed from some values remembers of where they came from: one node at most."""
    found = flows(run, values)
    return found if len(found) < 2 else (Node("", "", at, run.next_order(), found, [], Answer.NO, run.loops.iteration),)


def given_back(
    run: PathState, at: ast.AST, label: str, callee: object, values: Iterable[object]
) -> tuple[Node | Tensor, ...]:
    """What a call of something unknown gives remembers of where it came from; a function may have cut that off."""
    found = passed(run, at, values)
    if not found or identity(callee) is not None:
        return found
    return (Node(label, "", at, run.next_order(), found, [], Answer.NO, run.loops.iteration, through=()),)


def may_be_cut(run: GradState, source: Node | Tensor) -> bool:
    """Whether a value comes from a function that is not seen in an earlier iteration, as state does that is detached
    before it is carried over."""
    return getattr(source, "through", None) == () and is_carried(run, getattr(source, "iteration", ()))


def is_carried(run: GradState, iteration: tuple[tuple[int, int], ...]) -> bool:
    """Whether something was recorded in an earlier iteration of a loop that is running."""
    for (loop, number), (other, current) in zip(iteration, run.iteration, strict=False):
        if loop != other:
            return False
        if number < current:
            return True
    return False


def part(run: PathState, at: ast.AST, whole: Tensor, index: object = None) -> Tensor:
    """Most likely a tensor: a part of what a module gave that is not looked into, or of its result as a whole."""
    edge(run, whole)  # brings its node up to date
    found = replace(whole, made=at, name="", names=frozenset(), storage=Storage(), counter=Counter())
    run.trace.parted(whole, index, found)
    return found


def is_differentiable(name: str) -> bool:
    """Whether gradient most likely flows through an attribute or a method of something unknown."""
    if name in _ENDS:
        return False
    known = operations(f"torch.Tensor.{name}")
    return not known or any(output.grad is not Answer.NO for each in known for output in each.outputs)


def is_of_tensor(name: str) -> bool:
    """Whether tensors have an attribute or a method of this name."""
    return name in _ENDS or name in _CONVERSIONS or bool(operations(f"torch.Tensor.{name}"))
