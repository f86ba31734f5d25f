"""The ``json-lines`` format: the objects of ``json``, one a line, without an array around them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from torchlint.frontends.formats.json import as_json

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.frontends.formats.report import Report


def write(report: Report, out: TextIO) -> None:
    """One object a line, one for each finding."""
    for path, finding in report.findings:
        out.write(f"{json.dumps(as_json(path, finding))}\n")
