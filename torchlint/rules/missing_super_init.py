"""A parameter, module or buffer assigned before, or without, ``super().__init__()``.

What it does
    Finds ``__init__`` methods of modules that assign a Parameter, a Module or a Buffer to ``self`` before the
    ``__init__`` of the base class has run, or that never run it.

Why
    ``nn.Module.__init__`` makes the dictionaries in which a module keeps its parameters, buffers and submodules.
    Assigning one before they are there raises an AttributeError. A plain tensor may be assigned earlier.

Example
    A layer that is assigned in the line above ``super().__init__()``.

Fix safety
    Where ``nn.Module`` is the only base, calling its ``__init__`` first changes nothing else: safe. With another base,
    whose ``__init__`` may read what was assigned before it, there is no fix.

What it misses
    A missing call where a base is neither seen nor known: its metaclass may make it, as fastai's does.

Source
    torch.nn.Module.__setattr__, Module.register_buffer; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Fix
from torchlint.model.modules.classes import Ancestry
from torchlint.model.modules.values import Kind
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.facts import Facts
    from torchlint.model.modules.module_class import ModuleClass
    from torchlint.model.modules.reader import Store

RULE = Rule(
    code="TLC104",
    slug="missing-super-init",
    since="0.1.0",
    message="a parameter, module or buffer assigned before, or without, super().__init__()",
    triggers=(Trigger(Sign.EARLY_STORE),),
    fix=Applicability.SAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """The first assignment that raises in each constructor; nothing after it runs."""
    for module in facts.module_classes(Sign.EARLY_STORE):
        store = module.first_early_store
        known = module.calls_init or module.lineage.ancestry is Ancestry.MODULE
        if store is not None and known and not module.lineage.self_initialising and not facts.is_template:
            yield _finding(module, store)


def _finding(module: ModuleClass, store: Store) -> Finding:
    kind = {Kind.MODULE: "module", Kind.PARAMETER: "parameters", Kind.BUFFER: "buffer"}[store.value.kind]
    called = module.calls_init
    certainty = Certainty.CERTAIN if called or module.lineage.complete else Certainty.LIKELY
    effect = Effect(
        EffectKind.RAISES, f"cannot assign {kind} before Module.__init__() call", module.region.place(store.target)
    )
    when = "before `super().__init__()`" if called else "in an `__init__` that never calls `super().__init__()`"
    message = f"`self.{store.attribute}` is assigned {when}"
    return RULE.finding(module.region, store.target, message, certainty, effect, (), _fix(module))


def _fix(module: ModuleClass) -> Fix | None:
    edits = module.rewrites.init_first()
    return Fix(Applicability.SAFE, "Call `super().__init__()` first", edits) if edits else None


EXAMPLES = (
    Example(
        "assigned too early",
        """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        ⟦self.layer⟧ = nn.Linear(2, 2)
        super().__init__()
        self.other = nn.Linear(2, 2)
""",
        fixed="""
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
        self.other = nn.Linear(2, 2)
""",
        proof="Net()",
        raises="cannot assign module before Module.__init__() call",
    ),
    Example(
        "never called",
        '''
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self):
        """Make the weight."""
        ⟦self.weight⟧ = nn.Parameter(torch.ones(2))
''',
        fixed='''
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self):
        """Make the weight."""
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
''',
        proof="Scale()",
        raises="cannot assign parameters before Module.__init__() call",
    ),
    Example(
        "plain values may come first",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, size):
        self.size = size
        self.table = torch.arange(size)
        nn.Module.__init__(self)
        self.layer = nn.Linear(size, size)
""",
        proof="fault = not Net(2).state_dict()",
    ),
)
