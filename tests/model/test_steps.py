"""Stories: the steps of a fault in the order in which the program runs."""

from __future__ import annotations

import pytest

from torchlint import lint_source
from torchlint.finding import EffectKind, Finding, Role
from torchlint.rule import all_rules


def findings() -> list[tuple[str, Finding]]:
    """The findings of all examples that have a story, with what to call them."""
    found = []
    for code, loaded in all_rules().items():
        for number, example in enumerate(loaded.examples):
            text = example.code.replace("⟦", "").replace("⟧", "")
            found += [(f"{code}-{number}-{each.place.line}", each) for each in lint_source(text) if each.story]
    return found


TWO_BACKWARDS = """import os
import torch

w = torch.ones(2, requires_grad=True)
y = torch.sigmoid(w)
y *= 2
loss = y.sum()
if os.environ.get("LOGGED"):
    loss.backward()
else:
    loss.backward()
"""
STORIES = dict(findings())
each_story = pytest.mark.parametrize("finding", STORIES.values(), ids=STORIES)


def test_rules_on_autograd_tell_stories() -> None:
    told = {finding.code for finding in STORIES.values()}
    assert told >= {"TLC201", "TLC202", "TLC203", "TLC204", "TLC205", "TLC206", "TLC208", "TLC301", "TLC303", "TLC304"}
    assert told >= {"TLC401", "TLC402", "TLC403", "TLC404", "TLC405", "TLC501", "TLC504", "TLC508"}


@each_story
def test_a_story_has_the_fault_itself_and_ends_where_it_surfaces(finding: Finding) -> None:
    assert finding.place in [step.place for step in finding.story]
    if finding.effect.kind is not EffectKind.NONE:
        assert finding.story[-1].place == finding.effect.place


@each_story
def test_what_is_related_is_the_story_without_the_fault_itself(finding: Finding) -> None:
    others = [step for step in finding.story if step.place not in (None, finding.place)]
    told, more = finding.related[: len(others)], finding.related[len(others) :]
    assert [(each.role, each.message, each.place) for each in told] == [
        (step.role.value, step.message, step.place) for step in others
    ]
    assert all(each.message == "this backward needs it, too" for each in more)


@each_story
def test_a_story_is_told_in_order(finding: Finding) -> None:
    """What is kept is kept before it is changed, and needed afterwards; lines go back only in loops."""
    roles = [step.role for step in finding.story]
    order = [Role.CREATED, Role.SAVED, Role.CHANGED, Role.OVERWRITTEN, Role.BACKWARD]
    ranks = [order.index(role) for role in roles if role in order]
    assert ranks == sorted(ranks)
    if Role.BACKWARD in roles:
        assert roles[roles.index(Role.BACKWARD) + 1 :] in ([], [Role.READ])  # by a step that finds no gradient


@each_story
def test_every_step_is_about_somebody_and_says_so(finding: Finding) -> None:
    for step in finding.story:
        assert step.tensor or step.operation
        assert step.message
        assert "``" not in step.message


def steps_of(code: str) -> list[tuple[str, int | None, str, str, str]]:
    (finding,) = (each for each in lint_source(code) if each.story)
    return [
        (step.role.value, step.place and step.place.line, step.tensor, step.operation, step.alias)
        for step in finding.story
    ]


def test_kept_changed_needed() -> None:
    code = "import torch\nx = torch.ones(3, requires_grad=True)\nh = x + 1\ny = h * x\nh += 1\ny.sum().backward()\n"
    assert steps_of(code) == [
        ("created", 3, "h", "", ""),
        ("saved", 4, "h", "*", ""),
        ("changed", 5, "h", "", ""),
        ("backward", 6, "h", "*", ""),
    ]


def test_every_backward_that_needs_what_was_changed_is_named() -> None:
    (finding,) = lint_source(TWO_BACKWARDS)
    assert finding.effect.place is not None
    assert finding.effect.place.line == 9
    others = [each for each in finding.related if each.place != finding.effect.place]
    assert [(each.role, each.message, each.place.line) for each in others] == [
        ("saved", "`torch.sigmoid` keeps `y` for backward", 5),
        ("backward", "this backward needs it, too", 11),
    ]


def test_a_backward_that_is_not_seen_has_no_place() -> None:
    code = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x):
        y = torch.sigmoid(self.layer(x))
        y *= 2
        return y
"""
    assert steps_of(code) == [
        ("saved", 10, "y", "torch.sigmoid", ""),
        ("changed", 11, "y", "", ""),
        ("backward", None, "y", "torch.sigmoid", ""),
    ]


def test_an_earlier_run_of_the_same_line_is_a_step_of_its_own() -> None:
    code = """\
import torch
w = torch.ones(3, requires_grad=True)
loss = torch.exp(w).sum()
for _ in range(2):
    loss.backward()
"""
    assert steps_of(code) == [
        ("recorded", 3, "", "torch.exp", ""),
        ("freed", 5, "", "torch.exp", ""),
        ("backward", 5, "", "torch.exp", ""),
    ]


def test_a_graph_is_left_before_its_rest_is_used() -> None:
    code = """\
import torch
w = torch.ones(3, requires_grad=True)
wrong = w.argmax()
loss = wrong * 2.0
loss.backward()
"""
    assert [step[:2] for step in steps_of(code)] == [("cut", 3), ("created", 4), ("backward", 5)]


CONDITIONS = """
import torch

def train(model, x, optimizer, quantize, trained):
    delta = torch.zeros(3, requires_grad=True)
    for _ in range(3):
        model(x + delta).sum().backward()
        if (delta.grad == 0).any():
            print(delta)
        optimizer.step()
        if quantize:
            delta.data.mul_(2)
    w = torch.ones(3, requires_grad=trained)
    w.mul_(2)
"""


def test_the_condition_told_is_the_last_one_before_the_fault() -> None:
    messages = [each.message for each in lint_source(CONDITIONS, select=["TLC2", "TLC3"])]
    assert [each.partition("(if ")[2] for each in messages] == ["`quantize` is true)", "`trained` is true)"]
