"""The ``junit`` format: a test suite for each file and a failed test for each finding, as most CI systems show them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from torchlint.frontends.formats.regions import Regions
from torchlint.frontends.formats.wording import headline, told
from torchlint.frontends.visible import as_line

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.engine.check import FileResult
    from torchlint.frontends.formats.report import Report

# What XML 1.0 has no way to write.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: Report, out: TextIO) -> None:
    """One XML document, all ASCII; a file without findings is a passed test, what could not be checked an error."""
    regions = Regions(report.sources)
    suites = ET.Element("testsuites", name="torchlint")
    suites.extend(_suite(result, regions) for result in report.results)
    for count in ("tests", "failures", "errors"):
        suites.set(count, str(sum(int(each.get(count, "0")) for each in suites)))
    ET.indent(suites)
    text = ET.tostring(suites, encoding="us-ascii").decode("ascii")
    out.write(f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n')


def _suite(result: FileResult, regions: Regions) -> ET.Element:
    path = _legal(result.path)
    tests, failures, errors = len(result.findings), len(result.findings), 0
    suite = ET.Element("testsuite", name=path)
    for finding in result.findings:
        region = regions.of(result.path, finding.place)
        at = f"{region.line}:{region.column}"
        test = ET.SubElement(suite, "testcase", classname=path, name=f"{finding.code} {finding.rule} at {at}")
        test.set("file", path)
        test.set("line", str(region.line))
        failure = ET.SubElement(test, "failure", type=finding.code, message=_legal(headline(finding)))
        lines = (f"{result.path}:{at} ({finding.certainty.value})", *told(finding).splitlines())
        failure.text = "\n".join(map(as_line, lines))
    if result.error is not None:
        test = ET.SubElement(suite, "testcase", classname=path, name="could not be checked", file=path)
        ET.SubElement(test, "error", message=_legal(result.error))
        tests, errors = tests + 1, 1
    elif not result.findings:
        ET.SubElement(suite, "testcase", classname=path, name="nothing found", file=path)
        tests = 1
    for name, count in (("tests", tests), ("failures", failures), ("errors", errors)):
        suite.set(name, str(count))
    return suite


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
