"""What became of the graphs of one path: the backwards that ran, and which steps their gradients went into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.autograd.ownership import Begun, Ownership
from torchlint.model.autograd.tensor import How

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Mapping

    from torchlint.model.autograd.faults import Fault
    from torchlint.model.autograd.tensor import Cut, Name, Node, Tensor

Fates = dict[tuple["ast.AST", "ast.AST"], int]
"""What became of gradients: two places, and for which indices, as the bits of a number."""

Feeders = frozenset["ast.AST"]
"""The backwards whose gradients a leaf holds."""


@dataclass(frozen=True, slots=True)
class Retained:
    """A backward that kept the graph: its nodes, how it was written, whether it recorded its own graph, and how many
    backwards there had been."""

    at: ast.AST
    nodes: frozenset[object]
    name: Name
    creates: bool
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Idle:
    """A step of an optimizer some or all of whose ``parameters`` had no gradient, each with how often it had been
    changed by then; ``modules`` are those that are not looked into of which it has the parameters. ``backward`` is the
    last one before it, ``entered`` the call by which the program had left the file that is linted."""

    at: ast.AST
    backward: ast.AST
    parameters: Mapping[Tensor, int]
    modules: tuple[object, ...]
    entered: ast.AST | None

    def is_kept_up(self, parameter: Tensor) -> bool:
        """Whether something else than steps has changed a parameter since: a moving average."""
        return any(each.how is not How.STEP for each in parameter.storage.changes[self.parameters[parameter] :])


@dataclass(slots=True)
class Reach:
    """What backwards came to, and what they did not.

    ``begun`` are they, ``left`` what lies behind each place where a graph was left, ``computed`` those from whose
    values more than scaled sums was computed, ``modules`` which module that is not looked into recorded a node, and
    ``unrecorded`` where parameters were first used while nothing was recorded. ``idle`` are the steps that had
    nothing to do, ``partial`` the first runs of those that had less to do than they could, ``replaced`` parameters
    in whose place a module was given others. ``is_handed_over``: code that is not seen was given modules or
    optimizers. ``ownership`` says who trains what. ``growing`` are nodes of an earlier iteration to which a later
    one adds its own, each with the call by which the program had left the file that is linted.
    """

    begun: list[Begun] = field(default_factory=list)
    left: dict[Cut, list[Node | Tensor]] = field(default_factory=dict)
    computed: set[Cut] = field(default_factory=set)
    modules: dict[Node, object] = field(default_factory=dict)
    unrecorded: dict[Tensor, Cut] = field(default_factory=dict)
    idle: list[Idle] = field(default_factory=list)
    partial: dict[ast.AST, Idle] = field(default_factory=dict)
    replaced: set[Tensor] = field(default_factory=set)
    is_handed_over: bool = False
    ownership: Ownership = field(default_factory=Ownership)
    growing: dict[Node, ast.AST | None] = field(default_factory=dict)

    def leave(self, cut: Cut, behind: Node | Tensor | None) -> None:
        """A graph was left at ``cut``; None where nothing certainly lies behind it."""
        if behind is not None:
            self.left.setdefault(cut, []).append(behind)


@dataclass(slots=True)
class GraphHistory:
    """Backwards and steps.

    ``backwards`` are the nodes that each backward went through, ``passed`` those backwards that ran through some graph,
    ``retained`` those that kept it, and ``needless`` tells at the end what was done for nothing. ``feeders`` are
    the backwards whose gradients a leaf holds; ``trained`` says which backward went into which step, for the parameters
    at which indices of the optimizer, and ``mixed`` to which backward's gradient another one added its own, for the
    leaves at which indices of those that it reached; the indices are the bits of a number. ``unseen_backward``: code
    that is not seen may have run one; ``is_guessed``: one was run through a graph that is only taken for granted.
    ``escaped`` are tensors that such code was given. ``fed`` are the steps of modules that are not looked into
    to which a backward came.
    """

    backwards: list[frozenset[object]] = field(default_factory=list)
    passed: set[ast.AST] = field(default_factory=set)
    retained: list[Retained] = field(default_factory=list)
    needless: list[Fault] = field(default_factory=list)
    feeders: dict[Tensor, Feeders] = field(default_factory=dict)
    trained: Fates = field(default_factory=dict)
    mixed: Fates = field(default_factory=dict)
    unseen_backward: bool = False
    is_guessed: bool = False
    escaped: list[Tensor] = field(default_factory=list)
    fed: set[ast.AST] = field(default_factory=set)
    reach: Reach = field(default_factory=Reach)

    def trains(self, step: ast.AST | None) -> bool:
        """Whether a step had gradients to use, or may have had some."""
        return self.unseen_backward or step in self.fed or any(at is step for _, at in self.trained)

    def fed_of(self, parameters: Iterable[Tensor]) -> list[Tensor]:
        """The parameters that hold gradients of backwards."""
        return [each for each in parameters if self.feeders.get(each)]

    def clear_gradients(self, parameters: Iterable[Tensor], to_none: object) -> None:
        """``zero_grad``: by default the gradients are gone until the next backward."""
        for parameter in parameters:
            self.feeders.pop(parameter, None)
            if to_none is True:
                parameter.grad = None

    def let_go(self) -> None:
        """Hold no tensor and no node any more."""
        for each in (self.backwards, self.retained, self.feeders, self.escaped):
            each.clear()
        self.reach = Reach()
