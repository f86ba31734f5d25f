"""What one pass of ``ast`` sees: imports, classes, and which lines are worth a closer look."""

from __future__ import annotations

import ast
import textwrap

import pytest

from torchlint.syntax.gate import Gate, Sign, Trigger
from torchlint.syntax.outline import Outline, RegionKind, merged

STATE = Gate.of([Trigger(Sign.TENSOR_STORE), Trigger(Sign.CONTAINER_STORE), Trigger(Sign.EARLY_STORE)])
CALLS = Gate.of(
    [
        Trigger(Sign.DISCARDED_CALL, frozenset({"add", "no_grad"})),
        Trigger(Sign.UNCALLED, frozenset({"no_grad"})),
        Trigger(Sign.WORD, frozenset({"data"})),
    ]
)


def outline(code: str, gate: Gate = STATE) -> Outline:
    text = textwrap.dedent(code)
    return Outline.of(ast.parse(text), text, gate)


IMPORTS = [
    pytest.param("import torch", {"torch": "torch"}, id="module"),
    pytest.param("import torch.nn.functional", {"torch": "torch"}, id="submodule binds its root"),
    pytest.param("import torch.nn.functional as F", {"F": "torch.nn.functional"}, id="alias"),
    pytest.param("from torch import nn, optim as o", {"nn": "torch.nn", "o": "torch.optim"}, id="from"),
    pytest.param("from . import layers", {"layers": ".layers"}, id="relative"),
    pytest.param("from ..a.b import C", {"C": "..a.b.C"}, id="relative module"),
    pytest.param("try:\n    import a\nexcept ImportError:\n    import b as a", {"a": "b"}, id="in try"),
    pytest.param("if 1:\n    import a\nelse:\n    import b", {"a": "a", "b": "b"}, id="in if"),
    pytest.param("def f():\n    import torch", {}, id="local import"),
]


@pytest.mark.parametrize(("code", "imports"), IMPORTS)
def test_imports(code: str, imports: dict[str, str]) -> None:
    assert outline(code).imports == imports


def test_stars() -> None:
    assert outline("from torch import *\nfrom .a import *\nfrom . import *").stars == ("torch", ".a", ".")


BOUND = [
    pytest.param("x = f()", {"x"}, id="assignment"),
    pytest.param("torch = None", set(), id="a placeholder after a failed import"),
    pytest.param("(a, [b, *c]) = d = e", {"a", "b", "c", "d"}, id="targets"),
    pytest.param("x.y = z[0] = f()", set(), id="no names"),
    pytest.param("def f(): pass\nclass C: pass\nasync def g(): pass", {"f", "C", "g"}, id="definitions"),
    pytest.param("for i in x: j = i", {"i", "j"}, id="loop"),
    pytest.param("with a as b: c = b", {"b", "c"}, id="with"),
    pytest.param("x: int = f()", {"x"}, id="annotated"),
    pytest.param("match x:\n    case 1:\n        y = f()", {"y"}, id="match"),
    pytest.param(
        "try:\n    a = f()\nexcept E:\n    b = f()\nelse:\n    c = f()\nfinally:\n    d = f()", set("abcd"), id="try"
    ),
]


@pytest.mark.parametrize(("code", "bound"), BOUND)
def test_bound_names(code: str, bound: set[str]) -> None:
    assert outline(code).bound == bound


def test_class() -> None:
    found = outline(
        """
        class A(nn.Module, Generic[T], mixin()):
            def __init__(self):
                super().__init__()
                self.register_buffer("mask", None)
                self.register_parameter("bias", None)
                self.add_module("layer", nn.Linear(1, 1))
                self.weight = nn.Parameter(t)
                self.table: Tensor = nn.Buffer(t)
                self.act = nn.ReLU()
                self.size = 3

            def _apply(self, fn):
                self.anchors = fn(self.head.strides)
        """
    )
    node = found.classes[found.class_lines["A"]]
    assert node.bases == ("nn.Module", "Generic", "")
    assert node.methods == {"__init__", "_apply"}
    assert node.registered == {"mask", "bias", "layer", "weight", "table"}
    assert node.built == {"nn.ReLU", "fn"}
    assert node.moved == {"anchors", "head", "strides"}
    assert node.moved_inside == {"strides"}
    assert found.moved_inside == {"strides"}
    assert node.line == 2


NESTED = [
    pytest.param("def f():\n    class A(B): pass", {}, id="function"),
    pytest.param("if x:\n    class A(B): pass", {"A": 2}, id="if"),
    pytest.param("try:\n    class A(B): pass\nexcept E:\n    class A(C): pass", {"A": 4}, id="try"),
    pytest.param("class A:\n    class B: pass", {"A": 1}, id="class"),
    pytest.param("@decorate\nclass A(B): pass", {"A": 2}, id="decorated"),
]


@pytest.mark.parametrize(("code", "lines"), NESTED)
def test_classes_in_other_statements(code: str, lines: dict[str, int]) -> None:
    found = outline(code)
    assert found.class_lines == lines
    assert len(found.classes) == code.count("class ")


MODULE = """
class A(nn.Module):
    '''A docstring.'''

    def __init__(self):
        super().__init__()
        self.x = torch.ones(3)
        self.build()

    def build(self):
        self.y = 1

    def untouched(self):
        return 1

    def forward(self, x):
        return self.helper(x)

    def helper(self, x):
        return x + self.x

    @property
    def size(self):
        return self.x.shape
"""


def kept_lines(code: str, gate: Gate = STATE) -> list[tuple[RegionKind, int, list[int]]]:
    return [
        (region.kind, region.key, [line for first, last in region.lines for line in range(first, last + 1)])
        for region in outline(code, gate).regions
    ]


def test_members_that_matter() -> None:
    ((kind, key, lines),) = kept_lines(MODULE)
    text = MODULE.splitlines()
    kept = [text[line - 1] for line in lines]
    assert (kind, key) == (RegionKind.CLASS, 2)
    assert not any("untouched" in line or "docstring" in line for line in kept)
    for name in ("__init__", "build", "forward", "helper", "size", "@property"):
        assert any(name in line for line in kept), name


def test_an_open_gate_keeps_everything() -> None:
    (region,) = outline(MODULE, Gate.open()).regions
    kept = {line for first, last in region.lines for line in range(first, last + 1)}
    members = ast.parse(MODULE).body[0]
    assert isinstance(members, ast.ClassDef)
    assert {line for each in members.body for line in range(each.lineno, (each.end_lineno or 0) + 1)} <= kept


SIGNS = [
    pytest.param("self.x = torch.ones(3)", {Sign.TENSOR_STORE}, id="factory"),
    pytest.param("self.x = F.pad(y)", {Sign.TENSOR_STORE}, id="function"),
    pytest.param("self.x = 1", set(), id="number"),
    pytest.param("self.x = 'text'", set(), id="text"),
    pytest.param("self.x = given", set(), id="argument"),
    pytest.param("self.x = nn.Linear(1, 1)", set(), id="instance"),
    pytest.param("self.x = [nn.Linear(1, 1)]", {Sign.CONTAINER_STORE}, id="list of instances"),
    pytest.param("self.x = [1, 2]", set(), id="list of numbers"),
    pytest.param("self.x = {}\n        self.x['a'] = Layer()", {Sign.CONTAINER_STORE}, id="dict that grows"),
    pytest.param("self.x = []\n        self.x.append(Layer())", {Sign.CONTAINER_STORE}, id="list that grows"),
    pytest.param("y = torch.ones(3)\n        self.x = y * 2", {Sign.TENSOR_STORE}, id="through a local"),
    pytest.param("self.x = nn.Parameter(t) * 2", {Sign.TENSOR_STORE}, id="operation on a parameter"),
    pytest.param("self.x, y = torch.ones(3), 1", {Sign.TENSOR_STORE}, id="tuple"),
    pytest.param("self.x = torch.ones(3) if given else None", {Sign.TENSOR_STORE}, id="one branch"),
    pytest.param("self.x = Variable(t)", {Sign.TENSOR_STORE}, id="variable"),
]


@pytest.mark.parametrize(("statement", "signs"), SIGNS)
def test_signs_of_stores(statement: str, signs: set[Sign]) -> None:
    code = (
        f"import torch\nclass A(B):\n    def __init__(self, given):\n        super().__init__()\n        {statement}\n"
    )
    assert set().union(*(region.signs for region in outline(code).regions)) == signs


@pytest.mark.parametrize(
    ("statement", "signs"),
    [
        pytest.param("self.x = Layer()", {Sign.EARLY_STORE}, id="instance"),
        pytest.param("self.x = Parameter(t)", {Sign.EARLY_STORE}, id="parameter"),
        pytest.param("self.x = 1", set(), id="number"),
    ],
)
def test_early_stores(statement: str, signs: set[Sign]) -> None:
    code = f"class A(B):\n    def __init__(self):\n        {statement}\n        super().__init__()\n"
    assert set().union(*(region.signs for region in outline(code).regions)) == signs


KINDS = [
    pytest.param("x.add(1)\ny = 2\n", [(RegionKind.MODULE, 0, [1, 2])], id="module"),
    pytest.param("def f():\n    x.add(1)\n", [(RegionKind.FUNCTION, 1, [1, 2])], id="function"),
    pytest.param("async def f():\n    x.add(1)\n", [(RegionKind.FUNCTION, 1, [1, 2])], id="async"),
    pytest.param("@a\n@b\ndef f():\n    x.add(1)\n", [(RegionKind.FUNCTION, 3, [1, 2, 3, 4])], id="decorators"),
    pytest.param("class A: x.add(1)\n", [(RegionKind.CLASS, 1, [1])], id="class in one line"),
    pytest.param("@torch.no_grad\ndef f(): pass\n", [(RegionKind.FUNCTION, 2, [1, 2])], id="uncalled decorator"),
    pytest.param("with torch.no_grad:\n    pass\n", [(RegionKind.MODULE, 0, [1, 2])], id="uncalled with"),
    pytest.param("async def f():\n    async with no_grad: pass\n", [(RegionKind.FUNCTION, 1, [1, 2])], id="async with"),
    pytest.param("match x:\n    case 1:\n        x.add(1)\n", [(RegionKind.MODULE, 0, [1, 2, 3])], id="match"),
    pytest.param("y = x.data\n", [(RegionKind.MODULE, 0, [1])], id="word"),
    pytest.param("y = x.database\nx.sub(1)\nz = x.add(1)\n", [], id="nothing"),
    pytest.param("if y:\n    def f():\n        x.add(1)\n", [(RegionKind.FUNCTION, 2, [2, 3])], id="function in if"),
    pytest.param(
        "def f():\n    pass\nx.add(1)\nclass A:\n    pass\ny\n", [(RegionKind.MODULE, 0, [3, 6])], id="between others"
    ),
]


@pytest.mark.parametrize(("code", "regions"), KINDS)
def test_regions(code: str, regions: list[tuple[RegionKind, int, list[int]]]) -> None:
    assert kept_lines(code, CALLS) == regions


def test_merged() -> None:
    assert merged([(5, 6), (1, 2), (2, 3)]) == [(1, 3), (5, 6)]
