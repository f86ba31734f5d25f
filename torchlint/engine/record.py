"""Findings <-> JSON, every field exactly, for what is kept on disk.

Reading is strict: a record that this torchlint would not have written is a ValueError. Nothing in it is ever executed.
"""

from __future__ import annotations

import json

from torchlint.finding import (
    Applicability,
    Certainty,
    Edit,
    Effect,
    EffectKind,
    Finding,
    Fix,
    Place,
    Related,
    Role,
    Span,
    Step,
)


def dump(value: object) -> bytes:
    """A JSON value as bytes; lone surrogates of undecodable file names survive."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def load(data: bytes) -> object:
    """The JSON value in ``data``. Raises: ValueError."""
    try:
        value: object = json.loads(data.decode("utf-8", "surrogatepass"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def finding_record(finding: Finding) -> list[object]:
    """A finding as a JSON value."""
    return [
        finding.code,
        finding.rule,
        finding.message,
        finding.certainty.value,
        _span_record(finding.span),
        _place_record(finding.place),
        [
            finding.effect.kind.value,
            finding.effect.message,
            finding.effect.place and _place_record(finding.effect.place),
        ],
        [[related.role, related.message, _place_record(related.place)] for related in finding.related],
        finding.fix and _fix_record(finding.fix),
        [_step_record(step) for step in finding.story],
        finding.release and [*finding.release],
    ]


def _span_record(span: Span) -> list[object]:
    return [span.start, span.end]


def _place_record(place: Place) -> list[object]:
    return [place.path, place.cell, place.line, place.column, place.end_line, place.end_column]


def _fix_record(fix: Fix) -> list[object]:
    edits = [[_span_record(edit.span), _place_record(edit.place), edit.text] for edit in fix.edits]
    return [fix.applicability.value, fix.message, edits]


def _step_record(step: Step) -> list[object]:
    place = step.place and _place_record(step.place)
    return [step.role.value, step.message, place, step.tensor, step.operation, step.alias]


def read_finding(record: object) -> Finding:
    """The finding in a record. Raises: ValueError where the record is not exactly one finding."""
    code, rule, message, certainty, span, place, effect, related, fix, story, release = items(record, 11)
    kind, effect_message, effect_place = items(effect, 3)
    return Finding(
        text(code),
        text(rule),
        text(message),
        Certainty(text(certainty)),
        _span(span),
        _place(place),
        Effect(EffectKind(text(kind)), text(effect_message), None if effect_place is None else _place(effect_place)),
        tuple(_related(each) for each in items(related)),
        None if fix is None else _fix(fix),
        tuple(_step(each) for each in items(story)),
        release=None if release is None else _release(release),
    )


def _release(record: object) -> tuple[int, int]:
    major, minor = items(record, 2)
    return number(major), number(minor)


def _related(record: object) -> Related:
    role, message, place = items(record, 3)
    return Related(text(role), text(message), _place(place))


def _fix(record: object) -> Fix:
    applicability, message, edits = items(record, 3)
    return Fix(Applicability(text(applicability)), text(message), tuple(_edit(each) for each in items(edits)))


def _step(record: object) -> Step:
    role, message, place, tensor, operation, alias = items(record, 6)
    where = None if place is None else _place(place)
    return Step(Role(text(role)), text(message), where, text(tensor), text(operation), text(alias))


def _edit(record: object) -> Edit:
    span, place, new = items(record, 3)
    return Edit(_span(span), _place(place), text(new))


def _span(record: object) -> Span:
    start, end = items(record, 2)
    return Span(number(start), number(end))


def _place(record: object) -> Place:
    path, cell, line, column, end_line, end_column = items(record, 6)
    return Place(
        None if path is None else text(path),
        None if cell is None else number(cell),
        number(line),
        number(column),
        number(end_line),
        number(end_column),
    )


def items(record: object, count: int | None = None) -> list[object]:
    """A JSON array, of ``count`` elements where that is given. Raises: ValueError."""
    if not isinstance(record, list) or (count is not None and len(record) != count):
        raise ValueError(f"not an array of {'any' if count is None else count} elements: {record!r:.80}")
    return record


def text(record: object) -> str:
    """A JSON string. Raises: ValueError."""
    if not isinstance(record, str):
        raise ValueError(f"not a string: {record!r:.80}")
    return record


def number(record: object) -> int:
    """A JSON integer; True is none. Raises: ValueError."""
    if type(record) is not int:
        raise ValueError(f"not an integer: {record!r:.80}")
    return record
