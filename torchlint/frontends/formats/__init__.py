"""How results are written: the list of output formats, and one module for each, named after it.

A format is a function ``write(report, out)`` in such a module: it gets a ``Report`` and writes it as text. To add one,
write its module and its line here; the command line offers whatever stands in ``FORMATS``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.frontends.formats.report import Report

FORMATS = {
    "full": "the default, for people",
    "concise": "one line each",
    "grouped": "one line each, by file",
    "json": "one array, for programs",
    "json-lines": "one object a line",
    "sarif": "SARIF 2.1.0, for code scanning",
    "github": "annotations of GitHub Actions",
    "gitlab": "GitLab's code quality report",
    "azure": "issues of Azure Pipelines",
    "junit": "XML of test suites",
    "pylint": "lines that many tools read",
    "html": "one page, for a browser",
}
"""Each output format and what it is, the default first."""


def write(output_format: str, report: Report, out: TextIO) -> None:
    """Write ``report`` to ``out`` in one of ``FORMATS``; only the module of that format is imported."""
    import_module(f"{__name__}.{output_format.replace('-', '_')}").write(report, out)
