"""A move as a page for a browser: that of ``check``, by release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.frontends.page.page import Heading, page
from torchlint.frontends.upgrade.in_words import summary
from torchlint.frontends.upgrade.plan import stages
from torchlint.model.api.history_lookup import text_of

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.frontends.formats.report import Report
    from torchlint.frontends.upgrade.plan import Move


def write(move: Move, report: Report, out: TextIO) -> None:
    """The page, in ASCII alone."""
    found = stages(report.findings)
    title = f"upgrade to PyTorch {text_of(move.to)}"
    sections = {stage.title: stage.changes for stage in found}
    out.write(page(report, Heading(title, summary(move, report), "release", sections)))
