"""What to say to people where nothing was found: whether that is good news, and what else there is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchlint.frontends.streams import tell

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchlint.engine.check import FileResult

_LEFT_OUT = "what .gitignore and the settings leave out is read only where it is given by name"


def give(results: Sequence[FileResult], options: argparse.Namespace) -> None:
    """Write a hint to standard error: to everybody where no file was read, otherwise to people at a terminal."""
    if not results:
        give_without_files(results, options)
    elif (
        options.output_format == "full"
        and not options.quiet
        and sys.stderr.isatty()
        and (hint := _hint(results, options))
    ):
        tell(hint)


def give_without_files(results: Sequence[FileResult], options: argparse.Namespace) -> None:
    """Write a hint to standard error where no file was read."""
    if not results:
        paths = ", ".join(options.paths) or "this folder"
        tell(f"No Python file or notebook in {paths}; {_LEFT_OUT}")


def _hint(results: Sequence[FileResult], options: argparse.Namespace) -> str:
    checked = [each for each in results if each.error is None]
    if not checked or options.fix or options.diff or any(each.findings for each in results):
        return ""
    if not any(each.saw_torch for each in checked):
        return f"torchlint speaks of code that uses torch. If you miss some, {_LEFT_OUT}."
    if options.select is None and options.certainty is None:
        return "Correct code that could be better is shown with --certainty advice."
    return ""
