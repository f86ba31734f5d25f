"""The ``grouped`` format: the findings of each file, or of each cell of a notebook, below its name."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from torchlint.frontends.formats.concise import message
from torchlint.frontends.formats.summary import summary
from torchlint.frontends.visible import as_line

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.finding import Finding
    from torchlint.frontends.formats.report import Report


def write(report: Report, out: TextIO) -> None:
    """``path:`` and below it ``line:column  CODE  message (certain)``, a blank line after each group, the summary."""
    for name, pairs in groupby(report.findings, _name):
        out.write(f"{as_line(name)}:\n")
        group = [finding for _, finding in pairs]
        width = max(len(_position(each)) for each in group)
        for finding in group:
            out.write(f"{as_line(f'  {_position(finding):<{width}}  {finding.code}  {message(finding)}')}\n")
        out.write("\n")
    if report.results and not report.quiet:
        out.write(f"{summary(report)}\n")


def _name(pair: tuple[str, Finding]) -> str:
    path, finding = pair
    return path if finding.place.cell is None else f"{path}: cell {finding.place.cell}"


def _position(finding: Finding) -> str:
    return f"{finding.place.line}:{finding.place.column}"
