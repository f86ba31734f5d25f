"""A tensor kept as a plain attribute of an ``nn.Module``.

What it does
    Finds tensors that a module assigns to ``self``, by themselves or in a list or dict, without registering them as a
    buffer or a parameter, and that its ``forward`` uses, that another method mixes with what the module computes, or
    that somebody reads from an instance.

Why
    ``module.to(device)`` moves parameters and buffers only; a plain tensor stays where it was made, and the first
    operation that mixes it with data on the GPU raises. ``state_dict()`` does not save it, so a reloaded model draws
    other random values or has lost what it accumulated. An optimizer that is given ``module.parameters()`` never trains
    it.

Example
    A mask made in ``__init__`` and multiplied in ``forward`` works on the CPU and fails on every other device.

Fix safety
    ``register_buffer(name, value, persistent=False)`` (``nn.Buffer`` where the target version is 2.5 or later) is safe
    for a table of integers or booleans with a single assignment: checkpoints stay loadable, and no dtype changes. For
    floating tensors ``.half()`` or ``.to(dtype)`` now converts the table too; for random values and running state the
    buffer must be persistent, which changes the checkpoint; a tensor that requires grad becomes a parameter. Those
    fixes are unsafe. Complex and trigonometric tables get none: ``.to(dtype)`` would ruin them.

What it misses
    Tensors that come from functions of other files, that a base class assigns and only a subclass uses, or that are
    class attributes or assigned from outside; classes whose base is not seen and that have no ``forward``.

Source
    torch.nn.Module._apply, Module.register_buffer, Module.state_dict; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Fix, Related, Span
from torchlint.model.interpreter.values.kept import Kind
from torchlint.model.modules.classes import Ancestry
from torchlint.model.modules.values import Grad, Trained, UseKind
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.model.facts import Facts
    from torchlint.model.modules.module_class import ModuleClass
    from torchlint.model.modules.stores import Store
    from torchlint.model.modules.uses import Use

RULE = Rule(
    code="TLC101",
    slug="unregistered-tensor",
    since="0.1.0",
    message="a tensor kept as a plain attribute of an nn.Module",
    triggers=(Trigger(Sign.TENSOR_STORE), Trigger(Sign.CONTAINER_STORE)),
    fix=Applicability.SAFE,
)

_TWO_DEVICES = "Expected all tensors to be on the same device, but found at least two devices"
_STALE = "the optimizer changes the parameter, but what was computed from it keeps its first value"
_TWICE = "Trying to backward through the graph a second time"


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Judge every attribute that the constructor of a module gives a plain tensor."""
    for module, attribute in _attributes(facts):
        store = module.plain_tensor(attribute)
        finding = _judge(facts, module, store) if store is not None else _in_container(facts, module, attribute)
        if finding is not None:
            yield finding


def advise(facts: Facts, options: object) -> Iterator[Finding]:
    """Tensors that move by hand, or with which nothing goes wrong yet."""
    for module, attribute in _attributes(facts):
        store = module.plain_tensor(attribute)
        finding = _could_be_buffer(facts, module, store) if store is not None else None
        if finding is not None:
            yield finding


def _attributes(facts: Facts) -> Iterator[tuple[ModuleClass, str]]:
    for module in facts.module_classes(Sign.TENSOR_STORE, Sign.CONTAINER_STORE):
        if not module.lineage.self_moving:
            yield from ((module, attribute) for attribute in module.attributes)


def _in_container(facts: Facts, module: ModuleClass, attribute: str) -> Finding | None:
    """Tensors in a plain list, tuple or dict."""
    store = module.plain_container(attribute, Kind.TENSOR)
    if store is None or any(use.kind is UseKind.MOVED for use in module.uses(attribute)):
        return None
    held = module.contents(store.value)
    kind = "dict" if module.rewrites.is_mapping(store) else "list"
    uses = module.uses(attribute)
    if any(each.grad is Grad.LEAF for each in held):
        if not uses or not all(map(module.in_forward, uses)) or _is_mentioned(facts, module, store):
            return None
        effect = Effect(EffectKind.SILENT, "the optimizer never sees the tensors, so they keep their first values")
        text = f"keeps tensors that require grad in a plain {kind}: they are never trained, saved or moved"
        return _finding(module, store, text, Certainty.LIKELY, effect, uses)
    if not all(each.kind is Kind.TENSOR and each.least and not each.placed for each in held):
        return None
    least = min(each.least for each in held)
    mixed = next((use for use in module.mixing(attribute) if 0 < use.taken <= least), None)
    if mixed is None:
        return None
    effect = Effect(EffectKind.RAISES, _TWO_DEVICES, module.region.place(mixed.node))
    text = (
        f"keeps tensors in a plain {kind}: they stay on their device when the module moves, and `{mixed.method}` mixes"
    )
    return _finding(module, store, f"{text} them with what moved", Certainty.LIKELY, effect, [mixed])


def _judge(facts: Facts, module: ModuleClass, store: Store) -> Finding | None:
    trained = module.trained(store)
    if trained is not Trained.NO:
        return _untrained(facts, module, store, trained)
    if module.is_restored(store.attribute):
        return None
    return _unsaved(facts, module, store) or _unmoved(facts, module, store)


def _in_forward(module: ModuleClass, store: Store) -> list[Use]:
    uses = module.uses(store.attribute)
    return [use for use in uses if module.in_forward(use) and use.kind is not UseKind.NUMBER]


def _move(module: ModuleClass, store: Store) -> Use | None:
    """The first use that moves a tensor by hand."""
    return next((use for use in module.uses(store.attribute) if use.kind is UseKind.MOVED), None)


def _untrained(facts: Facts, module: ModuleClass, store: Store, trained: Trained) -> Finding | None:
    """A tensor that requires grad: computed from a parameter, or a weight that no optimizer gets."""
    in_forward = _in_forward(module, store)
    if not in_forward:
        return None
    if trained in (Trained.GRAPH, Trained.SPENT) and not module.is_restored(store.attribute):
        is_spent = trained is Trained.SPENT
        effect = Effect(EffectKind.RAISES, _TWICE) if is_spent else Effect(EffectKind.SILENT, _STALE)
        end = "the second backward raises, and it never moves" if is_spent else "it is never computed again nor moved"
        text = f"is computed from a parameter once, in `__init__`: {end}"
        return _finding(module, store, text, Certainty.CERTAIN, effect, in_forward)
    if trained is Trained.NEVER and not _is_mentioned(facts, module, store):
        effect = Effect(EffectKind.SILENT, "the optimizer never sees the tensor, so it keeps its first value")
        text = "requires grad but is in no parameter list: it is never trained, saved or moved"
        fix = _parameter_fix(module, store)
        return _finding(module, store, text, Certainty.CERTAIN, effect, in_forward, fix)
    return None


def _unsaved(facts: Facts, module: ModuleClass, store: Store) -> Finding | None:
    """Running state and random values, which a checkpoint would have to keep."""
    in_forward = _in_forward(module, store)
    read = None if in_forward else _read_outside(facts, store.attribute, module)
    if module.is_running_state(store.attribute):
        text, loss = "accumulates state", "so a reloaded model starts over"
    elif store.value.random and (in_forward or read):
        text, loss = "is random", "so a reloaded model draws other values"
    else:
        return None
    left = "" if _move(module, store) else ", and it stays on its device when the module moves"
    text = f"{text} but is no buffer: it is missing from state_dict(){left}"
    effect = Effect(EffectKind.SILENT, f"state_dict() has no entry for it, {loss}")
    fix = _buffer_fix(facts, module, store, persistent=True)
    return _finding(module, store, text, Certainty.LIKELY, effect, in_forward, fix, (read,) if read else ())


def _unmoved(facts: Facts, module: ModuleClass, store: Store) -> Finding | None:
    """A constant table that raises after a move: nothing brings it along, and what moved is mixed with it."""
    value, mixed = store.value, _mixing(module, store)
    if mixed is None or not value.least or value.placed or mixed.taken >= value.least:
        return None
    if _move(module, store) is not None:
        return None
    effect = Effect(EffectKind.RAISES, _TWO_DEVICES, module.region.place(mixed.node))
    method = "forward" if module.in_forward(mixed) else mixed.method
    text = f"is a plain tensor: it stays on its device when the module moves, and `{method}` mixes it with what moved"
    fix = _buffer_fix(facts, module, store, persistent=False)
    return _finding(module, store, text, Certainty.LIKELY, effect, [mixed], fix)


def _could_be_buffer(facts: Facts, module: ModuleClass, store: Store) -> Finding | None:
    """A constant table with which nothing goes wrong: the class brings it along by itself, or has it on the device."""
    # A tensor without dimensions mixes with those of any device.
    if module.trained(store) is not Trained.NO or module.is_restored(store.attribute) or store.value.is_scalar:
        return None
    if _unsaved(facts, module, store) or _unmoved(facts, module, store):
        return None
    moved, mixed = _move(module, store), _mixing(module, store)
    use = moved or mixed
    if use is None:
        return None
    if moved is not None:
        effect = Effect(EffectKind.SLOW, "it is copied to the device again and again")
        text = "is moved by hand at each use; a buffer moves with the module"
    elif module.in_forward(use):
        effect = Effect(EffectKind.NONE, "")
        text = "could be a buffer, which moves with the module"
    else:
        return None
    fix = _buffer_fix(facts, module, store, persistent=False)
    return _finding(module, store, text, Certainty.ADVICE, effect, [use], fix)


def _mixing(module: ModuleClass, store: Store) -> Use | None:
    """The use in which a tensor meets what moved, first where it cannot be on another device."""
    mixing = module.mixing(store.attribute)
    return next((use for use in mixing if use.taken < store.value.least), mixing[0] if mixing else None)


def _is_mentioned(facts: Facts, module: ModuleClass, store: Store) -> bool:
    """Whether something outside the class reads the tensor from an instance, and so may train it."""
    attributes = (store.attribute, *module.holders(store))
    return any(True for attribute in attributes for _ in facts.mentions(attribute, module))


def _read_outside(facts: Facts, attribute: str, module: ModuleClass) -> Related | None:
    """The first place at which an instance's attribute is read."""
    offset = next(facts.mentions(attribute, module), None)
    if offset is None:
        return None
    return Related("read", "from an instance", facts.source.place(Span(offset, offset + len(attribute))))


def _finding(
    module: ModuleClass,
    store: Store,
    text: str,
    certainty: Certainty,
    effect: Effect,
    uses: Sequence[Use],
    fix: Fix | None = None,
    read: tuple[Related, ...] = (),
) -> Finding:
    if module.lineage.ancestry is Ancestry.ASSUMED and certainty is Certainty.CERTAIN:
        certainty = Certainty.LIKELY
    related = tuple(Related("used", f"in `{use.method}`", module.region.place(use.node)) for use in uses[:1]) + read
    message = f"`self.{store.attribute}` {text}"
    return RULE.finding(module.region, store.target, message, certainty, effect, related, fix)


def _buffer_fix(facts: Facts, module: ModuleClass, store: Store, *, persistent: bool) -> Fix | None:
    """Register the tensor: safe only where neither checkpoints nor dtypes can change."""
    value = store.value
    if not module.rewrites.can_register(store, changing=True) or value.delicate:
        return None
    exact = value.whole and not persistent
    keep = "" if persistent else ", persistent=False"
    name = store.attribute
    if facts.supports(2, 5) and (nn := module.rewrites.torch_nn()):
        edits = module.rewrites.wrap(store, f"self.{name} = {nn}.Buffer(", f"{keep})")
    else:
        edits = module.rewrites.wrap(store, f'self.register_buffer("{name}", ', f"{keep})")
    applicability = Applicability.SAFE if exact else Applicability.UNSAFE
    return Fix(applicability, f"Register `{name}` as a {'' if persistent else 'non-persistent '}buffer", edits)


def _parameter_fix(module: ModuleClass, store: Store) -> Fix | None:
    nn = module.rewrites.torch_nn()
    if nn is None or not module.rewrites.can_register(store):
        return None
    edits = module.rewrites.wrap(store, f"self.{store.attribute} = {nn}.Parameter(", ")")
    return Fix(Applicability.UNSAFE, f"Make `{store.attribute}` a parameter", edits)


EXAMPLES = (
    Example(
        "a table that stays behind",
        """
import torch
from torch import nn

class Normalize(nn.Module):
    def __init__(self, size):
        super().__init__()
        ⟦self.mean⟧ = torch.full((3, 1, 1), 0.5)

    def forward(self, images):
        return images - self.mean
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

class Normalize(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("mean", torch.full((3, 1, 1), 0.5), persistent=False)

    def forward(self, images):
        return images - self.mean
""",
        proof='fault = Normalize(3).to("meta").mean.device.type != "meta"',
    ),
    Example(
        "an index table, fixed safely",
        """
import torch
from torch import nn

class Shift(nn.Module):
    def __init__(self, length):
        super().__init__()
        ⟦self.order⟧ = torch.arange(length).flip(0)

    def forward(self, x):
        return x.index_select(1, self.order)
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

class Shift(nn.Module):
    def __init__(self, length):
        super().__init__()
        self.register_buffer("order", torch.arange(length).flip(0), persistent=False)

    def forward(self, x):
        return x.index_select(1, self.order)
""",
        proof="""
module = Shift(4)
same_checkpoint = not module.state_dict()
fault = module.to("meta").order.device.type != "meta" or not same_checkpoint
""",
    ),
    Example(
        "random features that no checkpoint has",
        """
import torch
from torch import nn

class Fourier(nn.Module):
    def __init__(self, size):
        super().__init__()
        ⟦self.frequencies⟧ = torch.randn(size)

    def forward(self, x):
        return torch.cos(x[..., None] * self.frequencies)
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

class Fourier(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("frequencies", torch.randn(size))

    def forward(self, x):
        return torch.cos(x[..., None] * self.frequencies)
""",
        proof="""
one, other = Fourier(4), Fourier(4)
other.load_state_dict(one.state_dict())
fault = not torch.equal(one(torch.ones(2)), other(torch.ones(2)))
""",
    ),
    Example(
        "a weight that is never trained",
        """
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, size):
        super().__init__()
        ⟦self.weight⟧ = torch.ones(size, requires_grad=True)

    def forward(self, x):
        return x * self.weight
""",
        fixed="""
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size, requires_grad=True))

    def forward(self, x):
        return x * self.weight
""",
        proof="fault = not list(Scale(3).parameters())",
    ),
    Example(
        "a buffer, and a tensor that only gives its size",
        """
import torch
from torch import nn

class Positions(nn.Module):
    def __init__(self, length):
        super().__init__()
        self.register_buffer("table", torch.arange(length), persistent=False)
        self.shape = torch.zeros(length, 2)

    def forward(self, x):
        return x + self.table[: self.shape.size(0)]
""",
        proof='fault = Positions(3).to("meta")(torch.ones(3, device="meta")).device.type != "meta"',
    ),
)
