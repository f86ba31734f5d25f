"""The ``gitlab`` format: a code quality report, as GitLab shows it in merge requests."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from torchlint.engine.fingerprint import Fingerprint, fingerprint
from torchlint.finding import Certainty
from torchlint.frontends.formats.checkout import inside_checkout
from torchlint.frontends.formats.regions import Regions
from torchlint.frontends.formats.wording import headline, verdict

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.frontends.formats.report import Report

_SEVERITIES = {Certainty.CERTAIN: "major", Certainty.LIKELY: "minor", Certainty.ADVICE: "info"}


def write(report: Report, out: TextIO) -> None:
    """One JSON array with an object for each finding."""
    regions = Regions(report.sources)
    seen = Counter[Fingerprint]()
    found = []
    for path, finding in report.findings:
        name = inside_checkout(path)
        said = f" ({verdict(finding.verdict)})" if finding.verdict else ""
        mark = fingerprint(name, finding, report.sources.get(path))
        line, column, end_line, end_column = regions.of(path, finding.place)
        found.append(
            {
                "description": f"{finding.code} {headline(finding)}{said}",
                "check_name": finding.rule,
                "fingerprint": mark.digest(seen[mark]),
                "severity": _SEVERITIES[finding.certainty],
                "location": {
                    "path": name,
                    "positions": {
                        "begin": {"line": line, "column": column},
                        "end": {"line": end_line, "column": end_column},
                    },
                },
            }
        )
        seen[mark] += 1
    out.write(json.dumps(found, indent=2) + "\n")
