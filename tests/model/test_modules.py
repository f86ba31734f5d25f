"""What is plain, what is registered, and by whom: constructors and the attributes that rules may judge."""

from __future__ import annotations

import pytest
from modules import module, modules

from torchlint.model.interpreter.values.kept import Kind
from torchlint.model.modules.values import Trained

USE = "return x * self.v"

PLAIN = [
    pytest.param("self.v = torch.ones(3)", "", True, id="plain"),
    pytest.param("self.register_buffer('v', None)\nself.v = torch.ones(3)", "", False, id="registered before"),
    pytest.param("self.v = torch.ones(3)\nself.v = nn.Parameter(self.v)", "", False, id="parameter later"),
    pytest.param("if given: self.v = torch.ones(3)\nelse: self.v = nn.Parameter(given)", "", True, id="or a parameter"),
    pytest.param("self.v = nn.Parameter(given) if given else torch.ones(3)", "", True, id="a parameter, or not"),
    pytest.param("self.v = torch.ones(3) if given else None", "", True, id="or nothing"),
    pytest.param(
        "if given: self.v = torch.ones(3)\nelse: self.v = torch.zeros(3)\nself.v = nn.Parameter(self.v)",
        "",
        False,
        id="parameter after two branches",
    ),
    pytest.param("self.v = torch.ones(3)\ngiven.keep(self.v)", "", False, id="handed to an unknown"),
    pytest.param("self.v = torch.ones(3)\nnn.init.normal_(self.v)", "", True, id="initialised"),
    pytest.param("self.v = torch.ones(3)\nprint(self.v)", "", True, id="printed"),
    pytest.param("self.build()", "---\ndef build(self): self.v = torch.ones(3)\n", True, id="in a method"),
    pytest.param("pass", "---\ndef later(self): self.v = torch.ones(3)\n", False, id="not in the constructor"),
    pytest.param("self.v = torch.ones(3)", "---\ndef _apply(self, fn): self.v = fn(self.v)\n", False, id="moved"),
    pytest.param(
        "self.v = torch.ones(3)", "class B(nn.Module):\n    def to(self, d): self.a.v = d\n---\n", False, id="owner"
    ),
    pytest.param("f(self)", "def f(self): self.v = torch.ones(3)\n---\n", False, id="outside the class"),
    pytest.param("self.v = torch.ones(3)", "---\n@property\ndef v(self): return 1\n", False, id="a property"),
]


@pytest.mark.parametrize(("init", "around", "plain"), PLAIN)
def test_plain_tensor(init: str, around: str, plain: bool) -> None:
    assert (module(init, USE, around).plain_tensor("v") is not None) is plain


CONTAINERS = [
    pytest.param("self.v = [nn.Linear(1, 1)]", 1, id="list"),
    pytest.param("self.v = [[nn.Linear(1, 1)], (nn.ReLU(),)]", 2, id="nested"),
    pytest.param("self.v = []\nself.v.append(nn.ReLU())\nself.v.insert(0, nn.ReLU())", 2, id="grown"),
    pytest.param("self.v = []\nself.v += [nn.ReLU()]\nself.v.extend([nn.ReLU()])", 2, id="extended"),
    pytest.param("self.v = {}\nself.v['a'] = nn.ReLU()\nself.v.update(b=nn.ReLU())", 2, id="dict"),
    pytest.param("self.v = [nn.ReLU()] + [nn.Tanh()]", 2, id="added"),
    pytest.param("self.v = [*[nn.ReLU()], nn.Tanh()]", 2, id="spliced"),
    pytest.param("self.v = [given, self, 1, nn.ReLU]", 0, id="nothing built"),
    pytest.param("self.a = nn.ReLU()\nself.v = [self.a]", 0, id="registered"),
    pytest.param("self.v = [nn.ReLU()]\nself.s = nn.Sequential(*self.v)", 0, id="wrapped"),
    pytest.param("self.v = [nn.ReLU()]\nfor i, m in enumerate(self.v): self.add_module(str(i), m)", 0, id="one by one"),
    pytest.param("self.v = [nn.ReLU()]\nfor m in reversed(self.v): given.append(m)", 0, id="handed on"),
    pytest.param("self.v = [nn.Linear(1, 1)]\nself.o = torch.optim.SGD(self.v[0].parameters())", 0, id="optimizer"),
    pytest.param("self.v = [nn.Linear(1, 1)]\nfor m in self.v: nn.init.zeros_(m.weight)", 1, id="initialised"),
]


@pytest.mark.parametrize(("init", "count"), CONTAINERS)
def test_contents(init: str, count: int) -> None:
    found = module(init, "return self.v")
    store = found.plain_container("v", Kind.MODULE)
    assert len(found.contents(store.value) if store else ()) == count


TRAINED = [
    pytest.param("self.v = torch.ones(3)", "", Trained.NO, id="no grad"),
    pytest.param("self.v = torch.ones(3, requires_grad=True)", "", Trained.NEVER, id="never"),
    pytest.param("self.w = nn.Parameter(given)\nself.v = self.w + 2", "", Trained.GRAPH, id="graph"),
    pytest.param("self.w = nn.Parameter(given)\nself.v = self.w * 2", "", Trained.SPENT, id="graph that is freed"),
    pytest.param(
        "self.v = torch.ones(3, requires_grad=True)",
        "---\ndef trained(self): return [self.v]\n",
        Trained.HANDLED,
        id="returned",
    ),
    pytest.param(
        "self.v = torch.ones(3, requires_grad=True)\nself.l = [self.v]",
        "---\ndef trained(self): return self.l\n",
        Trained.HANDLED,
        id="returned in a list",
    ),
]


@pytest.mark.parametrize(("init", "around", "trained"), TRAINED)
def test_trained(init: str, around: str, trained: Trained) -> None:
    found = module(init, USE, around)
    assert found.trained(found.stores["v"][0]) is trained


RUNNING = [
    pytest.param("self.v += x", True, id="augmented"),
    pytest.param("self.v.add_(x)", True, id="in place"),
    pytest.param("self.v.copy_(x)", False, id="overwritten"),
    pytest.param("self.v.zero_()\nself.v.add_(x)", False, id="cleared first"),
    pytest.param("self.v = x", False, id="set"),
    pytest.param("return x * self.v", False, id="read"),
    pytest.param("self.v[0] += x", True, id="one element"),
]


@pytest.mark.parametrize(("forward", "running"), RUNNING)
def test_running_state(forward: str, running: bool) -> None:
    assert module("self.v = torch.zeros(3)", forward).is_running_state("v") is running


EARLY = [
    pytest.param("self.a = nn.ReLU()\nsuper().__init__()", "a", id="module"),
    pytest.param("self.a = 1\nself.b = nn.Parameter(t)\nsuper().__init__()", "b", id="parameter"),
    pytest.param("super().__init__()\nself.a = nn.ReLU()", None, id="in order"),
    pytest.param("_ = super().__init__()\nself.a = nn.ReLU()", None, id="with a result"),
    pytest.param("self.__dict__ = other.__dict__\nself.a = nn.ReLU()", None, id="taken over"),
    pytest.param("if t: self.a = nn.ReLU()\nelse: self.a = t\nsuper().__init__()", "a", id="in a branch"),
]


@pytest.mark.parametrize(("init", "attribute"), EARLY)
def test_early_store(init: str, attribute: str | None) -> None:
    body = "\n".join(f"        {line}" for line in init.splitlines())
    (found,) = modules(f"from torch import nn\nclass A(nn.Module):\n    def __init__(self, t, other):\n{body}\n")
    store = found.first_early_store
    assert (store.attribute if store else None) == attribute


def test_what_forward_runs() -> None:
    found = module(
        "self.v = 1",
        "return self.f(x)",
        "---\ndef f(self, x): return self.g(x)\ndef g(self, x): return x\ndef h(self): pass\n",
    )
    assert found.running == {"forward", "f", "g"}
