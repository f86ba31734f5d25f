"""Which overload of an operation a call means, and which argument goes to which parameter."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from torchlint.model.api.operations import Answer, Operation, Parameter, Takes
from torchlint.model.autograd.values import Number, Tensor, Unknown, tensors_in

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from torchlint.model.autograd.calls import Site

_Bound = tuple[Operation, dict[str, object], dict[str, "ast.AST"]]


def bind(site: Site, overloads: Sequence[Operation]) -> _Bound | None:
    """The overload that a call means with its arguments and their texts by parameter, None where none fits."""
    fitting: list[_Bound] = []
    for overload in overloads:
        bound = arguments_of(site, overload.parameters)
        if bound is not None and _fits(overload, bound[0]):
            fitting.append((overload, *bound))
    if not fitting:
        return None
    if len(fitting) == 1 or not _is_ambiguous(fitting):
        return fitting[0]
    operation = fitting[0][0]
    for other, _, _ in fitting[1:]:
        operation = merged(operation, other)
    return operation, fitting[0][1], fitting[0][2]


def _is_ambiguous(fitting: list[_Bound]) -> bool:
    """Whether an unknown argument leaves it open which overload is meant; else the first that fits is."""
    return any(isinstance(value, Unknown) for value in fitting[0][1].values())


def arguments_of(
    site: Site, parameters: Sequence[Parameter]
) -> tuple[dict[str, object], dict[str, ast.AST]] | None:
    """Arguments and their texts by parameter name, None where they do not fit."""
    given = site.arguments
    positional = [each for each in parameters if not each.keyword_only]
    bound: dict[str, object] = {}
    texts: dict[str, ast.AST] = {}
    if len(given) > len(positional):
        if not positional or not positional[-1].variadic:
            return None
        given = [*given[: len(positional) - 1], list(given[len(positional) - 1 :])]
    for index, value in enumerate(given):
        name = positional[index].name
        bound[name] = value
        if index < len(site.texts):
            texts[name] = site.texts[index]
    names = {each.name for each in parameters}
    for name, value in site.keywords.items():
        if name not in names or name in bound:
            return None
        bound[name] = value
        if name in site.keyword_texts:
            texts[name] = site.keyword_texts[name]
    if not site.is_open and any(each.default is None and each.name not in bound for each in parameters):
        return None
    return bound, texts


def _fits(overload: Operation, bound: dict[str, object]) -> bool:
    for parameter in overload.parameters:
        if parameter.name in bound and not _accepts(parameter, bound[parameter.name]):
            return False
    return all(_has(overload, bound, name, text) for name, text in overload.given)


def _accepts(parameter: Parameter, value: object) -> bool:
    if isinstance(value, Unknown):
        return True
    if parameter.takes is Takes.TENSOR:
        return isinstance(value, Tensor) or (value is None and parameter.default == "None")
    if parameter.takes is Takes.TENSORS:
        return isinstance(value, Tensor) or not isinstance(value, (bool, int, float, str))
    if parameter.takes is Takes.NUMBER:
        return isinstance(value, (bool, int, float, complex, Number))
    return not isinstance(value, Tensor)


def _has(overload: Operation, bound: dict[str, object], name: str, text: str) -> bool:
    """Whether an argument has the value that an overload is for; what is not known may have it."""
    if name in bound:
        value = bound[name]
        if isinstance(value, Unknown):
            return True
        return (text == "None") is (value is None) if isinstance(value, Tensor) else repr(value) == text
    default = next((each.default for each in overload.parameters if each.name == name), None)
    return default is None or default == text


@lru_cache(maxsize=512)
def merged(one: Operation, other: Operation) -> Operation:
    """What certainly holds where a call means one of two overloads."""
    same = one.outputs == other.outputs and one.nesting == other.nesting
    outputs = one.outputs if same else tuple(replace(each, grad=Answer.MAYBE) for each in one.outputs)
    return replace(
        one,
        outputs=outputs,
        kept=tuple(each for each in one.kept if each in other.kept),
        keeps=one.keeps if one.keeps is other.keeps else Answer.MAYBE,
        writes=tuple(each for each in one.writes if each in other.writes),
        differentiable=one.differentiable | other.differentiable,
    )


__all__ = ["arguments_of", "bind", "merged", "tensors_in"]
