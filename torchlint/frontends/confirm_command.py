"""``torchlint confirm``: options -> findings -> a run of the user's program -> verdicts, in one format."""

from __future__ import annotations

import ast
import importlib.util
import io
import os
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torchlint.confirm.confirmation import judged, told, watching
from torchlint.confirm.memory import total_memory
from torchlint.confirm.plan import Form, Plan
from torchlint.confirm.records import Line
from torchlint.confirm.run import Limits, run
from torchlint.confirm.state import table
from torchlint.engine.check import FileResult
from torchlint.engine.discovery import missing
from torchlint.engine.settings import Overrides, load_settings
from torchlint.engine.writing import write_atomically
from torchlint.errors import ConfigError, SourceError
from torchlint.finding import VerdictKind
from torchlint.frontends import formats, seams
from torchlint.frontends.findings_file import read_findings
from torchlint.frontends.formats.report import Report
from torchlint.frontends.overrides import selected
from torchlint.frontends.streams import tell
from torchlint.syntax.notebook import cell_program, may_raise
from torchlint.syntax.read_source import read_source
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchlint.finding import Finding

_FOR_PEOPLE = ("full", "concise", "github")
_STANDARD_ERROR = 2
_SEEN = (VerdictKind.CONFIRMED, VerdictKind.UNPREDICTED)
_OF_MODULES = ("TLC101", "TLC102", "TLC103", "TLC104")
_NO_TORCH = "torchlint confirm runs your program, and needs the PyTorch that it runs with: {} has none."
_INSTALL = """\
Install torchlint where your program's PyTorch is, or PyTorch beside torchlint: pip install "torchlint[confirm]\""""


def confirm(options: argparse.Namespace) -> int:
    """Run, judge, report, and return the exit status of the program. Raises: ConfigError ahead of the run."""
    plan = _plan(options)
    _reject_unusable(options)
    if importlib.util.find_spec("torch") is None:
        raise ConfigError(_NO_TORCH.format(sys.executable), _INSTALL)
    results = _results(options, plan)
    findings = [(result.path, each) for result in results for each in result.findings]
    everything = total_memory()
    memory = options.memory_limit or (None if everything is None else int(everything * 0.9))
    sys.stdout.flush()
    outcome = run(watching(plan, findings), Limits(options.timeout, memory), _output(options))
    if outcome.records.unusable:
        return 2
    found, elsewhere = judged(findings, outcome.records, outcome.ending, _probed(plan))
    status = outcome.status or _failing(options.fail_on, [each for _, each in found])
    try:
        _report(options, results, found)
    except (ConfigError, OSError) as error:  # the program may have removed the folder, or filled the disk
        tell(f"error: {error}")
        status = status or 2
    for line in [*told(outcome), *([elsewhere] if elsewhere else [])]:
        tell(f"torchlint: {line}")
    for line in table(outcome.records) if options.watch_state else ():
        tell(line)
    return status


def _probed(plan: Plan) -> Line | None:
    """The line of the class that a plan tries out, None where it runs a program."""
    if plan.form is not Form.PROBE:
        return None
    lines = (each.lineno for each in _classes(plan.target) if each.name == plan.arguments[0])
    return Line(os.path.abspath(plan.target), None, next(lines, 1))  # noqa: PTH100 (links stay what they are)


def _classes(path: str) -> list[ast.ClassDef]:
    """The classes at the top of a file, none where it cannot be read."""
    try:
        tree = ast.parse(read_bytes(path))
    except (OSError, SyntaxError, ValueError):
        return []
    return [each for each in tree.body if isinstance(each, ast.ClassDef)]


def _output(options: argparse.Namespace) -> int | None:
    """Where the program prints to: not among what another program reads."""
    is_for_people = options.output_format in _FOR_PEOPLE or options.output_file is not None
    return None if is_for_people or sys.stderr is None else _STANDARD_ERROR


def _failing(on: str, findings: Sequence[Finding]) -> int:
    """The exit status that findings ask for where the program's is 0."""
    seen = [each for each in findings if each.verdict is not None and each.verdict.kind in _SEEN]
    return int(bool(seen if on == "confirmed" else findings if on == "any" else ()))


def _plan(options: argparse.Namespace) -> Plan:
    plan = _program(options)
    return replace(plan, options={**plan.options, "state": ""}) if options.watch_state else plan


def _program(options: argparse.Namespace) -> Plan:
    if options.program[:1] == ["--"]:
        del options.program[0]
    given = [each for each in (options.program, options.module, options.probe) if each]
    if len(given) != 1:
        raise ConfigError("give one program: a script, a notebook, -m MODULE, or --probe FILE::CLASS")
    if options.module:
        return Plan(Form.MODULE, options.module[0], tuple(options.module[1:]), device=options.device)
    if options.probe:
        path, separator, name = options.probe.rpartition("::")
        if not separator or not name.isidentifier():
            raise ConfigError(f"{options.probe!r} names no class; write FILE::CLASS, such as model.py::Net")
        _must_exist(path)
        told = {name: value for name in ("arguments", "input") if (value := getattr(options, name)) is not None}
        return Plan(Form.PROBE, path, (name,), device=options.device, options=told)
    if options.device == "meta":
        raise ConfigError("--device meta stands in for a second device with --probe only")
    if options.arguments is not None or options.input is not None:
        raise ConfigError(
            "--arguments and --input say how to build and run a class; give --probe FILE::CLASS with them"
        )
    target, *arguments = options.program
    _must_exist(target)
    if not target.endswith(".ipynb"):
        return Plan(Form.SCRIPT, target, tuple(arguments), device=options.device)
    return Plan(Form.NOTEBOOK, target, tuple(arguments), cells=_cells(target), device=options.device)


def _must_exist(path: str, option: str = "") -> None:
    if why := missing(path):
        raise ConfigError(f"{option}{path}: {why}")


def _reject_unusable(options: argparse.Namespace) -> None:
    """Say what is wrong with what is needed before and after the run, which may take long. Raises: ConfigError."""
    for path in options.project or ():
        _must_exist(path, "--project: ")
    if options.output_file:
        _must_exist(str(Path(options.output_file).parent), "--output-file: ")
    load_settings(Path.cwd(), Overrides(select=selected(options), isolated=True))


def _cells(path: str) -> tuple[tuple[Any, ...], ...]:
    """The cells of a notebook, without IPython's own syntax."""
    try:
        data = read_bytes(path)
        source = read_source(data, path)
        tagged = may_raise(data)
    except (OSError, SourceError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    return tuple(
        (cell.index, cell_program(source, cell), *(["raises-exception"] if cell.index in tagged else []))
        for cell in source.cells
    )


def _results(options: argparse.Namespace, plan: Plan) -> list[FileResult]:
    """What is to be judged: what a file says, or what torchlint finds in the program's folder."""
    if options.findings:
        by_path: dict[str, list[Finding]] = defaultdict(list)
        for path, finding in read_findings(options.findings):
            by_path[path].append(finding)
        return [FileResult(path, tuple(found)) for path, found in by_path.items()]
    checking = seams.RunOptions(None, False, None, Overrides(select=selected(options)))
    results = list(seams.check_paths(options.project or _project(plan), checking))
    for result in results:
        if result.error is not None:
            tell(f"error: {result.path}: {result.error}")
    if options.probe:  # what else is in the file does not run
        results = [replace(each, findings=_of_class(each, plan.target, plan.arguments[0])) for each in results]
    return results


def _of_class(result: FileResult, path: str, name: str) -> tuple[Finding, ...]:
    """The findings on modules in a class and in the classes of its file that it mentions."""
    classes = {each.name: each for each in _classes(path)}
    if not classes:
        return result.findings
    wanted, waiting = set(), [name]
    while waiting:
        each = waiting.pop()
        if each in classes and each not in wanted:
            wanted.add(each)
            waiting += [node.id for node in ast.walk(classes[each]) if isinstance(node, ast.Name)]
    ranges = [range(classes[each].lineno, (classes[each].end_lineno or 0) + 1) for each in wanted]
    return tuple(
        finding
        for finding in result.findings
        if finding.code in _OF_MODULES and any(finding.place.line in lines for lines in ranges)
    )


def _project(plan: Plan) -> list[str]:
    """The folder that a program imports from; of a notebook's folder only itself and the Python files."""
    if plan.form is Form.MODULE:
        return ["."]
    folder = os.path.dirname(plan.target) or "."  # noqa: PTH120 (as it is written)
    if plan.form is Form.PROBE:
        return [plan.target]
    if plan.form is Form.SCRIPT:
        return [folder] if Path(plan.target).is_file() else [plan.target]
    beside = sorted(Path(folder).glob("*.py"))
    return [plan.target, *(str(each) for each in beside)]


def _report(options: argparse.Namespace, results: list[FileResult], found: list[tuple[str, Finding]]) -> None:
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for path, finding in found:
        by_path[path].append(finding)
    known = {result.path: result for result in results}
    judged = [
        FileResult(path, tuple(by_path.get(path, ())), known[path].error if path in known else None)
        for path in dict.fromkeys([*known, *by_path])
    ]
    report = Report(tuple(judged), seams.Sources({}), color=options.color)
    if options.output_file is None:
        formats.write(options.output_format, report, sys.stdout)
        return
    text = io.StringIO()
    formats.write(options.output_format, report, text)
    try:
        write_atomically(Path(options.output_file), text.getvalue().encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ConfigError(f"--output-file: {options.output_file} cannot be written: {error.strerror}") from error
