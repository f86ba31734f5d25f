"""``torchlint check``: options -> results -> one format and an exit status."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from torchlint.engine.check import FileResult
from torchlint.engine.settings import Overrides, load_settings, parse_version
from torchlint.errors import ConfigError, SourceError
from torchlint.finding import Applicability, Certainty
from torchlint.frontends import formats, seams
from torchlint.frontends.cli import silence_stdout
from torchlint.frontends.formats.report import Report

if TYPE_CHECKING:
    import argparse


@dataclass(slots=True)
class _Input:
    """What ``-`` read, under the name that it goes by; ``data`` follows the fixes."""

    path: str
    data: bytes


def check(options: argparse.Namespace) -> int:
    """Check, fix where asked, report, and return the exit status. Raises: ConfigError."""
    _reject_contradictions(options)
    overrides = overrides_of(options)
    # A wrong --select must be an error even where there is nothing to check.
    load_settings(Path.cwd(), overrides if overrides.config else overrides._replace(isolated=True))
    paths = options.paths or ["."]
    given = _read_stdin(options) if "-" in paths else None
    results = list(seams.check_paths([each for each in paths if each != "-"], _run_options(options, overrides)))
    if given:
        results.append(seams.check_bytes(given.data, given.path, overrides))
    applied, changed = 0, False
    if options.fix or options.diff:
        results, applied, changed = _fix(results, options, overrides, given)
    status = _status(results, options, changed)
    try:
        _report(results, options, given, applied)
    except BrokenPipeError:
        silence_stdout()
    return status


def overrides_of(options: argparse.Namespace) -> Overrides:
    """What the options say about settings. Raises: ConfigError."""
    version = options.target_version
    return Overrides(
        select=None if options.select is None else _names(options.select),
        extend_select=_names(options.extend_select),
        ignore=_names(options.ignore),
        certainty=Certainty(options.certainty) if options.certainty else None,
        target_version=parse_version(version, "--target-version") if version else None,
        config=Path(options.config) if options.config else None,
        isolated=options.isolated,
    )


def _names(lists: list[str] | None) -> tuple[str, ...]:
    return tuple(each.strip() for text in lists or () for each in text.split(",") if each.strip())


def _reject_contradictions(options: argparse.Namespace) -> None:
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise ConfigError("--unsafe-fixes says which fixes are applied; give --fix, or --diff to look first, with it")
    if options.fix and options.diff:
        raise ConfigError("--fix changes files and --diff changes none; give one of them")
    if options.diff and options.output_format == "json":
        raise ConfigError("--diff prints a diff; --output-format json has the edits of each fix")
    if options.isolated and options.config:
        raise ConfigError("--isolated reads no settings and --config reads some; give one of them")
    if options.stdin_filename and "-" not in options.paths:
        raise ConfigError("--stdin-filename names what - reads; give - as a path too")


def _run_options(options: argparse.Namespace, overrides: Overrides) -> seams.RunOptions:
    cache_dir = Path(options.cache_dir) if options.cache_dir else None
    return seams.RunOptions(options.jobs, not options.no_cache, cache_dir, overrides)


def _read_stdin(options: argparse.Namespace) -> _Input:
    name = (options.stdin_filename or "-").replace("\\", "/")
    return _Input(name, sys.stdin.buffer.read())


def _fix(
    results: list[FileResult], options: argparse.Namespace, overrides: Overrides, given: _Input | None
) -> tuple[list[FileResult], int, bool]:
    """What is left after fixing, how many fixes were applied, and whether a diff would change something."""
    from torchlint.engine.fix import diff

    left, applied, changed = [], 0, False
    for result in sorted(results, key=lambda each: each.path):
        stdin = given if given and result.path == given.path else None
        if not _fixable(result, options.unsafe_fixes):
            left.append(result)
            continue
        data = stdin.data if stdin else None
        try:
            fixed = seams.fix(result, data, overrides, unsafe=options.unsafe_fixes, write=options.fix and not stdin)
        except (SourceError, OSError) as error:
            left.append(FileResult(result.path, result.findings, f"cannot be fixed: {error}"))
            continue
        applied += fixed.applied
        changed = changed or fixed.before.text != fixed.after.text
        if options.diff:
            sys.stdout.writelines(diff(fixed.before, fixed.after))
        if stdin and options.fix:
            stdin.data = fixed.data
        left.append(fixed.left)
    return left, applied, changed


def _fixable(result: FileResult, unsafe: bool) -> bool:
    wanted = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    return any(each.fix and each.fix.applicability in wanted for each in result.findings)


def _status(results: list[FileResult], options: argparse.Namespace, changed: bool) -> int:
    if any(each.error is not None for each in results):
        return 2
    found = changed if options.diff else any(each.findings for each in results)
    return 1 if found and not options.exit_zero else 0


def _report(results: list[FileResult], options: argparse.Namespace, given: _Input | None, applied: int) -> None:
    for result in sorted(results, key=lambda each: each.path):
        if result.error is not None:
            sys.stderr.write(f"error: {result.path}: {result.error}\n")
    if not results:
        sys.stderr.write(f"No Python file or notebook in {', '.join(options.paths or ['this folder'])}\n")
    out: TextIO = sys.stdout
    if given and options.fix:  # standard output is the fixed file
        sys.stdout.buffer.write(given.data)
        out = sys.stderr
    if options.diff:
        return
    sources = seams.Sources({given.path: given.data} if given else {})
    formats.write(options.output_format, Report(tuple(results), sources, applied, options.color), out)
    out.flush()
