"""What shows that expressions are tensors: paths of a program are watched for what they come to."""

from __future__ import annotations

import ast
from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING

from torchlint.model.api import torch_names
from torchlint.model.api.operation import Answer
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.identities import Argument, Output
from torchlint.model.interpreter.machine import Machine
from torchlint.model.interpreter.state import PathState
from torchlint.model.interpreter.values.class_checks import is_refuted
from torchlint.model.interpreter.values.parameters import USUAL, is_usual
from torchlint.model.interpreter.values.symbolic import identity, is_tensor
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

    from torchlint.model.interpreter.scope import Scope

INPLACE = torch_names.INPLACE_METHODS | torch_names.INPLACE_VIEW_METHODS
_ITSELF = frozenset({"requires_grad_", "detach_", "share_memory_", "rename_", "retain_grad"})
"""Methods that give back the tensor itself."""
_OTHER = object()
"""What is no tensor."""


class Evidence(Enum):
    """What an expression is: certainly a tensor each time; by PyTorch's own conventions one, as ``weight`` is; likely
    one, as a module gave it or is given it, or as it is on some paths; something else at least once; or not known."""

    TENSOR = "tensor"
    USUAL = "usual"
    LIKELY = "likely"
    OTHER = "other"
    UNKNOWN = "unknown"


def joined(found: set[Evidence]) -> Evidence:
    """What holds of every visit of an expression."""
    if Evidence.UNKNOWN in found and not found.isdisjoint((Evidence.TENSOR, Evidence.USUAL)):
        found = {Evidence.LIKELY, *found} - {Evidence.UNKNOWN}
    order = (Evidence.OTHER, Evidence.UNKNOWN, Evidence.LIKELY, Evidence.USUAL)
    return next((each for each in order if each in found), Evidence.TENSOR)


class Watch:
    """What the paths of a program show of the expressions ``asked`` about: what each was ``found`` to be.

    ``telling`` are the expressions of which a method is called that only tensors have, ``giving`` those calls,
    ``called`` the expressions of which another method is called that gives a tensor, with those calls. ``inputs`` are
    the names of arguments that most likely are tensors.
    """

    def __init__(self, asked: frozenset[ast.expr], tree: ast.Module) -> None:
        self.asked = asked
        self.telling: set[ast.AST] = set()
        self.giving: set[ast.AST] = set()
        self.called: dict[ast.AST, ast.Call] = {}
        self.found: defaultdict[ast.expr, set[Evidence]] = defaultdict(set)
        self.inputs: Collection[str] = ()
        for each in walk(tree) if asked else ():
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
                name, owner = each.func.attr, each.func.value
                if name in torch_names.DISTINCT_METHODS or name in INPLACE:
                    self.telling.add(owner)
                    self.giving.add(each)
                elif name == "view" and len(each.args) > 1:  # that of an array takes a dtype
                    self.telling.add(owner)
                elif name in torch_names.PURE_METHODS or name in _ITSELF:
                    self.called[owner] = each
        self.telling -= asked

    def pending(self, nodes: Iterable[ast.expr]) -> Sequence[ast.expr]:
        """Those of some expressions that no path came to."""
        return [each for each in nodes if each not in self.found]

    def see(self, play: Callable[[PathState], str], run: PathState) -> str:
        """Run a path, and note what it shows, also if it raises later: nothing comes of asking None."""
        limit = play(run)
        assert isinstance(run, Watched)
        for node, value, proven in run.seen:
            if value is not None:
                self.found[node].add(_judged(node, proven(value), run))
            elif isinstance(node, ast.Attribute) and node.attr == "grad":  # a backward that is not seen sets it
                self.found[node].add(Evidence.USUAL)
        run.seen.clear()
        return limit

    def is_likely(self, key: Hashable) -> bool:
        """Whether a value that is not known most likely is a tensor, as a module gave it or is given it."""
        return isinstance(key, Output) or (isinstance(key, Argument) and key.number > 0 and key.name in self.inputs)


def _judged(node: ast.expr, value: object, run: Watched) -> Evidence:
    """What a value is, if everything that is used as a tensor is one."""
    answer = is_tensor(value)
    if answer is not Answer.NO and value in run.used:
        return Evidence.TENSOR
    if answer is not None:
        return {Answer.YES: Evidence.TENSOR, Answer.MAYBE: Evidence.LIKELY, Answer.NO: Evidence.OTHER}[answer]
    is_named = isinstance(node, ast.Attribute) and node.attr in USUAL
    return Evidence.USUAL if is_named or is_usual(value, run.usual) else Evidence.UNKNOWN


class Watched(PathState):
    """A path that is watched: what was ``seen`` of the expressions in question, what is ``used`` as only tensors are,
    what methods were called on last (``operands``), and what such methods gave that is ``usual``."""

    def __init__(self, choices: Mapping[Hashable, bool], budget: int, *, watch: Watch, **options: object) -> None:
        super().__init__(choices, budget, **options)  # type: ignore[arg-type]
        self.watch = watch
        self.seen: list[tuple[ast.expr, object, Callable[[object], object]]] = []
        self.used: set[object] = set()
        self.usual: set[object] = set()
        self.operands: dict[ast.AST, Evidence] = {}


class Watching(Machine):
    """The interpreter, telling what it comes to."""

    def evaluate(self, scope: Scope, node: ast.expr) -> object:
        value = super().evaluate(scope, node)
        run = self.run
        if not isinstance(run, Watched):
            return value
        watch, key = run.watch, identity(value)
        if watch.is_likely(key):
            value = self.proven[key] = Tensor(node, requires_grad=Answer.MAYBE, contiguous=Answer.MAYBE, is_loose=True)
        if (operand := run.operands.get(node)) is Evidence.LIKELY and isinstance(value, Tensor):
            value.is_loose = True
        elif operand is Evidence.USUAL and is_tensor(value) is None:
            run.usual.add(value)
        if (node in watch.telling or node in watch.giving) and is_tensor(value) is not Answer.NO:
            run.used.add(value)
        if (call := watch.called.get(node)) is not None:
            run.operands[call] = _judged(node, value, run)
        if node in watch.asked:
            run.seen.append((node, _OTHER if is_refuted(value, run.path.choices) else value, self.as_proven))
        return value
