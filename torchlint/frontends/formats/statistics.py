"""``--statistics``: how much each rule found, instead of the findings."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.frontends.folding import folded_text, width_of
from torchlint.frontends.formats.summary import judged, offers, summary

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.finding import Finding
    from torchlint.frontends.formats.report import Report

FORMATS = ("full", "concise", "json")
"""The output formats that statistics have."""


def write(output_format: str, report: Report, out: TextIO) -> None:
    """A line, or a JSON object, for each rule, the most frequent first."""
    by_code: dict[str, list[Finding]] = {}
    for _, finding in report.findings:
        by_code.setdefault(finding.code, []).append(finding)
    rows = sorted(by_code.values(), key=lambda found: (-len(found), found[0].code))
    if output_format == "json":
        out.write(json.dumps([_as_json(found) for found in rows], indent=2) + "\n")
        return
    cells = width_of(out)
    width = max((len(found[0].rule) for found in rows), default=0)
    for found in rows:
        notes = "; ".join(filter(None, (judged(found), offers(found))))
        head = f"{len(found):>5}  {found[0].code}  {found[0].rule:<{width}}  "
        out.write(folded_text(f"{head}{notes}".rstrip(), cells, len(head)) + "\n")
    if output_format == "full" and report.results and not report.quiet:
        said = folded_text(summary(report), cells)
        out.write(f"{said}\n" if not rows else f"\n{said}\n")


def _as_json(found: list[Finding]) -> dict[str, object]:
    verdicts = Counter(each.verdict.kind.value for each in found if each.verdict)
    fixes = [each.fix.applicability for each in found if each.fix and each.fix.edits]
    return {
        "code": found[0].code,
        "rule": found[0].rule,
        "count": len(found),
        "safe_fixes": fixes.count(Applicability.SAFE),
        "unsafe_fixes": fixes.count(Applicability.UNSAFE),
        **({"verdicts": verdicts} if verdicts else {}),
    }
