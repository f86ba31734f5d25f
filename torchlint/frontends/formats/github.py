"""The ``github`` format: workflow commands, which GitHub Actions turns into annotations of the changed files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty
from torchlint.frontends.formats.checkout import inside_checkout
from torchlint.frontends.formats.regions import Regions
from torchlint.frontends.formats.wording import told
from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.finding import Finding
    from torchlint.frontends.formats.regions import Region
    from torchlint.frontends.formats.report import Report

_COMMANDS = {Certainty.CERTAIN: "error", Certainty.LIKELY: "warning", Certainty.ADVICE: "notice"}


def write(report: Report, out: TextIO) -> None:
    """``::error file=a.py,line=4,...::message``, one command a line; what could not be checked is an error too."""
    regions = Regions(report.sources)
    for path, finding in report.findings:
        properties = _properties(path, finding, regions.of(path, finding.place))
        message = "\n".join(told(finding).splitlines())
        out.write(f"::{_COMMANDS[finding.certainty]} {properties}::{_data(message)}\n")
    for result in report.results:
        if result.error is not None:
            out.write(f"::error file={_property(inside_checkout(result.path))}::{_data(result.error)}\n")


def _properties(path: str, finding: Finding, region: Region) -> str:
    properties: dict[str, object] = {
        "file": inside_checkout(path),
        "line": region.line,
        "endLine": region.end_line,
        "title": f"{finding.code} {finding.rule}",
    }
    if region.line == region.end_line:  # GitHub takes columns within one line only
        properties |= {"col": region.column, "endColumn": region.end_column}
    return ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())


def _data(text: str) -> str:
    """Text as a workflow command has it: what ends a line is written as GitHub asks, so that it ends none here."""
    return visible(text, keep="\r\n").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
