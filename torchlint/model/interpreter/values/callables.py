"""What is called like a function: those of the program, methods of instances, and partial ones."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.values.functions import FunctionValue, decorators
from torchlint.model.interpreter.values.value import Value, Wrapped, as_value, wraps

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from torchlint.model.autograd.grad_mode import Mode
    from torchlint.model.interpreter.protocol import Block, Interpreter, Signal
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.site import Site


@dataclass(frozen=True, slots=True)
class Partial(Value):
    """``functools.partial``: what is called with which first arguments. ``assumed`` names what was taken for granted to
    know it (empty: nothing)."""

    function: object
    arguments: tuple[object, ...]
    keywords: tuple[tuple[str, object], ...]
    assumed: str = ""

    @property
    def is_of_program(self) -> bool:
        return True

    def plain(self, vm: Interpreter) -> object:
        return self

    def call_key(self) -> Hashable:
        keywords = tuple((name, as_value(each).call_key()) for name, each in self.keywords)
        return ("partial", as_value(self.function).call_key(), as_value(self.arguments).call_key(), keywords)

    def call(self, vm: Interpreter, site: Site) -> object:
        site.arguments[:0] = self.arguments
        site.texts[:0] = [site.at] * len(self.arguments)
        site.keywords = {**dict(self.keywords), **site.keywords}
        made = vm.call_site(site, self.function)
        if self.assumed:
            as_value(made).assume(self.assumed)
        return made


@dataclass(frozen=True, slots=True)
class Bound(Value):
    """A function of a class together with the instance that it was found on."""

    owner: object
    function: FunctionValue

    @property
    def is_of_program(self) -> bool:
        return True

    def call(self, vm: Interpreter, site: Site) -> object:
        site.arguments.insert(0, self.owner)
        site.texts.insert(0, site.owner or site.at)
        return vm.run_function(site, self.function)


@dataclass(eq=False, slots=True)
class Managed(Value):
    """What a function gives that is a context manager by its ``yield``: ``run`` runs it around a block. It was
    ``given`` some values."""

    run: Callable[[Block], Signal | None]
    given: tuple[object, ...]

    def elements(self) -> Iterable[object]:
        return self.given

    def managing(self, vm: Interpreter, at: ast.AST) -> Callable[[Block], Signal | None]:
        return self.run


@wraps(FunctionValue)
class WrappedFunction(Wrapped[FunctionValue]):
    """What a function of the program does."""

    __slots__ = ()

    @property
    def is_of_program(self) -> bool:
        return True

    @property
    def is_lasting(self) -> bool:
        return True

    @property
    def holds_parameters(self) -> bool:
        return False

    def call(self, vm: Interpreter, site: Site) -> object:
        return vm.run_function(site, self.of)

    def found_on(self, vm: Interpreter, owner: Value, at: ast.AST) -> object:
        names = decorators(self.of.node)
        if "staticmethod" in names:
            return self.of
        if names & {"setter", "deleter"}:
            return vm.unknown()  # the property that it belongs to has another function to read it
        if not names & {"property", "cached_property"}:
            return Bound(owner.itself, self.of)
        value = vm.call(at, Bound(owner.itself, self.of), [], {})
        if "cached_property" in names:
            owner.keep(getattr(self.of.node, "name", ""), value)
        return value

    def plain(self, vm: Interpreter) -> object:
        return self.of

    def call_key(self) -> Hashable:
        return id(self.of)

    def leads_to(self) -> Iterator[object]:
        yield from self.of.defaults.values()

    def closed_over(self) -> Iterator[Tensor]:
        for node in ast.walk(self.of.node):
            if isinstance(node, ast.Name) and isinstance(value := self.of.scope.find(node.id), Tensor):
                yield value

    def leave(self, scope: Scope) -> None:
        if self.of.scope is scope and scope.parent is not None:
            self.of.scope = scope.parent

    def decorated(self, mode: Mode) -> object:
        modes = self.of.modes
        return replace(self.of, modes=(mode, *modes)) if modes is not None else None
