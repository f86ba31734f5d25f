"""What a module keeps: statements of a constructor, and what the interpreter says of the value that ``self.v`` gets."""

from __future__ import annotations

import pytest
from modules import module

from torchlint.model.interpreter.values.kept import Kind
from torchlint.model.modules.values import UNKNOWN, Grad, Kept


def value(init: str, around: str = "") -> Kept:
    return module(init, around=around).stores["v"][-1].value


KINDS = [
    pytest.param("self.v = torch.ones(3)", Kind.TENSOR, id="factory"),
    pytest.param("self.v = torch.FloatTensor(3)", Kind.TENSOR, id="legacy constructor"),
    pytest.param("self.v = torch.from_numpy(given)", Kind.TENSOR, id="from_numpy"),
    pytest.param("self.v = given", Kind.UNKNOWN, id="argument"),
    pytest.param("self.v = given.clone()", Kind.UNKNOWN, id="method of an argument"),
    pytest.param("self.v = 3", Kind.OTHER, id="number"),
    pytest.param("self.v = 'text'", Kind.OTHER, id="text"),
    pytest.param("self.v = None", Kind.OTHER, id="None"),
    pytest.param("self.v = torch.ones(3).shape", Kind.CONTAINER, id="shape"),
    pytest.param("self.v = torch.ones(3).item()", Kind.OTHER, id="item"),
    pytest.param("self.v = len(torch.ones(3))", Kind.OTHER, id="len"),
    pytest.param("self.v = nn.Parameter(given)", Kind.PARAMETER, id="parameter"),
    pytest.param("self.v = nn.Buffer(given)", Kind.BUFFER, id="buffer"),
    pytest.param("self.v = nn.Parameter(given).requires_grad_()", Kind.PARAMETER, id="requires_grad_"),
    pytest.param("self.v = nn.Parameter(given) * 2", Kind.TENSOR, id="operation on a parameter"),
    pytest.param("self.v = nn.Linear(1, 1)", Kind.MODULE, id="layer"),
    pytest.param("self.v = nn.Linear(1, 1).to(device)", Kind.MODULE, id="layer moved"),
    pytest.param("self.v = nn.Linear(1, 1).eval().requires_grad_(False)", Kind.MODULE, id="layer frozen"),
    pytest.param("self.v = [nn.Linear(1, 1)]", Kind.CONTAINER, id="list"),
    pytest.param("self.v = dict(a=nn.Linear(1, 1))", Kind.CONTAINER, id="dict call"),
    pytest.param("self.v = [nn.Linear(1, 1)] * 3", Kind.CONTAINER, id="list times"),
    pytest.param("self.v = (nn.ReLU() for _ in given)", Kind.CONTAINER, id="generator"),
    pytest.param("y = torch.ones(3)\nself.v = y.t()", Kind.TENSOR, id="local"),
    pytest.param("self.u = torch.ones(3)\nself.v = self.u + 1", Kind.TENSOR, id="attribute"),
    pytest.param("self.v = torch.ones(3) if given else torch.zeros(3)", Kind.TENSOR, id="two tensors"),
    pytest.param("v = torch.ones(3) if given else None\nself.v = v", Kind.UNKNOWN, id="tensor or nothing"),
    pytest.param("y = given\nif y is None:\n    y = [nn.ReLU()]\nself.v = y", Kind.CONTAINER, id="default path"),
    pytest.param("torch = given\nself.v = torch.ones(3)", Kind.UNKNOWN, id="another torch"),
    pytest.param("y, self.v = 1, torch.ones(3)", Kind.TENSOR, id="unpacked"),
    pytest.param("y, self.v = given", Kind.UNKNOWN, id="unpacked argument"),
    pytest.param("if (y := torch.ones(3)) is not None: self.v = y", Kind.TENSOR, id="walrus"),
    pytest.param("with torch.no_grad():\n    self.v = torch.ones(3)", Kind.TENSOR, id="with"),
    pytest.param("try:\n    self.v = torch.ones(3)\nfinally:\n    pass", Kind.TENSOR, id="try"),
    pytest.param("for i in range(3): self.v = torch.ones(i)", Kind.TENSOR, id="loop"),
    pytest.param("self.v: int = 1", Kind.OTHER, id="annotated"),
]


@pytest.mark.parametrize(("init", "kind"), KINDS)
def test_kind(init: str, kind: Kind) -> None:
    assert value(init).kind is kind


HELPERS = [
    pytest.param("def f(n): return torch.ones(n)\n---\n", "f(3)", Kind.TENSOR, id="function"),
    pytest.param(
        "def f(n):\n    t = g(n)\n    return t\ndef g(n): return torch.ones(n)\n---\n", "f(3)", Kind.TENSOR, id="two"
    ),
    pytest.param("def f(n): return f(n)\n---\n", "f(3)", Kind.UNKNOWN, id="recursion"),
    pytest.param(
        "def f(n):\n    t = torch.ones(n)\n    return nn.Parameter(t)\n---\n", "f(3)", Kind.PARAMETER, id="parameter"
    ),
    pytest.param(
        "def f(n):\n    if n: return torch.ones(n)\n    return None\n---\n", "f(given)", Kind.UNKNOWN, id="or nothing"
    ),
    pytest.param("def f(n): pass\n---\n", "f(3)", Kind.OTHER, id="returns nothing"),
    pytest.param("def f(n): return nn.Linear(n, n)\n---\n", "f(3)", Kind.MODULE, id="layer"),
    pytest.param("def f(t): return t\n---\n", "f(torch.ones(3))", Kind.TENSOR, id="what it is given"),
    pytest.param("def f(t): return t\n---\n", "f(t=torch.ones(3))", Kind.TENSOR, id="by keyword"),
    pytest.param("def f(t): return t\n---\n", "f(*given)", Kind.UNKNOWN, id="stars"),
    pytest.param("---\ndef f(self, n): return torch.ones(n)\n", "self.f(3)", Kind.TENSOR, id="method"),
    pytest.param("class B(nn.Module): pass\n---\n", "B()", Kind.MODULE, id="module of the file"),
    pytest.param("class B: pass\n---\n", "B()", Kind.UNKNOWN, id="class of the file"),
    pytest.param(
        "class B(nn.Module):\n    def f(self): return 1\n---\n", "B().f()", Kind.OTHER, id="method of a module"
    ),
    pytest.param(
        "def f(n):\n    if n: return torch.ones(n)\n    return None\n---\n", "f(3)", Kind.TENSOR, id="one of two ways"
    ),
]


@pytest.mark.parametrize(("around", "call", "kind"), HELPERS)
def test_helpers(around: str, call: str, kind: Kind) -> None:
    assert value(f"self.v = {call}", around).kind is kind


DIMS = [
    pytest.param("torch.tensor(1.0)", None, id="number"),
    pytest.param("torch.tensor(-1)", None, id="negative number"),
    pytest.param("torch.tensor(size)", None, id="annotated argument"),
    pytest.param("torch.tensor(float(given))", None, id="made a number"),
    pytest.param("torch.tensor([1.0])", 1, id="list"),
    pytest.param("torch.tensor([i for i in given])", 1, id="comprehension"),
    pytest.param("torch.tensor(given)", 0, id="argument"),
    pytest.param("torch.ones(())", None, id="empty size"),
    pytest.param("torch.ones(3)", 1, id="size"),
    pytest.param("torch.ones(3).sum()", None, id="sum"),
    pytest.param("torch.ones(3).sum(0)", None, id="sum over one"),
    pytest.param("torch.tensor(1.0) + torch.ones(3)", 1, id="broadcast"),
    pytest.param("torch.ones(3, 3)[0]", 1, id="index"),
    pytest.param("torch.ones(given, 3)[given]", 0, id="index of what is not known"),
    pytest.param("torch.ones(3, 3)[:, 0]", 1, id="slice"),
    pytest.param("torch.tensor(1.0)[None]", 1, id="new axis"),
    pytest.param("torch.tensor(given).view(1, -1)", 2, id="view"),
]


@pytest.mark.parametrize(("expression", "least"), DIMS)
def test_dimensions(expression: str, least: int | None) -> None:
    found = value(f"self.v = {expression}")
    assert (None if found.is_scalar else found.least) == least


WHOLE = [
    pytest.param("torch.ones(3)", False, id="factory"),
    pytest.param("torch.ones(3, dtype=torch.bool)", True, id="keyword"),
    pytest.param("torch.ones(3, dtype=given)", False, id="unknown keyword"),
    pytest.param("torch.arange(3)", True, id="arange"),
    pytest.param("torch.arange(0, 1, 0.1)", False, id="arange of floats"),
    pytest.param("torch.tensor([1, 2])", True, id="integers"),
    pytest.param("torch.tensor([1, 2.0])", False, id="mixed"),
    pytest.param("torch.tensor([True])", True, id="booleans"),
    pytest.param("torch.arange(3) / 2", False, id="division"),
    pytest.param("torch.arange(3) > 1", True, id="comparison"),
    pytest.param("torch.ones(3).long()", True, id="long"),
    pytest.param("torch.arange(3).float()", False, id="float"),
    pytest.param("torch.arange(3).to(torch.float32)", False, id="to dtype"),
    pytest.param("torch.polar(given, given)", False, id="complex"),
    pytest.param("torch.randperm(3)", True, id="permutation"),
    pytest.param("torch.full((3,), 1)", False, id="full"),
]


@pytest.mark.parametrize(("expression", "whole"), WHOLE)
def test_whole(expression: str, whole: bool) -> None:
    assert value(f"self.v = {expression}").whole is whole


GRADS = [
    pytest.param("self.v = torch.ones(3)", Grad.NO, id="plain"),
    pytest.param("self.v = torch.ones(3, requires_grad=True)", Grad.LEAF, id="leaf"),
    pytest.param("self.v = torch.ones(3, requires_grad=given)", Grad.UNKNOWN, id="argument"),
    pytest.param("self.v = torch.ones(3, requires_grad=True) + 2", Grad.GRAPH, id="graph"),
    pytest.param("self.v = torch.ones(3, requires_grad=True) * 2", Grad.SPENT, id="graph that is freed"),
    pytest.param("self.v = torch.ones(3, requires_grad=True).exp().view(3, 1)", Grad.SPENT, id="freed before a view"),
    pytest.param("self.v = torch.ones(3, requires_grad=True).to(given)", Grad.LEAF, id="moved leaf"),
    pytest.param("self.v = torch.ones(3, requires_grad=True).detach()", Grad.NO, id="detach"),
    pytest.param("self.v = torch.ones(3, requires_grad=True).data", Grad.NO, id="data"),
    pytest.param("self.w = nn.Parameter(given)\nself.v = self.w * 2", Grad.SPENT, id="of a parameter"),
    pytest.param("self.w = nn.Parameter(given)\nself.v = self.w > 2", Grad.NO, id="comparison"),
    pytest.param("self.w = nn.Parameter(given)\nself.v = self.w.argmax()", Grad.NO, id="argmax"),
    pytest.param("self.v = nn.Parameter(given, requires_grad=False)", Grad.NO, id="frozen"),
    pytest.param(
        "self.w = nn.Parameter(given)\nwith torch.no_grad():\n    self.v = self.w.exp()", Grad.NO, id="no_grad"
    ),
    pytest.param("self.v = torch.autograd.Variable(torch.ones(3), requires_grad=True)", Grad.LEAF, id="variable"),
    pytest.param("self.v = torch.autograd.Variable(torch.ones(3))", Grad.NO, id="plain variable"),
]


@pytest.mark.parametrize(("init", "grad"), GRADS)
def test_grad(init: str, grad: Grad) -> None:
    assert value(init).grad is grad


TRAITS = [
    pytest.param("torch.ones(3)", set(), id="plain"),
    pytest.param("torch.randn(3)", {"random"}, id="random"),
    pytest.param("torch.randn(3) * 2 + 1", {"random"}, id="of random"),
    pytest.param("torch.empty(3).uniform_()", {"random"}, id="filled"),
    pytest.param("torch.ones(3, device=device)", {"placed"}, id="device"),
    pytest.param("torch.ones(3, device=None)", set(), id="no device"),
    pytest.param("torch.ones(3).to(device)", {"placed"}, id="to"),
    pytest.param("torch.ones(3).cuda()", {"placed"}, id="cuda"),
    pytest.param("torch.ones(3).to(torch.float64)", set(), id="to dtype"),
    pytest.param("torch.arange(3).cos()", {"delicate"}, id="cos"),
    pytest.param("10000 ** torch.arange(3)", {"delicate"}, id="power"),
    pytest.param("nn.Parameter(given) * 2", {"lost", "copied"}, id="lost"),
    pytest.param("nn.Parameter(given).to(device)", {"lost", "placed"}, id="lost by moving"),
    pytest.param("nn.Parameter(given).cuda()", {"lost", "placed"}, id="lost by moving to the GPU"),
]


@pytest.mark.parametrize(("expression", "traits"), TRAITS)
def test_traits(expression: str, traits: set[str]) -> None:
    found = value(f"self.v = {expression}")
    assert {name for name in ("random", "placed", "delicate", "lost", "copied") if getattr(found, name)} == traits


STATES = [
    pytest.param("nn.Linear(1, 1)", (True, False), id="layer"),
    pytest.param("nn.ReLU()", (False, False), id="activation"),
    pytest.param("nn.Dropout(0.1)", (False, True), id="dropout"),
    pytest.param("nn.BatchNorm1d(3)", (True, False), id="norm"),
    pytest.param("nn.CrossEntropyLoss()", (False, False), id="loss"),
    pytest.param("nn.CrossEntropyLoss(weight=given)", (None, False), id="loss with weights"),
]


@pytest.mark.parametrize(("expression", "state"), STATES)
def test_state_of_modules(expression: str, state: tuple[bool | None, bool]) -> None:
    found = value(f"self.v = {expression}")
    assert (found.stateful, found.has_mode) == state


def test_what_is_not_known_says_so() -> None:
    assert value("self.v = given[0]") == UNKNOWN
