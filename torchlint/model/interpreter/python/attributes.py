"""Attributes: read, written, and those that change what a tensor is (``requires_grad``, ``data``, ``grad``)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.api.canonical import canonical
from torchlint.model.api.operation import Answer
from torchlint.model.autograd import faults
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.results import Packed
from torchlint.model.autograd.shapes import FLOATING
from torchlint.model.autograd.tensor import Change, Counter, Cut, CutKind, How, Tensor
from torchlint.model.autograd.views import edge, requires_grad, take_view
from torchlint.model.interpreter.gradient_flow import is_differentiable, is_of_tensor, part
from torchlint.model.interpreter.identities import Attribute, Single, is_one_object
from torchlint.model.interpreter.library import layers
from torchlint.model.interpreter.protocol import Value
from torchlint.model.interpreter.python import objects
from torchlint.model.interpreter.speculation import note_flag
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue, Super, attributes_of, names_of_class
from torchlint.model.interpreter.values.functions import Method
from torchlint.model.interpreter.values.modules import LayerValue, SequenceValue
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic, identity

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.state import PathState

_VIEWS = frozenset(("T", "mT", "H", "mH", "real", "imag"))
_DESCRIPTIONS = frozenset(
    "dtype layout ndim itemsize nbytes names is_cuda is_sparse is_quantized is_meta output_nr".split()
)


def get(machine: Interpreter, owner: object, name: str, at: ast.expr) -> object:
    """``owner.name``."""
    if isinstance(owner, Tensor):
        return _of_tensor(machine, owner, name, at)
    if isinstance(owner, Symbol):
        return Symbol(canonical(f"{owner.name}.{name}"), owner.home)
    if isinstance(owner, Symbolic):
        if owner.is_optional and is_one_object(owner.key):  # None has no attributes
            return get(machine, machine.prove(owner, at), name, at)
        kept = machine.heap.get((owner.key, name))
        flow = owner.flow if owner.flow and is_differentiable(name) else ()
        return kept if kept is not None else Symbolic(Attribute(machine.run.shortened(owner.key), name), flow)
    if isinstance(owner, ObjectValue):
        return objects.get(machine, owner, name, at)
    if isinstance(owner, ClassValue):
        return objects.get_from_class(machine, owner, name)
    if isinstance(owner, Super):
        return objects.get_from_super(machine, owner, name, at)
    if isinstance(owner, LayerValue):
        return _of_layer(machine, owner, name)
    if isinstance(owner, SequenceValue) and name == "training":
        return owner.training is Answer.YES
    if isinstance(owner, SequenceValue) and name in owner.modules:
        return owner.modules[name]
    if isinstance(owner, Value):
        return owner.attribute(machine, name, at)
    if isinstance(owner, Packed) and name in owner.names:
        return owner.items[owner.names.index(name)]
    return Method(owner, name)


def _of_layer(machine: Interpreter, owner: LayerValue, name: str) -> object:
    if name in owner.state:
        return owner.state[name]
    if name == "training":
        return owner.training is Answer.YES if owner.training is not Answer.MAYBE else machine.unknown()
    if any(each.name == name for each in owner.layer.state):
        return layers.unbuilt(machine, owner, name)
    if name in owner.arguments:
        return owner.arguments[name]
    return Method(owner, name)


def _of_tensor(machine: Interpreter, owner: Tensor, name: str, at: ast.expr) -> object:
    run = machine.run
    if name == "data":
        return data_of(owner, at)
    if name == "grad":
        return owner.grad
    if name == "requires_grad":
        own = requires_grad(owner)
        return own is Answer.YES if own is not Answer.MAYBE else machine.unknown()
    if name == "is_leaf":
        own = requires_grad(owner)
        return edge(run, owner) in (None, owner) if own is not Answer.MAYBE else machine.unknown()
    if name == "grad_fn":
        own = requires_grad(owner)
        if own is Answer.MAYBE:
            return machine.unknown()
        return Method(owner, name) if edge(run, owner) not in (None, owner) else None
    if name == "device":
        return machine.device()
    if name == "shape":
        return owner.shape if owner.shape is not None else Symbolic(run.shape_of(owner))
    if name == "real" and owner.dtype in FLOATING:
        return owner
    if name in _VIEWS:
        found = take_view(run, at, owner, f".{name}")
        found.dtype = None if name in ("real", "imag") else owner.dtype
        found.shape = owner.shape[::-1] if name in ("T", "mT") and owner.shape and len(owner.shape) == 2 else None
        return found
    if name in _DESCRIPTIONS:
        return Symbolic(Single(name, id(owner.counter) if name == "dtype" else run.fresh()))
    if owner.is_loose and not is_of_tensor(name):
        return part(run, at, owner)
    return Method(owner, name)


def data_of(owner: Tensor, at: ast.expr) -> Tensor:
    """``tensor.data``: the same memory with a version counter of its own."""
    own = requires_grad(owner)
    return Tensor(
        at,
        name=owner.name,
        storage=owner.storage,
        counter=Counter(),
        inference=owner.inference,
        thawed=True,
        expanded=owner.expanded,
        contiguous=owner.contiguous,
        dtype=owner.dtype,
        shape=owner.shape,
        alias_of=owner.alias_of if owner.alias_by == ".data" else owner,
        alias_by=".data",
        cut=Cut.of(CutKind.DETACH, at, ".data", owner, own),
    )


def put(machine: Interpreter, at: ast.AST, owner: object, name: str, value: object) -> None:
    """``owner.name = value``."""
    if isinstance(owner, Tensor):
        _put_on_tensor(machine, at, owner, name, value)
    elif isinstance(owner, ObjectValue):
        objects.put(machine, at, owner, name, value)
    elif isinstance(owner, LayerValue):
        if isinstance(value, Tensor):
            owner.state[name] = value
        elif name == "training":
            owner.training = Answer.MAYBE
        else:
            owner.state.pop(name, None)
    elif isinstance(owner, Symbolic):
        machine.heap[owner.key, name] = value
        machine.stored(at, owner, name, value)
        if name == "grad":
            machine.run.trace.clear_unseen(at, is_any=True)
        if name == "requires_grad":
            machine.run.speculation.doubt(owner.key)
            note_flag(machine.run, owner)
    else:
        names_of_class(owner)[name] = value


def delete(machine: Interpreter, at: ast.AST, owner: object, name: str) -> None:
    """``del owner.name``; in the place of a gradient PyTorch then has None."""
    if name == "grad":
        put(machine, at, owner, name, None)
        return
    attributes_of(owner).pop(name, None)
    machine.heap.pop((identity(owner), name), None)


def _put_on_tensor(machine: Interpreter, at: ast.AST, owner: Tensor, name: str, value: object) -> None:
    if name == "requires_grad":
        set_requires_grad(machine.run, at, owner, value)
    elif name == "grad":
        owner.grad = value
        machine.run.history.feeders.pop(owner, None)
    elif name == "data":
        _replace_data(at, owner, value)


def _replace_data(at: ast.AST, owner: Tensor, value: object) -> None:
    """``owner.data = value``: other memory, the same version counter."""
    owner.replaced = Change(at, at.value if isinstance(at, ast.Attribute) else at, ".data =", How.DATA)
    known = value if isinstance(value, Tensor) else Tensor(at, contiguous=Answer.MAYBE)
    owner.storage, owner.expanded = known.storage, known.expanded
    owner.shape, owner.dtype, owner.contiguous = known.shape, known.dtype, known.contiguous


def set_requires_grad(run: PathState, at: ast.AST, tensor: Tensor, value: object) -> None:
    """``requires_grad = value`` and ``requires_grad_(value)``. Raises: Raised for False on what is no leaf."""
    flag = value if isinstance(value, bool) else None
    if tensor.inference and flag is True and not run.mode.inference:
        run.log.fail(
            Fault(Kind.INFERENCE, at, at, faults.INFERENCE_FLAG, tensor.name, "requires_grad", made=tensor.made)
        )
    is_graph = requires_grad(tensor) is Answer.YES and edge(run, tensor) is not tensor
    if is_graph:
        if flag is False:
            run.log.fail(
                Fault(
                    Kind.FLAG,
                    at,
                    at,
                    faults.NON_LEAF_FLAG,
                    tensor.name,
                    "requires_grad",
                    made=tensor.made,
                    node_at=tensor.node.at if tensor.node else None,
                )
            )
        return
    if flag is None:
        tensor.requires_grad = Answer.MAYBE
    else:
        tensor.requires_grad = Answer.YES if flag else Answer.NO
