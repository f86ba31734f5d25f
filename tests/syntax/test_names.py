"""What a name means: imports, aliases, shadowing, and the usual modules of a snippet."""

from __future__ import annotations

import ast
import textwrap

import libcst as cst
import pytest

from torchlint.syntax.gate import Gate
from torchlint.syntax.names import Names, bindings, classes_in, dotted, parameters
from torchlint.syntax.outline import Outline


def names(code: str) -> Names:
    text = textwrap.dedent(code)
    return Names(Outline.of(ast.parse(text), text, Gate.of(())), {})


MEANINGS = [
    pytest.param("import torch", "torch.nn.Module", "torch.nn.Module", id="module"),
    pytest.param("import torch as t", "t.nn", "torch.nn", id="alias"),
    pytest.param("import torch as t", "torch.nn", "torch.nn", id="usual beside an alias"),
    pytest.param("from torch import nn", "nn.Linear", "torch.nn.Linear", id="from"),
    pytest.param("from torch.nn import Linear as L", "L", "torch.nn.Linear", id="from with alias"),
    pytest.param("import torch.nn.functional as F", "F.relu", "torch.nn.functional.relu", id="functional"),
    pytest.param("from . import layers", "layers.A", ".layers.A", id="relative"),
    pytest.param("from ..a import b", "b", "..a.b", id="relative module"),
    pytest.param("", "torch.ones", "torch.ones", id="usual torch"),
    pytest.param("", "nn.Linear", "torch.nn.Linear", id="usual nn"),
    pytest.param("", "F.relu", "torch.nn.functional.relu", id="usual F"),
    pytest.param("", "optim.SGD", "torch.optim.SGD", id="usual optim"),
    pytest.param("", "np.ones", None, id="not usual"),
    pytest.param("from flax import linen as nn", "nn.Module", "flax.linen.Module", id="another nn"),
    pytest.param("import pyspark.sql.functions as F", "F.sum", "pyspark.sql.functions.sum", id="another F"),
    pytest.param("nn = load()", "nn.Module", None, id="bound to something else"),
    pytest.param("def F(x): pass", "F.relu", None, id="a function"),
    pytest.param("class nn: pass", "nn.Module", None, id="a class"),
    pytest.param("for nn in x: pass", "nn.Module", None, id="a loop"),
    pytest.param(
        "try:\n    import torch\nexcept ImportError:\n    torch = None", "torch.nn", "torch.nn", id="fallback"
    ),
    pytest.param("import torch\ntorch = fake()", "torch.nn", None, id="imported and bound"),
    pytest.param("from torch import *", "ones", None, id="star"),
]


@pytest.mark.parametrize(("code", "name", "meaning"), MEANINGS)
def test_meaning(code: str, name: str, meaning: str | None) -> None:
    assert names(code).qualify(name) == meaning


LOCAL = [
    pytest.param("def f(torch): pass", "torch.ones", None, id="parameter"),
    pytest.param("def f(*nn, **F): pass", "nn.Linear", None, id="star parameter"),
    pytest.param("def f():\n    from torch import nn as n", "n.Linear", "torch.nn.Linear", id="local import"),
    pytest.param("def f():\n    import torch.nn as n", "n.Linear", "torch.nn.Linear", id="local alias"),
    pytest.param("def f():\n    import torch.nn", "torch.ones", "torch.ones", id="local submodule"),
    pytest.param("def f():\n    from .a import b", "b.c", ".a.b.c", id="local relative import"),
    pytest.param("def f():\n    from . import b", "b.c", ".b.c", id="local relative package"),
    pytest.param("def f():\n    F = 1", "F.relu", None, id="local assignment"),
    pytest.param("def f():\n    for F in x: pass", "F.relu", None, id="local loop"),
    pytest.param("def f():\n    with x as F: pass", "F.relu", None, id="local with"),
    pytest.param("def f():\n    def nn(): pass", "nn.relu", None, id="local function"),
    pytest.param("def f():\n    if x:\n        pass\n    elif y:\n        nn = 1", "nn.relu", None, id="in elif"),
    pytest.param("def f():\n    try: pass\n    except E:\n        nn = 1", "nn.relu", None, id="in handler"),
    pytest.param("def f():\n    def g():\n        nn = 1", "nn.relu", "torch.nn.relu", id="in a nested function"),
    pytest.param(
        "def f():\n    if x:\n        import a as n\n    else:\n        import b as n",
        "n.c",
        None,
        id="ambiguous import",
    ),
    pytest.param("def f(): a = F = 1", "F.relu", None, id="one line"),
    pytest.param("def f():\n    (a, [nn]) = 1", "nn.relu", None, id="unpacked"),
    pytest.param("def f():\n    match x:\n        case 1:\n            nn = 1", "nn.relu", None, id="match"),
]


@pytest.mark.parametrize(("code", "name", "meaning"), LOCAL)
def test_meaning_inside_a_function(code: str, name: str, meaning: str | None) -> None:
    function = cst.parse_module(code).body[0]
    assert isinstance(function, cst.FunctionDef)
    assert names("import torch").within(function).qualify(name) == meaning


def test_of_a_node() -> None:
    scope = names("from torch import nn")
    assert scope.of(cst.parse_expression("nn.Linear")) == "torch.nn.Linear"
    assert scope.of(cst.parse_expression("f().Linear")) is None
    assert dotted(cst.parse_expression("a.b.c")) == "a.b.c"
    assert dotted(cst.parse_expression("a[0].c")) is None


def test_free_names() -> None:
    scope = names("import torch\nx = f()\n")
    assert [scope.is_free(name) for name in ("torch", "x", "list")] == [False, False, True]


def test_parameters_in_order() -> None:
    function = cst.parse_module("def f(a, /, b, *c, d=1, **e): pass").body[0]
    assert isinstance(function, cst.FunctionDef)
    assert list(parameters(function)) == ["a", "b", "c", "d", "e"]
    only_star = cst.parse_module("def f(*, a): pass").body[0]
    assert isinstance(only_star, cst.FunctionDef)
    assert set(bindings(only_star)) == {"a"}


def test_classes_with_the_names_around_them() -> None:
    code = """
        class A:
            class B: pass
            def f(self):
                class C: pass
        def g(torch):
            if x:
                class D: pass
            else:
                class E: pass
        try:
            class F: pass
        except E:
            class G: pass
        finally:
            class H: pass
        match x:
            case 1:
                class I: pass
    """
    text = textwrap.dedent(code)
    found = classes_in(cst.parse_module(text), names(code))
    lines = Outline.of(ast.parse(text), text, Gate.of(())).classes
    assert [node.name.value for node, _ in found] == [lines[line].name for line in sorted(lines)]
    torch_means = {node.name.value: scope.qualify("torch.nn") for node, scope in found}
    assert torch_means["D"] is None
    assert torch_means["A"] == "torch.nn"
