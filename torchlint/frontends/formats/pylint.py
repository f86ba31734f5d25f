"""The ``pylint`` format, which many tools read: ``path:line: [CODE] message``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.frontends.formats.regions import Regions
from torchlint.frontends.formats.wording import headline, verdict
from torchlint.frontends.visible import as_line

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.frontends.formats.report import Report


def write(report: Report, out: TextIO) -> None:
    """One line for each finding; in notebooks at the line of the file, and the message names the cell."""
    regions = Regions(report.sources)
    for path, finding in report.findings:
        line = regions.of(path, finding.place).line
        said = f" ({verdict(finding.verdict)})" if finding.verdict else ""
        message = f"{headline(finding)} ({finding.certainty.value}){said}"
        out.write(f"{as_line(f'{path}:{line}: [{finding.code}] {message}')}\n")
