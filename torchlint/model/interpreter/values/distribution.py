"""Distributions of ``torch.distributions``: what they compute from their parameters, and what they only draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING

from torchlint.model.api.distributions import Distribution, Member
from torchlint.model.api.operation import Answer, Operation, Output
from torchlint.model.autograd.call import Call
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.values.numbers import Number
from torchlint.model.interpreter.values.value import Method, Value

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator, Mapping

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_COMPUTED = frozenset(("mean", "mode", "variance", "stddev"))
_DRAWN = frozenset(("sample", "sample_n", "enumerate_support"))
_METHODS = frozenset(("log_prob", "cdf", "icdf", "entropy", "rsample", "expand")) | _DRAWN
_OPPOSITE = {"probs": "logits", "logits": "probs"}
_SAME = Member((), keeps=Answer.NO)
_DERIVED = Member(())
_PERHAPS = Member((), Answer.MAYBE, Answer.NO)
_WITHOUT_GRAD = Member((), Answer.NO, Answer.NO)


@dataclass(eq=False, slots=True)
class DistributionValue(Value):
    """A distribution with the parameters that it was ``given``, and what it has ``derived`` from them and kept."""

    name: str
    known: Distribution
    given: Mapping[str, object]
    derived: dict[str, object] = field(default_factory=dict)

    def settle(self, vm: Interpreter, at: ast.AST) -> None:
        """Compute what the constructor does: parameters of its own, from which everything else is computed."""
        if self.known.normalises or self.known.others is not None:
            is_seen = self.known.others is None
            for name, value in self.given.items():
                made = self.derived[name] = _compute(vm, at, self.name, _DERIVED if is_seen else _SAME, {name: value})
                if isinstance(made, Tensor) and made.node is not None and not is_seen:
                    made.node.is_open = True  # it may keep something

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        if name == "base_dist":  # that of `Independent`, which is as good as its base
            return self
        if name in self.known.parameters:
            return _compute(vm, at, name, _SAME, {name: self._source(vm, at, name)})
        if name in _COMPUTED:
            return self._member(vm, at, name, {})
        return Method(self, name) if name in _METHODS else vm.unknown()

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        if name == "expand":
            return self
        if name in _DRAWN:
            sources = {each: self._source(vm, site.at, each) for each in self.given}
            return _compute(vm, site.at, name, _WITHOUT_GRAD, sources)
        return self._member(vm, site.at, name, {"value": site.argument(0, "value")})

    def sources(self, vm: Interpreter, at: ast.AST) -> list[object]:
        """All from which it computes anything."""
        names = self.known.parameters if self.known.normalises else self.given
        return [self._source(vm, at, each) for each in names]

    def _member(self, vm: Interpreter, at: ast.AST, name: str, more: Mapping[str, object]) -> object:
        member = self.known.members.get(name, self.known.others)
        if member is None:
            return _compute(vm, at, name, _PERHAPS, {"all": self.sources(vm, at)})
        sources = {each: self._source(vm, at, each) for each in member.of}
        return _compute(vm, at, name, member, {**sources, **more})

    def _source(self, vm: Interpreter, at: ast.AST, name: str) -> object:
        """A parameter, derived where another one was given: once, whatever the grad mode is then."""
        if name not in self.derived and name not in self.given and _OPPOSITE.get(name) in self.given:
            other = _OPPOSITE[name]
            with vm.run.mode.within((Mode(ModeKind.GRAD, True),)):
                self.derived[name] = _compute(vm, at, name, _DERIVED, {other: self._source(vm, at, other)})
        return self.derived.get(name, self.given.get(name))


def distribution_of(value: object) -> DistributionValue | None:
    """A value as a distribution, None where it is not known to be one."""
    return value if isinstance(value, DistributionValue) else None


def sources_of(vm: Interpreter, at: ast.AST, values: Iterable[object]) -> Iterator[object]:
    """What values are or, of distributions among them, what these compute from; what may hold more is not known."""
    for each in values:
        if isinstance(each, DistributionValue):
            yield from each.sources(vm, at)
        elif isinstance(each, (list, tuple)):
            yield from sources_of(vm, at, each)
        else:
            yield each if isinstance(each, (Tensor, Number, int, float, str, NoneType)) else vm.unknown()


def divergence(vm: Interpreter, site: Site, one: object, other: object) -> object:
    """``kl_divergence(one, other)``."""
    sources = list(sources_of(vm, site.at, (one, other)))
    known = [each.name for each in (one, other) if isinstance(each, DistributionValue) and each.known.others is None]
    is_alike = len(known) == 2 and known[0] == known[1]
    return _compute(vm, site.at, site.label, _DERIVED if is_alike else _PERHAPS, {"all": sources})


def _compute(vm: Interpreter, at: ast.AST, label: str, member: Member, given: Mapping[str, object]) -> object:
    operation = _operation(member, frozenset(given))
    return vm.compute(Call(at, label, label, operation, given, {}, {}))


@cache
def _operation(member: Member, sources: frozenset[str]) -> Operation:
    return Operation(
        (),
        (Output(grad=member.grad),),
        keeps=member.keeps,
        keeps_when=member.keeps_when and member.keeps_when | {"value"},
        differentiable=sources,
    )
