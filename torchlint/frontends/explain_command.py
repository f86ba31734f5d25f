"""``torchlint explain FILE:LINE``: all findings at a line, with their stories, their fixes and their rules."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torchlint.engine.check import FileResult
from torchlint.engine.settings import Overrides
from torchlint.errors import ConfigError, SourceError
from torchlint.finding import Certainty
from torchlint.frontends import seams
from torchlint.frontends.explain import print_rule
from torchlint.frontends.findings_file import with_verdicts
from torchlint.frontends.formats import concise, full
from torchlint.frontends.formats.report import Report
from torchlint.frontends.overrides import config_of
from torchlint.frontends.snippet import lines_of
from torchlint.frontends.streams import tell
from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    import argparse

    from torchlint.finding import Finding, Place

_TARGET = re.compile(r"(?P<path>.+?)(?P<numbers>(?::\s*(?:cell )?\d{1,9})+):?", re.DOTALL)
_MOST_NEAR = 3


class Target(NamedTuple):
    """A 1-based line of a file, or of the 1-based ``cell`` of a notebook."""

    path: str
    cell: int | None
    line: int

    def __str__(self) -> str:
        return f"{visible(self.path)}:{'' if self.cell is None else f'cell {self.cell}:'}{self.line}"


def explain(options: argparse.Namespace) -> int:
    """Explain what is found at a line; 0 where something is, 1 where nothing is, 2 where the file cannot be checked.

    Raises: ConfigError where the target or the settings are wrong, SourceError where the file has no such line.
    """
    target = read_target(options.target)
    config, inline = config_of(options)
    overrides = Overrides(certainty=Certainty.ADVICE, config=config, isolated=options.isolated, inline=inline)
    sources = seams.Sources({})
    result = checked(target, overrides, sources)
    if options.confirmed:
        (result,) = with_verdicts([result], options.confirmed)
    found = found_at(target, result)
    if not found:
        tell(nothing_at(target, result))
        concise.write_findings(Report((nearest_to(target, result),), sources), sys.stderr)
        return 1
    full.write_findings(
        [(result.path, each) for each in found], Report((), sources, color=options.color, explain=True), sys.stdout
    )
    for code in dict.fromkeys(each.code for each in found):
        print_rule(code, options.color)
        sys.stdout.write("\n")
    return 0


def read_target(text: str) -> Target:
    """``FILE:LINE``, in notebooks ``FILE.ipynb:CELL:LINE``, with or without a column. Raises: ConfigError."""
    match = _TARGET.fullmatch(text)
    if match is None:
        is_rule = re.fullmatch(r"[A-Z]{3}\d{3}|[a-z]+(?:-[a-z]+)+", text) is not None
        hint = f"`torchlint rule {text}` explains a rule" if is_rule else "`torchlint check --explain` explains all"
        raise ConfigError(f"{text!r} names no line: write FILE:LINE or FILE.ipynb:CELL:LINE; {hint}")
    numbers = [int(each) for each in re.findall(r"\d+", match["numbers"])]
    if not match["path"].endswith(".ipynb"):
        return Target(match["path"], None, numbers[0])
    if len(numbers) < 2:
        raise ConfigError(f"{text!r} names no line of a cell: write {match['path']}:CELL:LINE")
    return Target(match["path"], numbers[0], numbers[1])


def checked(target: Target, overrides: Overrides, sources: seams.Sources) -> FileResult:
    """The result of the target's file. Raises: SourceError where it cannot be checked, or has no such line."""
    if Path(target.path).is_dir():
        raise SourceError(f"{visible(target.path)} is a folder; name a file in it")
    result = next(iter(seams.check_paths([target.path], seams.RunOptions(1, False, None, overrides))))
    if result.error is not None:
        raise SourceError(f"{result.path}: {result.error}")
    _reject_missing(target, sources)
    return result


def found_at(target: Target, result: FileResult) -> list[Finding]:
    """What is found at the target, then what only passes there."""
    found = [each for each in result.findings if _passes(each, target)]
    return sorted(found, key=lambda each: not _covers(each.place, target))


def nearest_to(target: Target, result: FileResult) -> FileResult:
    """What is found near the target."""

    def distance(finding: Finding) -> tuple[int, int]:
        return abs((finding.place.cell or 0) - (target.cell or 0)), abs(finding.place.line - target.line)

    return FileResult(result.path, tuple(sorted(result.findings, key=distance)[:_MOST_NEAR]))


def nothing_at(target: Target, result: FileResult) -> str:
    """That there is nothing, and whether there is something nearby."""
    if not result.findings:
        return f"Nothing is found at {target}, nor anywhere else in the file."
    return f"Nothing is found at {target}. The nearest:"


def _reject_missing(target: Target, sources: seams.Sources) -> None:
    source = sources.get(target.path)
    lines = lines_of(source, target.cell)
    if lines is None and source is not None:
        cells = ", ".join(str(each.index) for each in source.cells)
        raise SourceError(
            f"{visible(target.path)} has no code cell {target.cell}; its code cells are {cells or 'none'}"
        )
    if lines is not None and not 1 <= target.line <= lines.total:
        where = visible(target.path) if target.cell is None else f"cell {target.cell} of {visible(target.path)}"
        raise SourceError(f"{where} has no line {target.line}, only {lines.total}")


def _passes(finding: Finding, target: Target) -> bool:
    """Whether a finding is at the target, or its story passes there."""
    story = [each.place for each in finding.story] + [each.place for each in finding.related]
    return any(_covers(each, target) for each in (finding.place, finding.effect.place, *story) if each is not None)


def _covers(place: Place, target: Target) -> bool:
    return place.path is None and place.cell == target.cell and place.line <= target.line <= place.end_line
