"""Calls of which nothing is known but what they are given: what they may change, and what they most likely give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import CutKind, Node, Tensor
from torchlint.model.autograd.views import requires_grad
from torchlint.model.interpreter import speculation
from torchlint.model.interpreter.gradient_flow import flows, given_back, passed
from torchlint.model.interpreter.identities import Attribute, Fresh, Output, is_lasting
from torchlint.model.interpreter.library import backward
from torchlint.model.interpreter.spent_graphs import note_item
from torchlint.model.interpreter.values import module_modes, parameters
from torchlint.model.interpreter.values.numbers import Number
from torchlint.model.interpreter.values.symbolic import Symbolic, identity
from torchlint.model.interpreter.values.value import as_value, cut_in

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.state import PathState


def call_unknown(machine: Interpreter, site: Site, callee: object) -> object:
    """Call something of which nothing is known: what it is given may be stored on, changed, or run backward."""
    asked = speculation.backward_of(machine.run, callee, site.arguments, site.keywords)
    if asked is not None:
        return backward.method(machine, site, asked)
    machine.forget(callee, site)
    module_modes.call_unseen(machine, callee, site)
    key = identity(callee)
    if isinstance(key, Attribute) and key.name == "requires_grad_":
        machine.run.speculation.doubt(key.owner)
    if any(as_value(each).mode is not None for each in (callee, *site.arguments)) or "grad_enabled" in site.label:
        machine.run.mode.is_known = False
    if (held := parameters.of_module(callee, site.label)) is not None:
        return held
    run, given = machine.run, (*site.arguments, *site.keywords.values())
    if site.label == "item" and not given and speculation.is_method(run, callee):
        return Number(run.fresh(), speculation.left(run, CutKind.NUMBER, site.at, site.label, callee, site.owner or ""))
    found: object = machine.unknown()
    if machine.is_library and as_value(callee).is_likely_module:
        found = loose(machine, site)
    elif machine.is_library and not as_value(callee).gives_no_tensor:
        found = Symbolic(Fresh(run.fresh()), given_back(run, site.at, site.label, callee, (site.receiver, *given)))
    _note_state(run, site, key, found)
    _note_append(machine, site, key)
    return (
        speculation.note_call(run, site.at, site.label, callee, given, found) if isinstance(found, Symbolic) else found
    )


def _note_state(run: PathState, site: Site, callee: object, found: object) -> None:
    """The state of something unknown is read, or loaded into it."""
    if isinstance(callee, Attribute) and callee.owner is not None:
        owner = Symbolic(callee.owner)
        if callee.name == "state_dict" and not site.arguments:
            run.trace.states.read(site.at, found, owner, as_value(owner).holders())
        elif callee.name == "load_state_dict" and site.arguments:
            run.trace.states.load(site.at, site.arguments[0], owner)


def _note_append(machine: Interpreter, site: Site, callee: object) -> None:
    """Something is added to what most likely is a list; whatever else is done to it may empty it."""
    if not isinstance(callee, Attribute) or not is_lasting(callee.owner) or not machine.run.speculates:
        return
    appended = machine.run.speculation.appended
    before = appended.pop(callee.owner, None)
    if callee.name == "append" and len(site.arguments) == 1:
        given = appended[callee.owner] = site.arguments[0]
        note_item(machine, site, [] if before is None else [before], given)


def loose(machine: Interpreter, site: Site, *, trained: bool = False) -> object:
    """What a module that is not looked into gives: most likely a tensor of the graph of what it is given, or of its
    own parameters where it is ``trained``."""
    run = machine.run
    given = (*site.arguments, *site.keywords.values())
    is_graph = trained or any(requires_grad(tensor) is Answer.YES for each in given for tensor in tensors_in(each))
    if not is_graph or not run.mode.grad or not run.mode.is_known:
        return Symbolic(Output(run.fresh()), passed(run, site.at, given))
    node = Node(site.label, "", site.at, run.next_order(), flows(run, given), [], Answer.YES, run.loops.iteration)
    node.ended = tuple(filter(None, (cut_in(given),)))
    return Tensor(site.at, requires_grad=Answer.YES, node=node, contiguous=Answer.MAYBE, is_loose=True)
