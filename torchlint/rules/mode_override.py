"""A ``train`` method of a module that does not do what ``eval`` asks of it.

What it does
    Finds ``train`` methods of modules that override ``nn.Module.train`` and drop its ``mode``: they take none, or call
    ``super().train()`` without it. As advice, those that give nothing back.

Why
    ``eval()`` is ``train(False)``. Where ``train`` takes no ``mode``, it raises, also when a module around it is
    switched. Where ``mode`` is not passed on, ``eval()`` puts the module into training mode, and each evaluation runs
    with dropout and with the statistics of the batch. ``train`` and ``eval`` give the module back, as
    ``net = Net().eval()`` expects.

Example
    ``def train(self, mode=True): super().train()``, and then the layers that stay frozen.

Fix safety
    ``mode`` is taken and passed on, or ``self`` given back: unsafe, as the module is in another mode afterwards.

What it misses
    Methods of the name that say nothing of modes, as the loop of a training, and those that never call ``super()``:
    whoever leaves a module in its mode for good may mean it.

Source
    torch.nn.Module.train and eval; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Span
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from torchlint.finding import Edit, Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC511",
    slug="mode-override",
    since="0.1.0",
    message="a `train` method of a module that drops the mode",
    triggers=(Trigger(Sign.WORD, frozenset({"def train"})),),
    fix=Applicability.UNSAFE,
)

_HEADER = "def train"
_RAISES = Effect(EffectKind.RAISES, "takes 1 positional argument but 2 were given")
_TRAINS = Effect(EffectKind.SILENT, "evaluation runs in training mode")
_GIVES = Effect(EffectKind.SILENT, "`Net().eval()` is None")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every override of ``train`` that drops the mode."""
    if not any(Sign.WORD in region.signs for region in facts.outline.regions):
        return
    for node in ast.walk(facts.tree()):
        if isinstance(node, ast.ClassDef) and facts.classes.lineage(node.lineno).is_module:
            names = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name == "train" and not each.decorator_list:
                    yield from _found(facts, each, has_own_eval="eval" in names)


def _found(facts: Facts, method: ast.FunctionDef, *, has_own_eval: bool) -> Iterator[Finding]:
    calls = [each for each in ast.walk(method) if _is_super(each)]
    given = method.args
    own, *others = [each.arg for each in (*given.posonlyargs, *given.args)] or [""]
    start = facts.layout.span(method).start
    header = Span(start, start + len(_HEADER))
    if not calls or given.vararg or given.kwarg or given.kwonlyargs or facts.source.slice(header) != _HEADER:
        return
    if not others:
        text = "`train` takes no `mode`, but `eval()` calls `train(False)`"
        certainty = Certainty.LIKELY if has_own_eval else Certainty.CERTAIN
        fix = Fix(Applicability.UNSAFE, "Take `mode` and pass it on", tuple(_taking(facts, given, calls)))
        yield RULE.finding_at(facts.source, header, text, certainty, _RAISES, (), fix)
    elif len(others) > 1:
        return  # something else of the same name
    elif not _reads(method, others[0]) and not any(each.args or each.keywords for each in calls):
        yield _dropping(facts, calls, others[0])
    elif not any(isinstance(each, (ast.Return, ast.Yield)) for each in ast.walk(method)):
        text = "`train` gives nothing back, but `train()` and `eval()` of a module give the module"
        edits = facts.layout.after(method.body[-1], f"return {own}")
        returned = Fix(Applicability.UNSAFE, f"Return `{own}`", edits) if edits else None
        yield RULE.finding_at(facts.source, header, text, Certainty.ADVICE, _GIVES, (), returned)


def _dropping(facts: Facts, calls: list[ast.Call], mode: str) -> Finding:
    layout = facts.layout
    text = f"`{layout.text(calls[0])}` drops `{mode}`: `eval()` puts the module into training mode"
    fix = Fix(Applicability.UNSAFE, f"Pass `{mode}` on", tuple(_passed(facts, each, mode) for each in calls))
    return RULE.finding_at(facts.source, layout.span(calls[0]), text, Certainty.CERTAIN, _TRAINS, (), fix)


def _is_super(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether a node calls ``train`` of what is behind the class."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="train")):
            return True
    return False


def _reads(method: ast.FunctionDef, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(method))


def _taking(facts: Facts, given: ast.arguments, calls: list[ast.Call]) -> Iterator[Edit]:
    own = (*given.posonlyargs, *given.args)[0]
    yield facts.layout.insert(facts.layout.span(own).end, ", mode=True")
    yield from (_passed(facts, each, "mode") for each in calls if not (each.args or each.keywords))


def _passed(facts: Facts, call: ast.Call, mode: str) -> Edit:
    return facts.layout.insert(facts.layout.span(call).end - 1, mode)


EXAMPLES = (
    Example(
        "the mode is not passed on",
        """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)

    def train(self, mode=True):
        ⟦super().train()⟧
        self.norm.eval()
        return self
""",
        fixed="""
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)

    def train(self, mode=True):
        super().train(mode)
        self.norm.eval()
        return self
""",
        proof="fault = Net().eval().training",
    ),
    Example(
        "no mode is taken",
        """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)

    ⟦def train⟧(self):
        super().train()
        self.norm.eval()
        return self
""",
        fixed="""
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)

    def train(self, mode=True):
        super().train(mode)
        self.norm.eval()
        return self
""",
        proof="nn.Sequential(Net()).eval()",
        raises="train() takes 1 positional argument but 2 were given",
    ),
    Example(
        "nothing is given back",
        """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)

    ⟦def train⟧(self, mode=True):
        super().train(mode)
        self.norm.eval()
""",
        Certainty.ADVICE,
        fixed="""
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)

    def train(self, mode=True):
        super().train(mode)
        self.norm.eval()
        return self
""",
        proof="fault = Net().eval() is None",
    ),
    Example(
        "passed on, used otherwise, frozen for good, and a loop of training",
        """
from torch import nn

class Net(nn.Module):
    def train(self, mode=True):
        super().train(mode)
        return self

class Used(nn.Module):
    def train(self, mode=True):
        super().train()
        return self if mode else super().train(False)

class Frozen(nn.Module):
    def train(self, mode=True):
        return super().train(False)

class Trainer(nn.Module):
    def train(self, batches, epochs):
        return sum(batches) * epochs

modes = [kind().eval().training for kind in (Net, Used, Frozen)]
""",
        proof="fault = any(modes) or Frozen().train().training",
    ),
)
