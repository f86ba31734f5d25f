"""The modes of modules, training and evaluation, as events for the rules that ask: who is switched, called, and what
may have been switched by code that is not seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, either
from torchlint.model.interpreter.identities import Attribute
from torchlint.model.interpreter.values.modules import MODULE_ATTRIBUTES
from torchlint.model.interpreter.values.symbolic import Symbolic, identity
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Hashable, Iterable

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.modules import Module

_SWITCHES = frozenset(("train", "eval"))
_HARMLESS = MODULE_ATTRIBUTES - _SWITCHES - {"apply", "forward", "training"}
_SWITCHING = re.compile("train|eval|mode(?!l)|set|epoch|begin|start|end|switch|free|prepare|fit|learn|step|apply")
"""What may switch the mode of the module that it is a method of, by its name."""
_OUTSIDE = ("torch.", "builtins.")
_DEEPEST = 4


def switch(vm: Interpreter, at: ast.AST, module: Module, *, trains: bool) -> None:
    """A module was switched, with all that it holds."""
    if vm.run.trace.follows_modes:
        tree = [each for _, each in module.tree()]
        vm.run.trace.switch(at, tree, trains=trains, heeds=_heeds(tree), is_seen=True)


def doubt(vm: Interpreter, at: ast.AST, values: Iterable[object]) -> None:
    """Code that is not seen has some values, and may switch what it reaches from there."""
    if not vm.run.trace.follows_modes:
        return
    keys: set[Hashable] = set()
    if any(_collect(each, keys, _DEEPEST) for each in values):
        vm.run.trace.doubt_modes(at)
    elif keys:
        vm.run.trace.doubt_modes(at, lambda each: _is_within(each, keys))


def _collect(value: object, keys: set[Hashable], depth: int) -> bool:
    """Add what identifies the unknown ones among a value and its elements; whether one holds what is known."""
    key = identity(value)
    if key is not None:
        keys.add(key)
        return False
    known = as_value(value)
    if known.reaches_modules:
        return True
    return depth > 0 and any(_collect(each, keys, depth - 1) for each in known.elements())


def _is_within(holder: object, keys: Collection[Hashable]) -> bool:
    """Whether something unknown is one of some, or an attribute of one."""
    while isinstance(holder, tuple):
        if holder in keys:
            return True
        holder = holder.owner if isinstance(holder, Attribute) else None
    return False


def call(vm: Interpreter, at: ast.AST, module: Module) -> None:
    """A module is called."""
    if not vm.run.trace.follows_modes or vm.calls.modules:
        return
    is_recorded = _records(vm)
    matters = not is_recorded and module.training is Answer.YES
    heeds = _heeds(each for _, each in module.tree()) if matters else Answer.MAYBE
    vm.run.trace.call_module(at, module, is_recorded=is_recorded, training=module.training, heeds=heeds)


def _heeds(tree: Iterable[Module]) -> Answer:
    return either([each.heeds_mode for each in tree])


def call_unseen(vm: Interpreter, callee: object, site: Site) -> None:
    """Something is called that is not seen."""
    if not vm.run.trace.follows_modes:
        return
    given = (*site.arguments, *site.keywords.values())
    key = identity(callee)
    if (as_value(callee).imported_name or "").startswith(_OUTSIDE):
        return
    if key is None and site.label == "step":
        vm.run.trace.step_unseen(site.at)
    elif key is None:
        doubt(vm, site.at, (callee,))
    elif not isinstance(key, Attribute):
        _note_call(vm, site, key)
    elif key.owner is None:
        vm.run.trace.doubt_modes(site.at)
    else:
        _call_method(vm, site, key, key.owner)
    doubt(vm, site.at, given)


def _call_method(vm: Interpreter, site: Site, key: Attribute, owner: Hashable) -> None:
    if key.name == "eval" and not site.arguments:
        vm.run.trace.switch(site.at, [owner], trains=False)
    elif key.name == "train":
        mode = site.argument(0, "mode", True)
        if isinstance(mode, bool):
            vm.run.trace.switch(site.at, [owner], trains=mode)
        else:
            vm.run.trace.doubt_modes(site.at)
    elif key.name == "step":
        vm.run.trace.step_unseen(site.at)
    elif key.name == "forward":
        _note_call(vm, site, owner)
    elif key.name not in _HARMLESS:
        _note_call(vm, site, key)
        if _SWITCHING.search(key.name):
            doubt(vm, site.at, [Symbolic(owner)] if isinstance(owner, tuple) else [])


def _note_call(vm: Interpreter, site: Site, key: Hashable) -> None:
    if site.arguments and not vm.calls.modules:
        vm.run.trace.call_module(site.at, key, is_recorded=_records(vm))


def _records(vm: Interpreter) -> bool:
    return vm.run.mode.grad or not vm.run.mode.is_known
