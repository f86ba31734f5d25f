"""The ``concise`` format: one line for each finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.frontends.formats.wording import verdict
from torchlint.frontends.visible import as_line

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.frontends.formats.report import Report


def write(report: Report, out: TextIO) -> None:
    """``path:line:column: CODE message``, in notebooks ``path:cell 4:line:column: ...``; ``[*]`` marks a safe fix."""
    for path, finding in report.findings:
        place = finding.place
        cell = "" if place.cell is None else f"cell {place.cell}:"
        star = " [*]" if finding.fix and finding.fix.applicability is Applicability.SAFE else ""
        message = " ".join(finding.message.splitlines())
        said = f" ({verdict(finding.verdict)})" if finding.verdict else ""
        line = f"{path}:{cell}{place.line}:{place.column}: {finding.code} {message}{star}{said}"
        out.write(f"{as_line(line)}\n")
