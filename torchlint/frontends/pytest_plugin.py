"""``pytest --torchlint-confirm``: the tests are the program, and findings get their verdicts at the end of the run.

``pytest --torchlint-why``: what ``torchlint why`` says stands below the traceback of each test that PyTorch failed.

Off by default: then nothing but the options is there, and neither torch nor the linter is imported. With the first the
tests run in pytest's own process, observed, as that is where they run anyway; with xdist in its workers.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import BinaryIO

    from torchlint.finding import Finding

_RECORDS = "torchlint_records"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("torchlint")
    group.addoption(
        "--torchlint-confirm",
        action="store_true",
        help="say of each finding of torchlint whether it happened while the tests ran",
    )
    group.addoption(
        "--torchlint-findings",
        metavar="FILE",
        help="with --torchlint-confirm: findings that torchlint check --output-format json wrote",
    )
    group.addoption(
        "--torchlint-why",
        action="store_true",
        help="say below each error of PyTorch's which line is to blame",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to observe, where that was asked for."""
    if config.getoption("torchlint_confirm", False):
        config.pluginmanager.register(_Confirming(config), "torchlint-confirming")
    if config.getoption("torchlint_why", False):
        config.pluginmanager.register(_Explaining(config.rootpath), "torchlint-explaining")


class _Explaining:
    """Adds to the reports of failing tests which line is to blame."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._said: dict[str, str] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        """Add a section to the traceback of an error of PyTorch's; xdist and JUnit's XML take it along."""
        report = yield
        if report.failed and call.excinfo is not None and hasattr(report.longrepr, "addsection"):
            said = self._why(call.excinfo.value, report.longreprtext)
            if said:
                report.longrepr.addsection("torchlint why", said.rstrip("\n"))
        return report

    def _why(self, error: BaseException, shown: str) -> str:
        """What there is to say of an error, which looks like ``shown``: parametrized tests often fail alike."""
        from torchlint.frontends.why import below  # start-up: 30 ms, which only a failing test needs

        if shown not in self._said:
            try:
                self._said[shown] = below.why(error, ".", cwd=self._root)
            except Exception as failure:  # the test has failed anyway
                self._said[shown] = f"torchlint could not read this: {failure}"
        return self._said[shown]


class _Confirming:
    """One observed run of the tests, in the controlling process or in a worker of xdist."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        given = getattr(config, "workerinput", {}).get(_RECORDS)
        self._written: BinaryIO | None = None
        self._path = Path(given) if given else self._new_file()
        self._findings: list[tuple[str, Finding]] = self._found()
        self._observer: Any = None
        self._observe()

    def _new_file(self) -> Path:
        """A file for records, which stays open: what the tests do to the folder that it is in takes nothing away."""
        descriptor, name = tempfile.mkstemp(prefix="torchlint-confirm-")
        self._written = open(descriptor, "rb")  # noqa: PTH123, SIM115 (it is open already, and closed at the end)
        return Path(name)

    def _found(self) -> list[tuple[str, Finding]]:
        """The findings that are to be judged. Raises: ConfigError, which pytest shows."""
        from torchlint.engine.settings import Overrides
        from torchlint.frontends import seams
        from torchlint.frontends.findings_file import read_findings

        given = self._config.getoption("torchlint_findings")
        if given:
            return read_findings(str(given))
        root = os.path.relpath(self._config.rootpath)
        results = seams.check_paths([root], seams.RunOptions(1, False, None, Overrides()))
        return [(result.path, each) for result in results for each in result.findings]

    def _observe(self) -> None:
        from torchlint.confirm.confirmation import watching
        from torchlint.confirm.imports import when_imported
        from torchlint.confirm.plan import Form, Plan
        from torchlint.confirm.sink import Sink

        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        except OSError:  # tests in another worker removed it: what is seen in this one is lost
            return
        sink = Sink(descriptor)
        plan = watching(Plan(Form.MODULE, "pytest", descriptor=descriptor), self._findings)

        def begin() -> None:
            from torchlint.confirm.observe import begin

            self._observer = begin(plan, sink, {})

        when_imported("torch", begin)

    def pytest_runtest_teardown(self) -> None:
        """Modules are looked at while the test that made them still has them."""
        if self._observer is not None:
            self._observer.look_at_modules()

    def pytest_sessionfinish(self) -> None:
        """The tests are over: what pytest does from now on is not theirs."""
        if self._observer is not None:
            self._observer.tell_in_the_end()
            self._observer.stop()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the verdicts."""
        if self._written is None:
            return
        import io

        from torchlint.confirm.confirmation import judged
        from torchlint.confirm.records import Ending, read_records, record_lines
        from torchlint.engine.check import FileResult
        from torchlint.frontends import formats, seams
        from torchlint.frontends.formats.report import Report

        records = read_records(record_lines(self._written))
        findings, elsewhere = judged(self._findings, records, Ending.FINISHED)
        results = tuple(
            FileResult(path, tuple(each for where, each in findings if where == path))
            for path in dict.fromkeys(path for path, _ in findings)
        )
        out = io.StringIO()
        formats.write("concise", Report(results, seams.Sources({})), out)
        terminalreporter.section("torchlint confirm")
        terminalreporter.write(out.getvalue() or "torchlint finds nothing, and nothing was seen.\n")
        if elsewhere:
            terminalreporter.write(f"{elsewhere}\n")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist where records go."""
        node.workerinput[_RECORDS] = str(self._path)

    def pytest_unconfigure(self) -> None:
        """Leave nothing behind."""
        if self._written is not None:
            self._written.close()
            self._path.unlink(missing_ok=True)
