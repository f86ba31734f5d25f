"""A model that is put into evaluation mode inside of training and trained on in it.

What it does
    Finds ``model.eval()`` between two runs of a training step of the same module, for an evaluation in between, where
    nothing returns it to training mode before the second.

Why
    The mode lasts. From the first evaluation on dropout drops nothing, and batch normalisation normalises with its
    running statistics and does not update them: the model trains in another way than in its first epoch, without a
    word.

Example
    ``model.train()`` before the loop over epochs, ``model.eval()`` and a validation at the end of each of them.

Fix safety
    ``model.train()`` is put before the training step in the loop that has both: unsafe, as the program trains in
    another way afterwards.

What it misses
    Modes that code may switch which is not seen: whatever is given the module, or asks for its mode. Models that are
    trained in evaluation mode from the start, or no evaluation of which is seen, may be meant so.

Source
    torch.nn.Module.eval; the examples run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.api.operation import Answer
from torchlint.model.interpreter.events import Backward, ModeDoubt, ModeSwitch, ModuleCall, Scaling, Step, UnseenStep
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torchlint.finding import Edit, Finding
    from torchlint.model.facts import Facts
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.interpreter.events import Event

_EVAL = frozenset({"eval"})
_LOOPS = frozenset({"eval", "validate", "backward"})
"""What is called by code that trains and evaluates."""

RULE = Rule(
    code="TLC507",
    slug="eval-not-restored",
    since="0.1.0",
    message="a model that is trained on in evaluation mode after an evaluation",
    triggers=(Trigger(Sign.PROGRAM_CALL, _LOOPS), Trigger(Sign.PROGRAM_RECORD, _EVAL)),
    fix=Applicability.UNSAFE,
)

_STAYS = Effect(EffectKind.SILENT, "dropout drops nothing and batch statistics are not updated from then on")


@dataclass(frozen=True, slots=True)
class _Unrestored:
    """A switch to evaluation that is in force at a training step: ``forward`` calls the module there. ``is_sure``: it
    was in training mode before, and computes something else then."""

    at: ast.AST
    forward: ast.AST = field(compare=False)
    is_sure: bool = field(compare=False)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every switch to evaluation that is not undone before the next training step."""
    story = facts.story
    for found in story.seen(lambda events: _Watch().read(events)):
        what = found.what
        code = story.text(what.at)
        text = (
            f"nothing undoes `{code}` before the training step at {story.line(what.forward, what.at)} runs again, "
            "which is then in evaluation mode"
        )
        related = Related("use", "trains in evaluation mode from the second time on", story.place(what.forward))
        certainty = None if what.is_sure else Certainty.LIKELY
        yield RULE.seeing(story, found, text, _STAYS, (related,), _fix(facts.layout, what), certainty)


@dataclass(slots=True)
class _Off:
    """A module in evaluation mode since a switch; ``evaluated``: nothing was trained with a result of it since."""

    switch: ModeSwitch
    evaluated: bool = False


class _Watch:
    """Follows the modes of modules along one path.

    ``_trained`` are the places at which each module was called in training mode, ``_sure`` the modules that certainly
    were in it, ``_again`` those of which a graph was recorded at such a place in evaluation mode, and which of these
    went ``_backward``.
    """

    def __init__(self) -> None:
        self._trained: dict[int, set[ast.AST]] = {}
        self._sure: set[int] = set()
        self._off: dict[int, _Off] = {}
        self._again: dict[int, _Unrestored] = {}
        self._backward: dict[int, _Unrestored] = {}

    def read(self, events: Sequence[Event]) -> Iterator[_Unrestored]:
        """Every training step that runs in a mode which an evaluation left."""
        for event in events:
            match event:
                case ModeSwitch():
                    self._switch(event)
                case ModeDoubt(modules=modules):
                    self._restore(self._off.keys() if modules is None else modules)
                case ModuleCall():
                    self._call(event)
                case Backward():
                    self._backward.update(self._again)
                case Step() | UnseenStep() | Scaling(method="step"):
                    yield from self._backward.values()
                    self._again.clear()
                    self._backward.clear()

    def _switch(self, switch: ModeSwitch) -> None:
        if switch.trains:
            self._restore(switch.modules)
            self._restore([number for number, off in self._off.items() if not (off.switch.is_seen and switch.is_seen)])
        elif switch.heeds is not Answer.NO and self._trained.get(switch.module):
            self._off.setdefault(switch.module, _Off(switch))

    def _restore(self, modules: Iterable[int]) -> None:
        for each in list(modules):
            for known in (self._off, self._again, self._backward):
                known.pop(each, None)

    def _call(self, call: ModuleCall) -> None:
        number, off = call.module, self._off.get(call.module)
        places = self._trained.setdefault(number, set())
        if off is None:
            if call.is_recorded and call.training is not Answer.NO:
                places.add(call.at)
                if call.training is Answer.YES:
                    self._sure.add(number)
        elif not call.is_recorded or call.at not in places:
            off.evaluated = True
        elif off.evaluated:
            is_sure = number in self._sure and off.switch.heeds is Answer.YES
            self._again[number] = _Unrestored(off.switch.at, call.at, is_sure)


def _fix(layout: Layout, what: _Unrestored) -> Fix | None:
    """Return to training mode before the training step, in the loop that has it and the evaluation."""
    match what.at:
        case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute() as module)):
            call = f"{layout.text(module)}.train()"
            edits = _before_step(layout, what, call)
            return Fix(Applicability.UNSAFE, f"Call `{call}` before the training step", edits) if edits else None
    return None


def _before_step(layout: Layout, what: _Unrestored, call: str) -> tuple[Edit, ...] | None:
    if not (layout.owns(what.at) and layout.owns(what.forward)):
        return None
    if layout.function(what.at) is not layout.function(what.forward):
        return None
    switching, training = layout.path_to(what.at), layout.path_to(what.forward)
    loops = [each for each in training if isinstance(each, (ast.For, ast.AsyncFor, ast.While)) and each in switching]
    if not loops:
        return None
    step = next((each for each in loops[-1].body if each in training), None)
    return layout.before(step, call) if step is not None else None


EXAMPLES = (
    Example(
        "an evaluation at the end of each epoch",
        """
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
batches = [torch.randn(2, 4)] * 2
model.train()
for epoch in range(3):
    for x in batches:
        optimizer.zero_grad()
        model(x).mean().backward()
        optimizer.step()
    ⟦model.eval()⟧
    with torch.no_grad():
        print(model(batches[0]).mean())
""",
        fixed="""
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
batches = [torch.randn(2, 4)] * 2
model.train()
for epoch in range(3):
    model.train()
    for x in batches:
        optimizer.zero_grad()
        model(x).mean().backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(model(batches[0]).mean())
""",
        proof="fault = int(model[1].num_batches_tracked) != 6",
    ),
    Example(
        "a class that trains a model which it is given",
        """
import torch
from torch import nn

class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def fit(self, batches, epochs):
        for epoch in range(epochs):
            for x in batches:
                self.optimizer.zero_grad()
                self.model(x).mean().backward()
                self.optimizer.step()
            self.validate(batches)

    def validate(self, batches):
        ⟦self.model.eval()⟧
        with torch.no_grad():
            for x in batches:
                print(self.model(x).mean())
""",
        Certainty.LIKELY,
        proof="""
norm = nn.BatchNorm1d(4)
Trainer(norm).fit([torch.randn(2, 4)] * 2, 3)
fault = int(norm.num_batches_tracked) != 6
""",
    ),
    Example(
        "restored, and fine-tuning in evaluation mode",
        """
import torch
from torch import nn

def evaluate(model, x):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        print(model(x).mean())
    model.train(was_training)

def fit(model, x):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(3):
        optimizer.zero_grad()
        model(x).mean().backward()
        optimizer.step()
        evaluate(model, x)

x = torch.randn(2, 4)
model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
fit(model, x)
fixed = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4)).eval()
fit(fixed, x)
""",
        proof="fault = int(model[1].num_batches_tracked) != 3 or int(fixed[1].num_batches_tracked) != 0",
    ),
)
