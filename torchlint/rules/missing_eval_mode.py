"""A model that is evaluated in training mode after it was trained.

What it does
    Finds calls of a module without gradients, after a training step of it in the same program, that run in training
    mode, where the module is seen to have dropout or batch normalisation and the code around the call says that it
    evaluates or predicts.

Why
    In training mode dropout drops values and batch normalisation normalises with the statistics of the batch, and adds
    them to its running statistics: the results are worse than those of the model, depend on what else is in the batch,
    and the evaluation changes the model. ``torch.no_grad()`` does not switch the mode.

Example
    ``with torch.no_grad(): accuracy = (model(x).argmax(1) == y).float().mean()`` after the loop of the training,
    without ``model.eval()`` before.

Fix safety
    ``model.eval()`` is put before the statement where nothing is trained afterwards: unsafe, as the results change.
    Where it is trained on, it would have to return to training mode as well, and there is no fix.

What it misses
    Modules that are not seen, or given to code that is not seen and may switch them, and evaluations that nothing
    names so. The same input again and again, as for an estimate of uncertainty, is left alone.

Source
    torch.nn.Module.eval, "Locally disabling gradient computation" in PyTorch's notes on autograd; the examples run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.api.operation import Answer
from torchlint.model.code.purpose import EVALUATING, REPEATING, words_in
from torchlint.model.interpreter.events import Backward, ModeDoubt, ModeSwitch, ModuleCall, Scaling, Step, UnseenStep
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC506",
    slug="missing-eval-mode",
    since="0.1.0",
    message="a model that is evaluated in training mode",
    triggers=(
        Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),
        Trigger(Sign.PROGRAM_RECORD, frozenset({"eval"})),
    ),
    fix=Applicability.UNSAFE,
)

_DROPS = Effect(EffectKind.SILENT, "dropout drops values, and batch normalisation uses and keeps those of the batch")


@dataclass(frozen=True, slots=True)
class _Evaluated:
    """A call of a module in training mode, after a ``step`` that trained it. ``is_last``: it is not trained after."""

    at: ast.AST
    step: ast.AST = field(compare=False)
    is_last: bool = field(compare=False)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every evaluation in training mode."""
    story = facts.story
    for found in story.seen(lambda events: _Watch().read(events)):
        what = found.what
        if not facts.layout.owns(what.at) or not _says_so(facts.layout, what.at):
            continue
        model = story.text(what.at.func) if isinstance(what.at, ast.Call) else "the model"
        text = f"`{model}` still is in training mode here, as at the step at {story.line(what.step, what.at)}"
        related = Related("step", "trains it", story.place(what.step))
        yield RULE.seeing(story, found, text, _DROPS, (related,), _fix(facts.layout, what), Certainty.LIKELY)


@dataclass(slots=True)
class _Watch:
    """Follows the modules along one path.

    ``trained`` are those that were trained, with the step, ``forward`` those of which a graph is recorded that no step
    has used. ``chosen`` were switched since, or may have been. ``waiting`` are the calls since the last backward,
    ``found`` those of which several came before the next, or none.
    """

    trained: dict[int, ast.AST] = field(default_factory=dict)
    forward: set[int] = field(default_factory=set)
    chosen: set[int] = field(default_factory=set)
    doubted: bool = False
    waiting: dict[ast.AST, ModuleCall] = field(default_factory=dict)
    found: dict[ast.AST, tuple[int, ast.AST]] = field(default_factory=dict)
    trained_on: set[int] = field(default_factory=set)

    def read(self, events: Sequence[Event]) -> Iterator[_Evaluated]:
        """Every evaluation of a trained module in training mode."""
        for event in events:
            match event:
                case ModuleCall():
                    self._call(event)
                case ModeSwitch(modules=modules):
                    self.chosen |= modules
                case ModeDoubt(modules=modules):
                    self.doubted = self.doubted or modules is None
                    self.chosen |= modules or frozenset()
                case Backward():
                    self.waiting.clear()
                case Step(at=at) | UnseenStep(at=at) | Scaling(method="step", at=at):
                    self._step(at)
        for place, call in self.waiting.items():
            self.found.setdefault(place, (call.module, self.trained[call.module]))
        for place, (module, step) in self.found.items():
            yield _Evaluated(place, step, module not in self.trained_on)

    def _call(self, call: ModuleCall) -> None:
        if call.is_recorded:
            self.forward.add(call.module)
            if any(module == call.module for module, _ in self.found.values()):
                self.trained_on.add(call.module)
            return
        is_evaluated = call.heeds is Answer.YES and call.module in self.trained
        if is_evaluated and not (self.doubted or call.module in self.chosen):
            if call.at in self.waiting:
                self.found.setdefault(call.at, (call.module, self.trained[call.module]))
            self.waiting[call.at] = call

    def _step(self, at: ast.AST) -> None:
        """A step trains what was called before it, in whatever mode that was chosen to be in."""
        self.trained.update(dict.fromkeys(self.forward, at))
        self.chosen -= self.forward
        self.forward.clear()


def _says_so(layout: Layout, at: ast.AST) -> bool:
    """Whether the code around a call says that it evaluates, and uses the result, which is no repetition."""
    path = layout.path_to(at)
    if isinstance(layout.parent(at), ast.Expr):
        return False
    loop = next((each for each in reversed(path) if isinstance(each, _LOOPS)), None)
    around = [each for each in path if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))][-1:]
    block = loop if isinstance(loop, ast.stmt) else _block(layout, at)
    words = {word for each in around for word in words_in(each.name)}
    words |= {word for each in ast.walk(block) for word in words_in(_name(each))}
    return not _repeats(loop, at) and not words & REPEATING and bool(words & EVALUATING)


_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


def _block(layout: Layout, at: ast.AST) -> ast.AST:
    """The ``with`` around a call, else its statement."""
    around = [each for each in layout.path_to(at) if isinstance(each, (ast.With, ast.AsyncWith))]
    return around[-1] if around else layout.statement(at)


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _repeats(loop: ast.AST | None, at: ast.AST) -> bool:
    """Whether a loop counts only, and nothing of the call depends on the count: the same input again and again."""
    over = loop if isinstance(loop, (ast.For, ast.AsyncFor)) else None
    if over is None and isinstance(loop, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        iterable, target = loop.generators[-1].iter, loop.generators[-1].target
    elif over is not None:
        iterable, target = over.iter, over.target
    else:
        return False
    counts = isinstance(iterable, ast.Call) and _name(iterable.func) in ("range", "trange")
    names = {_name(each) for each in ast.walk(target)}
    uses = any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(over or at) if each is not target)
    return counts and not uses


def _fix(layout: Layout, what: _Evaluated) -> Fix | None:
    """Switch the model before the statement, where nothing is trained after it."""
    match what.at:
        case ast.Call(func=ast.Name() as model) if what.is_last and layout.function(what.at) is None:
            outer = next(each for each in layout.path_to(what.at) if isinstance(each, ast.stmt))
            edits = layout.before(outer, f"{model.id}.eval()")
            if edits and not any(each is what.step for each in ast.walk(outer)):
                return Fix(Applicability.UNSAFE, f"Call `{model.id}.eval()` before", edits)
    return None


EXAMPLES = (
    Example(
        "an evaluation after the training",
        """
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])
for epoch in range(3):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
with torch.no_grad():
    accuracy = (⟦model(x)⟧.argmax(1) == y).float().mean()
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])
for epoch in range(3):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    accuracy = (model(x).argmax(1) == y).float().mean()
""",
        proof="fault = int(model[1].num_batches_tracked) != 3",
    ),
    Example(
        "a validation in each epoch, by a function",
        """
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])

@torch.no_grad()
def validate(batches):
    return [(⟦model(x)⟧.argmax(1) == y).float().mean() for x, y in batches]

for epoch in range(3):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
    print(validate([(x, y)] * 2))
""",
        Certainty.LIKELY,
        proof="fault = int(model[1].num_batches_tracked) != 3",
    ),
    Example(
        "in evaluation mode, and the same input again for an estimate of uncertainty",
        """
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])
for epoch in range(3):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
with torch.no_grad():
    predictions = torch.stack([model(x) for _ in range(20)])
    print(predictions.std(0))
model.eval()
with torch.no_grad():
    accuracy = (model(x).argmax(1) == y).float().mean()
""",
        proof="fault = model.training or torch.equal(predictions[0], predictions[1])",
    ),
)
