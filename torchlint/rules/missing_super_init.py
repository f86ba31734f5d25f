"""A parameter, module or buffer assigned before, or without, ``super().__init__()``.

What it does
    Finds ``__init__`` methods of modules that assign a Parameter, a Module or a Buffer to ``self`` before the
    ``__init__`` of the base class has run, or that never run it, and constructors whose name is misspelled: ``_init_``.

Why
    ``nn.Module.__init__`` makes the dictionaries in which a module keeps its parameters, buffers and submodules.
    Assigning one before they are there raises an AttributeError. A plain tensor may be assigned earlier.

Example
    A layer that is assigned in the line above ``super().__init__()``.

Fix safety
    Where ``nn.Module`` is the only base, calling its ``__init__`` first changes nothing else: safe. With another base,
    whose ``__init__`` may read what was assigned before it, there is no fix. A misspelled constructor by its right name
    runs, which it never did: unsafe.

What it misses
    A missing call where a base is neither seen nor known: its metaclass may make it, as fastai's does.

Source
    torch.nn.Module.__setattr__, Module.register_buffer; the examples run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Fix
from torchlint.model.interpreter.values.kept import Kind
from torchlint.model.modules.classes import Ancestry
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.facts import Facts
    from torchlint.model.modules.module_class import ModuleClass
    from torchlint.model.modules.stores import Store

_KINDS = {Kind.MODULE: "module", Kind.PARAMETER: "parameters", Kind.BUFFER: "buffer"}
"""What only a module whose constructor has run can keep, by PyTorch's words."""
_MISSPELLED = frozenset(("_init_", "_init__", "__init_", "__init", "init__", "__int__", "__inti__", "___init__"))
"""What is typed for ``__init__``."""
_WRONG = re.compile(rf"\b(?:{'|'.join(sorted(_MISSPELLED))})\b")

RULE = Rule(
    code="TLC104",
    slug="missing-super-init",
    since="0.1.0",
    message="a parameter, module or buffer assigned before, or without, `super().__init__()`",
    triggers=(Trigger(Sign.EARLY_STORE), Trigger(Sign.WORD, _MISSPELLED)),
    fix=Applicability.SAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """The first assignment that raises in each constructor; nothing after it runs."""
    for module in facts.module_classes(Sign.EARLY_STORE):
        store = module.first_early_store
        known = module.calls_init or module.lineage.ancestry is Ancestry.MODULE
        if store is not None and known and not module.lineage.self_initialising and not facts.is_template:
            yield _finding(module, store)
    for module in facts.module_classes(Sign.WORD) if _WRONG.search(facts.source.text) else ():
        if (finding := _misspelled(facts, module)) is not None:
            yield finding


def _misspelled(facts: Facts, module: ModuleClass) -> Finding | None:
    """A constructor by a name that means nothing to Python, and that nobody calls."""
    name = next((each for each in module.methods if each in _MISSPELLED), None)
    if name is None or "__init__" in module.methods or len(module.lineage.classes) > 1:
        return None
    stores = [each for stores in module.stores.values() for each in stores if each.method == name]
    made = next((each for each in stores if each.value.kind in _KINDS), None)
    if made is None or re.search(rf"[^)]\.{name}\(", facts.source.text):  # called, but not on `super()`
        return None
    effect = Effect(EffectKind.SILENT, f"the module has no `{made.attribute}`, and no parameters to train")
    message = f"`{name}` is no constructor: nothing calls it, so that `self.{made.attribute}` is never made"
    fix = Fix(Applicability.UNSAFE, "Call it `__init__`", module.rewrites.named_as_constructor(name))
    return RULE.finding(module.region, module.methods[name].name, message, Certainty.LIKELY, effect, (), fix)


def _finding(module: ModuleClass, store: Store) -> Finding:
    kind = _KINDS[store.value.kind]
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
