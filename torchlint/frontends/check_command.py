"""``torchlint check``: options -> results -> one format and an exit status."""

from __future__ import annotations

import io
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from torchlint.engine.baseline import Baseline
from torchlint.engine.check import FileResult
from torchlint.engine.settings import load_settings
from torchlint.engine.writing import write_atomically
from torchlint.errors import ConfigError, SourceError
from torchlint.frontends import formats, hints, seams
from torchlint.frontends.contradictions import reject_contradictions
from torchlint.frontends.findings_file import with_verdicts
from torchlint.frontends.fixing import Fixing, Input
from torchlint.frontends.formats import statistics
from torchlint.frontends.formats.report import Report
from torchlint.frontends.formats.summary import summary
from torchlint.frontends.narrowing import Narrowing
from torchlint.frontends.overrides import overrides_of
from torchlint.frontends.progress import ProgressBar
from torchlint.frontends.reach import Reach
from torchlint.frontends.showing import show_files, show_settings
from torchlint.frontends.streams import tell
from torchlint.frontends.tally import Tally
from torchlint.syntax.reading import read_stream

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Generator, Iterator

    from torchlint.engine.settings import Overrides


def check(options: argparse.Namespace) -> int:
    """Check, fix where asked, report, and return the exit status; with ``--watch`` until interrupted.

    Raises: ConfigError.
    """
    options.fix = options.fix or options.fix_only
    options.quiet = options.quiet or options.silent
    reject_contradictions(options)
    if options.watch:
        from torchlint.frontends.watch import watch

        return watch(options.paths or ["."], lambda: _check(options))
    return _check(options)


def _check(options: argparse.Namespace) -> int:
    overrides = overrides_of(options)
    # A wrong --select must be an error even where there is nothing to check.
    load_settings(Path.cwd(), overrides if overrides.config else overrides._replace(isolated=True))
    paths = options.paths or ["."]
    if options.show_files:
        return show_files(paths, _run_options(options, overrides))
    if options.show_settings:
        return show_settings(paths, overrides)
    given = _read_stdin(options) if "-" in paths else None
    narrowing = _narrowing(options, overrides, given)
    reach = Reach(paths)
    fixing = Fixing(options, overrides, narrowing.narrow, given, reach)
    results, hidden = collected(options, overrides, given, fixing, narrowing.take)
    _tell_gone(narrowing, options)
    results.sort(key=lambda each: each.path)
    tally, changed = Tally(), False
    if options.fix or options.diff:
        results, tally, changed = fixing.finish()
    if options.add_noqa:
        results = [_add_noqa(each, overrides, narrowing, given, reach) if each.findings else each for each in results]
    if options.write_baseline:
        number = _count(results)
        results = _write_baseline(Path(options.write_baseline), results, given)
        hidden += number - _count(results)
    if options.confirmed:
        results = with_verdicts(results, options.confirmed)
    applied = tally.fixed.total()
    status = _status(results, options, changed, applied)
    sources, quiet = _sources(given), options.quiet
    report = Report(tuple(results), sources, applied, hidden, options.color, options.explain, quiet)
    _report(report, options, given, tally)
    hints.give(results, options)
    return status


def collected(
    options: argparse.Namespace,
    overrides: Overrides,
    given: Input | None,
    fixing: Fixing,
    narrow: Callable[[FileResult], FileResult],
) -> tuple[list[FileResult], int]:
    """The results of all files, and of standard input, with what is shown of them, and how many findings are not; each
    is fixed as soon as it is there."""
    results: list[FileResult] = []
    hidden = 0
    with closing(_checked(options, overrides, given, fixing)) as found:
        for each in found:
            results.append(narrow(each))
            hidden += len(each.findings) - len(results[-1].findings)
            if options.fix or options.diff:
                fixing.take(results[-1])
    return results, hidden


def _checked(
    options: argparse.Namespace, overrides: Overrides, given: Input | None, fixing: Fixing
) -> Generator[FileResult, None, None]:
    """The results of all files, and of standard input, each as soon as it can be used."""
    with ProgressBar("checking", quiet=options.quiet) as progress:
        paths = [each for each in options.paths or ["."] if each != "-"]
        run = _run_options(options, overrides, progress)
        fixer = seams.Fixer(fixing.expect, fixing.written) if options.fix else None
        yield from seams.check_paths(paths, run, fixer)
    if given:
        yield seams.check_bytes(given.data, given.path, overrides)


def _run_options(
    options: argparse.Namespace, overrides: Overrides, progress: ProgressBar | None = None
) -> seams.RunOptions:
    cache_dir = Path(options.cache_dir) if options.cache_dir else None
    if cache_dir and not options.no_cache and (why := seams.why_no_cache(cache_dir)):
        tell(f"--cache-dir: {cache_dir} keeps no results: {why}")
    keeps, force = not options.no_cache, options.force_exclude
    return seams.RunOptions(options.jobs, keeps, cache_dir, overrides, force, progress, tell)


def _read_stdin(options: argparse.Namespace) -> Input:
    if sys.stdin is None:
        raise ConfigError("-: standard input is closed")
    name = (options.stdin_filename or "-").replace("\\", "/")
    try:
        return Input(name, read_stream(sys.stdin.buffer, name))
    except OSError as error:
        raise ConfigError(f"{name}: standard input cannot be read: {error.strerror or error}") from error


def _narrowing(options: argparse.Namespace, overrides: Overrides, given: Input | None) -> Narrowing:
    """What counts. Raises: ConfigError."""
    sources, changed = _sources(given), None
    if options.diff_base is not None:
        from torchlint.frontends.changed_lines import ChangedLines

        paths = [given.path if given and each == "-" else each for each in options.paths or ["."]]
        changed = ChangedLines(options.diff_base, paths, sources)
    return Narrowing(overrides, sources, changed, baselines=not options.write_baseline)


def _tell_gone(narrowing: Narrowing, options: argparse.Namespace) -> None:
    """Say what a baseline knows and is no more, where all was looked for."""
    if not (options.select or options.ignore or options.certainty or options.quiet):
        for line in narrowing.gone():
            tell(line)


def _add_noqa(
    result: FileResult, overrides: Overrides, narrowing: Narrowing, given: Input | None, reach: Reach
) -> FileResult:
    """What is left after each finding got a comment that suppresses it."""
    stdin = given if given and result.path == given.path else None
    try:
        if not stdin and (why := reach.why_beyond(result.path)):
            raise SourceError(why)
        data = stdin.data if stdin else None
        after = seams.add_noqa(result.path, data, overrides, narrowing.narrow, write=stdin is None)
    except (SourceError, OSError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return FileResult(result.path, result.findings, f"cannot be given noqa comments: {why}")
    if stdin:
        stdin.data = after.data
    if after.suppressed:
        tell(f"{result.path}: suppressed {after.suppressed} with noqa comments")
    return after.left


def _write_baseline(path: Path, results: list[FileResult], given: Input | None) -> list[FileResult]:
    """Write all that is found into a baseline, and return what it cannot know. Raises: ConfigError."""
    if any(each.error is not None for each in results):
        tell(f"{path} was not written, as not every file could be checked")
        return results
    sources = _sources(given)
    baseline = Baseline.of(path, results, sources.get)
    with naming("--write-baseline", path):
        baseline.write()
    number = baseline.known.total()
    tell(f"Wrote {number} finding{'' if number == 1 else 's'} to {path}")
    return [baseline.new(each, sources.get(each.path)) if each.findings else each for each in results]


def _status(results: list[FileResult], options: argparse.Namespace, changed: bool, applied: int) -> int:
    if any(each.error is not None for each in results):
        return 2
    if applied and options.exit_non_zero_on_fix:
        return 1
    found = changed if options.diff else not options.fix_only and any(each.findings for each in results)
    return 1 if found and not options.exit_zero else 0


@contextmanager
def naming(option: str, path: Path | str) -> Iterator[None]:
    """Say of which option a file is that cannot be written. Raises: ConfigError."""
    try:
        yield
    except OSError as error:
        raise ConfigError(f"{option}: {path} cannot be written: {error.strerror or error}") from error


def _count(results: list[FileResult]) -> int:
    return sum(len(each.findings) for each in results)


def _sources(given: Input | None) -> seams.Sources:
    """The files as they are now."""
    return seams.Sources({given.path: given.data} if given else {})


def _report(report: Report, options: argparse.Namespace, given: Input | None, tally: Tally) -> None:
    for result in report.results:
        if result.error is not None:
            tell(f"error: {result.path}: {result.error}")
        if result.incomplete and options.verbose:
            tell(f"{result.path}: {result.incomplete}")
    out: TextIO = sys.stdout
    if given and (options.fix or options.add_noqa):  # standard output is the changed file
        sys.stdout.buffer.write(given.data)
        out = sys.stderr
    if options.diff or options.silent:
        return
    if options.fix_only:
        if report.applied and not options.quiet:
            out.write(tally.table())
    elif options.output_file is None:
        _write(report, options, out)
    else:
        text = io.StringIO()
        _write(report, options, text)
        with naming("--output-file", options.output_file):
            data = text.getvalue().encode("utf-8", "backslashreplace")
            write_atomically(Path(options.output_file), data)
        if not options.quiet:
            out.write(f"{summary(report)}\n")
    if options.fix and not options.fix_only and not options.quiet and options.output_format == "full":
        out.write(tally.table())
    out.flush()


def _write(report: Report, options: argparse.Namespace, out: TextIO) -> None:
    if options.statistics:
        statistics.write(options.output_format, report, out)
    else:
        formats.write(options.output_format, report, out)
