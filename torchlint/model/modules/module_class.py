"""``nn.Module`` classes: what their methods keep on ``self``, and whether that is registered."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.finding import Certainty
from torchlint.model.api.torch_names import PARAMETER_CONTAINERS
from torchlint.model.interpreter.values.kept import Kind
from torchlint.model.modules.classes import Ancestry, Lineage
from torchlint.model.modules.construction import INIT
from torchlint.model.modules.rewrites import Rewrites
from torchlint.model.modules.stores import Site, Store, Stores, sites_in
from torchlint.model.modules.uses import Use, Uses, attributes_in, calls_of, reached_from, reads_own
from torchlint.model.modules.values import Grad, Kept, Trained, UseKind
from torchlint.syntax.names import dotted, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from torchlint.model.modules.construction import Construction
    from torchlint.syntax.names import Names
    from torchlint.syntax.region import Region

_MODULE_API = frozenset(
    "_apply apply buffers children cpu cuda double eval float half load_state_dict modules named_buffers "
    "named_children named_modules named_parameters parameters requires_grad_ state_dict to train zero_grad".split()
)
"""Methods of Module that reach what is registered; an override that mentions an attribute takes care of it."""

_HANDING_OUT = frozenset({"parameters", "named_parameters"})
"""Those of them that nothing else of Module asks what to save or to move."""

_PREPARING = re.compile(r"init|reset|load|save|export|build|convert|from_|fuse|merge|prune|quant|setup|prepare")
"""What may run before the module moves, by its name."""

_GROWING = frozenset({"add_", "sub_", "mul_", "div_", "lerp_", "addcmul_", "index_add_", "scatter_add_"})
_COMBINING = frozenset(
    "cat concat hstack vstack roll lerp where maximum minimum add sub mul index_add scatter_add".split()
)
_SETTING = frozenset({"zero_", "fill_", "copy_", "normal_", "uniform_"})
_REGISTERED = (Kind.PARAMETER, Kind.BUFFER, Kind.MODULE)


class ModuleClass:
    """A class that certainly is an ``nn.Module``: what is written in its methods, and what running them gives.

    ``running`` are the methods that a forward pass may run: ``forward`` and what it calls. ``construct`` runs its
    constructor, told which these are, ``sibling`` finds another such class of the file by its name, ``helper`` a
    function, ``mentions`` where an attribute is read outside of one.
    """

    def __init__(
        self,
        node: cst.ClassDef,
        region: Region,
        names: Names,
        lineage: Lineage,
        construct: Callable[[Collection[str]], Construction],
        sibling: Callable[[str], ModuleClass | None],
        helper: Callable[[str], cst.FunctionDef | None],
        mentions: Callable[[str, ModuleClass], Iterator[int]],
    ) -> None:
        self._sibling = sibling
        self._helper = helper
        self._mentions = mentions
        self.node = node
        self.name = node.name.value
        self.region = region
        self.names = names
        self.lineage = lineage
        self.methods: Mapping[str, cst.FunctionDef] = {
            each.name.value: each for each in node.body.body if isinstance(each, cst.FunctionDef)
        }
        self.rewrites = Rewrites(self)
        self.running = reached_from("forward", self.methods)
        self._construct = construct

    @cached_property
    def _construction(self) -> Construction:
        """What running the methods gives; nothing is run before a rule asks for it."""
        return self._construct(self.running)

    @cached_property
    def _sites(self) -> Mapping[str, Sequence[Site]]:
        """Where each method assigns attributes of ``self``."""
        return {name: sites_in(method) for name, method in self.methods.items()}

    @cached_property
    def _stores(self) -> Stores:
        return Stores(self.methods, self._sites, self._construction)

    @property
    def stores(self) -> Mapping[str, Sequence[Store]]:
        """Every assignment to an attribute of ``self`` by attribute, in the order in which the methods run."""
        return self._stores.all

    @cached_property
    def attributes(self) -> Sequence[str]:
        """The attributes that the constructor may keep unregistered, and that somebody reads; where there are none,
        nothing is run."""
        plain = self.lineage.classes[0].plain
        read = attributes_in(method for name, method in self.methods.items() if name != INIT) if plain else ()
        wanted = {name for name in plain if name in read or any(True for _ in self._mentions(name, self))}
        reached = reached_from(INIT, self.methods) if wanted else ()
        written = {each.attribute for name in reached for each in self._sites[name]}
        return [name for name in self._stores.built if name in wanted] if wanted & written else []

    @property
    def calls_init(self) -> bool:
        """Whether ``__init__`` reached a call of some other ``__init__``."""
        return self._construction.initialised

    def contents(self, value: Kept) -> Sequence[Kept]:
        """What a container kept on ``self``, or one in it, certainly holds and nobody else takes care of; nothing where
        it is no container."""
        held: list[Kept] = []
        for each in value.contents:
            if not each.escaped:
                held += self.contents(each) if each.kind is Kind.CONTAINER else [each]
        return held

    def holds_only(self, value: Kept, kind: Kind) -> bool:
        """Whether all that a container holds certainly is of a kind and not taken care of elsewhere."""
        return all(each.kind is kind and each.sure and not each.escaped for each in value.contents)

    @property
    def _registered(self) -> frozenset[str]:
        """The names that this class or a seen ancestor registers, or declares as a property or method."""
        return self.lineage.registered | self.lineage.methods

    def is_registered(self, attribute: str) -> bool:
        """Whether an attribute is registered by name, or by any assignment of a Parameter, Buffer or Module, unless
        another branch keeps a plain tensor there."""
        if attribute in self.partly_plain:
            return False
        if attribute in self._registered:
            return True
        if not self._construction.final.get(attribute, frozenset()).isdisjoint(_REGISTERED):
            return True
        return any(store.value.kind in _REGISTERED for store in self.stores.get(attribute, ()))

    @cached_property
    def partly_plain(self) -> frozenset[str]:
        """The attributes that are parameters on one branch of the constructor, and plain tensors on another."""
        return frozenset(filter(self._is_partly_plain, self.stores))

    def _is_partly_plain(self, attribute: str) -> bool:
        stores = self.stores[attribute]
        registering = [each for each in stores if each.value.kind in _REGISTERED]
        plain = [each for each in stores if each.value.kind is Kind.TENSOR and each.method in self.constructing]
        if not registering or not plain or not all(each.conditional for each in registering):
            return False
        others = [each.registered for each in self.lineage.classes[1:]]
        by_name = attribute in self.lineage.methods.union(*others) or self._is_named(attribute)
        return not by_name and not self._construction.final.get(attribute, frozenset()) <= set(_REGISTERED)

    def _is_named(self, attribute: str) -> bool:
        """Whether the class has the name of an attribute as a text, which may register it."""
        code = self.region.code(self.node)
        return f'"{attribute}"' in code or f"'{attribute}'" in code

    @cached_property
    def _uses(self) -> Uses:
        kinds = {
            name: kind for name, found in self._construction.final.items() if (kind := _kind_in(found)) is not None
        }
        kinds.update({name: kind for name in self.stores if (kind := self._kind(name)) is not None})
        kinds.update(dict.fromkeys(self.lineage.registered, "state"))
        for name in self.partly_plain:
            kinds.pop(name, None)
        plain = frozenset(self.stores) - frozenset(kinds)
        return Uses(self.methods, self.names, kinds, plain, self._uses_inside, self._helper)

    def _uses_inside(self, attribute: str) -> Uses | None:
        """How the class of a submodule that is kept as an attribute uses what it has."""
        made = {each.value.qualified for each in self.stores.get(attribute, ()) if each.value.kind is Kind.MODULE}
        found = self._sibling(made.pop() or "") if len(made) == 1 else None
        return found._uses if found is not None else None

    def _kind(self, attribute: str) -> str | None:
        """What calling or reading an attribute gives, where it is registered: state or a module."""
        for store in self.stores[attribute]:
            value = store.value
            if value.kind in (Kind.PARAMETER, Kind.BUFFER) or value.qualified in PARAMETER_CONTAINERS:
                return "state"
            if value.kind is Kind.MODULE:
                return "torch module" if (value.qualified or "").startswith("torch.nn.") else "module"
        return None

    def uses(self, attribute: str) -> Sequence[Use]:
        """How the methods of the class read an attribute, constructors excluded."""
        return [use for use in self._uses.of(attribute) if use.method not in self.constructing]

    @cached_property
    def constructing(self) -> frozenset[str]:
        """``__init__`` and the methods that only run for it."""
        return frozenset({INIT, *self._construction.called}) - self.running

    def _built(self, attribute: str, kind: Kind) -> Sequence[Store]:
        """What the constructor itself stores of a kind, in a container or not: most attributes are of no interest, and
        then nothing else is run."""
        stores = self._stores.built.get(attribute, ())
        return [each for each in stores if each.value.kind is kind]

    def plain_tensor(self, attribute: str) -> Store | None:
        """The first assignment of a tensor to an attribute while constructing, where nothing registers or moves it."""
        found = next((each for each in self._built(attribute, Kind.TENSOR) if not each.value.lost), None)
        if found is None or self._is_taken_care_of(attribute, found):
            return None
        return found

    def _is_taken_care_of(self, attribute: str, store: Store) -> bool:
        return attribute in self._moved or store.value.escaped or self.is_registered(attribute)

    def plain_container(self, attribute: str, kind: Kind) -> Store | None:
        """The assignment of a plain container to an attribute while constructing, where it certainly holds values of a
        kind and neither it nor they are registered or handed to somebody else."""
        found = self._stores.grown(attribute) if self._built(attribute, Kind.CONTAINER) else ()
        filled = [each for each in found if any(value.kind is kind for value in self.contents(each.value))]
        if not filled or any(each.value.escaped for each in filled):
            return None
        if attribute in self._moved or self._is_handled(attribute, kind):
            return None
        return next((each for each in filled if not self.rewrites.is_single(each)), filled[0])

    @cached_property
    def _moved(self) -> frozenset[str]:
        """The attributes that an override of ``_apply`` or ``to`` in the class, an ancestor or an owner moves."""
        return self.lineage.moved | self.names.outline.moved_inside

    def _is_handled(self, attribute: str, kind: Kind) -> bool:
        """Whether something else may take care of what an attribute holds: outside ``forward`` it is passed on or
        assigned anew, an override of one of Module's own methods knows it, or a method returns parameters to somebody
        who may give them to an optimizer."""
        if kind is Kind.TENSOR and any(use.kind is UseKind.PASSED for use in self._uses.of(attribute)):
            return True  # also while constructing, to a function in it: it may be filled there
        for use in self.uses(attribute):
            returned = kind is Kind.PARAMETER and isinstance(use.operation, cst.Return)
            if kind is Kind.PARAMETER and use.method in _HANDING_OUT:
                continue
            if use.method in _MODULE_API or ((use.kind is UseKind.PASSED or returned) and not self.in_forward(use)):
                return True
        return attribute in self._registered or self.is_restored(attribute)

    def is_handed_out(self, attribute: str) -> bool:
        """Whether the class's own ``parameters()`` or ``named_parameters()`` reads an attribute: what it holds is
        trained, but neither saved nor moved."""
        return any(use.method in _HANDING_OUT for use in self.uses(attribute))

    def lost_parameter(self, attribute: str) -> Store | None:
        """The assignment of the result of an operation on a parameter to an attribute that is not registered."""
        found = next((each for each in self._built(attribute, Kind.TENSOR) if each.value.lost), None)
        return None if found is None or self._is_taken_care_of(attribute, found) else found

    @property
    def first_early_store(self) -> Store | None:
        """The first assignment that raises because no ``__init__`` of a base has run."""
        early = [store for stores in self._stores.built.values() for store in stores if store.early]
        early = [store for store in early if store.value.kind in _REGISTERED and store.value.sure]
        return min(early, key=lambda store: self.region.line(store.node), default=None)

    def certainty(self, store: Store, sure: bool) -> Certainty:
        """How sure a finding about a store is: one branch, an unseen base or an unsure value make it likely."""
        plain = sure and store.value.sure and not store.conditional and self.lineage.ancestry is Ancestry.MODULE
        return Certainty.CERTAIN if plain else Certainty.LIKELY

    def first_use(self, attribute: str) -> Use | None:
        """The first use of an attribute's value in ``forward``, or in any method."""
        uses = [use for use in self.uses(attribute) if use.kind not in (UseKind.NUMBER, UseKind.CHANGED)]
        return next((use for use in uses if self.in_forward(use)), uses[0] if uses else None)

    def call_of(self, attribute: str) -> cst.Call | None:
        """A call of an attribute that is assigned only once, in a method that does not only construct."""
        if len(self.stores[attribute]) != 1:
            return None
        methods = (self.methods[name] for name in self.methods if name not in self.constructing)
        return next((call for method in methods for call in calls_of(attribute, method)), None)

    def trained(self, store: Store) -> Trained:
        """Whether the tensor that a store keeps ought to be trained, and is not."""
        if store.value.grad in (Grad.GRAPH, Grad.SPENT):
            return Trained.SPENT if store.value.grad is Grad.SPENT else Trained.GRAPH
        if store.value.grad is not Grad.LEAF:
            return Trained.NO
        attributes = (store.attribute, *self.holders(store))
        handled = any(self._may_train(use) for attribute in attributes for use in self.uses(attribute))
        return Trained.HANDLED if handled else Trained.NEVER

    def _may_train(self, use: Use) -> bool:
        """Whether a use is a step by hand, or is where one may be taken: outside of ``forward``; or asks for the
        gradient, which is what the tensor is there for."""
        return use.kind is UseKind.CHANGED or not self.in_forward(use) or _differentiates(use)

    def holders(self, store: Store) -> Sequence[str]:
        """The other attributes that keep a container with the value of a store in it."""
        return sorted(store.value.holders)

    def is_running_state(self, attribute: str) -> bool:
        """Whether ``forward`` changes an attribute starting from its old value, and never sets it to a new one."""
        changes = [use for use in self.uses(attribute) if use.kind is UseKind.CHANGED and self.in_forward(use)]
        grows = any(isinstance(use.operation, cst.AugAssign) or _called(use) in _GROWING for use in changes)
        rebound = any(store.method in self.running and self._grows(store) for store in self.stores[attribute])
        is_set = any(_called(use) in _SETTING or (_writes_into(use) and not rebound) for use in changes)
        return (grows or rebound) and not is_set and not self.is_restored(attribute)

    def is_restored(self, attribute: str) -> bool:
        """Whether a method other than the constructor gives an attribute a value that is not made from its old one."""
        return any(store.method not in self.constructing and not self._grows(store) for store in self.stores[attribute])

    def _grows(self, store: Store) -> bool:
        """Whether an assignment computes the new value from the old one: ``+=``, or ``self.x = 0.9 * self.x + y``."""
        if isinstance(store.node, cst.AugAssign):
            return True
        node = store.expression
        while isinstance(node, cst.Subscript):
            node = node.value
        return _computes(node) and reads_own(node, store.attribute)

    def mixing(self, attribute: str) -> Sequence[Use]:
        """The uses of an attribute that mix it with what moves with the module: in ``forward``, or where a class has
        none in its methods, with any data, in others that run with the module with what certainly comes of it."""
        return [
            use
            for use in self.uses(attribute)
            if use.kind is UseKind.MIXED
            and (use.method in self._passing or (use.sure and not _PREPARING.search(use.method.lstrip("_"))))
        ]

    @cached_property
    def _passing(self) -> Collection[str]:
        """The methods through which data of the module passes, ``forward`` and what it calls; where a class has none,
        all that take something."""
        if "forward" in self.methods:
            return self.running
        return [
            name
            for name, method in self.methods.items()
            if len(list(parameters(method))) > 1 and not _PREPARING.search(name.lstrip("_"))
        ]

    def in_forward(self, use: Use) -> bool:
        """Whether a use is in ``forward`` or in a method that ``forward`` calls."""
        return use.method in self.running


def _kind_in(found: Collection[Kind]) -> str | None:
    """What reading or calling an attribute gives that is one of some kinds in the end, whoever stored it."""
    if not found or not set(_REGISTERED).issuperset(found):
        return None
    return "module" if Kind.MODULE in found else "state"


def _computes(node: cst.BaseExpression) -> bool:
    """Whether an expression combines values to a new one: an operator, ``torch.cat([...])``, ``x.lerp(...)``."""
    if isinstance(node, cst.Call):
        return (dotted(node.func) or "").rpartition(".")[2] in _COMBINING
    return isinstance(node, cst.BinaryOperation)


def _differentiates(use: Use) -> bool:
    """Whether a use asks for the gradient of a value: ``torch.autograd.grad(loss, [value])``."""
    call = use.operation
    return isinstance(call, cst.Call) and (dotted(call.func) or "").rpartition(".")[2] == "grad"


def _called(use: Use) -> str:
    """The name of the method that a use calls on the value."""
    match use.operation:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
            return name
    return ""


def _writes_into(use: Use) -> bool:
    """Whether a use assigns to a part of the value, as in ``self.x[i] = y``."""
    return isinstance(use.operation, cst.AssignTarget) and isinstance(use.operation.target, cst.Subscript)
