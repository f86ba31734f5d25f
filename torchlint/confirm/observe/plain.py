"""What a module that was just made keeps in plain attributes, where nothing it registers, saves or moves has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from torchlint.confirm.kinds import Kind
from torchlint.confirm.observe.bytecode import assigning_line
from torchlint.confirm.observe.contents import described, modules_in, tensors_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.confirm.observe.lines import Lines

_OWN_WAYS = ("_apply", "to", "state_dict", "_save_to_state_dict", "_load_from_state_dict", "get_extra_state")
"""A class that has one of these of its own may take along what it does not register."""
_OWN = frozenset(vars(torch.nn.Module()))
_DEEPEST = 4


def plain_state(module: torch.nn.Module, lines: Lines) -> Iterator[dict[str, Any]]:
    """What a module keeps in plain attributes, each with the line that assigns it, None where there is none."""
    kind = type(module)
    if any(getattr(kind, name) is not getattr(torch.nn.Module, name) for name in _OWN_WAYS):
        return
    known = {id(each) for each in (*module.parameters(), *module.buffers())}
    children = {id(each) for each in module.modules()}
    for name, value in vars(module).items():
        if name in _OWN:
            continue
        modules = [each for each in modules_in(value, _DEEPEST) if id(each) not in children]
        tensors = [each for each in tensors_in(value, _DEEPEST) if id(each) not in known and _matters(each)]
        if modules:
            # One alone in a container is how a module is kept from being registered on purpose.
            found, what = (Kind.PLAIN_MODULE, f"{len(modules)} modules") if len(modules) > 1 else (None, "")
        elif tensors:
            is_parameter = any(isinstance(each, torch.nn.Parameter) for each in tensors)
            found, what = Kind.PLAIN_PARAMETER if is_parameter else Kind.PLAIN_TENSOR, described(tensors)
        else:
            continue
        if found is not None:
            device = str(tensors[0].device) if tensors else ""
            yield {
                "kind": found.value,
                "at": _assigned(kind, name, lines),
                "owner": kind.__name__,
                "attribute": name,
                "what": what,
                "device": device,
            }


def _matters(tensor: torch.Tensor) -> bool:
    """Whether a tensor may be state: results of operations are not, and a number goes with tensors of any device."""
    return tensor.grad_fn is None and tensor.dim() > 0


def _assigned(kind: type, attribute: str, lines: Lines) -> tuple[str, int | None, int] | None:
    """The user's line that assigns an attribute in the construction of a class."""
    for base in kind.__mro__:
        code = getattr(vars(base).get("__init__"), "__code__", None)
        if code is not None and lines.is_users(code.co_filename):
            line = assigning_line(code, attribute)
            if line is not None:
                return (*lines.file(code.co_filename), line)
    return None
