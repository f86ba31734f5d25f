"""What shows that an expression is a tensor: each ``ask(x)`` of a program is asked about."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from torchlint.finding import Span
from torchlint.model.code.examined import Examined
from torchlint.model.interpreter.entry import Modules
from torchlint.syntax.read_source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.evidence import Evidence


def _asked(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="ask"), args=[inner]):
                yield inner


def _evidence(code: str) -> list[Evidence]:
    """What is found of each expression in question, in the order of the program."""
    source = read_source(code.encode(), "a.py")
    tree = ast.parse(code)
    examined = Examined(source, lambda: tree, Modules(lambda line: True, lambda line: True), _asked)
    offset = source.offset_of_bytes
    asked = sorted(_asked(tree), key=lambda each: (each.lineno, each.col_offset))
    spans = [
        Span(offset(each.lineno, each.col_offset), offset(each.end_lineno or 0, each.end_col_offset or 0))
        for each in asked
    ]
    return [examined.of(each) for each in spans]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import torch\nask(torch.ones(1))\nask([1])\nask(given)", "TENSOR OTHER UNKNOWN"),
        (
            "def f(layer):\n    ask(layer.weight)\n    ask(layer.weight.clone().T)\n    ask(layer.size)",
            "USUAL USUAL UNKNOWN",
        ),
        ("def f(net):\n    for p in net.parameters():\n        ask(p)", "USUAL"),
        ("def f(x):\n    ask(x)\n    x.masked_fill(0, 1)", "TENSOR"),
        ("import torch\ndef f(x, y):\n    if y:\n        x = torch.relu(x)\n    ask(x)", "LIKELY"),
        ("import torch\ndef f(x, y):\n    if y:\n        x = torch.ones(1)\n    ask(x)", "LIKELY"),
        ("import torch\ndef f(x, y):\n    x = torch.ones(1) if y else [1]\n    ask(x)", "OTHER"),
        (
            "import torch\ndef f(x):\n    if not torch.is_tensor(x):\n        ask(x)\n        return\n    ask(x)",
            "OTHER TENSOR",
        ),
        (
            "class Net:\n    def forward(self, x, size=3):\n        ask(x)\n        ask(x.to(1))\n        ask(size)",
            "LIKELY LIKELY UNKNOWN",
        ),
    ],
)
def test_evidence(code: str, expected: str) -> None:
    assert [each.name for each in _evidence(code)] == expected.split()


WAYS = """
def f(a, b, c, layer):
    if a == "one":
        ask(layer.weight)
    elif a == "two" and not b:
        ask(layer.weight)
    elif a == "three":
        if b:
            return
        for x in c:
            if x is None:
                continue
            if not x.fits and (x.is_large or a):
                ask(layer.weight)
            elif x.done:
                break
            else:
                raise ValueError
    else:
        while b:
            b = [ask(layer.weight) for x in c if x if not x.y]
        match c:
            case [x, y]:
                pass
            case {"k": x}:
                ask(layer.weight)
    return b and (c or ask(layer.weight)), 1 if b else ask(layer.weight)


async def g(layer):
    def inner():
        async def innermost():
            with layer:
                ask(layer.weight)


class A:
    @staticmethod
    def h(layer):
        class B:
            def k(self):
                return ask(layer.weight)
        yield ask(layer.weight)
"""


def test_every_branch_is_come_to() -> None:
    assert {each.name for each in _evidence(WAYS)} == {"USUAL"}
