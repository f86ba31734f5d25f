"""The flake8 plugin, by itself and inside the real flake8."""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from torchlint.engine import check, settings
from torchlint.engine.check import FileResult
from torchlint.errors import ConfigError
from torchlint.finding import Certainty, Effect, EffectKind, Finding, Place, Span
from torchlint.frontends import flake8 as frontend
from torchlint.frontends.flake8 import Plugin
from torchlint.rule import all_rules

if TYPE_CHECKING:
    from torchlint.engine.settings import Settings
    from torchlint.syntax.source import Source

installed = pytest.mark.skipif(
    not any(point.name == "TLC" for point in metadata.entry_points(group="flake8.extension")),
    reason="torchlint is not installed, so flake8 does not know the plugin",
)


def finding(code: str, line: int, column: int) -> Finding:
    place = Place(None, None, line, column, line, column + 1)
    return Finding(code, "a-rule", "what is wrong", Certainty.CERTAIN, Span(0, 1), place, Effect(EffectKind.NONE, ""))


class Asked:
    """Stands for the engine and keeps what it was asked."""

    def __init__(self, result: FileResult) -> None:
        self.result = result
        self.sources: list[Source] = []
        self.settings: list[Settings] = []
        self.trees: list[ast.Module | None] = []
        self.suppress: list[bool] = []

    def __call__(
        self, source: Source, settings: Settings, *, tree: ast.Module | None = None, suppress: bool = True
    ) -> FileResult:
        self.sources.append(source)
        self.settings.append(settings)
        self.trees.append(tree)
        self.suppress.append(suppress)
        return self.result


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Plugin, "selected", ())
    monkeypatch.setattr(Plugin, "given", {})
    monkeypatch.setattr(Plugin, "suppress", True)
    monkeypatch.chdir(tmp_path)


def engine(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> Asked:
    asked = Asked(FileResult("a.py", findings))
    monkeypatch.setattr(check, "check_source", asked)
    return asked


def options(**given: object) -> argparse.Namespace:
    return argparse.Namespace(**{"select": None, "extend_select": None, "disable_noqa": False, **given})


def test_lines_columns_and_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = engine(monkeypatch, finding("TLC101", 3, 5), finding("TLC001", 1, 1))
    lines = ["import torch\n", "\n", "x = 1\n"]
    tree = ast.parse("".join(lines))
    assert list(Plugin(tree, "a.py", lines).run()) == [(3, 4, "TLC101 what is wrong", Plugin)]
    assert (asked.sources[0].text, asked.sources[0].path) == ("".join(lines), "a.py")
    assert asked.trees == [tree]
    assert asked.suppress == [True]


def test_a_failure_is_reported_and_flake8_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(facts: object, options: object) -> NoReturn:
        raise KeyError("gone")

    broken = replace(all_rules()["TLC101"], check=fail)
    monkeypatch.setattr(check, "all_rules", lambda: {"TLC101": broken})
    lines = ["import torch\n"]
    message = "TLC002 internal error in TLC101: KeyError: 'gone'"
    assert list(Plugin(ast.parse(lines[0]), "a.py", lines).run()) == [(1, 0, message, Plugin)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, (), id="nothing"),
        pytest.param({"select": ["E", "F", "TLC"]}, (), id="prefix"),
        pytest.param({"select": ["TLC30"], "extend_select": ["TLC3"]}, (), id="longer-prefix"),
        pytest.param({"select": ["TLC302", "E"]}, ("TLC302",), id="select"),
        pytest.param({"extend_select": ["TLC503", "TLC302"]}, ("TLC302", "TLC503"), id="extend-select"),
        pytest.param({"select": ["TLC302"], "extend_select": ["TLC503"]}, ("TLC302", "TLC503"), id="both"),
        pytest.param({"select": ["TLC999", "ABC123"]}, (), id="unknown"),
    ],
)
def test_full_codes_select(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, list[str]], expected: tuple[str, ...]
) -> None:
    monkeypatch.setattr(frontend, "_known_codes", lambda: frozenset({"TLC101", "TLC302", "TLC503"}))
    seen = []
    load_settings = settings.load_settings

    def load(folder: Path, overrides: settings.Overrides) -> Settings:
        seen.append(overrides)
        return load_settings(folder)

    monkeypatch.setattr(settings, "load_settings", load)
    engine(monkeypatch)
    Plugin.parse_options(options(**given))
    list(Plugin(ast.parse(""), "a.py", []).run())
    assert seen == [settings.Overrides(extend_select=expected)]


def test_known_codes_are_those_of_the_rules() -> None:
    assert all(code.startswith("TLC") and len(code) == 6 for code in frontend._known_codes())


def test_disable_noqa(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = engine(monkeypatch)
    Plugin.parse_options(options(disable_noqa=True))
    list(Plugin(ast.parse(""), "a.py", []).run())
    assert asked.suppress == [False]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, settings.Overrides(), id="nothing"),
        pytest.param({"select": ["TLC1", "saved-inplace"]}, settings.Overrides(select=("TLC1", "saved-inplace")), id="select"),
        pytest.param({"extend_select": ["TLC503"]}, settings.Overrides(extend_select=("TLC503",)), id="extend-select"),
        pytest.param({"ignore": ["TLC1"]}, settings.Overrides(ignore=("TLC1",)), id="ignore"),
        pytest.param({"certainty": "advice"}, settings.Overrides(certainty=Certainty.ADVICE), id="certainty"),
        pytest.param({"target_version": "2.5.1"}, settings.Overrides(target_version=(2, 5)), id="target-version"),
        pytest.param({"config": "a.toml"}, settings.Overrides(config=Path("a.toml")), id="config"),
        pytest.param({"isolated": True}, settings.Overrides(isolated=True), id="isolated"),
    ],
)
def test_own_options(given: dict[str, object], expected: settings.Overrides) -> None:
    none = dict.fromkeys(("select", "extend_select", "ignore", "certainty", "target_version", "config"))
    own = {f"torchlint_{name}": value for name, value in {**none, "isolated": False, **given}.items()}
    Plugin.parse_options(options(**own))
    assert Plugin(ast.parse(""), "a.py", [])._overrides() == expected


def test_settings_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = engine(monkeypatch)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/pyproject.toml").write_text('[tool.torchlint]\ntarget-version = "2.5"\n', encoding="utf-8")
    for name in ("a.py", "sub/b.py", "stdin"):
        list(Plugin(ast.parse(""), name, []).run())
    assert [each.target_version for each in asked.settings] == [None, (2, 5), None]


def test_a_bad_configuration_stops_flake8_with_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    flake8 = pytest.importorskip("flake8.exceptions")

    def load(folder: Path, overrides: object) -> Settings:
        raise ConfigError("pyproject.toml: unknown key 'selct'; did you mean 'select'?")

    monkeypatch.setattr(settings, "load_settings", load)
    engine(monkeypatch)
    with pytest.raises(flake8.ExecutionError, match=r"torchlint: .*did you mean"):
        list(Plugin(ast.parse(""), "a.py", []).run())


ENGINE = '''
"""Loaded by every Python that starts here: an engine that finds each call of ``wrong``."""
import ast
import os

from torchlint.engine import check
from torchlint.finding import Certainty, Effect, EffectKind, Finding, Place, Span


def check_source(source, settings, *, tree=None, suppress=True):
    if tree is None or "wrong" not in source.text:
        return check.FileResult(source.path, (), saw_torch=False)
    findings = [found("TLC001", 1, 1, "syntax")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "wrong":
            if suppress and "torchlint: ignore" in source.line_text(node.lineno):
                continue
            findings.append(found("TLC101", node.lineno, node.col_offset + 1, f"in {source.path}"))
    return check.FileResult(source.path, tuple(findings))


def found(code, line, column, message):
    place = Place(None, None, line, column, line, column + 1)
    return Finding(code, "a-rule", message, Certainty.CERTAIN, Span(0, 1), place, Effect(EffectKind.NONE, ""))


check.check_source = check_source
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder in which the real flake8 runs with an engine that is small enough to foresee."""
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine/sitecustomize.py").write_text(ENGINE, encoding="utf-8")
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def run_flake8(folder: Path, *arguments: str, stdin: str | None = None) -> tuple[int, list[str]]:
    """Exit status and output lines of flake8 in ``folder``."""

    ran = subprocess.run(
        [sys.executable, "-m", "flake8", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder.parent / "engine")},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not ran.stderr, ran.stderr
    return ran.returncode, ran.stdout.splitlines()


CODE = "import os\n\n\ndef f(e):\n    return e, wrong(os)\n"


@installed
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], ["a.py:5:15: TLC101 in a.py"], id="plain"),
        pytest.param(["--select", "TLC1"], ["a.py:5:15: TLC101 in a.py"], id="select-prefix"),
        pytest.param(["--select", "TLC999"], [], id="select-unknown"),
        pytest.param(["--extend-ignore", "TLC1"], [], id="ignore"),
        pytest.param(["--per-file-ignores", "a.py:TLC101"], [], id="per-file-ignores"),
        pytest.param(["--jobs", "2"], ["a.py:5:15: TLC101 in a.py"], id="one-file-two-jobs"),
    ],
)
def test_flake8_reports_what_the_engine_finds(project: Path, arguments: list[str], expected: list[str]) -> None:
    (project / "a.py").write_text(CODE, encoding="utf-8")
    status, lines = run_flake8(project, "--extend-ignore", "F821", *arguments, "a.py")
    assert [line for line in lines if "TLC" in line] == expected
    assert status == bool(lines)


@installed
def test_columns_count_as_the_engine_says(project: Path) -> None:
    (project / "a.py").write_bytes("\ufeffx = 'é', wrong(1)\r\n".encode())
    _, lines = run_flake8(project, "--select", "TLC", "a.py")
    assert lines == ["a.py:1:11: TLC101 in a.py"]  # this engine counts UTF-8 bytes; flake8's tree has no BOM


@installed
def test_suppression(project: Path) -> None:
    (project / "a.py").write_text(
        "wrong(1)  # noqa\nwrong(2)  # torchlint: ignore[a-rule]\nwrong(3)  # noqa: TLC101\nwrong(4)  # noqa: E1\n",
        encoding="utf-8",
    )
    arguments = ["--select", "TLC", "--format", "%(row)d", "a.py"]
    assert run_flake8(project, *arguments)[1] == ["4"]
    assert run_flake8(project, "--disable-noqa", *arguments)[1] == ["1", "2", "3", "4"]


@installed
def test_stdin(project: Path) -> None:
    _, lines = run_flake8(project, "--select", "TLC", "--stdin-display-name", "pkg/b.py", "-", stdin="wrong(1)\n")
    assert lines == ["pkg/b.py:1:1: TLC101 in pkg/b.py"]
    assert run_flake8(project, "--select", "TLC", "-", stdin="wrong(1)\n")[1] == ["stdin:1:1: TLC101 in stdin"]


@installed
def test_a_syntax_error_is_said_once(project: Path) -> None:
    (project / "a.py").write_text("wrong(\n", encoding="utf-8")
    _, lines = run_flake8(project, "a.py")
    assert any("E999" in line for line in lines)
    assert not any("TLC" in line for line in lines)


@installed
def test_many_files_in_several_processes(project: Path) -> None:
    for number in range(12):
        (project / f"f{number:02}.py").write_text("wrong(1)\n", encoding="utf-8")
    _, lines = run_flake8(project, "--select", "TLC", "--jobs", "3", "--disable-noqa")
    assert sorted(lines) == [f"./f{number:02}.py:1:1: TLC101 in ./f{number:02}.py" for number in range(12)]


@installed
def test_a_bad_configuration_is_said_in_one_line(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.torchlint]\nselct = []\n", encoding="utf-8")
    for number in range(4):
        (project / f"f{number}.py").write_text("wrong(1)\n", encoding="utf-8")
    for jobs in ("1", "2"):
        status, lines = run_flake8(project, "--jobs", jobs)
        assert status == 1
        assert lines[0] == "There was a critical error during execution of Flake8:"
        assert "selct" in lines[1]
        assert len(lines) == 2


@installed
def test_a_file_without_torch_loads_no_libcst(project: Path) -> None:
    (project / "a.py").write_text("x = 1\n", encoding="utf-8")
    code = (
        "import sys; from flake8.main.cli import main; status = main(['--jobs', '1', 'a.py']);"
        "print(status, sorted({'libcst', 'rich', 'torch', 'sqlite3', 'multiprocessing.pool'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    assert ran.stdout.split(maxsplit=1)[0] == "0"
    assert "libcst" not in ran.stdout
    assert "rich" not in ran.stdout
    assert "'torch'" not in ran.stdout
