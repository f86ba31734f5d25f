"""What ruff's and flake8's users type: every option of theirs has an answer, and the page says the same."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import check, check_json

from torchlint.engine.settings import forget_settings
from torchlint.frontends import habits
from torchlint.frontends.cli import COMMANDS, main, parser_of
from torchlint.frontends.habits import FLAKE8, RUFF, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchlint.frontends.habits import Habit

PAGE = Path(habits.__file__).parents[1] / "docs" / "coming-from-ruff.md"
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*[a-z]|-[a-zA-Z])(?![\w-])")
LEAF = "import torch\nx = torch.ones(3, requires_grad=True)\nx += 1\n"
SAFE = "import torch\nwith torch.no_grad:\n    x = torch.ones(1)\n"


@pytest.fixture(autouse=True)
def made_up_rules():
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {"a.py": LEAF, "b.py": SAFE, "gen/c.py": LEAF, "build/d.py": LEAF}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    forget_settings()
    return tmp_path


def found(*arguments: str) -> list[tuple[str, str]]:
    return [(path, code) for path, _, _, code in check_json(*arguments).found]


def own_options() -> set[str]:
    parser = parser_of(["check"])
    (commands,) = (each.choices for each in parser._actions if isinstance(each.choices, dict))
    return {each for action in commands["check"]._actions for each in action.option_strings} | {"--version"}


def help_of(*command: str) -> str:
    program = shutil.which(command[0], path=Path(sys.executable).parent)
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run([program, *command[1:], "--help"], capture_output=True, text=True, check=True).stdout


@pytest.mark.program
@pytest.mark.parametrize(
    ("command", "table"), [(("ruff", "check"), RUFF), (("flake8",), FLAKE8)], ids=["ruff", "flake8"]
)
def test_each_option_of_others_is_in_the_table(command: tuple[str, ...], table: Mapping[str, Habit]) -> None:
    text = help_of(*command).partition("\ntorchlint:")[0]
    defined = {each for line in re.findall(r"^ +(-.*)$", text, re.MULTILINE) for each in OPTION.findall(line)}
    mentioned = {each for each in OPTION.findall(text) if each.startswith("--no-")}
    others = {"--line-length"}  # of an example of a configuration
    assert (defined | mentioned) - others == set(table)


@pytest.mark.parametrize("table", [RUFF, FLAKE8], ids=["ruff", "flake8"])
def test_what_is_the_same_is_an_option_and_nothing_else_is(table: Mapping[str, Habit]) -> None:
    assert {name for name, habit in table.items() if habit.kind is Kind.SAME} == set(table) & own_options()


@pytest.mark.parametrize("name", [name for name, each in {**FLAKE8, **RUFF}.items() if each.kind is not Kind.SAME])
def test_what_is_not_is_told(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", f"{name}=3", "a.py"])
    assert ended.value.code == 2
    assert f"no option is called {name}: {habits.about_option(name)}" in capsys.readouterr().err


def test_what_is_to_be_written_instead_exists() -> None:
    said = " ".join(each.says for each in (*RUFF.values(), *FLAKE8.values(), *habits.COMMANDS.values()))
    assert set(re.findall(r"`(--[a-z-]+)", said)) <= own_options() | {"--allow-dirty"}
    assert set(re.findall(r"`torchlint (\w+)", said)) <= set(COMMANDS)
    assert not habits.COMMANDS.keys() & COMMANDS.keys()


def test_the_page_has_the_tables() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert habits.updated(text) == text


@pytest.mark.parametrize("arguments", [["a.py"], ["--quiet", "a.py"], ["a.py", "-q"], ["./a.py"]])
def test_a_path_means_check(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--no-cache", *arguments]) == 1
    assert "TLC201" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["-V"], "torchlint "), (["version"], "torchlint "), (["help"], "usage: torchlint"), (["help", "rule"], "RULE")],
)
def test_help_and_version(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code
    assert said in capsys.readouterr().out


def test_quiet_prints_findings_and_silent_nothing() -> None:
    usual, quiet = check("a.py"), check("-q", "a.py")
    assert usual.out == quiet.out + usual.out.splitlines(keepends=True)[-1]
    assert check("-q", "--statistics").out.count("\n") == 2
    assert check("-s", "a.py") == (1, "", "")
    assert check("-s", "gone.py").err.startswith("error: gone.py")
    assert check("-q", "b.py", "--fix", "--allow-dirty") == (0, "", "")


@pytest.mark.parametrize(
    ("options", "files"),
    [
        pytest.param([], ["a.py", "b.py", "gen/c.py"], id="as usual"),
        pytest.param(["--extend-exclude", "gen"], ["a.py", "b.py"], id="besides the defaults"),
        pytest.param(["--exclude", "gen"], ["a.py", "b.py", "build/d.py"], id="instead of the defaults"),
        pytest.param(["--exclude", "a.py,gen", "--extend-exclude", "build/"], ["b.py"], id="both"),
        pytest.param(["--config", "exclude = ['gen']"], ["a.py", "b.py", "build/d.py"], id="as a setting"),
        pytest.param(["--extend-exclude", "/c.py", "gen"], ["gen/c.py"], id="relative to the working directory"),
    ],
)
def test_excludes(options: list[str], files: list[str]) -> None:
    ran = check("--show-files", *options)
    assert (ran.status, ran.out.splitlines()) == (0, files)


def test_excludes_of_the_settings(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.torchlint]\nexclude = ["gen"]\n')
    assert check("--show-files").out.splitlines() == ["a.py", "b.py", "build/d.py"]
    assert check("--show-files", "--force-exclude", "gen/c.py", "a.py").out == "a.py\n"
    assert check("--show-files", "--exclude", "a.py").out.splitlines() == ["b.py", "build/d.py", "gen/c.py"]
    gone = check("--show-files", "gone.py")
    assert (gone.status, gone.out) == (2, "")
    assert "no such file" in gone.err


@pytest.mark.parametrize(
    ("options", "left"),
    [
        pytest.param(["--per-file-ignores", "gen/*:TLC201"], ["a.py"], id="one"),
        pytest.param(["--per-file-ignores", "gen/*:TLC502,leaf-inplace"], ["a.py"], id="several rules"),
        pytest.param(["--per-file-ignores", "gen/*:TLC2,a.py:ALL"], [], id="several globs"),
        pytest.param(["--extend-per-file-ignores", "a.py:TLC201"], [], id="on top of the settings"),
        pytest.param(["--per-file-ignores", "a.py:TLC201"], ["gen/c.py"], id="instead of the settings"),
    ],
)
def test_per_file_ignores(folder: Path, options: list[str], left: list[str]) -> None:
    (folder / "pyproject.toml").write_text('[tool.torchlint.per-file-ignores]\n"gen/*" = ["TLC201"]\n')
    assert [path for path, code in found(*options) if code == "TLC201"] == left


def test_only_some_rules_are_fixed() -> None:
    plain, fixed = Path("b.py").read_bytes(), b"import torch\nwith torch.no_grad():\n    x = torch.ones(1)\n"
    for options in (["--unfixable", "TLC5"], ["--fixable", "TLC2"], ["--config", "unfixable = ['uncalled-grad-mode']"]):
        ran = check("--fix", *options, "b.py")
        assert (ran.status, Path("b.py").read_bytes()) == (1, plain)
        assert "(shown only, never applied)" in ran.out
    assert check("--fix-only", "--fixable", "TLC502", "--unfixable", "TLC5", "a.py", "b.py").status == 0
    assert Path("b.py").read_bytes() == fixed


def test_fix_only_says_what_was_fixed_and_nothing_of_the_rest() -> None:
    ran = check("--fix-only")
    assert ran.status == 0
    assert ran.out.splitlines()[0] == "fixed  left"
    assert "-->" not in ran.out
    assert check("--fix-only") == (0, "", "")


def test_a_fix_can_be_told_by_the_exit_status() -> None:
    assert check("--fix", "--exit-non-zero-on-fix", "b.py").status == 1
    assert check("--fix", "--exit-non-zero-on-fix", "b.py").status == 0


def test_comments_can_be_ignored(folder: Path) -> None:
    (folder / "a.py").write_text(LEAF.replace("x += 1", "x += 1  # noqa"))
    assert found("a.py") == []
    assert found("--ignore-noqa", "a.py") == [("a.py", "TLC201")]


def test_settings_on_the_command_line(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.torchlint]\nignore = ["TLC502"]\ntarget-version = "2.5"\n')
    assert found("b.py") == []
    assert found("--config", "ignore = []", "b.py") == [("b.py", "TLC502")]
    assert found("--config", "ignore = []", "--ignore", "TLC5", "b.py") == []
    assert found("--config", "preset = 'strict'", "--isolated", "a.py") == [("a.py", "TLC201")]


def test_settings_are_shown_as_they_can_be_written(folder: Path) -> None:
    text = '[tool.torchlint]\nselect = ["TLC2", "TLC502"]\nextend-exclude = ["gen"]\ncertainty = "advice"\n'
    text += 'target-version = "2.5"\nunfixable = ["TLC201"]\n\n[tool.torchlint.per-file-ignores]\n"a\\"b" = ["TLC2"]\n'
    (folder / "pyproject.toml").write_text(text)
    shown = check("--show-settings", "a.py").out
    assert shown.startswith(f"# The settings of a.py, from [tool.torchlint] of {folder / 'pyproject.toml'}.\n")
    (folder / "again").mkdir()
    (folder / "again" / "pyproject.toml").write_text(shown)
    assert check("--show-settings", "again").out.splitlines()[1:] == shown.splitlines()[1:]
    assert {*text.splitlines()} <= {*shown.splitlines()}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fix-only", "--diff"], "--fix-only changes files and --diff changes none"),
        (["--fix-only", "--statistics"], "leave --statistics out"),
        (["--exit-non-zero-on-fix"], "give --fix with it"),
        (["--show-files", "--fix"], "--show-files checks nothing; leave --fix out"),
        (["--add-noqa", "--ignore-noqa"], "give one of them"),
        (["--silent", "--output-file", "x"], "--silent writes no report"),
        (["--isolated", "--config", "pyproject.toml"], "--isolated reads no settings"),
    ],
)
def test_what_does_not_go_together(options: list[str], message: str) -> None:
    ran = check(*options, "a.py")
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("zero-grad", "did you mean 'missing-zero-grad'?"),
        ("no-grad", "did you mean 'no-grad-training' or 'eval-without-no-grad'?"),
        ("data-acess", "did you mean 'data-access'?"),
        ("TCL201", "did you mean 'TLC201'?"),
        ("tor101", "TorchFix's TOR101 is TLC901 and TLC902 here"),
        ("TOR106", "TorchFix's TOR106 has no rule here"),
        ("E501", "that is another tool's code, and torchlint's begin with TLC"),
        ("torch.qr", "`torchlint rules` lists all"),
    ],
)
def test_what_a_rule_may_have_been(name: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", name]) == 2
    assert capsys.readouterr().err == f"error: no rule is called {name!r}; {meant}\n"


def test_all_rules_as_text_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "--all", "--output-format", "json"]) == 0
    rules = {each["code"]: each for each in json.loads(capsys.readouterr().out)}
    assert main(["rule", "leaf-inplace", "--output-format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == rules["TLC201"]
    assert main(["rule", "--all", "--color", "never"]) == 0
    text = capsys.readouterr().out
    assert all(each["document"] in text for each in rules.values())


def test_colour_is_forced_and_forbidden(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for command in (["check", "--no-cache", "a.py"], ["rule", "TLC201"]):
        main(command)
        assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(["check", "--no-cache", "a.py"])
    assert "\x1b[" not in capsys.readouterr().out
