"""How the methods of a module read what it keeps on ``self``.

A use is judged by what happens to the value: is it moved to another device, mixed with data that moves with the module,
only read as a number, or handed to something unknown?
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.modules import tensors
from torchlint.model.modules.climb import METADATA, Climb
from torchlint.model.modules.module_data import Data, inputs_of, own_attribute, own_method, returned
from torchlint.model.modules.values import UseKind
from torchlint.syntax.names import Names, dotted, parameters
from torchlint.syntax.region import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from torchlint.syntax.region import Region


@dataclass(frozen=True, slots=True)
class Use:
    """One mention of an attribute outside its assignments; ``node`` is the mention, ``method`` where it stands.

    ``taken`` are the dimensions that the value may have lost before the operation, to indices and loops. ``sure``: what
    the value is mixed with comes of the module itself, not only of arguments, which a caller may have moved or not.
    """

    attribute: str
    kind: UseKind
    method: str
    node: cst.BaseExpression
    operation: cst.CSTNode
    taken: int = 0
    sure: bool = False


_DESCRIBING = METADATA | {"device", "size", "dim", "numel"}
_SHAPING = frozenset({"view", "reshape", "unsqueeze", "expand", "repeat"})
"""Methods that give a tensor dimensions."""
_KEEPING = (cst.List, cst.Comparison, cst.Ellipsis)
_DEPTH = 2


class Uses:
    """Every use of some attributes in the methods of one class; ``submodule`` has those in the class of what is kept as
    an attribute, where that is a module of the file, whose functions ``helper`` finds by name."""

    def __init__(
        self,
        methods: Mapping[str, cst.FunctionDef],
        names: Names,
        kinds: Mapping[str, str],
        attributes: frozenset[str],
        submodule: Callable[[str], Uses | None] = lambda attribute: None,
        helper: Callable[[str], cst.FunctionDef | None] = lambda name: None,
    ) -> None:
        self._submodule = submodule
        self._helper = helper
        self._own: dict[str, Data] = {}
        self._given_back: dict[str, bool] = {}
        self._methods = methods
        self._names = names
        self._kinds = kinds
        self._attributes = attributes

    def of(self, attribute: str) -> Sequence[Use]:
        """The uses of an attribute in the order of the methods."""
        return self._by_attribute.get(attribute, ())

    @cached_property
    def _by_attribute(self) -> Mapping[str, Sequence[Use]]:
        found: dict[str, list[Use]] = {}
        for name in self._methods:
            for use in self._in_method(name, {}, 0):
                found.setdefault(use.attribute, []).append(use)
        return found

    def _in_method(
        self, name: str, given: Mapping[str, str], depth: int, inputs: frozenset[str] | None = None
    ) -> Iterator[Use]:
        """Uses in one method; ``given`` are parameters that certainly hold an attribute, ``inputs`` those that data is
        passed to which moves with the module, all of them where that is not told."""
        method = self._methods[name]
        data = self._data(method, (frozenset(inputs_of(method)) if inputs is None else inputs) - frozenset(given))
        visitor = _Mentions(self._attributes, given)
        walk(method.body, visitor)
        for attribute, node, ancestors in visitor.found:
            kind, operation = Climb(data, self._methods).judge(node, ancestors)
            if (
                kind is UseKind.PASSED
                and depth < _DEPTH
                and (inner := self._followed(attribute, node, operation, depth, data))
            ):
                yield from inner
            else:
                sure = kind is UseKind.MIXED and self._is_sure(name, node, ancestors)
                taken = visitor.taken.get(node, 0) + _taken(node, ancestors)
                use = Use(attribute, kind, name, node, operation, taken, sure)
                yield self._mixed_inside(use, depth, data) if kind is UseKind.PASSED and depth < _DEPTH else use

    def _data(self, function: cst.FunctionDef, inputs: frozenset[str]) -> Data:
        return Data(function, self._names.within(function), self._kinds, inputs, self._gives)

    def _gives(self, name: str) -> bool:
        """Whether all that a method of the class returns is data that moves with the module, if its arguments are;
        one that calls itself does not."""
        if name not in self._given_back:
            self._given_back[name] = False
            method = self._methods.get(name)
            found = returned(method) if method is not None else ()
            if method is not None and found:
                data = self._data(method, frozenset(inputs_of(method)))
                self._given_back[name] = all(data.holds(each) for each in found)
        return self._given_back[name]

    def _is_sure(self, name: str, node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> bool:
        """Whether a use mixes the value with what comes of the module itself."""
        if name not in self._own:
            self._own[name] = self._data(self._methods[name], frozenset())
        return Climb(self._own[name], self._methods).judge(node, ancestors)[0] is UseKind.MIXED

    def _followed(self, attribute: str, node: cst.CSTNode, call: cst.CSTNode, depth: int, data: Data) -> list[Use]:
        """Uses inside a method of the class that an attribute is passed to, by the parameter that receives it."""
        target = own_method(call) if isinstance(call, cst.Call) else None
        if not isinstance(call, cst.Call) or target is None or target not in self._methods:
            return []
        return self._given(target, attribute, node, call, depth, data)

    def _given(
        self, method: str, attribute: str, node: cst.CSTNode, call: cst.Call, depth: int, data: Data
    ) -> list[Use]:
        """What a method of the class does with an argument of a call; ``data`` is that where the call stands."""
        given = _bound(call, list(parameters(self._methods[method]))[1:])
        receiver = next((name for name, value in given.items() if value is node), None)
        if receiver is None:
            return []
        inputs = frozenset(name for name, value in given.items() if data.holds(value))
        found = self._in_method(method, {receiver: attribute}, depth + 1, inputs)
        return [each for each in found if each.attribute == attribute]

    def _mixed_inside(self, use: Use, depth: int, data: Data) -> Use:
        """A use that passes the value on to a submodule, or to a function of the file, as what that does with it."""
        call = use.operation
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Name):
            helper = self._helper(call.func.value)
            return use if helper is None else self._mixed_in_helper(use, call, helper, data)
        inside = self._submodule(own_method(call) or "") if isinstance(call, cst.Call) else None
        if inside is None or not isinstance(call, cst.Call) or "forward" not in inside._methods:
            return use
        found = inside._given("forward", use.attribute, use.node, call, depth, data)
        mixed = [each.taken for each in found if each.kind is UseKind.MIXED]
        return replace(use, kind=UseKind.MIXED, taken=use.taken + min(mixed)) if mixed else use

    def _mixed_in_helper(self, use: Use, call: cst.Call, helper: cst.FunctionDef, data: Data) -> Use:
        """A use that passes the value on to a function of the file, as the only thing that this does with it."""
        given = _bound(call, list(parameters(helper)))
        receiver = next((name for name, value in given.items() if value is use.node), None)
        if receiver is None:
            return use
        inside = self._data(helper, frozenset(name for name, value in given.items() if data.holds(value)) - {receiver})
        visitor = _Mentions(frozenset(), {receiver: use.attribute})
        walk(helper.body, visitor)
        kinds = {Climb(inside, {}).judge(node, ancestors)[0] for _, node, ancestors in visitor.found}
        return replace(use, kind=UseKind.MIXED) if kinds == {UseKind.MIXED} else use


def function_in(region: Region) -> cst.FunctionDef | None:
    """The function that a region is about."""
    body = region.module.body if region.is_readable else ()
    return next((each for each in body if isinstance(each, cst.FunctionDef)), None)


def _bound(call: cst.Call, names: Sequence[str]) -> dict[str, cst.BaseExpression]:
    """The arguments of a call by the parameters that certainly receive them."""
    given: dict[str, cst.BaseExpression] = {}
    for index, argument in enumerate(call.args):
        name = argument.keyword.value if argument.keyword else names[index] if index < len(names) else None
        if name is not None and not argument.star:
            given[name] = argument.value
    return given


def reached_from(start: str, methods: Mapping[str, cst.FunctionDef]) -> frozenset[str]:
    """The methods that a method may run, itself included: those that it mentions as ``self.name``, and so on."""
    reached: set[str] = set()
    waiting = [start] if start in methods else []
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            visitor = _Mentions(frozenset(methods), {})
            walk(methods[name].body, visitor)
            waiting.extend(attribute for attribute, _, _ in visitor.found)
    return frozenset(reached)


def reads_own(node: cst.BaseExpression, attribute: str) -> bool:
    """Whether an expression reads what ``self.attribute`` holds, not only its device, dtype or shape."""
    visitor = _Mentions(frozenset({attribute}), {})
    walk(node, visitor)
    above = (ancestors[-1] if ancestors else node for _, _, ancestors in visitor.found)
    return any(not isinstance(each, cst.Attribute) or each.attr.value not in _DESCRIBING for each in above)


def attributes_in(trees: Iterable[cst.CSTNode]) -> Collection[str]:
    """The names of the attributes that some trees mention, of whatever."""
    visitor = _Attributes()
    for tree in trees:
        walk(tree, visitor)
    return visitor.found


class _Attributes(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: set[str] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if type(node) is cst.Attribute:
            self.found.add(node.attr.value)
        return True


def calls_of(attribute: str, tree: cst.CSTNode) -> Sequence[cst.Call]:
    """The calls ``self.attribute(...)`` in a tree."""
    visitor = _OwnCalls(attribute)
    walk(tree, visitor)
    return visitor.found


class _OwnCalls(cst.CSTVisitor):
    def __init__(self, attribute: str) -> None:
        self.found: list[cst.Call] = []
        self._attribute = attribute

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Call) and own_method(node) == self._attribute:
            self.found.append(node)
        return True


class _Mentions(cst.CSTVisitor):
    """Finds ``self.attribute`` and the locals that are only another name for one, each with its ancestors."""

    def __init__(self, attributes: frozenset[str], given: Mapping[str, str]) -> None:
        self.found: list[tuple[str, cst.BaseExpression, tuple[cst.CSTNode, ...]]] = []
        self.taken: dict[cst.CSTNode, int] = {}
        self._attributes = attributes
        self._aliases = dict(given)
        self._lost: dict[str, int] = {}
        self._stack: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        # a match statement would ask each class in turn, which is slow for abstract ones
        if type(node) is cst.Attribute and (name := own_attribute(node)) in self._attributes:
            self.found.append((name, node, tuple(self._stack)))
            return False
        if type(node) is cst.Name:
            if node.value in self._aliases and not self._is_label(node):
                self.found.append((self._aliases[node.value], node, tuple(self._stack)))
                self.taken[node] = self._lost.get(node.value, 0)
            return False
        if type(node) is cst.Assign and len(node.targets) == 1 and isinstance(node.targets[0].target, cst.Name):
            self._alias(node.targets[0].target.value, node.value)
        elif type(node) is cst.For:
            self._loop(node.target, node.iter)
        self._stack.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self._stack and self._stack[-1] is original_node:
            self._stack.pop()

    def _is_label(self, node: cst.Name) -> bool:
        """Whether the name being visited is a keyword, an attribute's name or a target, not a value."""
        for parent in reversed(self._stack):
            if isinstance(parent, (cst.Tuple, cst.Element)):
                continue
            if isinstance(parent, (cst.For, cst.CompFor)):
                return any(name is node for name in _names(parent.target))
            part = {cst.Attribute: "attr", cst.Arg: "keyword"}.get(type(parent))
            return isinstance(parent, (cst.AssignTarget, cst.Param)) or (part and getattr(parent, part)) is node
        return False

    def _alias(self, name: str, value: cst.BaseExpression) -> None:
        attribute = self._root(value)
        if attribute is not None:
            self._aliases[name] = attribute
            self._lost[name] = self._lost_in(value)
        else:
            self._aliases.pop(name, None)

    def _lost_in(self, node: cst.BaseExpression) -> int:
        """How many dimensions what an expression gives may have lost since it was stored."""
        match node:
            case cst.Name(value=name):
                return self._lost.get(name, 0)
            case cst.Subscript(value=value):
                return self._lost_in(value) + _indices(node)
            case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value=method))):
                return 0 if method in _SHAPING else self._lost_in(value)
        return 0

    def _loop(self, target: cst.BaseExpression, iterated: cst.BaseExpression) -> None:
        """A loop target may be an element of an attribute."""
        for node in _names(target):
            self._aliases.pop(node.value, None)
        for part, source in _pairs(target, iterated):
            root = self._root(source)
            for node in _names(part) if root is not None else ():
                self._aliases[node.value] = root or ""
                self._lost[node.value] = self._lost_in(source) + 1

    def _root(self, node: cst.BaseExpression) -> str | None:
        """The attribute that an expression is, or may be, a view or a plain copy of."""
        match node:
            case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name)):
                return name if name in self._attributes else None
            case cst.Name(value=name):
                return self._aliases.get(name)
            case cst.Subscript(value=value):
                return self._root(value)
            case cst.IfExp(body=body, orelse=orelse):
                return self._root(body) or self._root(orelse)
            case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value=method))) if (
                method in tensors.VIEW_METHODS
            ):
                return self._root(value)
        return None


def _pairs(
    target: cst.BaseExpression, iterated: cst.BaseExpression
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """The parts of a loop's target, each with that over whose items it runs."""
    parts = [each.value for each in target.elements] if isinstance(target, cst.Tuple) else []
    given = [each.value for each in iterated.args] if isinstance(iterated, cst.Call) else []
    match iterated:
        case cst.Call(func=cst.Name(value="zip")) if parts:
            for part, each in zip(parts, given, strict=False):
                yield from _pairs(part, each)
        case cst.Call(func=cst.Name(value="enumerate"), args=[first, *_]) if len(parts) == 2:
            yield from _pairs(parts[1], first.value)
        case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value="items"))) if len(parts) == 2:
            yield parts[1], owner
        case cst.Call(func=cst.Attribute(value=owner)):
            yield from ((target, each) for each in (*given, owner))
        case cst.Call():
            for each in given:
                yield from _pairs(target, each)
        case _:
            yield target, iterated


def _taken(node: cst.CSTNode, ancestors: Sequence[cst.CSTNode]) -> int:
    """How many dimensions indices take from a value before something is done with it."""
    taken = 0
    for parent in reversed(ancestors):
        match parent:
            case cst.Subscript(value=value) if value is node:
                taken += _indices(parent)
            case cst.Attribute(value=value, attr=cst.Name(value=name)) if value is node:
                taken = 0 if name in _SHAPING else taken
            case cst.Call(func=value) if value is node:
                pass
            case _:
                break
        node = parent
    return taken


def _indices(node: cst.Subscript) -> int:
    """How many dimensions a subscript may take away; a slice, a list and None take none."""
    indices = [each.slice.value for each in node.slice if isinstance(each.slice, cst.Index)]
    return sum(not isinstance(each, _KEEPING) and dotted(each) != "None" for each in indices)


def _names(target: cst.BaseExpression) -> Iterator[cst.Name]:
    match target:
        case cst.Name():
            yield target
        case cst.Tuple(elements=elements):
            for element in elements:
                yield from _names(element.value)
