"""Statements that compute a tensor and throw it away.

A statement counts only where nothing can profit from it: not where the operation is timed, watched, or tried out to
see whether it raises, not where a notebook shows its value, and not where nobody looks at the operands any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.api import torch_names
from torchlint.model.api.answers import ANSWERS
from torchlint.model.api.operations import named
from torchlint.model.code.evidence import Evidence
from torchlint.model.code.examined import Examined
from torchlint.model.code.liveness import Uses, names_in
from torchlint.model.code.operands import FUNCTIONS, operands
from torchlint.model.code.qualified import torch_name
from torchlint.model.code.scopes import Scope, Site, scopes_in
from torchlint.syntax.names import dotted
from torchlint.syntax.outline import RegionKind
from torchlint.syntax.region import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts
    from torchlint.syntax.gate import Sign

WORDS = torch_names.PURE_METHODS | FUNCTIONS
"""The last names of the operations whose result is all there is."""

_QUIET = frozenset(
    {
        *("torch.no_grad", "torch.enable_grad", "torch.inference_mode", "torch.set_grad_enabled"),
        *("torch.autocast", "torch.amp.autocast", "torch.cuda.amp.autocast", "torch.device", "torch.cuda.device"),
    }
)
"""Context managers that do not look at what happens inside."""

_CLOCKS = ("time", "timeit", "torch.utils.benchmark", "torch.profiler", "torch.autograd.profiler", "torch.cuda.Event")
_SYNCHRONIZING = frozenset({"synchronize", "elapsed_time", "do_bench", "perf_counter", "timeit"})
_DEVICE_METHODS = torch_names.DEVICE_METHODS | {"contiguous"}
_SHAPES = (torch_names.VIEW_METHODS | torch_names.MAYBE_VIEW_METHODS) - _DEVICE_METHODS - torch_names.DTYPE_METHODS
_ARRAY_CHANGING = frozenset({"sort", "put", "fill"})
"""Methods that change a numpy array in place."""

_LIKELY = (Evidence.USUAL, Evidence.LIKELY)
_INERT = (cst.BaseNumber, cst.BaseString, cst.Ellipsis, cst.Lambda)


@dataclass(frozen=True, eq=False)
class Discarded:
    """A pure operation as a statement.

    ``subject`` is the expression whose value the author may have meant to change, None where the operation asks about
    its operand rather than transforms it; ``rebinds`` is its name where assigning the result to it would have an
    effect.
    """

    scope: Scope
    site: Site
    call: cst.Call
    subject: cst.BaseExpression | None
    rebinds: str | None


def discarded(facts: CodeFacts, sign: Sign) -> Iterator[Discarded]:
    """Every pure operation on a known tensor whose result is thrown away."""
    examined = Examined(
        facts.source, facts.tree, facts.modules_known, partial(operands, facts.source, facts.outline.imports)
    )
    for region in facts.regions(sign):
        for scope in scopes_in(region, facts.outline, facts.classes):
            candidates = [site for site in scope.sites if _is_candidate(site.node, scope)]
            if candidates:
                yield from _Reader(scope, candidates, examined).read()


def _is_candidate(node: cst.CSTNode, scope: Scope) -> bool:
    """Whether a statement is a call that names a pure operation, and says nothing that would make it another one."""
    match node:
        case cst.Expr(value=cst.Call(func=cst.Attribute(attr=cst.Name(value=name))) as call):
            is_done = name in _SHAPES and name != "detach" and _works_in_place(call.func)
            return name in WORDS and not is_done and not _stores_its_result(call)
        case cst.Expr(value=cst.Call(func=cst.Name() as func) as call):
            return torch_name(func, scope.names) in torch_names.TENSOR_FUNCTIONS and not _stores_its_result(call)
    return False


def _works_in_place(node: cst.BaseExpression) -> bool:
    """Whether what a method is called on is changed in place before, so that the statement has done its work."""
    while isinstance(node, (cst.Attribute, cst.Call)):
        if isinstance(node, cst.Attribute):
            node = node.value
        elif _method_name(node) in torch_names.INPLACE_METHODS:
            return True
        else:
            node = node.func
    return False


def _stores_its_result(call: cst.Call) -> bool:
    """Whether an argument may give the result a place: ``out=``, ``inplace=``, or what a star hides."""
    for each in call.args:
        keyword = each.keyword.value if each.keyword is not None else None
        if each.star or keyword == "out":
            return True
        if keyword == "inplace" and not _is_name(each.value, "False"):
            return True
    return False


def _is_name(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


class _Reader:
    """Judges the candidates of one scope."""

    def __init__(self, scope: Scope, candidates: list[Site], examined: Examined) -> None:
        self._scope = scope
        self._examined = examined
        self._candidates = candidates
        self._statements = frozenset(site.node for site in candidates)
        self._uses = Uses(scope, self._statements)

    def read(self) -> Iterator[Discarded]:
        for site in self._candidates:
            if found := self._judge(site):
                yield found

    def _judge(self, site: Site) -> Discarded | None:
        assert isinstance(site.node, cst.Expr)
        call = site.node.value
        assert isinstance(call, cst.Call)
        subject = self._subject(call) if not self._is_on_purpose(site) else None
        if subject is None:
            return None
        name = subject.value if isinstance(subject, cst.Name) else None
        operation = (dotted(call.func) or _method_name(call) or "").rpartition(".")[2]
        receiver = call.func.value if isinstance(call.func, cst.Attribute) else None
        if name is not None and not self._uses.matter(
            site, name, operation in _DEVICE_METHODS or not _is_within(subject, receiver)
        ):
            return None
        direct = subject is receiver or any(subject is each.value for each in call.args[:1])
        same = direct and operation not in ANSWERS
        kept = name is not None and same and _gives_one(operation) and self._uses.later(site, name)
        rebinds = name if kept else None
        return Discarded(self._scope, site, call, subject if same else None, rebinds)

    def _subject(self, call: cst.Call) -> cst.BaseExpression | None:
        """The tensor that a pure operation reads, None where the call may be something else."""
        qualified = torch_name(call.func, self._scope.names) if dotted(call.func) else None
        if qualified is not None:
            return self._operand(call, qualified)
        if not isinstance(call.func, cst.Attribute):
            return None
        name, receiver = call.func.attr.value, call.func.value
        root = _root(receiver)
        if name not in torch_names.PURE_METHODS or root is None or _is_made_here(receiver, self._scope):
            return None
        found = self._evidence(receiver)
        is_tensor = found is Evidence.TENSOR or (found in _LIKELY and self._shows_a_tensor(name, receiver))
        return root if is_tensor else None

    def _evidence(self, node: cst.BaseExpression) -> Evidence:
        return self._examined.of(self._scope.region.span(node))

    def _shows_a_tensor(self, method: str, receiver: cst.BaseExpression) -> bool:
        """Whether what may be a tensor is one: only tensors have such a method, or it is indexed along several axes."""
        if method in torch_names.DISTINCT_METHODS:
            return True
        return isinstance(receiver, cst.Name) and method not in _ARRAY_CHANGING and receiver.value in self._arrays

    @cached_property
    def _arrays(self) -> frozenset[str]:
        """The names that the scope indexes along several axes at once."""
        arrays = _Arrays()
        walk(self._scope.body, arrays)
        return frozenset(arrays.names)

    def _operand(self, call: cst.Call, qualified: str) -> cst.BaseExpression | None:
        """The first tensor among the arguments of a function, where evaluating none of them does anything else."""
        if qualified not in torch_names.TENSOR_FUNCTIONS or any(
            _is_name(each.value, "True") for each in call.args if not each.keyword
        ):
            return None
        if not all(self._is_inert(each.value) for each in call.args):
            return None
        roots = [(each, root) for each in call.args if (root := _root(each.value)) is not None]
        for each, root in roots:
            if self._evidence(each.value) in (Evidence.TENSOR, *_LIKELY):
                return root
        first = [root for each, root in roots if each is call.args[0] and not each.keyword]
        return first[0] if first and isinstance(first[0], cst.Name) else None

    def _is_inert(self, node: cst.CSTNode) -> bool:
        """Whether evaluating an expression calls nothing but pure operations."""
        if isinstance(node, cst.Call):
            qualified = torch_name(node.func, self._scope.names) if dotted(node.func) else None
            name = _method_name(node)
            pure = (
                qualified in torch_names.TENSOR_FUNCTIONS
                if qualified
                else name in torch_names.PURE_METHODS | {"size", "dim"}
            )
            if not pure or _stores_its_result(node):
                return False
        return isinstance(node, _INERT) or all(self._is_inert(each) for each in children(node))

    def _is_on_purpose(self, site: Site) -> bool:
        """Whether the statement is there for something else than its result."""
        return any(self._watches(each, site) for each in site.parents) or self._is_shown(site) or self._is_timed

    @cached_property
    def _is_timed(self) -> bool:
        return _reads_a_clock(self._scope.whole, self._scope)

    def _watches(self, parent: cst.BaseCompoundStatement, site: Site) -> bool:
        match parent:
            case cst.With(items=items):
                return not all(self._is_quiet(item.item) for item in items)
            case cst.Try(body=body, handlers=[_, *_]) | cst.TryStar(body=body):
                return all(_tries_out(each) for each in body.body)
            case cst.For(body=body) | cst.While(body=body):
                return all(node in self._statements for node in _small(body)) and not _changes(parent, site)
        return False

    def _is_quiet(self, item: cst.BaseExpression) -> bool:
        return isinstance(item, cst.Call) and torch_name(item.func, self._scope.names) in _QUIET

    def _is_shown(self, site: Site) -> bool:
        """Whether a notebook shows the value: nothing but comments follows it in its cell."""
        source, region = self._scope.region.source, self._scope.region
        if not source.cells or region.outline.kind is not RegionKind.MODULE or site.parents:
            return False
        assert site.line is not None
        line, _ = source.position(region.span(site.node).end)
        cell = source.cell_of_line(line)
        if cell is None:
            return False
        rest = (source.line_text(each) for each in range(line + 1, cell.first_line + cell.lines))
        return not any(text.strip() and not text.lstrip().startswith("#") for text in rest)


def _gives_one(operation: str) -> bool:
    """Whether an operation by its last name gives one tensor, and not several, however it is called."""
    return not any(each.gives_several for each in named(operation))


def _method_name(call: cst.Call) -> str | None:
    return call.func.attr.value if isinstance(call.func, cst.Attribute) else None


def _is_within(node: cst.CSTNode, tree: cst.CSTNode | None) -> bool:
    """Whether a tree holds a node."""
    return tree is not None and (tree is node or any(_is_within(node, each) for each in children(tree)))


def _root(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The name or attribute that a chain of calls, subscripts and attributes starts from."""
    while True:
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            node = node.func.value
        elif isinstance(node, cst.Subscript) or (isinstance(node, cst.Attribute) and not dotted(node)):
            node = node.value
        elif isinstance(node, (cst.Name, cst.Attribute)):
            return node
        else:
            return None


def _is_made_here(node: cst.BaseExpression, scope: Scope) -> bool:
    """Whether a chain starts with a call of a function, whose result has no name."""
    while not isinstance(node, (cst.Name, cst.BinaryOperation)):
        if isinstance(node, cst.Call) and (
            not isinstance(node.func, cst.Attribute) or torch_name(node.func, scope.names)
        ):
            return True
        inner = node.func if isinstance(node, cst.Call) else getattr(node, "value", None)
        if not isinstance(inner, cst.BaseExpression):
            return True
        node = inner
    return not isinstance(node, cst.Name)


def _small(body: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    """The small statements of a body, and its compound ones as they are."""
    for node in body.body:
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        else:
            yield node


def _tries_out(node: cst.CSTNode) -> bool:
    """Whether a line does nothing but evaluate expressions, or say how that went."""
    match node:
        case cst.SimpleStatementLine(body=body):
            return all(_tries_out(each) for each in body)
        case cst.Expr() | cst.Pass() | cst.Break() | cst.Continue():
            return True
        case cst.Return(value=value):
            return value is None or _is_name(value, "True") or _is_name(value, "False")
    return False


def _changes(loop: cst.BaseCompoundStatement, site: Site) -> bool:
    """Whether each round of a loop computes something else: the statement reads what the loop counts or goes over."""
    if not isinstance(loop, cst.For):
        return False
    return not names_in(loop.target).isdisjoint(names_in(site.node))


class _Arrays(cst.CSTVisitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        match node:
            case cst.Subscript(value=cst.Name(value=name), slice=[_, _, *_] as axes):
                if any(isinstance(axis.slice, cst.Slice) for axis in axes):
                    self.names.add(name)
        return True


def _reads_a_clock(node: cst.CSTNode, scope: Scope) -> bool:
    """Whether a function measures time, or waits for the device."""
    if isinstance(node, cst.Call):
        qualified = scope.names.of(node.func) or ""
        name = _method_name(node) or qualified.rpartition(".")[2]
        if name in _SYNCHRONIZING or any(qualified == clock or qualified.startswith(f"{clock}.") for clock in _CLOCKS):
            return True
    return any(_reads_a_clock(each, scope) for each in children(node))
