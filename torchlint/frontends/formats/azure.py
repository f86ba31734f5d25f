"""The ``azure`` format: logging commands, which Azure Pipelines shows as issues of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty
from torchlint.frontends.formats.checkout import inside_checkout
from torchlint.frontends.formats.regions import Regions
from torchlint.frontends.formats.wording import told
from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from torchlint.frontends.formats.report import Report


def write(report: Report, out: TextIO) -> None:
    """``##vso[task.logissue type=error;...]message``, one a line; Azure knows errors and warnings only."""
    regions = Regions(report.sources)
    for path, finding in report.findings:
        region = regions.of(path, finding.place)
        properties = {
            "type": "error" if finding.certainty is Certainty.CERTAIN else "warning",
            "sourcepath": inside_checkout(path),
            "linenumber": region.line,
            "columnnumber": region.column,
            "code": finding.code,
        }
        _issue(properties, told(finding), out)
    for result in report.results:
        if result.error is not None:
            _issue({"type": "error", "sourcepath": inside_checkout(result.path)}, result.error, out)


def _issue(properties: Mapping[str, object], message: str, out: TextIO) -> None:
    given = "".join(f"{name}={_property(str(value))};" for name, value in properties.items())
    text = "\n".join(message.splitlines())
    out.write(f"##vso[task.logissue {given}]{_data(text)}\n")


def _data(text: str) -> str:
    """Text as a logging command has it: what ends a line is written as Azure asks, so that it ends none here."""
    escaped = visible(text, keep="\r\n").replace("%", "%AZP25")
    return escaped.replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")
