"""The ``html`` format: one page that needs nothing but a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from torchlint.frontends.formats.report import Report


def write(report: Report, out: TextIO) -> None:
    """The page, in ASCII alone, so that it is the same in every encoding."""
    from torchlint.frontends.page.page import page

    out.write(page(report))
