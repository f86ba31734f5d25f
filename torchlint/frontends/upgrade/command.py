"""``torchlint upgrade``: options -> results of the preset upgrade -> one format and an exit status."""

from __future__ import annotations

import io
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.settings import Overrides, load_settings, parse_version
from torchlint.engine.writing import write_atomically
from torchlint.errors import ConfigError
from torchlint.frontends import hints, seams
from torchlint.frontends.check_command import collected, naming
from torchlint.frontends.fixing import Fixing, reject_contradictions
from torchlint.frontends.formats.report import Report
from torchlint.frontends.overrides import config_of
from torchlint.frontends.reach import Reach
from torchlint.frontends.streams import tell
from torchlint.frontends.tally import Tally
from torchlint.frontends.upgrade.in_words import summary
from torchlint.frontends.upgrade.plan import Need, known_move, need
from torchlint.rule import Topic

if TYPE_CHECKING:
    import argparse
    from typing import TextIO

    from torchlint.frontends.upgrade.plan import Move

_MODULES = {"full": "in_words", "json": "as_json", "html": "as_page"}


def upgrade(options: argparse.Namespace) -> int:
    """Report what a move changes, fix where asked, and return the exit status.

    Raises: ConfigError for wrong settings or options, and for releases of which nothing is known.
    """
    reject_contradictions(options)
    if "-" in options.paths:
        raise ConfigError("-: an upgrade is one of files; `torchlint check --preset upgrade -` reads standard input")
    move = known_move(_version(options.to, "--to"), _version(options.since, "--from"))
    overrides = _overrides(options, move)
    load_settings(Path.cwd(), overrides)  # wrong settings are an error even where there is nothing to check
    fixing = Fixing(options, overrides, move.narrow, None, Reach(options.paths or ["."]))
    results, hidden = collected(options, overrides, None, fixing, move.narrow)
    tally, changed = Tally(), False
    if options.fix or options.diff:
        results, tally, changed = fixing.finish()
    results.sort(key=lambda each: each.path)
    report = Report(tuple(results), seams.Sources({}), tally.fixed.total(), hidden, options.color)
    _report(move, report, options, tally)
    hints.give_without_files(results, options)
    if any(each.error is not None for each in results):
        return 2
    needed = any(need(finding) is not Need.ADVICE for _, finding in report.findings)
    return 1 if (changed if options.diff else needed) else 0


def _version(text: str | None, option: str) -> tuple[int, int] | None:
    return None if text is None else parse_version(text, option)


def _overrides(options: argparse.Namespace, move: Move) -> Overrides:
    config, inline = config_of(options)
    return Overrides(
        target_version=move.to,
        config=config,
        inline=inline,
        isolated=options.isolated,
        preset=Topic.UPGRADE.value,
    )


def _report(move: Move, report: Report, options: argparse.Namespace, tally: Tally) -> None:
    for result in report.results:
        if result.error is not None:
            tell(f"error: {result.path}: {result.error}")
    if options.diff:
        return
    if options.output_file is None:
        _write(move, report, options.output_format, sys.stdout)
    else:
        text = io.StringIO()
        _write(move, report, options.output_format, text)
        with naming("--output-file", options.output_file):
            write_atomically(Path(options.output_file), text.getvalue().encode("utf-8", "backslashreplace"))
        sys.stdout.write(f"{summary(move, report)}\n")
    if options.fix and options.output_format == "full":
        sys.stdout.write(tally.table())
    sys.stdout.flush()


def _write(move: Move, report: Report, output_format: str, out: TextIO) -> None:
    """Write a move in one format; only the module of that format is imported."""
    import_module(f"{__package__}.{_MODULES[output_format]}").write(move, report, out)
