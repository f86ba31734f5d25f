"""The ``concise`` format: one line for each finding, and one about all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.frontends.formats.summary import summary
from torchlint.frontends.formats.wording import verdict
from torchlint.frontends.visible import as_line

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.finding import Finding
    from torchlint.frontends.formats.report import Report


def write(report: Report, out: TextIO) -> None:
    """A line for each finding, then the summary."""
    write_findings(report, out)
    if report.results and not report.quiet:
        out.write(f"{summary(report)}\n")


def write_findings(report: Report, out: TextIO) -> None:
    """``path:line:column: CODE message (certain)``, in notebooks ``path:cell 4:line:column: ...``."""
    for path, finding in report.findings:
        place = finding.place
        cell = "" if place.cell is None else f"cell {place.cell}:"
        line = f"{path}:{cell}{place.line}:{place.column}: {finding.code} {message(finding)}"
        out.write(f"{as_line(line)}\n")


def message(finding: Finding) -> str:
    """What a finding says on one line, how sure it is, ``[*]`` where it has a safe fix, and what a run said of it."""
    star = " [*]" if finding.fix and finding.fix.applicability is Applicability.SAFE else ""
    said = f" ({verdict(finding.verdict)})" if finding.verdict else ""
    return f"{' '.join(finding.message.splitlines())} ({finding.certainty.value}){star}{said}"
