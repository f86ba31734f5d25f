"""A move for programs: one JSON object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from torchlint.frontends.formats.json import as_json
from torchlint.frontends.upgrade.plan import Need, Writer, need, stages, writer
from torchlint.model.api import history_lookup
from torchlint.model.api.history_lookup import text_of

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.finding import Finding
    from torchlint.frontends.formats.report import Report
    from torchlint.frontends.upgrade.plan import Move, Stage

_WRITERS = {Writer.FIX: "fix", Writer.UNSAFE_FIX: "unsafe-fix", Writer.PERSON: "person"}


def write(move: Move, report: Report, out: TextIO) -> None:
    """The object: the move, its stages with their changes, and the files that were not checked."""
    errors = [{"path": each.path, "message": each.error} for each in report.results if each.error is not None]
    told = {
        "from": text_of(move.since) if move.since else None,
        "to": text_of(move.to),
        "stages": [_stage(each) for each in stages(report.findings)],
        "fixed": report.applied,
        "not_shown": report.hidden,
        "errors": errors,
    }
    out.write(json.dumps(told, indent=2) + "\n")


def _stage(stage: Stage) -> dict[str, object]:
    first, release = history_lookup.releases()[0], stage.release
    return {
        "release": text_of(release) if release is not None and release >= first else None,
        "before": text_of(first) if release is not None and release < first else None,
        **{each.value: stage.count(each) for each in Need},
        "changes": [_change(path, finding) for path, finding in stage.changes],
    }


def _change(path: str, finding: Finding) -> dict[str, object]:
    """A finding as ``check`` has it, with how much it is needed and who writes it."""
    return {"need": need(finding).value, "writer": _WRITERS[writer(finding)], **as_json(path, finding)}
