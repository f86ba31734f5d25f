"""The interpreter's hub: what runs statements, expressions and calls, each of which needs the others."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Node, Tensor
from torchlint.model.interpreter import speculation, unknown_calls
from torchlint.model.interpreter.identities import (
    DEVICE,
    Attribute,
    Comparison,
    Constant,
    Fresh,
    Not,
    is_lasting,
    is_one_object,
)
from torchlint.model.interpreter.library import backward, custom_functions, layers, tensor_methods
from torchlint.model.interpreter.operate import operate
from torchlint.model.interpreter.protocol import Interpreter, Signal
from torchlint.model.interpreter.provenance import looking_inside
from torchlint.model.interpreter.python import calls, expressions, functions, iteration, objects, operators, statements
from torchlint.model.interpreter.usual_names import is_optimizer, is_scheduler
from torchlint.model.interpreter.values import (
    callables,
    class_checks,
    constants,
    containers,
    instances,
    modes,
    tensor,
    torch_modules,
    unknown,
)
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.functions import FunctionValue
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic, identity
from torchlint.model.interpreter.values.value import as_value, hold_parameters

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Sequence
    from contextlib import AbstractContextManager

    from torchlint.model.autograd.call import Call
    from torchlint.model.interpreter.loop_bounds import Items
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.state import PathState
    from torchlint.model.interpreter.values.modules import LayerValue


_FREEZING = re.compile("freez|grad|eval|ema|target|teacher|copy")
"""What may decide which of the parameters that it is given require grad, by its name."""
_CLEARING = re.compile("zero(?!s)|clear|reset")
"""What may clear gradients, by its name: ``zero_grad``, ``zero_`` of a gradient."""


_BEHAVIOURS = (callables, constants, containers, instances, modes, tensor, torch_modules, unknown)
"""What says how values behave is known as soon as it is imported."""


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

    def binary(self, at: ast.AST, kind: type[ast.operator], left: object, right: object) -> object:
        return operators.binary(self, at, kind, left, right)

    def call_site(self, site: Site, callee: object) -> object:
        return calls.call(self, site, callee)

    def instantiate(self, site: Site, kind: ClassValue) -> ObjectValue:
        return objects.make(self, site, kind)

    def build(self, site: Site, kind: ClassValue) -> object:
        return objects.build(self, site, kind)

    def apply_function(self, site: Site, kind: ClassValue) -> object:
        return custom_functions.apply(self, site, kind)

    def call_unknown(self, site: Site, callee: object) -> object:
        return unknown_calls.call_unknown(self, site, callee)

    def call_named(self, site: Site, callee: Symbol) -> object:
        return calls.call_named(self, site, callee)

    def run_function(self, site: Site, function: FunctionValue) -> object:
        return functions.call(self, site, function)

    def call_instance(self, site: Site, instance: ObjectValue) -> object:
        return objects.call(self, site, instance)

    def call_inherited(self, site: Site, instance: ObjectValue, kind: ClassValue, name: str) -> object:
        return objects.call_inherited(self, site, instance, kind, name)

    def call_layer(self, site: Site, layer: LayerValue) -> object:
        return layers.call(self, site, layer)

    def tensor_method(self, site: Site, tensor: Tensor, name: str) -> object:
        return tensor_methods.call(self, site, tensor, name)

    def looking_inside(self, site: Site) -> AbstractContextManager[None]:
        return looking_inside(self, site)

    def items(self, at: ast.AST, value: object) -> list[object]:
        return iteration.over(self, at, value).values

    def unknown_items(self, value: object) -> Items:
        return iteration.unknown_items(self, value)

    def unknown_parts(self, value: object, count: int) -> list[Symbolic]:
        return iteration.unknown_parts(self, value, count)

    def note_part(self, found: Symbolic, whole: object) -> Symbolic:
        return speculation.note_part(self.run, found, whole)

    def note_change(self, before: Symbolic, after: object) -> object:
        return speculation.note_change(self.run, before, after)

    def note_flag(self, value: Symbolic) -> None:
        speculation.note_flag(self.run, value)

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
        keys = {key for each in (callee, *given) if (key := identity(each)) is not None}
        known = [each for each in given if not as_value(each).is_constant]
        if not self.is_library or _FREEZING.search(site.label):
            for each in (callee, *known):
                self.run.budget.spend(as_value(each).havoc(self))
        self._note_gradients(callee, site, known)
        own = identity(callee)
        if isinstance(own, Attribute) and own.owner is not None:
            keys.add(own.owner)
        if self.run.speculates:
            speculation.hand(self.run, (site.receiver, *given))
        self.run.trace.forget(keys)
        for name in [name for name in self.heap if name[0] in keys]:
            del self.heap[name]
        speculation.forget(self.run, keys)

    def stored(self, at: ast.AST, owner: object, name: str, value: object) -> None:
        """What something has that is not seen may be trained through it."""
        if identity(owner) is not None and hold_parameters((value,)):
            self.run.history.reach.is_handed_over = True

    def _note_gradients(self, callee: object, site: Site, given: Sequence[object]) -> None:
        """What an unknown call does to gradients, by its name; what it may do if it is given what holds them."""
        key = identity(callee)
        if isinstance(key, Attribute) and key.name == "backward":
            backward.unseen(self.run, site)
        elif isinstance(key, Attribute) and key.name in ("zero_grad", "step") and is_lasting(key.owner):
            self._note_unknown_optimizer(site, key)
        elif "backward" in site.label:
            self.run.trace.hand(site.at)
        elif _CLEARING.search(site.label):
            self.run.trace.clear_unseen(site.at, is_any="zero" in site.label)
        tensors = [tensor for each in given for tensor in tensors_in(each)]
        self.run.history.escaped += tensors
        if any(each.is_parameter for each in tensors) or hold_parameters(given):
            self.run.trace.hand(site.at)
            self.run.history.reach.is_handed_over = True

    def _note_unknown_optimizer(self, site: Site, method: Attribute) -> None:
        """Something unknown clears gradients or steps."""
        is_bare = not (site.arguments or site.keywords or site.is_open)
        if method.name == "step" and is_bare and is_scheduler(method.owner):
            self.run.trace.schedule(site.at, None)
        elif method.name == "step":
            self.run.trace.step_unknown(site.at, method.owner, is_usual=is_bare and is_optimizer(method.owner))
        else:
            self.run.trace.clear_unknown(site.at, method.owner)

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
        if value.key in self.visited and tensors_in(other, 0):
            return self.prove(value, at)
        return self.as_proven(value)

    def as_proven(self, value: object) -> object:
        return self.proven.get(identity(value), value)

    def device(self) -> Symbolic:
        return self.unknown() if self.has_moved else Symbolic(DEVICE)

    def learn(self, key: Hashable, at: ast.AST, *, holds: bool) -> None:
        if _is_gradient_absent(key, holds=holds):
            self.run.trace.clear_unseen(at, is_any=True)
        tensor = class_checks.shown(key, holds=holds)
        if tensor is not None and is_one_object(tensor.key):
            self.prove(tensor, at)

    def truth(self, value: object, at: ast.AST) -> bool:
        if value is True or value is False:
            return value
        asked = as_value(value).question(self.run.fresh)
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
