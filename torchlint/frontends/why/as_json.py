"""A diagnosis as one JSON object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from torchlint.frontends.formats.json import as_json

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.why.diagnosis import Diagnosis
    from torchlint.why.files import Located
    from torchlint.why.suspects import Suspect


def write(found: Diagnosis, out: TextIO) -> None:
    """One object, with a line for each of its parts."""
    rows = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in as_object(found).items())
    out.write("{\n" + ",\n".join(rows) + "\n}\n")


def as_object(found: Diagnosis) -> dict[str, object]:
    """A diagnosis as the contract has it."""
    return {
        "error": {
            "type": found.traceback.error,
            "message": found.traceback.message,
            "kind": found.kind.slug if found.kind else None,
            "meaning": found.meaning,
            "details": found.sentences,
            "ranks": found.traceback.ranks,
        },
        "frames": [_frame(each) for each in found.frames],
        "forward": [_frame(each) for each in found.forward],
        "suspects": [_suspect(each) for each in found.suspects],
        "experiment": found.experiment or None,
    }


def _frame(each: Located) -> dict[str, object]:
    frame = each.frame
    return {
        "path": each.path,
        "cell": each.cell,
        "line": each.line,
        "function": frame.function,
        "changed": each.changed,
        "log": {"path": frame.path, "line": frame.line, "text": frame.text},
    }


def _suspect(each: Suspect) -> dict[str, object]:
    return {
        "path": each.path,
        "cell": each.cell,
        "line": each.line,
        "end_line": each.end_line,
        "sure": each.sure.value,
        "message": each.says,
        "evidence": each.evidence,
        "finding": as_json(each.of or each.path, each.finding) if each.finding else None,
    }
