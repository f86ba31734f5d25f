"""The interpreter's hub: what runs statements, expressions and calls, each of which needs the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchlint.model.api.operations import Answer
from torchlint.model.autograd import calls, expressions, guesses, modules, statements, submodules
from torchlint.model.autograd.graph import Node
from torchlint.model.autograd.scope import Scope
from torchlint.model.autograd.values import ClassValue, FunctionValue, Number, Symbol, Tensor, Unknown, tensors_in

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Hashable, Sequence

    from torchlint.model.autograd.imports import Imports
    from torchlint.model.autograd.run import Run


_FREEZING = re.compile("freez|grad|eval|ema|target|teacher|copy")
"""What may decide which of the parameters that it is given require grad, by its name."""


class Machine:
    """Runs a program abstractly.

    ``module`` are its global names, ``heap`` what is stored on unknown objects, ``active`` the functions being called,
    ``selves`` their first arguments, ``returned`` and ``yielded`` what they gave so far (None: nothing was yielded),
    ``called`` every function that was called. ``proven`` are the tensors that unknown values must be, since they were
    used as such, ``visited`` what finds out whether a module kept an unknown value that it was called with.
    ``has_moved``: something may be on another device. ``imports`` finds what other files define.

    ``is_library``: this is code whose callers are not seen, where the likely is taken for true. ``trained`` is set
    where other modules of the program are not looked into: it says of a class whether it has parameters, as
    ``is_module`` says whether it is one; ``foreign`` says it of an imported one, None where that is not known to be a
    module. ``summaries`` is what such modules do, as far as it was asked for, ``depth`` how many are looked into.
    """

    def __init__(self, run: Run, *, is_library: bool = False) -> None:
        self.run = run
        self.is_library = is_library
        self.module = Scope()
        self.heap: dict[tuple[Hashable, str], object] = {}
        self.active: list[ast.AST] = []
        self.returned: list[object] = []
        self.yielded: list[list[object] | None] = []
        self.selves: list[object] = []
        self.has_moved = False
        self.imports: Imports | None = None
        self.trained: Callable[[int], bool] | None = None
        self.is_module: Callable[[int], bool] = lambda line: False
        self.foreign: Callable[[Symbol], bool | None] | None = None
        self.proven: dict[Hashable, Tensor] = {}
        self.visited: dict[Hashable, list[Callable[[], None]]] = {}
        self.summaries: dict[Hashable, submodules.Summary] | None = None
        self.depth = 0
        self.called: set[ast.AST] = set()

    def inside(self, run: Run) -> Machine:
        """A machine that looks into a module on its own."""
        made = Machine(run, is_library=True)
        made.trained, made.is_module, made.foreign = self.trained, self.is_module, self.foreign
        made.imports, made.summaries, made.module.home = self.imports, self.summaries, self.module.home
        made.depth = self.depth + 1
        return made

    def evaluate(self, scope: Scope, node: ast.expr) -> object:
        """The value of an expression. Raises: Raised, OutOfBudget."""
        return expressions.evaluate(self, scope, node)

    def execute(self, scope: Scope, body: Sequence[ast.stmt]) -> statements.Signal | None:
        """Run statements until one leaves the block. Raises: Raised, OutOfBudget."""
        return statements.execute(self, scope, body)

    def call(self, at: ast.expr, callee: object, arguments: list[object], keywords: dict[str, object]) -> object:
        """Call a value. Raises: Raised, OutOfBudget."""
        return calls.call(self, calls.Site(at, "", arguments, keywords), callee)

    def unknown(self, *key: Hashable) -> Unknown:
        """A value of which nothing is known; without a key, unlike any other."""
        return Unknown(key or ("value", self.run.fresh()))

    def forget(self, callee: object, site: calls.Site) -> None:
        """What an unknown call may have changed: what is stored on the objects that it sees."""
        if not self.is_library or _FREEZING.search(site.label):
            for each in (callee, *site.arguments, *site.keywords.values()):
                self.run.spend(modules.doubt(self, each))
        self.run.escaped += [
            tensor for each in (*site.arguments, *site.keywords.values()) for tensor in tensors_in(each)
        ]
        if isinstance(callee, Unknown) and callee.key[-1:] == ("backward",):
            self.run.unseen_backward = True
        if not self.heap and not self.run.guesses:
            return
        touched = [each for each in (callee, *site.arguments, *site.keywords.values()) if isinstance(each, Unknown)]
        keys = {each.key for each in touched}
        if isinstance(callee, Unknown) and callee.key[0] == "attribute":
            keys.add(callee.key[1])  # type: ignore[arg-type]
        for name in [name for name in self.heap if name[0] in keys]:
            del self.heap[name]
        guesses.forget(self.run, keys)

    def imported(self, symbol: Symbol) -> object:
        """The function or class of another file that a symbol means, or the symbol itself."""
        if self.imports is None or symbol.home is None or self.trained is not None:
            return symbol
        found = self.imports.find(symbol)
        return found if isinstance(found, (FunctionValue, ClassValue)) else symbol

    def prove(self, value: Unknown, at: ast.AST) -> Tensor:
        """The tensor that an unknown value must be, as an operation takes nothing else there."""
        if value.key not in self.proven:
            made = guesses.guess(self.run, value) or Tensor(at, requires_grad=Answer.MAYBE, contiguous=Answer.MAYBE)
            made.name, made.is_loose = made.name or at, False
            made.made = at if made.made is guesses.NOWHERE else made.made
            self.proven[value.key] = made
            if value.flow and made.requires_grad is Answer.MAYBE:
                made.requires_grad = Answer.YES
                made.node = Node("", "", at, self.run.next_order(), value.flow, [], Answer.YES, self.run.iteration)
            made.counter.pending += self.visited.pop(value.key, [])
        return self.proven[value.key]

    def proven_by_now(self, value: Unknown, other: object, at: ast.AST) -> object:
        """An unknown value to which ``other`` is added in place: a tensor if modules were called with it."""
        if value.key in self.visited and isinstance(other, Tensor):
            return self.prove(value, at)
        return self.as_proven(value)

    def as_proven(self, value: object) -> object:
        """A value, or the tensor that it must be."""
        return self.proven.get(value.key, value) if isinstance(value, Unknown) else value

    def device(self) -> Unknown:
        """Where a tensor is: as long as nothing was moved, all are in the same place."""
        return self.unknown() if self.has_moved else Unknown(("device",))

    def truth(self, value: object, at: ast.AST) -> bool:
        """Which way a condition goes: what is not known is decided by the world."""
        if isinstance(value, Unknown):
            return self.run.decide(value.key, at)
        if isinstance(value, Tensor):
            return self.run.decide(("truth", self.run.fresh()), at)
        if isinstance(value, Number):
            return self.run.decide(("truth", value.key), at)
        if isinstance(value, Symbol):
            return self.run.decide(("truth", value.name), at)
        try:
            return bool(value)
        except Exception:  # an object of ours without a length
            return True
