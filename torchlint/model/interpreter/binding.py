"""Which overload of an operation a call means, and which argument goes to which parameter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import starmap
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Operation, Output, Parameter, Relation, Takes
from torchlint.model.interpreter.values.sort import NUMBER, OTHER, TENSOR, UNKNOWN
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.sort import Sort


@dataclass(frozen=True, slots=True)
class Plan:
    """How a call binds: the overload, the parameter of each positional argument, whether the last takes the rest, and
    which unknown arguments must be tensors."""

    operation: Operation
    names: tuple[str, ...]
    packs: bool
    tensors: tuple[str, ...] = ()


_NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}
"""Source: ``numpy_compatibility_arg_names`` in PyTorch's ``python_arg_parser.cpp``."""

_PLANS: dict[tuple[object, ...], Plan | None] = {}
_REMEMBERED = 8192


def bind(
    machine: Interpreter, site: Site, overloads: tuple[Operation, ...]
) -> tuple[Operation, dict[str, object], dict[str, ast.AST]] | None:
    """The overload that a call means with its arguments and their texts by parameter, None where none fits.

    ``overloads`` must be a tuple that lives as long as the process: how a call binds is remembered by its identity.
    """
    if not site.keywords.keys().isdisjoint(_NUMPY_NAMES):
        _rename(site, overloads)
    positional = tuple(as_value(each).sort for each in site.arguments)
    keywords = tuple((name, as_value(value).sort) for name, value in site.keywords.items())
    key = (id(overloads), positional, keywords, site.is_open)
    if key not in _PLANS:
        if len(_PLANS) >= _REMEMBERED:
            _PLANS.clear()
        _PLANS[key] = _plan(overloads, positional, dict(keywords), is_open=site.is_open)
    plan = _PLANS[key]
    if plan is None:
        return None
    bound, texts = _bound(site, plan.names, packs=plan.packs)
    for name in plan.tensors:
        bound[name] = as_value(bound[name]).taken_for_tensor(machine, texts.get(name, site.at))
    return plan.operation, bound, texts


def _rename(site: Site, overloads: tuple[Operation, ...]) -> None:
    """Give arguments that are named as NumPy does the names that PyTorch's own parser of arguments gives them."""
    known = {parameter.name for each in overloads for parameter in each.parameters}
    names = {name: new for name, new in _NUMPY_NAMES.items() if name not in known and new in known}
    site.keywords = {names.get(name, name): value for name, value in site.keywords.items()}
    site.keyword_texts = {names.get(name, name): text for name, text in site.keyword_texts.items()}


def arguments_of(site: Site, parameters: Sequence[Parameter]) -> dict[str, object] | None:
    """Arguments by parameter name, None where they do not fit."""
    fitted = _fitted(tuple(parameters), len(site.arguments), frozenset(site.keywords), site.is_open)
    return _bound(site, fitted[0], packs=fitted[1])[0] if fitted else None


def _bound(site: Site, names: Sequence[str], *, packs: bool) -> tuple[dict[str, object], dict[str, ast.AST]]:
    given = site.arguments
    if packs:
        given = [*given[: len(names) - 1], list(given[len(names) - 1 :])]
    bound = dict(zip(names, given, strict=False))
    texts = dict(zip(names, site.texts, strict=False))
    if site.keywords:
        bound.update(site.keywords)
        texts.update(site.keyword_texts)
    return bound, texts


def _plan(
    overloads: tuple[Operation, ...], positional: tuple[Sort, ...], keywords: dict[str, Sort], *, is_open: bool
) -> Plan | None:
    fitting: list[Plan] = []
    for overload in overloads:
        fitted = _fitted(overload.parameters, len(positional), frozenset(keywords), is_open)
        if fitted is not None:
            names, packs = fitted
            sorts = dict(zip(names, positional, strict=False)) | keywords
            if packs:
                sorts[names[-1]] = OTHER
            if _fits(overload, sorts):
                fitting.append(Plan(overload, names, packs))
    if not fitting:
        return None
    first = fitting[0]
    if UNKNOWN in positional or UNKNOWN in keywords.values():
        operation = first.operation
        for other in fitting[1:]:
            operation = merged(operation, other.operation)
        unknown = dict(zip(first.names, positional, strict=False)) | keywords
        tensors = [name for name, sort in unknown.items() if sort == UNKNOWN]
        sure = tuple(name for name in tensors if all(_is_tensor(each.operation, name) for each in fitting))
        return replace(first, operation=operation, tensors=sure)
    return first


def _is_tensor(operation: Operation, name: str) -> bool:
    """Whether an operation takes nothing but a tensor as an argument."""
    found = next((each for each in operation.parameters if each.name == name), None)
    return found is not None and found.takes is Takes.TENSOR and found.default is None


def _fitted(
    parameters: tuple[Parameter, ...], count: int, keywords: frozenset[str], is_open: bool
) -> tuple[tuple[str, ...], bool] | None:
    """The parameters that positional arguments go to, and whether the last takes all further ones."""
    positional = [each for each in parameters if not each.keyword_only]
    packs = count > len(positional)
    if packs and not (positional and positional[-1].variadic):
        return None
    names = tuple(each.name for each in positional[:count])
    if not keywords <= {each.name for each in parameters} - set(names):
        return None
    if not is_open and any(each.default is None and each.name not in {*names, *keywords} for each in parameters):
        return None
    return names, packs


def _fits(overload: Operation, sorts: dict[str, Sort]) -> bool:
    accepted = all(_accepts(each, sorts[each.name]) for each in overload.parameters if each.name in sorts)
    return accepted and all(_has(overload, sorts, name, text) for name, text in overload.given)


def _accepts(parameter: Parameter, sort: Sort) -> bool:
    if sort == UNKNOWN:
        return True
    match parameter.takes:
        case Takes.TENSOR | Takes.TENSORS | Takes.NUMBER if sort[0] == "NoneType":
            return parameter.default == "None"
        case Takes.TENSOR:
            return sort == TENSOR
        case Takes.TENSORS:
            return sort in (TENSOR, OTHER)
        case Takes.NUMBER:
            return sort == NUMBER or sort[0] in ("bool", "int", "float")
    return sort != TENSOR


def _has(overload: Operation, sorts: dict[str, Sort], name: str, text: str) -> bool:
    """Whether an argument has the value that an overload is for; what is not known may have it."""
    if name in sorts:
        sort = sorts[name]
        if sort == UNKNOWN or (text == "0.0" and sort[0] in ("int", "float") and sort[1] == 0):
            return True
        return sort[0] not in ("tensor", "other", "number") and repr(sort[1]) == text
    default = next((each.default for each in overload.parameters if each.name == name), None)
    return default is None or default == text


def _merged_output(one: Output, other: Output) -> Output:
    if one == other:
        return one
    relation = one.relation
    if relation is not other.relation:
        is_self = not {Relation.SELF, Relation.MAYBE_SELF}.isdisjoint((relation, other.relation))
        relation = Relation.MAYBE_SELF if is_self else Relation.MAYBE_VIEW
    grad = one.grad if one.grad is other.grad else Answer.MAYBE
    return replace(one, relation=relation, grad=grad)


@lru_cache(maxsize=512)
def merged(one: Operation, other: Operation) -> Operation:
    """What certainly holds where a call means one of two overloads."""
    if one.nesting == other.nesting and len(one.outputs) == len(other.outputs):
        outputs = tuple(starmap(_merged_output, zip(one.outputs, other.outputs, strict=True)))
    else:
        outputs = tuple(replace(each, grad=Answer.MAYBE) for each in one.outputs)
    return replace(
        one,
        outputs=outputs,
        kept=tuple(each for each in one.kept if each in other.kept),
        keeps=one.keeps if one.keeps is other.keeps else Answer.MAYBE,
        writes=tuple(each for each in one.writes if each in other.writes),
        differentiable=one.differentiable | other.differentiable,
    )
