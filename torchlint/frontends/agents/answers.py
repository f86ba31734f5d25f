"""What an agent is told: text that reads well as all that it sees, and the same as data."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from torchlint.engine.check import forget_files
from torchlint.engine.discovery import missing
from torchlint.engine.fix import fix_file
from torchlint.engine.settings import Overrides, forget_settings, load_settings
from torchlint.errors import SourceError
from torchlint.finding import Certainty
from torchlint.frontends import explain_command, seams
from torchlint.frontends.explain import text_of_rule
from torchlint.frontends.formats import concise, full
from torchlint.frontends.formats.json import as_json
from torchlint.frontends.formats.report import Report
from torchlint.frontends.formats.summary import summary
from torchlint.frontends.visible import as_line
from torchlint.frontends.why import as_json as why_as_json
from torchlint.frontends.why import in_words
from torchlint.why.diagnosis import diagnose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torchlint.engine.check import FileResult
    from torchlint.finding import Finding
    from torchlint.syntax.source import Source

VERSION = 1
"""The version of ``data``, whose findings are those of ``--output-format json``: keys are added, never changed."""


class Answer(NamedTuple):
    """What a tool says."""

    text: str
    data: dict[str, Any]


def check(paths: Sequence[str], select: Sequence[str], certainty: str, limit: int) -> Answer:
    """What is found in files and folders, the first ``limit`` findings in full and as many more as a line each.

    Raises: ConfigError.
    """
    _read_anew()
    overrides = Overrides(select=tuple(select) or None, certainty=Certainty(certainty))
    load_settings(Path.cwd(), overrides)
    told: list[str] = []
    run = seams.RunOptions(None, True, None, overrides, tell=told.append)
    results = tuple(seams.check_paths(paths or ["."], run))
    report = Report(results, seams.Sources({}), color="never")
    findings = report.findings
    errors = [f"{each.path}: {each.error}" for each in results if each.error is not None]
    parts = [_full(findings[:limit], report), _concise(findings[limit : 2 * limit])]
    if len(findings) > 2 * limit:
        parts.append(f"... and {len(findings) - 2 * limit} more; check fewer paths, or give a higher limit")
    parts += [f"error: {as_line(each)}" for each in (*errors, *told)]
    parts.append(summary(report) if results else "No Python file or notebook was found there.")
    data = {
        "version": VERSION,
        "total": len(findings),
        "findings": [as_json(path, each) for path, each in findings[:limit]],
        "errors": errors,
    }
    return Answer("\n".join(filter(None, parts)), data)


def explain(target: str) -> Answer:
    """The document of a rule, or what is found at ``FILE:LINE`` with its story and the documents of its rules.

    Raises: ConfigError, SourceError.
    """
    if ":" not in target:
        return Answer(text_of_rule(target), {"version": VERSION, "findings": []})
    _read_anew()
    at = explain_command.read_target(target)
    sources = seams.Sources({})
    result = explain_command.checked(at, Overrides(certainty=Certainty.ADVICE), sources)
    found = [(result.path, each) for each in explain_command.found_at(at, result)]
    data = {"version": VERSION, "findings": [as_json(path, each) for path, each in found]}
    if not found:
        near = [(result.path, each) for each in explain_command.nearest_to(at, result).findings]
        return Answer(f"{explain_command.nothing_at(at, result)}\n{_concise(near)}".rstrip(), data)
    documents = [text_of_rule(code) for code in dict.fromkeys(each.code for _, each in found)]
    story = _full(found, Report((), sources, color="never", explain=True))
    return Answer("\n".join([story, *documents]), data)


def why(log: str, root: str) -> Answer:
    """What the log of a run that died is about, and which line of the project below ``root`` is to blame.

    Raises: SourceError where there is no error in it, or no such folder.
    """
    _read_anew()
    if not Path(root).is_dir():
        raise SourceError(f"root: {as_line(root)} is no folder")
    found = diagnose(log, Path(root))
    if found is None:
        raise SourceError("there is no error in this log, neither a traceback nor words of PyTorch's")
    text = io.StringIO()
    in_words.write(found, root, "never", text)
    return Answer(text.getvalue(), {"version": VERSION, **why_as_json.as_object(found)})


def fix_preview(path: str, line: int | None, cell: int | None, unsafe: bool) -> Answer:
    """The diff that fixes would make of a file, of one line where one is given, and what would be left.

    Raises: ConfigError, SourceError where the file cannot be read or fixed.
    """
    _read_anew()
    overrides = Overrides(certainty=Certainty.ADVICE) if line else Overrides()
    only = _only(line, cell)
    try:
        fixed = fix_file(path, load_settings(Path(path).parent, overrides), unsafe=unsafe, write=False, narrow=only)
    except OSError as error:
        raise SourceError(f"{as_line(path)}: {missing(path) or error.strerror or error}") from error
    diff = "".join(fixed.diff(path))
    left = fixed.left.findings
    parts = [diff or _no_fix(left, unsafe)]
    if diff and left:
        sources = seams.Sources({path: fixed.data})
        shown = io.StringIO()
        concise.write_findings(Report((fixed.left,), sources), shown)
        parts.append(f"After that there is still:\n{shown.getvalue()}")
    elif diff and line is None:
        parts.append("After that nothing is found in the file.")
    if fixed.left.error:
        parts.append(f"error: {as_line(fixed.left.error)}")
    if diff:
        parts.append("Nothing was written: apply the diff, then check the file again.")
    data = {
        "version": VERSION,
        "diff": diff,
        "fixed": dict(fixed.fixed),
        "left": [as_json(path, each) for each in left],
    }
    return Answer("\n".join(filter(None, parts)), data)


def _only(line: int | None, cell: int | None) -> Callable[[FileResult, Source], FileResult] | None:
    """What takes out of a result all that is not at a line; None where any line will do.

    As a fix moves lines, it is only of the text that was read.
    """
    if line is None:
        return None
    seen: list[bytes] = []

    def narrow(result: FileResult, source: Source) -> FileResult:
        seen.append(source.data)
        is_first = source.data == seen[0]
        found = (each for each in result.findings if each.place.cell == cell and each.place.line <= line)
        at = tuple(each for each in found if line <= each.place.end_line) if is_first else ()
        return replace(result, findings=at)

    return narrow


def _no_fix(left: Sequence[Finding], unsafe: bool) -> str:
    fixes = [each.fix for each in left if each.fix]
    if not left:
        return "Nothing is found there, so there is nothing to fix."
    if not unsafe and any(fix.edits for fix in fixes):
        return "What is found there has no safe fix; give unsafe=true to see those that may change results."
    shown = [f"{each.code}: {each.fix.message}" for each in left if each.fix]
    return "\n".join(["What is found there has no fix that can be applied.", *shown])


def _full(found: list[tuple[str, Finding]], report: Report) -> str:
    text = io.StringIO()
    if found:
        full.write_findings(found, report, text)
    return text.getvalue()


def _concise(found: list[tuple[str, Finding]]) -> str:
    lines = (f"{path}:{_position(each)}: {each.code} {concise.message(each)}" for path, each in found)
    return "\n".join(map(as_line, lines))


def _position(finding: Finding) -> str:
    cell = "" if finding.place.cell is None else f"cell {finding.place.cell}:"
    return f"{cell}{finding.place.line}:{finding.place.column}"


def _read_anew() -> None:
    """What was read for the last question may have changed since."""
    forget_settings()
    forget_files()
