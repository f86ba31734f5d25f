"""What is known of the names of one scope at the statements that somebody asks about.

Statements are followed in the order in which they run. Where branches meet only what holds in each is kept; a loop's
body is read again until nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.code.sorts import Known, Sort, annotated, element_of, elements_of, joined, narrowed, sort_of
from torchlint.syntax.names import parameters
from torchlint.syntax.region import walk

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from torchlint.model.code.scopes import Scope

_NUMBERS = (cst.BaseNumber, cst.BaseString, cst.UnaryOperation, cst.Tuple, cst.List, cst.Dict)


def known_at(scope: Scope, wanted: Collection[cst.CSTNode]) -> Mapping[cst.CSTNode, Known]:
    """What is known just before each of the ``wanted`` statements of a scope that are reached."""
    flow = _Flow(scope, wanted)
    flow.start()
    return flow.found


class _Flow:
    def __init__(self, scope: Scope, wanted: Collection[cst.CSTNode]) -> None:
        self.found: dict[cst.CSTNode, Known] = {}
        self._scope = scope
        self._wanted = frozenset(wanted)
        self._unclear = bound_out_of_order(scope.body)
        self._leaving: list[list[Known]] = []
        self._assigned: list[Known] = []

    def start(self) -> None:
        function = self._scope.function
        known: Known = {}
        if function is not None:
            lineage = self._scope.lineage
            is_module = lineage is not None and lineage.is_module
            known.update(_given(self._scope, function, is_module and function.name.value == "forward"))
        known.update(dict.fromkeys(self._unclear, Sort.UNKNOWN))
        self._suite(self._scope.body, known)

    def _suite(self, suite: cst.BaseSuite | cst.Module, known: Known | None) -> Known | None:
        """What is known after some statements, None where they do not go on to what follows them."""
        statements: Sequence[cst.CSTNode] = suite.body
        for node in statements:
            if known is None:
                return None
            if isinstance(node, cst.SimpleStatementLine):
                for small in node.body:
                    known = self._small(small, known) if known is not None else None
            elif isinstance(node, cst.BaseSmallStatement):
                known = self._small(node, known)
            elif isinstance(node, cst.BaseCompoundStatement):
                known = self._compound(node, known)
        return known

    def _small(self, node: cst.BaseSmallStatement, known: Known) -> Known | None:
        if node in self._wanted:
            self.found[node] = dict(known)
        match node:
            case cst.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target.target, value, known)
            case cst.AnnAssign(target=cst.Name(value=name), annotation=annotation, value=value):
                said = annotated(annotation, self._scope.names)
                given = self._sort(value, known) if value is not None else Sort.UNKNOWN
                self._bind(name, said if said is Sort.TENSOR else given, known)
            case cst.AugAssign(target=cst.Name(value=name) as target, value=value):
                self._bind(name, self._sort(cst.BinaryOperation(target, cst.Add(), value), known), known)
            case cst.Del(target=target):
                self._unknown(target, known)
            case cst.Import(names=aliases) | cst.ImportFrom(names=aliases) if not isinstance(aliases, cst.ImportStar):
                for alias in aliases:
                    self._bind(alias.evaluated_alias or alias.evaluated_name.partition(".")[0], Sort.UNKNOWN, known)
            case cst.Return() | cst.Raise():
                return None
            case cst.Break() | cst.Continue():
                if self._leaving:
                    self._leaving[-1].append(dict(known))
                return None
        return known

    def _sort(self, node: cst.BaseExpression, known: Known) -> Sort:
        return sort_of(node, known, self._scope)

    def _bind(self, name: str, sort: Sort, known: Known) -> None:
        if name in self._unclear:
            return
        known[name] = sort
        for assigned in self._assigned:
            assigned[name] = joined(assigned.get(name, sort), sort)

    def _assign(self, target: cst.BaseExpression, value: cst.BaseExpression, known: Known) -> None:
        match target:
            case cst.Name(value=name):
                self._bind(name, self._sort(value, known), known)
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                parts = value.elements if isinstance(value, (cst.Tuple, cst.List)) else ()
                if len(parts) == len(elements) and not any(isinstance(each, cst.StarredElement) for each in parts):
                    sorts = [self._sort(each.value, known) for each in parts]
                else:
                    sort = Sort.TENSOR if self._sort(value, known) is Sort.TENSOR else Sort.UNKNOWN
                    sorts = [sort] * len(elements)
                self._unpack(elements, sorts, known)

    def _unpack(self, elements: Sequence[cst.BaseElement], sorts: Sequence[Sort], known: Known) -> None:
        for element, sort in zip(elements, [*sorts, *[Sort.UNKNOWN] * len(elements)], strict=False):
            if isinstance(element.value, cst.Name) and not isinstance(element, cst.StarredElement):
                self._bind(element.value.value, sort, known)
            else:
                self._unknown(element.value, known)

    def _unknown(self, target: cst.BaseExpression, known: Known) -> None:
        """Whatever a target binds is not known."""
        match target:
            case cst.Name(value=name):
                self._bind(name, Sort.UNKNOWN, known)
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                for element in elements:
                    self._unknown(element.value, known)

    def _compound(self, node: cst.BaseCompoundStatement, known: Known) -> Known | None:
        if node in self._wanted:
            self.found[node] = dict(known)
        match node:
            case cst.FunctionDef(name=cst.Name(value=name)) | cst.ClassDef(name=cst.Name(value=name)):
                self._bind(name, Sort.UNKNOWN, known)
                return known
            case cst.If():
                return self._if(node, known)
            case cst.For() | cst.While():
                return self._loop(node, known)
            case cst.With(items=items, body=body):
                for item in items:
                    if item.asname is not None:
                        self._unknown(item.asname.name, known)
                return self._suite(body, known)
            case cst.Try() | cst.TryStar():
                return self._try(node, known)
            case cst.Match(cases=cases):
                ends = [self._suite(case.body, dict(known)) for case in cases]
                return _all([*ends, known])
        return known

    def _if(self, node: cst.If, known: Known) -> Known | None:
        holds, fails = narrowed(node.test, self._scope.names)
        then, otherwise = dict(known), dict(known)
        if holds is not None and holds not in self._unclear:
            then[holds] = Sort.TENSOR
        if fails is not None and fails not in self._unclear:
            otherwise[fails] = Sort.TENSOR
        ends = [self._suite(node.body, then)]
        if isinstance(node.orelse, cst.If):
            ends.append(self._compound(node.orelse, otherwise))
        else:
            ends.append(self._suite(node.orelse.body, otherwise) if node.orelse is not None else otherwise)
        return _all(ends)

    def _loop(self, node: cst.For | cst.While, known: Known) -> Known | None:
        while True:
            start = dict(known)
            self._leaving.append([])
            if isinstance(node, cst.For):
                self._target(node, start)
            end = self._suite(node.body, start)
            after = _all([known, end, *self._leaving.pop()])
            assert after is not None
            if after == known:
                break
            known = after
        return self._suite(node.orelse.body, known) if node.orelse is not None else known

    def _target(self, node: cst.For, known: Known) -> None:
        if isinstance(node.target, cst.Name):
            self._bind(node.target.value, element_of(node.iter, known, self._scope), known)
        elif isinstance(node.target, (cst.Tuple, cst.List)):
            sorts = elements_of(node.iter, known, self._scope, len(node.target.elements))
            self._unpack(node.target.elements, sorts, known)

    def _try(self, node: cst.Try | cst.TryStar, known: Known) -> Known | None:
        self._assigned.append(dict(known))
        end = self._suite(node.body, dict(known))
        somewhere = self._assigned.pop()
        if end is not None and node.orelse is not None:
            end = self._suite(node.orelse.body, end)
        ends = [end]
        for handler in node.handlers:
            start = dict(somewhere)
            if handler.name is not None:
                self._unknown(handler.name.name, start)
            ends.append(self._suite(handler.body, start))
        after = _all(ends)
        if node.finalbody is not None:
            final = self._suite(node.finalbody.body, after if after is not None else dict(somewhere))
            return final if after is not None else None
        return after


def _all(ends: Sequence[Known | None]) -> Known | None:
    """What holds at the end of each of several ways; one in which a name is not bound cannot use it."""
    result: Known | None = None
    for end in ends:
        if end is None:
            continue
        if result is None:
            result = dict(end)
            continue
        for name, sort in end.items():
            result[name] = joined(result.get(name, sort), sort)
    return result


def _given(scope: Scope, function: cst.FunctionDef, is_forward: bool) -> Known:
    """What is known of a function's parameters."""
    known = dict.fromkeys(parameters(function), Sort.UNKNOWN)
    params = function.params
    for each in (*params.posonly_params, *params.params, *params.kwonly_params):
        sort = annotated(each.annotation, scope.names)
        name = each.name.value
        if sort is Sort.TENSOR:
            known[name] = sort
        elif is_forward and name != "self" and each.annotation is None and not isinstance(each.default, _NUMBERS):
            known[name] = Sort.INPUT
    return known


class _Unclear(cst.CSTVisitor):
    """Collects the names that are bound inside expressions or patterns, or belong to another scope."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        match node:
            case cst.NamedExpr(target=cst.Name(value=name)):
                self.names.add(name)
            case cst.Global(names=items) | cst.Nonlocal(names=items):
                self.names.update(item.name.value for item in items)
            case cst.MatchAs(name=cst.Name(value=name)) | cst.MatchStar(name=cst.Name(value=name)):
                self.names.add(name)
            case cst.MatchMapping(rest=cst.Name(value=name)):
                self.names.add(name)
        return True


def bound_out_of_order(body: cst.CSTNode) -> frozenset[str]:
    """The names that are bound inside expressions or patterns, or by other scopes as well."""
    visitor = _Unclear()
    walk(body, visitor)
    return frozenset(visitor.names)
