"""The interpreter: worlds, bounds, and what stays unknown."""

from __future__ import annotations

import ast
import textwrap
import time
from typing import TYPE_CHECKING

import pytest

from torchlint.model.autograd.faults import Kind
from torchlint.model.interpreter.entry import Modules
from torchlint.model.interpreter.paths import MAX_PATHS
from torchlint.model.interpreter.program import analyse

if TYPE_CHECKING:
    from torchlint.model.interpreter.outcome import Found

HEAD = "import torch\nfrom torch import nn\nw = torch.ones(3, requires_grad=True)\n"


def found(code: str, *, head: str = HEAD) -> list[Found]:
    """What goes wrong in a program in which every class is a module with parameters."""
    text = head + textwrap.dedent(code)
    return analyse(ast.parse(text), text, (), Modules(lambda line: True, lambda line: True))


def told(code: str) -> list[tuple[Kind, int, bool]]:
    """Kinds, lines after the head, and whether they are certain."""
    before = HEAD.count("\n")
    return [(each.fault.kind, getattr(each.fault.at, "lineno", 0) - before, each.is_certain) for each in found(code)]


def test_a_fault_in_every_world_is_certain() -> None:
    assert told("h = torch.exp(w)\nh += 1\nh.sum().backward()") == [(Kind.SAVED, 2, True)]


def test_a_fault_in_one_world_is_not_and_names_its_condition() -> None:
    (fault,) = found("import sys\nh = torch.exp(w)\nif sys.argv:\n    h += 1\nh.sum().backward()")
    assert not fault.is_certain
    assert isinstance(fault.condition, ast.Attribute)
    assert fault.holds


@pytest.mark.parametrize(("second", "kinds"), [("flag", []), ("not flag", [Kind.SAVED]), ("other", [Kind.SAVED])])
def test_equal_conditions_are_the_same_choice(second: str, kinds: list[Kind]) -> None:
    code = f"""
    def run(flag, other):
        v = torch.ones(3, requires_grad=True)
        h = torch.exp(v)
        part = h.clone() if flag else h
        if {second}:
            part += 1
        h.sum().backward()
    """
    assert [each.fault.kind for each in found(code)] == kinds


def test_a_choice_taken_both_ways_has_no_world() -> None:
    code = "import sys\nh = torch.exp(w)\nif sys.argv:\n    h += 1\nif not sys.argv:\n    h.sum().backward()"
    assert told(code) == []


def test_what_follows_a_raise_is_not_reached() -> None:
    assert told("w += 1\nh = torch.exp(w)\nh += 1\nh.sum().backward()") == [(Kind.LEAF, 1, True)]


def test_a_handler_goes_on() -> None:
    code = "try:\n    w += 1\nexcept RuntimeError:\n    h = torch.exp(w)\nh += 1\nh.sum().backward()"
    assert told(code) == [(Kind.LEAF, 2, True), (Kind.SAVED, 5, True)]


def test_a_handler_of_another_error_does_not() -> None:
    assert told("try:\n    w += 1\nexcept ValueError:\n    pass\nw -= 1") == [(Kind.LEAF, 2, True)]


def test_the_cells_of_a_notebook_go_on() -> None:
    text = HEAD + "w += 1\nw -= 1\nw *= 2\n"
    cells = [range(1, 6), range(6, 7)]
    kinds = [getattr(each.fault.at, "lineno", 0) for each in analyse(ast.parse(text), text, cells)]
    assert kinds == [4, 6]


def test_a_function_of_a_notebook_that_no_cell_calls_is_an_entry() -> None:
    text = HEAD + "def train(loss_of, x):\n    loss = loss_of(x)\n    loss.backward()\n    loss.backward()\n"
    (fault,) = analyse(ast.parse(text), text, [range(1, 4), range(4, 8)])
    assert (fault.fault.kind, fault.is_entry) == (Kind.TWICE, True)


def test_what_is_worth_a_world_is_asked_first() -> None:
    """Many conditions that do not matter come before the one that does, and branches that only print cost nothing."""
    branches = [f"if flag_{number}: x = x + {number}" for number in range(40)]
    printing = [f"if loud_{number}: print(w)" for number in range(40)]
    code = "\n".join(["x = 0", *branches, *printing, "if late:", "    h = torch.exp(w)", "else:", "    h = w.relu()"])
    faults = found(f"{code}\nif change:\n    pass\nelse:\n    h += 1\nh.sum().backward()")
    assert [each.fault.kind for each in faults] == [Kind.SAVED]


def test_branches_that_only_print_leave_every_world_known() -> None:
    printing = "\n".join(f"if loud_{number}: print(w.sum().item())" for number in range(40))
    assert told(f"{printing}\nh = w.detach()\nh.sum().backward()")[0][2]


def test_unknown_tensors_stay_silent() -> None:
    assert told("def f(x):\n    h = torch.exp(x)\n    h += 1\n    h.sum().backward()\n    x += 1") == []


def test_a_second_run_of_a_loop_of_unknown_length_is_assumed() -> None:
    (fault,) = found("loss = (w * w).sum()\nfor _ in open('steps'):\n    loss.backward()")
    assert fault.fault.kind is Kind.TWICE
    assert fault.fault.assumed is not None
    assert not fault.is_certain


def test_a_function_runs_with_what_it_is_given() -> None:
    code = "def change(t, by=1):\n    t += by\nh = torch.exp(w)\nchange(h)\nh.sum().backward()"
    assert told(code) == [(Kind.SAVED, 2, True)]


def test_a_decorator_that_is_not_known_hides_the_function() -> None:
    code = "import other\n@other.wrap\ndef change(t):\n    t += 1\nh = torch.exp(w)\nchange(h)\nh.sum().backward()"
    assert told(code) == []


def test_a_backward_is_supposed_from_what_forward_returns() -> None:
    code = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(2, 2)

        def forward(self, x):
            y = torch.sigmoid(self.linear(x))
            y *= 2
            return y
    """
    (fault,) = found(code)
    assert fault.fault.kind is Kind.SAVED
    assert fault.fault.surfaces is None
    assert not fault.is_certain


@pytest.mark.parametrize("name", ["predict", "generate", "postprocess"])
def test_no_backward_is_supposed_where_code_only_predicts(name: str) -> None:
    code = f"""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(2, 2)

        def {name}(self, x):
            y = torch.sigmoid(self.linear(x)).requires_grad_()
            y *= 2
            return y
    """
    assert found(code) == []


@pytest.mark.parametrize(
    "code",
    [
        "def f(n):\n    return f(n + 1)\nf(0)",
        "while True:\n    h = torch.exp(w)",
        "for i in range(10**9):\n    for j in range(10**9):\n        h = torch.exp(w)",
        "x = 2\nfor i in range(99):\n    x = x ** x",
        "x = [0]\nfor each in x:\n    x.append(each)",
        "x = 'a' * 10**12",
        "x = [[]]\nx[0].append(x)\nprint(x)\nw.backward(x)",
        "a = " + " + ".join(["w"] * 400),
        "\n".join(f"if flag_{number}: w = w + 1" for number in range(40)),
    ],
)
def test_everything_has_a_bound(code: str) -> None:
    before = time.process_time()
    found(code)
    assert time.process_time() - before < 30, "it ended, and by no means late"


def test_worlds_have_a_bound_after_which_nothing_is_certain() -> None:
    branches = "\n".join(f"if flag_{number}: w = w + 1" for number in range(MAX_PATHS + 1))
    faults = found(f"h = torch.exp(w)\n{branches}\nh += 1\nh.sum().backward()")
    assert [each.fault.kind for each in faults] == [Kind.SAVED]
    assert not faults[0].is_certain
