"""The interpreter's hub: what runs statements, expressions and calls, each of which needs the others."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Node, Tensor
from torchlint.model.interpreter import speculation
from torchlint.model.interpreter.identities import DEVICE, Attribute, Comparison, Constant, Fresh, Not, is_one_object
from torchlint.model.interpreter.library import backward, modules
from torchlint.model.interpreter.operate import operate
from torchlint.model.interpreter.protocol import Interpreter, Signal
from torchlint.model.interpreter.python import calls, expressions, objects, operators, statements
from torchlint.model.interpreter.values import class_checks
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.functions import FunctionValue
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic, identity
from torchlint.model.interpreter.values.truth import question

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Sequence

    from torchlint.model.autograd.call import Call
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.state import PathState


_FREEZING = re.compile("freez|grad|eval|ema|target|teacher|copy")
"""What may decide which of the parameters that it is given require grad, by its name."""
_CLEARING = re.compile("zero(?!s)|clear|reset")
"""What may clear gradients, by its name: ``zero_grad``, ``zero_`` of a gradient."""


_UNCHANGING = (Symbolic, Symbol, str, int, float, type(None))
"""Kinds of value that hold nothing that a call could change, or of which nothing is known."""


class Machine(Interpreter):
    """The interpreter, put together from the handlers of statements, expressions and calls."""

    def inside(self, run: PathState) -> Machine:
        made = Machine(run, is_library=True)
        made.project = replace(self.project, depth=self.project.depth + 1)
        made.module.home = self.module.home
        return made

    def evaluate(self, scope: Scope, node: ast.expr) -> object:
        return expressions.evaluate(self, scope, node)

    def execute(self, scope: Scope, body: Sequence[ast.stmt]) -> Signal | None:
        return statements.execute(self, scope, body)

    def assign(self, scope: Scope, target: ast.expr, value: object) -> None:
        statements.assign(self, scope, target, value)

    def binary(self, at: ast.expr | ast.stmt, kind: type[ast.operator], left: object, right: object) -> object:
        return operators.binary(self, at, kind, left, right)

    def call_site(self, site: Site, callee: object) -> object:
        return calls.call(self, site, callee)

    def instantiate(self, site: Site, kind: ClassValue) -> ObjectValue:
        return objects.make(self, site, kind)

    def operation(self, site: Site, qualified: str) -> object:
        return calls.operation(self, site, qualified)

    def compute(self, call: Call) -> object:
        return operate(self.run, call)

    def tensor_operation(self, at: ast.AST, name: str, label: str, receiver: Tensor, arguments: list[object]) -> object:
        return calls.tensor_operation(self, at, name, label, receiver, arguments)

    def unknown(self) -> Symbolic:
        return Symbolic(Fresh(self.run.fresh()))

    def forget(self, callee: object, site: Site) -> None:
        given = (*site.arguments, *site.keywords.values())
        keys = {each.key for each in (callee, *given) if isinstance(each, Symbolic)}
        known = [each for each in given if not isinstance(each, _UNCHANGING)]
        if not self.is_library or _FREEZING.search(site.label):
            for each in (callee, *known):
                self.run.budget.spend(modules.doubt(self, each))
        self._note_gradients(callee, site, known)
        if isinstance(callee, Symbolic) and isinstance(callee.key, Attribute) and callee.key.owner is not None:
            keys.add(callee.key.owner)
        self.run.trace.forget(keys)
        for name in [name for name in self.heap if name[0] in keys]:
            del self.heap[name]
        speculation.forget(self.run, keys)

    def stored(self, at: ast.AST, owner: object, name: str, value: object) -> None:
        """Nobody asks."""

    def _note_gradients(self, callee: object, site: Site, given: Sequence[object]) -> None:
        """What an unknown call does to gradients, by its name; what it may do if it is given what holds them."""
        key = identity(callee)
        if isinstance(key, Attribute) and key.name == "backward":
            backward.unseen(self.run, site)
        elif _CLEARING.search(site.label):
            self.run.trace.clear_unseen(site.at, is_any="zero" in site.label)
        tensors = [tensor for each in given for tensor in tensors_in(each)]
        self.run.history.escaped += tensors
        if any(each.is_parameter for each in tensors) or modules.hold_parameters(given):
            self.run.trace.hand(site.at)

    def imported(self, value: object) -> object:
        if self.project.imports is None or self.project.trained is not None:
            return value
        if not isinstance(value, Symbol) or value.home is None:
            return value
        found = self.project.imports.find(value)
        return found if isinstance(found, (FunctionValue, ClassValue)) else value

    def prove(self, value: Symbolic, at: ast.AST) -> Tensor:
        if value.key not in self.proven:
            made = speculation.guess(self.run, value) or Tensor(at, requires_grad=Answer.MAYBE, contiguous=Answer.MAYBE)
            made.name, made.is_loose = made.name or at, False
            made.made = at if made.made is speculation.NOWHERE else made.made
            self.proven[value.key] = made
            self.run.trace.prove(value, made)
            if value.flow and made.requires_grad is Answer.MAYBE:
                made.requires_grad = Answer.YES
                made.node = Node(
                    "", "", at, self.run.next_order(), value.flow, [], Answer.YES, self.run.loops.iteration
                )
            made.counter.pending += self.visited.pop(value.key, [])
        return self.proven[value.key]

    def proven_by_now(self, value: Symbolic, other: object, at: ast.AST) -> object:
        if value.key in self.visited and isinstance(other, Tensor):
            return self.prove(value, at)
        return self.as_proven(value)

    def as_proven(self, value: object) -> object:
        return self.proven.get(value.key, value) if isinstance(value, Symbolic) else value

    def device(self) -> Symbolic:
        return self.unknown() if self.has_moved else Symbolic(DEVICE)

    def learn(self, key: Hashable, at: ast.AST, *, holds: bool) -> None:
        if _is_gradient_absent(key, holds=holds):
            self.run.trace.clear_unseen(at, is_any=True)
        tensor = class_checks.shown(key, holds=holds)
        if tensor is not None and is_one_object(tensor.key):
            self.prove(tensor, at)

    def truth(self, value: object, at: ast.AST) -> bool:
        asked = question(value, self.run.fresh)
        if asked is not None:
            holds = self.run.path.branch(asked, at)
            self.learn(asked, at, holds=holds)
            return holds
        try:
            return bool(value)
        except Exception:  # an object of ours without a length
            return True


def _is_gradient_absent(key: Hashable, *, holds: bool) -> bool:
    """Whether a condition that holds or not says that something unknown has no gradient."""
    match key:
        case Not(inner):
            return _is_gradient_absent(inner, holds=not holds)
        case Comparison("is", Attribute(name="grad"), Constant("NoneType")):
            return holds
        case _:
            return False
