"""The ``json`` format; its keys are those of the command line's contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.finding import Effect, Finding, Fix, Place, Related, Verdict
    from torchlint.frontends.formats.report import Report


def write(report: Report, out: TextIO) -> None:
    """One JSON array, one finding a line."""
    separator = "["
    for path, finding in report.findings:
        out.write(f"{separator}\n  {json.dumps(as_json(path, finding))}")
        separator = ","
    out.write("[]\n" if separator == "[" else "\n]\n")


def as_json(path: str, finding: Finding) -> dict[str, object]:
    """A finding of the file at ``path`` as the contract has it; a verdict only where there is one."""
    return {
        "code": finding.code,
        "rule": finding.rule,
        "message": finding.message,
        "certainty": finding.certainty.value,
        **_place(path, finding.place),
        "effect": _effect(path, finding.effect),
        "related": _steps(path, finding.related),
        "fix": _fix(path, finding.fix) if finding.fix else None,
        **({"verdict": _verdict(path, finding.verdict)} if finding.verdict else {}),
    }


def _verdict(path: str, verdict: Verdict) -> dict[str, object]:
    off = verdict.gradient
    return {
        "kind": verdict.kind.value,
        "message": verdict.message,
        "effect": verdict.effect.value if verdict.effect else None,
        "seen": _steps(path, verdict.seen),
        "gradient": None if off is None else {"absolute": off[0], "relative": off[1]},
        "device": verdict.device,
        "held": verdict.held,
    }


def _steps(path: str, steps: tuple[Related, ...]) -> list[dict[str, object]]:
    return [{"role": each.role, "message": each.message, "place": _place(path, each.place)} for each in steps]


def _effect(path: str, effect: Effect) -> dict[str, object]:
    place = _place(path, effect.place) if effect.place else None
    return {"kind": effect.kind.value, "message": effect.message, "place": place}


def _fix(path: str, fix: Fix) -> dict[str, object]:
    edits = [{"place": _place(path, each.place), "text": each.text} for each in fix.edits]
    return {"applicability": fix.applicability.value, "message": fix.message, "edits": edits}


def _place(path: str, place: Place) -> dict[str, object]:
    return {
        "path": place.path or path,
        "cell": place.cell,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
