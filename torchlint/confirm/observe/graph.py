"""Walking a graph ahead of a backward: what its nodes kept, what became of that, and who freed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from torchlint.confirm.observe.changes import Change, Changes, storage_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RAW = "_raw_saved_"
_PYTHON = "_raw_saved_tensors"


@dataclass(slots=True)
class Kept:
    """A tensor that a node kept and that was written to since: ``intact`` says that its version does not show it."""

    node: Any
    line: int
    tensor: torch.Tensor
    changes: list[Change]
    intact: bool


@dataclass
class Look:
    """What a graph was like ahead of a backward; ``operations`` are (tape, index) of the nodes whose maker is known."""

    operations: dict[tuple[Any, int], bool] = field(default_factory=dict)
    changed: list[Kept] = field(default_factory=list)
    leaves: list[torch.Tensor] = field(default_factory=list)
    spared: dict[int, list[Change]] = field(default_factory=dict)
    """Writes to leaves while the graph was there, by storage: harmless as far as nobody kept the leaf."""
    kept_bytes: int = 0
    nodes: int = 0
    opaque: bool = False
    """Whether some node keeps what only a hook of the program's own can give back."""


def nodes_behind(roots: Iterable[torch.Tensor]) -> Iterator[Any]:
    """The nodes that a backward from ``roots`` can go through, each once."""
    waiting: list[Any] = [_last_node(each) for each in roots]
    seen: set[Any] = set()
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        yield node
        waiting.extend(following for following, _ in node.next_functions)


def _last_node(tensor: torch.Tensor) -> Any:
    try:
        return tensor.grad_fn
    except RuntimeError:  # a view that has become illegal: the backward will say so
        return None


def look(roots: Iterable[torch.Tensor], changes: Changes, find: Any, measure: bool) -> Look:
    """Look at all that a backward from ``roots`` will need. ``measure``: also count the bytes that are kept."""
    found = Look()
    storages: dict[int, int] = {}
    for node in nodes_behind(roots):
        found.nodes += 1
        variable = getattr(node, "variable", None)
        if variable is not None:
            found.leaves.append(variable)
            continue
        names = _names(type(node))
        tape, index = find(node)
        keeps = bool(names)
        if tape is not None:
            key = (tape, index)
            found.operations[key] = found.operations.get(key, False) or keeps
        if not keeps:
            continue
        line, clock = (tape.lines[index], tape.clocks[index]) if tape is not None else (0, None)
        for name, raw in _raw(node, names):
            tensor = _content(raw, found)
            if tensor is None:
                continue
            storage = storage_of(tensor)
            if measure:
                storages[storage] = 0 if tensor.is_leaf and tensor.requires_grad else tensor.untyped_storage().nbytes()
            written = changes.since(storage, clock) if clock is not None else []
            replaced = changes.since(-id(tensor), clock) if clock is not None else []
            if written or replaced:
                found.changed.append(Kept(node, line, tensor, [*written, *replaced], not _is_refused(node, name)))
    found.kept_bytes = sum(storages.values())
    _spare(found, changes)
    return found


def refused(roots: Iterable[torch.Tensor], find: Any) -> Iterator[tuple[Any, int]]:
    """The nodes, with their lines, that cannot use what they kept because its version is another."""
    for node in nodes_behind(roots):
        if getattr(node, "variable", None) is None and any(
            getattr(raw, "unpack_hook", None) is None and _is_refused(node, name)
            for name, raw in _raw(node, _names(type(node)))
        ):
            tape, index = find(node)
            yield node, tape.lines[index] if tape is not None else 0


def _spare(found: Look, changes: Changes) -> None:
    clocks = [tape.clocks[index] for tape, index in found.operations]
    if not clocks or changes.clock == (first := min(clocks)):
        return
    kept = {storage_of(each.tensor) for each in found.changed}
    for leaf in found.leaves:
        storage = storage_of(leaf)
        if storage not in kept and (written := changes.since(storage, first)):
            found.spared[storage] = written


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(kind: type) -> tuple[str, ...]:
    """The attributes under which nodes of a kind give what they keep."""
    found = _NAMES.get(kind)
    if found is None:
        own = (_PYTHON,) if hasattr(kind, _PYTHON) else (each for each in dir(kind) if each.startswith(_RAW))
        found = _NAMES[kind] = tuple(own)
    return found


def _raw(node: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name in names:
        raw = _attribute(node, name)
        if isinstance(raw, (tuple, list)):
            yield from ((name, each) for each in raw if each is not None)
        elif raw is not None:
            yield name, raw


def _attribute(node: Any, name: str) -> Any:
    try:
        return getattr(node, name)
    except (RuntimeError, AttributeError):  # freed
        return None


def _content(raw: Any, found: Look) -> torch.Tensor | None:
    """The tensor that is kept, whatever its version; None where it is freed, or the program's hooks have it."""
    try:
        if raw.unpack_hook is not None:
            found.opaque = True
            return None
        tensor = raw.data
    except (RuntimeError, AttributeError):  # freed, or a torch that does not show it
        return None
    return tensor if isinstance(tensor, torch.Tensor) and tensor.layout is torch.strided else None


def _is_refused(node: Any, name: str) -> bool:
    """Whether the backward will refuse what is kept because of its version."""
    try:
        getattr(node, name.removeprefix("_raw_") if name == _PYTHON else name.replace("_raw", "", 1))
    except (RuntimeError, TypeError) as error:
        return "modified by an inplace" in str(error)
    return False
