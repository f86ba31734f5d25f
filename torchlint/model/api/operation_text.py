"""The entries of ``operation_table.py``: how an operation, a layer or an optimizer is written, and read again.

An entry is the names that it is about, then one indented line per overload::

    torch.mul torch.multiply
     (input other) d:input,other k:input<other k:other<input K
     (input other#) d:input K

A parameter is ``name``, then ``#`` for a number, ``[]`` for a list of tensors, ``~`` for anything else, then its
default after ``=``; ``*`` in front of it says keyword only, ``+`` that it takes all further positional arguments. Then:

``-> nesting output ...``  what is given, where it is not one new tensor that can require grad; an output is its name,
                           ``!no`` or ``!maybe`` (whether it requires grad), ``@relation(of)``
``d:a,b``  differentiable   ``k:what<a,b``  kept, with ``?`` behind it where not sure, ``/layout`` where a copy may be
``K``, ``K?``, ``K<a,b``  keeps anything, maybe, only when   ``w:a``  writes   ``g:name=value``  given   ``c``  creates
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchlint.model.api.operation import (
    Answer,
    Kept,
    Layer,
    Operation,
    Optimizer,
    Output,
    Parameter,
    Relation,
    State,
    Takes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARKS = {Takes.TENSOR: "", Takes.TENSORS: "[]", Takes.NUMBER: "#", Takes.OTHER: "~"}
_TAKES = {mark: takes for takes, mark in MARKS.items()}
_PARAMETER = re.compile(r"(?P<flags>[*+]*)(?P<name>[\w.]+)(?P<mark>\[\]|#|~)?(=(?P<default>.*))?")
_OUTPUT = re.compile(r"(?P<name>[\w.]*)(!(?P<grad>\w+))?(@(?P<relation>[\w-]+)\((?P<of>[\w.]*)\))?")
_KEPT = re.compile(r"(?P<what>[\w.]+)(?P<doubt>\?)?(/(?P<unless>[\w,]+))?(<(?P<when>[\w.,]+))?")


def write_parameter(each: Parameter) -> str:
    flags = ("*" if each.keyword_only else "") + ("+" if each.variadic else "")
    default = "" if each.default is None else f"={each.default}"
    return f"{flags}{each.name}{MARKS[each.takes]}{default}"


def read_parameter(text: str) -> Parameter:
    found = _match(_PARAMETER, text)
    takes = _TAKES[found["mark"] or ""]
    return Parameter(found["name"], takes, found["default"], "*" in found["flags"], "+" in found["flags"])


def write_operation(operation: Operation) -> str:
    """One overload as the line of its entry."""
    words = [_write_parameters(operation.parameters)]
    if operation.outputs != (Output(),) or operation.nesting != "0":
        words += ["->", operation.nesting or "-", *map(_write_output, operation.outputs)]
    words += [f"g:{name}={value}" for name, value in operation.given]
    if operation.differentiable:
        words.append("d:" + ",".join(sorted(operation.differentiable)))
    words += [f"k:{_write_kept(each)}" for each in operation.kept]
    if operation.keeps is not Answer.NO:
        when = "<" + ",".join(sorted(operation.keeps_when)) if operation.keeps_when else ""
        words.append(("K" if operation.keeps is Answer.YES else "K?") + when)
    if operation.writes:
        words.append("w:" + ",".join(operation.writes))
    if operation.creates:
        words.append("c")
    return " ".join(words)


def read_operation(text: str) -> Operation:
    """The overload that ``write_operation`` wrote as ``text``."""
    parameters, rest = read_parameters(text)
    words = rest.split()
    nesting, outputs = "0", [Output()]
    if words[:1] == ["->"]:
        nesting = "" if words[1] == "-" else words[1]
        end = next((at for at, word in enumerate(words) if at > 1 and _is_fact(word)), len(words))
        outputs = [_read_output(each) for each in words[2:end]]
        words = words[end:]
    facts: dict[str, list[str]] = {}
    for word in words:
        key, _, value = word.partition(":")
        facts.setdefault(key, []).append(value)
    keeps, keeps_when = _read_keeps(words)
    return Operation(
        parameters=parameters,
        outputs=tuple(outputs),
        nesting=nesting,
        kept=tuple(_read_kept(each) for each in facts.get("k", ())),
        keeps=keeps,
        keeps_when=keeps_when,
        differentiable=_names(",".join(facts.get("d", ()))),
        writes=tuple(",".join(facts.get("w", ())).split(",")) if "w" in facts else (),
        given=tuple(_pair(each) for each in facts.get("g", ())),
        creates="c" in facts,
    )


def write_layer(layer: Layer) -> Iterator[str]:
    """The lines of a layer's entry: its constructor and state, then one for each way of calling it."""
    yield "init " + " ".join([_write_parameters(layer.constructor), *map(_write_state, layer.state)])
    for each in layer.calls:
        yield write_operation(each)


def read_layer(lines: list[str]) -> Layer:
    constructor, rest = read_parameters(lines[0].removeprefix("init "))
    return Layer(constructor, tuple(map(_read_state, rest.split())), tuple(map(read_operation, lines[1:])))


def write_optimizer(optimizer: Optimizer) -> str:
    words = [_write_parameters(optimizer.constructor)]
    return " ".join(words + ["fused"] * optimizer.has_fused + ["closure"] * optimizer.needs_closure)


def read_optimizer(text: str) -> Optimizer:
    constructor, rest = read_parameters(text)
    return Optimizer(constructor, "fused" in rest.split(), "closure" in rest.split())


def _write_parameters(parameters: Iterable[Parameter]) -> str:
    return "(" + " ".join(map(write_parameter, parameters)) + ")"


def read_parameters(text: str) -> tuple[tuple[Parameter, ...], str]:
    """The parameters at the start of ``text``, and what follows them."""
    depth = 0
    for end, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return tuple(read_parameter(each) for each in text[1:end].split()), text[end + 1 :]
    raise ValueError(f"the operation table has {text!r}, in which the parameters do not end")


def _write_output(output: Output) -> str:
    grad = "" if output.grad is Answer.YES else f"!{output.grad.name.lower()}"
    relation = "" if output.relation is Relation.FRESH else f"@{output.relation.value}({output.of})"
    return f"{output.name}{grad}{relation}" or "."


def _read_output(text: str) -> Output:
    if text == ".":
        return Output()
    found = _match(_OUTPUT, text)
    grad = Answer[found["grad"].upper()] if found["grad"] else Answer.YES
    relation = Relation(found["relation"]) if found["relation"] else Relation.FRESH
    return Output(found["name"], grad, relation, found["of"] or "")


def _write_kept(kept: Kept) -> str:
    when = "<" + ",".join(sorted(kept.when)) if kept.when else ""
    unless = "/" + ",".join(sorted(kept.unless)) if kept.unless else ""
    return f"{kept.what}{'' if kept.sure else '?'}{unless}{when}"


def _read_kept(text: str) -> Kept:
    found = _match(_KEPT, text)
    return Kept(found["what"], _names(found["when"] or ""), found["doubt"] is None, _names(found["unless"] or ""))


def _read_keeps(words: list[str]) -> tuple[Answer, frozenset[str]]:
    word = next((each for each in words if each.startswith("K")), "")
    mark, _, when = word.partition("<")
    return {"": Answer.NO, "K": Answer.YES, "K?": Answer.MAYBE}[mark], _names(when)


def _write_state(state: State) -> str:
    given = "".join(f",{name}={value}" for name, value in state.given)
    return f"{'' if state.trained else '~'}{state.name}{given}"


def _read_state(text: str) -> State:
    name, *given = text.split(",")
    return State(name.removeprefix("~"), not name.startswith("~"), tuple(map(_pair, given)))


def _is_fact(word: str) -> bool:
    return word[:2] in ("d:", "k:", "w:", "g:") or word == "c" or word.startswith("K")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(",")) if text else frozenset()


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(f"the operation table has {text!r}, which is not of its form; write it again with derive")
    return found
