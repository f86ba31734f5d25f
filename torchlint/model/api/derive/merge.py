"""Put what several calls of one overload showed together into one entry, or into one for each value of an option."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Kept, Operation, Output, Parameter, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchlint.model.api.derive.observe import Observation, Run


@dataclass(frozen=True)
class Seen:
    """One call that was observed: the options it had, and in what it was unusual (``layout``, ``broadcast``)."""

    observation: Observation
    options: tuple[tuple[str, str], ...]
    unusual: frozenset[str]
    present: frozenset[str]


def entries(parameters: tuple[Parameter, ...], seen: Sequence[Seen], is_list: bool, depth: int = 3) -> list[Operation]:
    """The operations that tell these calls apart; one where no option makes them clearer."""
    return [each for each in _entries(parameters, seen, is_list, depth)[0] if each.nesting != "?"]


def _entries(
    parameters: tuple[Parameter, ...], seen: Sequence[Seen], is_list: bool, depth: int
) -> tuple[list[Operation], float]:
    whole, doubt = _merged(parameters, seen, is_list)
    best, best_doubt = [whole], float(doubt)
    if doubt and depth:
        for option in dict(seen[0].options):
            values = list(dict.fromkeys(dict(each.options)[option] for each in seen))
            if len(values) < 2:
                continue
            parts: dict[str, list[Operation]] = {}
            total = 0.0
            for value in values:
                part = [each for each in seen if dict(each.options)[option] == value]
                parts[value], part_doubt = _entries(parameters, part, is_list, depth - 1)
                total += part_doubt * len(part) / len(seen)
            split = list(_split(option, parts))
            as_clear_and_shorter = total < best_doubt + 0.01 and len(best) > len(split) > 1
            if total < best_doubt - 0.01 or as_clear_and_shorter:
                best, best_doubt = split, total
    return best, best_doubt


def _split(option: str, parts: dict[str, list[Operation]]) -> Iterator[Operation]:
    """The operations with the option's value as ``given``; last, without it, those that hold for all other values."""
    if parts.keys() <= {"True", "False"}:
        general = ""
    elif "..." in parts:
        general = "..."
    else:
        general = max(parts, key=lambda value: sum(other == parts[value] for other in parts.values()))
    for value, inner in parts.items():
        if inner != parts.get(general):
            yield from (replace(each, given=((option, value), *each.given)) for each in inner)
    yield from parts.get(general, ())


def option_of(parameter: Parameter, values: Mapping[str, object]) -> str:
    """The source text of the value that an option has in a call, given or by default."""
    if parameter.name in values:
        return option_value(parameter.name, values[parameter.name])
    try:
        return option_value(parameter.name, ast.literal_eval(parameter.default or "..."))
    except ValueError:  # a name, not a literal
        return "..."


# Numbers of which zero is another case.
RATES = frozenset("p dropout dropout_p label_smoothing beta".split())


def option_value(name: str, value: object) -> str:
    """The source text of an option's value, ``...`` for what is not worth telling apart."""
    if name in RATES and value in (0, 0.0):
        return "0.0"
    return repr(value) if isinstance(value, (bool, str, type(None))) else "..."


def _doubt_of(operation: Operation) -> int:
    doubts = sum(not each.sure for each in operation.kept) + (operation.keeps is Answer.MAYBE)
    doubts += sum(each.grad is Answer.MAYBE or each.relation.value.startswith("maybe") for each in operation.outputs)
    return doubts + 100 * (operation.nesting == "?")


def _merged(parameters: tuple[Parameter, ...], seen: Sequence[Seen], is_list: bool) -> tuple[Operation, int]:
    runs = [run for each in seen for run in each.observation.runs]
    nestings = {run.nesting for run in runs}
    flat = all(re.fullmatch(r"\((\d+,?)*\)", each) for each in nestings)
    as_list = flat and (is_list or len(nestings) > 1)
    nesting = "[0]" if as_list else next(iter(nestings)) if len(nestings) == 1 else "?"
    differentiable = frozenset().union(*(each.observation.differentiable for each in seen))
    if nesting == "?":
        return Operation(parameters, (), "?"), 100
    outputs = _outputs(runs, as_list)
    written = frozenset().union(*(run.written for run in runs))
    unclear_writes = any(run.written != written for run in runs)
    kept = _kept(seen, as_list, differentiable)
    keeps, keeps_when = _keeps(seen, differentiable)
    order = {each.name: at for at, each in enumerate(parameters)}
    unclear_length = as_list and not is_list
    operation = Operation(
        parameters=parameters,
        outputs=outputs,
        nesting=nesting,
        kept=tuple(sorted(kept, key=lambda each: (order.get(each.what, 99), each.what))),
        keeps=keeps,
        keeps_when=keeps_when,
        differentiable=differentiable,
        writes=tuple(sorted(written)),
    )
    return operation, _doubt_of(operation) + unclear_writes + 50 * unclear_length


def _outputs(runs: Sequence[Run], as_list: bool) -> tuple[Output, ...]:
    count = max(len(run.outputs) for run in runs)
    places = [list(range(count))] if as_list else [[at] for at in range(count)]
    found = []
    for place in places:
        given = [(run, run.outputs[at]) for run in runs for at in place if at < len(run.outputs)]
        if not given:
            continue
        grads = {each.requires_grad for run, each in given if run.trained}
        grad = Answer.NO if True not in grads else Answer.MAYBE
        relation, of = _relation({(each.relation, each.of) for _, each in given})
        names = {run.names[place[0]] for run in runs if run.names and not as_list}
        name = next(iter(names)) if len(names) == 1 else ""
        grads = {each.requires_grad for run, each in given if run.kept is not None} or {False}
        found.append(Output(name, Answer.YES if grads == {True} else grad, relation, of))
    return tuple(found)


def _relation(seen: set[tuple[Relation, str]]) -> tuple[Relation, str]:
    kinds = {relation for relation, _ in seen}
    targets = {of for relation, of in seen if relation is not Relation.FRESH}
    of = next(iter(targets)) if len(targets) == 1 else ""
    if kinds == {Relation.FRESH}:
        return Relation.FRESH, ""
    if Relation.FRESH not in kinds:
        for kind in (Relation.DETACHED, Relation.MULTI_VIEW, Relation.VIEW):
            if kind in kinds:
                return kind, of
        return Relation.SELF, of
    return (Relation.MAYBE_SELF if kinds == {Relation.FRESH, Relation.SELF} else Relation.MAYBE_VIEW), of


def _as_name(name: str, as_list: bool) -> str:
    return "result" if as_list and name.startswith("result") else name


@dataclass
class _Vote:
    """Whether, in one call, something was kept: ``when`` are the trained tensors that made it so, one at a time."""

    kept: bool
    when: frozenset[str]
    among: frozenset[str]
    unusual: frozenset[str]
    together: bool = False


def _vote(seen: Seen, holds: Sequence[tuple[frozenset[str], bool]]) -> _Vote:
    when = frozenset[str]().union(*(trained for trained, held in holds if held and len(trained) == 1))
    together = any(held for trained, held in holds if len(trained) > 1)
    return _Vote(bool(when or together), when, seen.observation.differentiable, seen.unusual, together and not when)


def _excuse(positive: Sequence[_Vote], negative: Sequence[_Vote]) -> frozenset[str]:
    """The fewest unusual things of which each call that did not keep it had one, and some call that did had none."""
    for excuse in map(frozenset, (("layout",), ("broadcast",), ("layout", "broadcast"))):
        if all(excuse & each.unusual for each in negative) and any(not excuse & each.unusual for each in positive):
            return excuse if negative else frozenset()
    return frozenset()


def _joined(votes: Sequence[_Vote], differentiable: frozenset[str]) -> tuple[frozenset[str], bool, frozenset[str]]:
    """When it is kept, whether that is sure, and what was unusual in the calls that did not keep it."""
    positive = [each for each in votes if each.kept]
    negative = [each for each in votes if not each.kept]
    unless = _excuse(positive, negative)
    when = frozenset().union(*(each.when for each in positive))
    consistent = all(each.when == when & each.among for each in positive) and not any(
        each.together for each in positive
    )
    always = all(each.when == each.among for each in positive)
    narrowed = frozenset() if always or when == differentiable or not when else when
    return narrowed, consistent and (not negative or bool(unless)), unless


def _kept(seen: Sequence[Seen], as_list: bool, differentiable: frozenset[str]) -> list[Kept]:
    found = []
    flowing = [each for each in seen if each.observation.differentiable]
    names = {_as_name(name, as_list) for each in flowing for run in each.observation.runs for name in run.kept or ()}
    for name in names:
        votes = []
        for each in flowing:
            if not name.startswith("result") and name not in each.present:
                continue
            holds = [
                (run.trained, name in {_as_name(kept, as_list) for kept in run.kept})
                for run in each.observation.runs
                if run.kept is not None
            ]
            votes.append(_vote(each, holds))
        when, sure, unless = _joined(votes, differentiable)
        if name != "self":  # a step of an optimizer changes all the state at once
            sure &= not any(name in run.partly for each in flowing for run in each.observation.runs)
        found.append(Kept(name, when, sure, unless if sure else frozenset()))
    return found


def _keeps(seen: Sequence[Seen], differentiable: frozenset[str]) -> tuple[Answer, frozenset[str]]:
    votes = [
        _vote(each, [(run.trained, run.keeps) for run in each.observation.runs if run.kept is not None])
        for each in seen
        if each.observation.differentiable
    ]
    if not any(each.kept for each in votes):
        return Answer.NO, frozenset()
    when, _, _ = _joined(votes, differentiable)
    return (Answer.YES if all(each.kept for each in votes) else Answer.MAYBE), when
