"""A file of findings, as ``--output-format json`` writes it -> findings with their paths.

Reading is strict where it matters, and what cannot be used is an error that says where it stands.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from torchlint.errors import ConfigError
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
    Span,
    Verdict,
    VerdictKind,
)
from torchlint.frontends.streams import tell
from torchlint.syntax.reading import MAX_FINDINGS_BYTES, read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchlint.engine.check import FileResult

_NOWHERE = Span(0, 0)


def read_findings(name: str) -> list[tuple[str, Finding]]:
    """The findings in a file, with the paths that they are under. Raises: ConfigError."""
    try:
        text = read_bytes(name, MAX_FINDINGS_BYTES, given=True).decode("utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{name} does not exist; `--output-format json --output-file {name}` writes it") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{name}: no JSON: {error}; write it with `--output-format json`") from error
    if not isinstance(values, list):
        raise ConfigError(f"{name}: not a list of findings; write it with `--output-format json`")
    return [_element(value, f"{name}: element {number}") for number, value in enumerate(values, 1)]


def _element(value: Any, where: str) -> tuple[str, Finding]:
    try:
        return _text(value["path"]), _finding(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise ConfigError(f"{where} is no finding: {what}") from error


def with_verdicts(results: Sequence[FileResult], name: str) -> list[FileResult]:
    """Results whose findings have the verdicts that a file gives to the same findings; says so where it has none.

    The faults that only the run showed are among them. Raises: ConfigError.
    """
    known = read_findings(name)
    verdicts = {_key(path, each): each.verdict for path, each in known}
    judged = [_judged(result, verdicts, known) for result in results]
    found = [each for result in judged for each in result.findings]
    if found and not any(each.verdict for each in found):
        tell(f"{name} has no verdict on what is found here; let `torchlint confirm` write it anew")
    return judged


def _judged(
    result: FileResult, verdicts: Mapping[tuple[object, ...], Verdict | None], known: Sequence[tuple[str, Finding]]
) -> FileResult:
    found = [replace(each, verdict=verdicts.get(_key(result.path, each))) for each in result.findings]
    here = _absolute(result.path)
    found += [
        each
        for path, each in known
        if each.verdict is not None and each.verdict.kind is VerdictKind.UNPREDICTED and _absolute(path) == here
    ]
    return replace(result, findings=tuple(sorted(found, key=lambda each: each.sort_key)))


def _absolute(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 (links stay what they are)


def _key(path: str, finding: Finding) -> tuple[object, ...]:
    """What makes two findings of two runs the same one."""
    return (_absolute(path), finding.code, finding.place, finding.message)


def _finding(value: Any) -> Finding:
    path = value["path"]
    effect, fix, verdict = value["effect"], value.get("fix"), value.get("verdict")
    return Finding(
        _text(value["code"]),
        _text(value["rule"]),
        _text(value["message"]),
        Certainty(value["certainty"]),
        _NOWHERE,
        _place(value, path),
        Effect(EffectKind(effect["kind"]), _text(effect["message"]), _place_or_none(effect["place"], path)),
        _steps(value["related"], path),
        None if fix is None else _fix(fix, path),
        verdict=None if verdict is None else _verdict(verdict, path),
    )


def _fix(value: Any, path: str) -> Fix:
    edits = tuple(Edit(_NOWHERE, _place(each["place"], path), _text(each["text"])) for each in value["edits"])
    return Fix(Applicability(value["applicability"]), _text(value["message"]), edits)


def _verdict(value: Any, path: str) -> Verdict:
    effect, gradient = value["effect"], value["gradient"]
    return Verdict(
        VerdictKind(value["kind"]),
        _text(value["message"]),
        None if effect is None else EffectKind(effect),
        _steps(value["seen"], path),
        None if gradient is None else (float(gradient["absolute"]), float(gradient["relative"])),
        value["device"],
        value["held"],
    )


def _steps(values: Any, path: str) -> tuple[Related, ...]:
    return tuple(Related(_text(each["role"]), _text(each["message"]), _place(each["place"], path)) for each in values)


def _place_or_none(value: Any, path: str) -> Place | None:
    return None if value is None else _place(value, path)


def _place(value: Any, path: str) -> Place:
    cell = value["cell"]
    return Place(
        None if value["path"] == path else _text(value["path"]),
        None if cell is None else _number(cell),
        *(_number(value[name]) for name in ("line", "column", "end_line", "end_column")),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not a string: {value!r:.60}")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise ValueError(f"not a number from 1 on: {value!r:.60}")
    return value
