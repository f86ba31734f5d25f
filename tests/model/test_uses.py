"""How ``forward`` uses ``self.v``: the body of a method and the kinds of its uses."""

from __future__ import annotations

import pytest
from modules import module

from torchlint.model.modules.values import UseKind

M, V, N, X, C, P, T, R = (
    UseKind.MIXED,
    UseKind.MOVED,
    UseKind.NUMBER,
    UseKind.INDEX,
    UseKind.CHANGED,
    UseKind.PASSED,
    UseKind.ITERATED,
    UseKind.READ,
)

USES = [
    pytest.param("return x * self.v", [M], id="operator"),
    pytest.param("return self.v @ x", [M], id="operator, other side"),
    pytest.param("return -self.v[None] + x", [M], id="through views"),
    pytest.param("return torch.matmul(x, self.v)", [M], id="function"),
    pytest.param("return torch.cat([x, self.v])", [M], id="function of a list"),
    pytest.param("return F.conv2d(x, weight=self.v)", [M], id="by keyword"),
    pytest.param("return x.add(self.v)", [M], id="method of the data"),
    pytest.param("return self.v.add(x)", [M], id="method with the data"),
    pytest.param("return x.masked_fill(self.v, 0)", [M], id="mask in a method"),
    pytest.param("return x > self.v", [M], id="comparison"),
    pytest.param("return torch.where(self.v, x, 0)", [M], id="where"),
    pytest.param("y = x * 2\nreturn y + self.v", [M], id="computed data"),
    pytest.param("y = self.layer(x)\nreturn y + self.v", [M], id="output of a layer"),
    pytest.param("return self.weight + self.v", [M], id="with a parameter"),
    pytest.param("return self.layer(self.v)", [M], id="into a layer of torch"),
    pytest.param("x += self.v\nreturn x", [M], id="augmented"),
    pytest.param("t = self.v.float()\nreturn x + t", [R, M], id="an alias after a conversion"),
    pytest.param("t = self.v\nreturn x + t", [R, M], id="an alias"),
    pytest.param("return self.v.to(x.device) + x", [V], id="to"),
    pytest.param("return self.v.cuda() + x", [V], id="cuda"),
    pytest.param("return self.v.type_as(x) + x", [V], id="type_as"),
    pytest.param("return self.v[0].float().to(x) + x", [V], id="to after views"),
    pytest.param("t = self.v\nreturn t.to(x) + x", [R, V], id="to through an alias"),
    pytest.param("for t in self.v: x = x + t.to(x)", [T, V], id="to in a loop"),
    pytest.param("assert self.v.device == x.device", [V], id="device looked at"),
    pytest.param("return self.v.shape[0]", [N], id="shape"),
    pytest.param("return int(self.v.max())", [N], id="int"),
    pytest.param("return self.v.item()", [N], id="item"),
    pytest.param("return self.v.tolist()", [N], id="tolist"),
    pytest.param("return len(self.v)", [N], id="len"),
    pytest.param("if self.v is None: pass", [N], id="is None"),
    pytest.param("if self.v: pass", [N], id="test"),
    pytest.param("return x if self.v else 1", [N], id="conditional"),
    pytest.param("return torch.zeros_like(self.v)", [P], id="like, on its device"),
    pytest.param("return x[self.v]", [X], id="index"),
    pytest.param("return x[:, self.v]", [X], id="index after a slice"),
    pytest.param("x[0] = self.v", [X], id="written"),
    pytest.param("return x.to(self.v)", [X], id="data moved to it"),
    pytest.param("self.v.add_(1)", [C], id="in place"),
    pytest.param("self.v += 1", [C], id="augmented itself"),
    pytest.param("self.v[0] = 1", [C], id="element"),
    pytest.param("return unknown(self.v)", [P], id="unknown function"),
    pytest.param("return unknown(self.v * 2, x)", [P], id="computed, unknown function"),
    pytest.param("for t in self.v: pass", [T], id="loop"),
    pytest.param("return [t for t in self.v]", [T], id="comprehension"),
    pytest.param("for i, t in enumerate(self.v): x = x * t", [T, M], id="enumerate"),
    pytest.param("return self.v", [R], id="returned"),
    pytest.param("return self.v * 2", [R], id="with a number"),
    pytest.param("return self.v + mask", [R], id="with an optional argument"),
    pytest.param("return x.size(0) * self.v", [R], id="with a size of the data"),
    pytest.param("return x", [], id="not used"),
    pytest.param("v = x\nreturn v", [], id="a local of that name"),
]


@pytest.mark.parametrize(("forward", "kinds"), USES)
def test_uses(forward: str, kinds: list[UseKind]) -> None:
    init = "self.v = torch.ones(3)\nself.layer = nn.Linear(3, 3)\nself.weight = nn.Parameter(given)"
    assert [use.kind for use in module(init, forward).uses("v")] == kinds


FOLLOWED = [
    pytest.param("return self.f(self.v, x)", "def f(self, t, x): return t.to(x)", [V], id="moved"),
    pytest.param("return self.f(self.v, x)", "def f(self, t, x): return t * x", [M], id="mixed"),
    pytest.param("return self.f(x, t=self.v)", "def f(self, x, t): return t * x", [M], id="by keyword"),
    pytest.param("return self.f(*self.v)", "def f(self, x, t): return t * x", [P], id="starred"),
    pytest.param("return self.f(self.v, x)", "def f(self, t, x): return self.f(t, x)", [P], id="recursive"),
]


@pytest.mark.parametrize(("forward", "method", "kinds"), FOLLOWED)
def test_uses_in_a_method_it_is_passed_to(forward: str, method: str, kinds: list[UseKind]) -> None:
    found = module("self.v = torch.ones(3)", forward, f"---\n{method}\n")
    assert [use.kind for use in found.uses("v")] == kinds
