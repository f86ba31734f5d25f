"""Modules kept in a plain list, tuple or dict attribute of an ``nn.Module``.

What it does
    Finds lists, tuples, sets and dicts on ``self`` that hold modules built in the class, that some method uses, and
    whose modules are registered nowhere else; and modules that a constructor binds to a local name, where another
    method reads that name.

Why
    A module only knows the submodules that are attributes or stand in ``nn.ModuleList``, ``nn.ModuleDict`` or
    ``nn.Sequential``. Those in a plain container are not moved by ``.to()``, not saved by ``state_dict()``, not trained
    by an optimizer that is given ``parameters()``, and do not hear of ``train()`` and ``eval()``, which for a Dropout
    is all that matters. A comma at the end of a line is enough: ``self.pool = nn.Conv2d(1, 1, 2),`` keeps a tuple, and
    calling that raises.

Example
    Layers built in a list comprehension and run one after the other in ``forward``.

Fix safety
    ``nn.ModuleList([...])`` and ``nn.ModuleDict({...})`` register them. That is what was meant, but it adds entries to
    the ``state_dict``, so strict loading of an old checkpoint fails, and the layers begin to be trained: unsafe.

What it misses
    Modules that are given to the constructor, that come from functions of other files, and containers that are handed
    to something that is not seen: they may be registered there.

Source
    torch.nn.Module.__setattr__, Module.named_children; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Related
from torchlint.model.code.local_modules import local_modules
from torchlint.model.interpreter.values.kept import Kind
from torchlint.model.modules.values import UseKind
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.local_modules import LocalModule
    from torchlint.model.facts import Facts
    from torchlint.model.modules.module_class import ModuleClass
    from torchlint.model.modules.stores import Store

RULE = Rule(
    code="TLC102",
    slug="unregistered-module",
    since="0.1.0",
    message="modules in a plain list, tuple or dict attribute",
    triggers=(Trigger(Sign.CONTAINER_STORE),),
    fix=Applicability.UNSAFE,
)

_UNTRAINED = "parameters() and state_dict() leave them out, and to(), train() and eval() pass them by"
_MODE = "they hear neither of train() and eval() nor of to()"


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Judge every plain container that a constructor fills with modules."""
    for module, store in _containers(facts):
        if (finding := _called(module, store) or _judge(module, store, advice=False)) is not None:
            yield finding
    yield from (_lost(facts, each) for each in local_modules(facts))


def advise(facts: Facts, options: object) -> Iterator[Finding]:
    """Containers that are meant to be plain, or whose modules have nothing to lose."""
    for module, store in _containers(facts):
        if _called(module, store) is None and (finding := _judge(module, store, advice=True)) is not None:
            yield finding


def _containers(facts: Facts) -> Iterator[tuple[ModuleClass, Store]]:
    for module in facts.module_classes(Sign.CONTAINER_STORE):
        for attribute in module.attributes:
            store = module.plain_container(attribute, Kind.MODULE)
            if store is not None:
                yield module, store


def _called(module: ModuleClass, store: Store) -> Finding | None:
    """A container that is called as if it were the module in it."""
    call = module.call_of(store.attribute)
    if call is None or store.value.kind is not Kind.CONTAINER:
        return None
    kind = module.rewrites.kind_of(store)
    if kind is None:
        return None
    effect = Effect(EffectKind.RAISES, f"'{kind}' object is not callable", module.region.place(call))
    cause = ", because of the comma at its end," if module.rewrites.has_stray_comma(store) else ""
    message = f"`self.{store.attribute}` is a {kind}{cause} and no module: calling it raises"
    certainty = module.certainty(store, sure=True)
    return RULE.finding(
        module.region, store.target, message, certainty, effect, (), module.rewrites.without_comma(store)
    )


def _lost(facts: Facts, found: LocalModule) -> Finding:
    """A module that a constructor keeps for itself."""
    name, read = found.name.id, facts.source.place(facts.layout.span(found.read))
    effect = Effect(EffectKind.RAISES, f"name '{name}' is not defined", read)
    message = f"`{name}` is a local name of the constructor, which `{found.method}` cannot read: no `self.` keeps it"
    related = Related("used", f"in `{found.method}`", read)
    span = facts.layout.span(found.name)
    return RULE.finding_at(facts.source, span, message, Certainty.CERTAIN, effect, (related,))


def _judge(module: ModuleClass, store: Store, *, advice: bool) -> Finding | None:
    """What is found of a container, if that is ``advice``, or if it is more."""
    held = [value for value in module.contents(store.value) if value.kind is Kind.MODULE]
    use = module.first_use(store.attribute)
    if use is None or not held:
        return None
    stateful = any(value.stateful for value in held)
    matters = stateful or any(value.stateful is None or value.has_mode for value in held)
    certainty = module.certainty(store, stateful or any(value.has_mode and value.sure for value in held))
    moved = any(use.kind is UseKind.MOVED for use in module.uses(store.attribute))
    if moved or not matters or module.rewrites.is_single(store):
        certainty = Certainty.ADVICE
    if advice is not (certainty is Certainty.ADVICE):
        return None
    container = "dict" if module.rewrites.is_mapping(store) else "list"
    what = "modules" if matters else "modules without state"
    effect = Effect(EffectKind.SILENT, _UNTRAINED if stateful or not matters else _MODE)
    message = f"`self.{store.attribute}` keeps {what} in a plain {container}, so they are not registered"
    related = Related("used", f"in `{use.method}`", module.region.place(use.node))
    fix = module.rewrites.registering_container(store, Kind.MODULE)
    return RULE.finding(module.region, store.target, message, certainty, effect, (related,), fix)


EXAMPLES = (
    Example(
        "layers in a list",
        """
from torch import nn

class Tower(nn.Module):
    def __init__(self, depth):
        super().__init__()
        ⟦self.layers⟧ = [nn.Linear(4, 4) for _ in range(depth)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
""",
        fixed="""
from torch import nn

class Tower(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(depth)])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
""",
        proof="fault = not list(Tower(2).parameters())",
    ),
    Example(
        "heads in a dict",
        """
import torch.nn as nn

class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        ⟦self.heads⟧ = {"class": nn.Linear(4, 2), "box": nn.Linear(4, 4)}

    def forward(self, x):
        return {name: head(x) for name, head in self.heads.items()}
""",
        fixed="""
import torch.nn as nn

class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = nn.ModuleDict({"class": nn.Linear(4, 2), "box": nn.Linear(4, 4)})

    def forward(self, x):
        return {name: head(x) for name, head in self.heads.items()}
""",
        proof="fault = not Heads().state_dict()",
    ),
    Example(
        "dropouts that never hear of eval",
        """
from torch import nn

class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        ⟦self.dropouts⟧ = []
        for rate in (0.1, 0.5):
            self.dropouts.append(nn.Dropout(rate))

    def forward(self, x):
        for dropout in self.dropouts:
            x = dropout(x)
        return x
""",
        proof="fault = any(each.training for each in Noisy().eval().dropouts)",
    ),
    Example(
        "a list that becomes a Sequential",
        """
from torch import nn

class Tower(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.layers = [nn.Linear(4, 4) for _ in range(depth)]
        self.tower = nn.Sequential(*self.layers)

    def forward(self, x):
        return self.tower(x)
""",
        proof="fault = not list(Tower(2).parameters())",
    ),
    Example(
        "layers registered one by one",
        """
from torch import nn

class Tower(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.layers = [nn.Linear(4, 4) for _ in range(depth)]
        for index, layer in enumerate(self.layers):
            self.add_module(f"layer{index}", layer)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
""",
        proof="fault = not list(Tower(2).parameters())",
    ),
)
