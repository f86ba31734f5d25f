"""A state dict that is kept for later, and changes with the model.

What it does
    Finds ``model.state_dict()`` that is loaded into the same model, or saved, when steps of an optimizer have changed
    the model in the meantime.

Why
    ``state_dict()`` holds the parameters themselves, not copies of them. What was kept as the best state is that of the
    last step by then: loading it changes nothing, and saving it saves the last weights. Nothing says so.

Example
    ``best = model.state_dict()`` in the loop over epochs, ``model.load_state_dict(best)`` behind it.

Fix safety
    The values are cloned where the state is read: unsafe, as the program ends with other weights afterwards.

What it misses
    States that are kept by code which is not seen, or by another method, and copies of a dict whose values stay the
    same. Silent on purpose: a state that is read before the first step and saved in the end.

Source
    torch.nn.Module.state_dict ("The returned object is a shallow copy"); "Saving and Loading Models" in PyTorch's
    tutorials (``deepcopy(model.state_dict())``); the examples run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.interpreter.events import Owned, Step
from torchlint.model.interpreter.kept_states import StateRead, StateUsed
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC613",
    slug="aliased-state",
    since="0.1.0",
    message="a state dict that is kept for later, and changes with the model",
    triggers=(Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),),
    fix=Applicability.UNSAFE,
)

_LOADED = Effect(EffectKind.SILENT, "loading it changes nothing: it is the state that the model has")
_SAVED = Effect(EffectKind.SILENT, "the weights of the last step are saved")


@dataclass(frozen=True, slots=True)
class _Alias:
    """A state that a ``step`` changes before it is ``used``. ``is_later``: it was read again by then, which it may not
    be; ``is_sure``: these are its parameters."""

    at: ast.AST
    step: ast.AST
    used: ast.AST
    is_loaded: bool
    is_later: bool
    is_sure: bool


@dataclass(slots=True)
class _State:
    """A state that was read, whether training had begun, and the step that has changed it since."""

    of: StateRead
    is_late: bool
    step: ast.AST | None = None
    is_sure: bool = True


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every state that is not what it was when it is used."""
    story = facts.story
    told: set[ast.AST] = set()
    for found in story.seen(_aliases):
        alias = found.what
        if alias.at in told or (alias.is_later and not _is_best(facts, alias)):
            continue
        told.add(alias.at)
        use, effect = ("loads", _LOADED) if alias.is_loaded else ("saves", _SAVED)
        text = (
            f"this holds the parameters themselves: the step at {story.line(alias.step, alias.at)} changes them "
            f"before {story.line(alias.used, alias.at)} {use} them"
        )
        related = (
            Related("step", "changes the parameters", story.place(alias.step)),
            Related("used", f"{use} what they are by then", story.place(alias.used)),
        )
        certainty = None if alias.is_sure and not alias.is_later else Certainty.LIKELY
        yield RULE.seeing(story, found, text, effect, related, _fix(facts, alias), certainty)


def _aliases(events: Sequence[Event]) -> Iterator[_Alias]:
    states: dict[int, _State] = {}
    owned: dict[int, frozenset[int]] = {}
    opaque: set[int] = set()
    stepped: set[int] = set()
    for event in events:
        match event:
            case Owned(optimizer=optimizer):
                owned[optimizer] = owned.get(optimizer, frozenset()) | event.leaves | event.modules
                opaque |= set() if event.is_all else {optimizer}
            case StateRead():
                is_late = not stepped.isdisjoint(event.leaves | opaque)
                states[event.state] = _State(event, is_late)
            case Step(at=at, optimizer=optimizer, is_seen=is_seen):
                changed = event.uses if is_seen else owned.get(optimizer, frozenset()) | {optimizer}
                stepped |= changed
                for each in states.values():
                    if each.step is None and (optimizer in opaque or not changed.isdisjoint(each.of.leaves)):
                        each.step, each.is_sure = at, is_seen
            case StateUsed(at=at, is_loaded=is_loaded, state=number) if number in states:
                here = states[number].of.at
                for each in states.values():
                    is_later = each is not states[number]
                    if each.of.at is here and each.step is not None and (is_loaded or each.is_late):
                        yield _Alias(here, each.step, at, is_loaded, is_later, each.is_sure)


def _is_best(facts: Facts, alias: _Alias) -> bool:
    """Whether a state is used behind the loop in which it is read under a condition that asks for what is noted there:
    the best so far."""
    layout = facts.layout
    if not (layout.owns(alias.at) and layout.owns(alias.used)):
        return False
    loop = layout.loop(alias.at)
    if loop is None or any(each is loop for each in layout.around(alias.used)):
        return False
    for each in layout.around(alias.at):
        if each is loop:
            break
        if isinstance(each, ast.If):
            asked = {ast.dump(part) for part in ast.walk(each.test) if isinstance(part, (ast.Name, ast.Attribute))}
            stores = (part for statement in each.body for part in ast.walk(statement) if _is_stored(part))
            if any(ast.dump(part).replace("Store()", "Load()") in asked for part in stores):
                return True
    return False


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store)


def _fix(facts: Facts, alias: _Alias) -> Fix | None:
    """Clone what the state holds."""
    layout = facts.layout
    if not layout.owns(alias.at) or not isinstance(alias.at, ast.Call):
        return None
    text = f"{{name: value.clone() for name, value in {layout.text(alias.at)}.items()}}"
    return Fix(Applicability.UNSAFE, "Clone the values of the state", (layout.replace(alias.at, text),))


EXAMPLES = (
    Example(
        "the best state is loaded in the end",
        """
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
best, first = None, None
for epoch in range(3):
    optimizer.zero_grad()
    model(torch.ones(4, 2)).mean().backward()
    optimizer.step()
    if epoch == 0:
        best = ⟦model.state_dict()⟧
        first = model.weight.detach().clone()
model.load_state_dict(best)
""",
        fixed="""
import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
best, first = None, None
for epoch in range(3):
    optimizer.zero_grad()
    model(torch.ones(4, 2)).mean().backward()
    optimizer.step()
    if epoch == 0:
        best = {name: value.clone() for name, value in model.state_dict().items()}
        first = model.weight.detach().clone()
model.load_state_dict(best)
""",
        proof="fault = not torch.equal(model.weight, first)",
    ),
    Example(
        "a copy, one that is used at once, and one of another model",
        """
import copy

import torch
from torch import nn

model, target = nn.Linear(2, 1), nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
first = copy.deepcopy(model.state_dict())
live = model.state_dict()
wanted = model.weight.detach().clone()
for epoch in range(3):
    optimizer.zero_grad()
    model(torch.ones(4, 2)).mean().backward()
    optimizer.step()
    target.load_state_dict(live)
model.load_state_dict(first)
""",
        proof="fault = not torch.equal(model.weight, wanted) or torch.equal(target.weight, wanted)",
    ),
)
