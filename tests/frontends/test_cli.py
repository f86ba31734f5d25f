"""The command: what it says, and its exit status, where its work cannot be done."""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
from pathlib import Path

import pytest

from torchlint.engine.check import FileResult
from torchlint.frontends import hints
from torchlint.frontends.cli import main

FULL_DISK = Path("/dev/full")


@pytest.mark.skipif(not FULL_DISK.exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check", "--no-cache", "a.py"], id="check"),
        pytest.param(["check", "--no-cache", "--output-format", "json", "a.py"], id="json"),
        pytest.param(["rules"], id="rules"),
        pytest.param(["rule", "TLC101"], id="rule"),
    ],
)
def test_output_that_cannot_be_written_is_no_bug(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.py").write_text("import torch\nx = torch.ones(1)\nx.abs()\nprint(x)\n", encoding="utf-8")
    with FULL_DISK.open("w") as out:
        ran = subprocess.run(
            [sys.executable, "-m", "torchlint", *arguments], cwd=tmp_path, stdout=out, stderr=subprocess.PIPE, text=True
        )
    assert (ran.returncode, ran.stderr) == (2, "error: [Errno 28] No space left on device\n")


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torchlint", "check", "--no-cache", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")


def test_a_path_that_does_not_exist_may_have_meant_another(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("")
    ran = check(tmp_path, "modle.py")
    assert (ran.returncode, ran.stdout) == (2, "Nothing was checked.\n")
    assert ran.stderr == "error: modle.py: no such file or folder; did you mean 'model.py'?\n"


BROKEN = {
    "broken.toml": b"[tool.torchlint",
    "unknown.toml": b"[tool.torchlint]\nselct = []\n",
    "latin.py": b"import torch\nx = '\xff'\n",
    "broken.ipynb": b'{"cells": [',
    "broken.json": b"{",
    "model.py": b"import torch\n",
}


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        pytest.param("modle.py", 2, ("modle.py", "did you mean 'model.py'?"), id="another file"),
        pytest.param("modle", 2, ("'modle'", "did you mean 'model.py'?"), id="no command"),
        pytest.param("fix model.py", 2, ("'fix'", "`torchlint check --fix`"), id="a command of others"),
        pytest.param("--fix check model.py", 2, ("`torchlint check --fix model.py`",), id="an option before a command"),
        pytest.param("chekc model.py", 2, ("'chekc'", "`torchlint check model.py`"), id="another command"),
        pytest.param("check --slect TLC1", 2, ("--slect", "did you mean --select?"), id="another option"),
        pytest.param("check --output x", 2, ("did you mean --output-format or --output-file?",), id="half an option"),
        pytest.param("check --zebra", 2, ("no option is called --zebra\n",), id="an option like no other"),
        pytest.param("check --output-format jsn", 2, ("one of full, concise", "did you mean 'json'?"), id="a format"),
        pytest.param("check --config ignroe=[]", 2, ("--config: ignroe: unknown key", "'ignore'"), id="a key"),
        pytest.param("check --config ignore=TLC1", 2, ("--config: no valid TOML", "in quotes"), id="no TOML"),
        pytest.param("check --select TLC1 TLC2 model.py", 2, ("--select TLC1,TLC2",), id="rules without a comma"),
        pytest.param("check --show-settings modle.py", 2, ("did you mean 'model.py'?",), id="no file to show"),
        pytest.param("check --jobs many", 2, ("'many' is no number of processes",), id="jobs"),
        pytest.param("check --config a.toml --config b.toml", 2, ("names 2 files",), id="two files"),
        pytest.param("check --per-file-ignores TLC101", 2, ("GLOB:RULE", "'TLC101'"), id="no glob"),
        pytest.param("check --per-file-ignores a.py:TLC999", 2, ("--per-file-ignores", "'TLC999'"), id="no such rule"),
        pytest.param("check --unfixable data-acess", 2, ("--unfixable", "'data-access'"), id="no rule to fix"),
        pytest.param("check --select TLC999", 2, ("--select", "'TLC999'", "`torchlint rules`"), id="no rule"),
        pytest.param("check --select data-acess", 2, ("did you mean 'data-access'?",), id="another rule"),
        pytest.param("check --select ,", 2, ("--select", "`torchlint rules`"), id="no rule at all"),
        pytest.param("check --baseline gone.json", 2, ("gone.json", "--write-baseline gone.json"), id="no baseline"),
        pytest.param("check --baseline broken.json", 2, ("broken.json", "--write-baseline"), id="a broken baseline"),
        pytest.param("check --confirmed gone.json", 2, ("gone.json", "--output-file gone.json"), id="no verdicts"),
        pytest.param("check --confirmed broken.json", 2, ("broken.json", "--output-format json"), id="broken verdicts"),
        pytest.param("check --diff-base main", 2, ("--diff-base", "git repository"), id="no repository"),
        pytest.param("check --config none.toml", 2, ("--config", "none.toml"), id="no settings"),
        pytest.param("check --config broken.toml", 2, ("broken.toml", "no valid TOML"), id="broken settings"),
        pytest.param("check --config unknown.toml", 2, ("unknown.toml", "did you mean 'select'?"), id="a setting"),
        pytest.param("check broken.ipynb", 1, ("broken.ipynb:1", "no notebook", "nothing in this file"), id="notebook"),
        pytest.param("check latin.py", 1, ("latin.py:1", "save it as UTF-8 or add a coding line"), id="encoding"),
        pytest.param("check modle.py", 2, ("modle.py", "did you mean 'model.py'?"), id="no file"),
        pytest.param("explain modle.py:3", 2, ("modle.py", "did you mean 'model.py'?"), id="no file to explain"),
        pytest.param("explain model.py", 2, ("'model.py'", "FILE:LINE"), id="no line"),
        pytest.param("confirm modle.py", 2, ("modle.py", "did you mean 'model.py'?"), id="no program"),
        pytest.param("rule TLC999", 2, ("'TLC999'", "`torchlint rules`"), id="no such rule"),
        pytest.param("init gone", 2, ("gone", "no such folder"), id="no folder"),
        pytest.param("completion tcsh", 2, ("'tcsh'", "bash"), id="another shell"),
        pytest.param("server 3", 2, ("'3' is one argument too many",), id="too many"),
    ],
)
def test_mistakes_are_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    status: int,
    words: tuple[str, ...],
) -> None:
    """What is wrong, where, and what to do; never a traceback."""
    monkeypatch.chdir(tmp_path)
    for name, data in BROKEN.items():
        (tmp_path / name).write_bytes(data)
    arguments = command.split()
    if arguments[0] == "check" and not arguments[-1].endswith((".py", ".ipynb")):
        arguments.append("model.py")
    try:
        ended = main(arguments)
    except SystemExit as error:
        ended = error.code
    out, err = capsys.readouterr()
    said = err + out
    assert ended == status
    assert all(each in said for each in words), said
    assert "Traceback" not in said
    assert said.startswith("error: " if status == 2 else "TLC001 ")


def test_where_no_file_is_read_the_reason_may_be_an_exclude(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.torchlint]\nextend-exclude = ["*.py"]\n')
    (tmp_path / "model.py").write_text("import torch\n")
    why = "what .gitignore and the settings leave out is read only where it is given by name\n"
    nothing = check(tmp_path)
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert nothing.stderr == f"No Python file or notebook in this folder; {why}"
    assert check(tmp_path, "model.py").stdout == "Nothing found in 1 file, 1 of which uses PyTorch.\n"
    forced = check(tmp_path, "--force-exclude", "model.py")
    assert (forced.returncode, forced.stderr) == (0, f"No Python file or notebook in model.py; {why}")


@pytest.mark.parametrize(
    ("result", "said", "hint"),
    [
        pytest.param(FileResult("a.py", ()), {}, "is shown with --certainty advice", id="nothing found"),
        pytest.param(FileResult("a.py", (), saw_torch=False), {}, "code that uses torch. If you miss some", id="none"),
        pytest.param(FileResult("a.py", (), error="unreadable"), {}, "", id="nothing read"),
        pytest.param(FileResult("a.py", ()), {"certainty": "advice"}, "", id="advice too"),
        pytest.param(FileResult("a.py", ()), {"select": ["TLC1"]}, "", id="some rules"),
        pytest.param(FileResult("a.py", ()), {"fix": True}, "", id="fixed"),
        pytest.param(FileResult("a.py", ()), {"output_format": "json"}, "", id="for a program"),
    ],
)
def test_hints_are_for_people(
    monkeypatch: pytest.MonkeyPatch, result: FileResult, said: dict[str, object], hint: str
) -> None:
    nothing = {"paths": [], "output_format": "full", "fix": False, "diff": False, "select": None, "certainty": None}
    nothing["quiet"] = False
    for terminal in (True, False):
        stream = io.StringIO()
        monkeypatch.setattr(stream, "isatty", lambda terminal=terminal: terminal)
        monkeypatch.setattr(sys, "stderr", stream)
        hints.give([result], argparse.Namespace(**{**nothing, **said}))
        assert hint in stream.getvalue()
        assert bool(stream.getvalue()) is bool(hint)
        hint = ""


NEVER = (
    "libcst",
    "rich",
    "shtab",
    "torchlint.frontends.drawing",
    "subprocess",
    "difflib",
    "tempfile",
    "multiprocessing",
    "platformdirs",
)
WITH_COMMANDS = (
    "torchlint.engine",
    "torchlint.syntax",
    "torchlint.frontends.confirm_options",
    "torchlint.frontends.check_options",
    "torchlint.frontends.formats",
)
TELL = """
import sys
from torchlint.frontends.cli import main
try:
    main(sys.argv[1:])
finally:
    sys.stderr.write(" ".join(sys.modules))
"""


@pytest.mark.parametrize(
    ("arguments", "never"),
    [
        pytest.param(["--version"], (*NEVER, *WITH_COMMANDS), id="version"),
        pytest.param(["--help"], (*NEVER, *WITH_COMMANDS), id="help"),
        pytest.param(["check", "--help"], (*NEVER, *WITH_COMMANDS[:3]), id="help on a command"),
        pytest.param(["check", "--no-cache", "a.py"], NEVER, id="a file without torch"),
        pytest.param(["check", "a.py"], NEVER[:-4], id="with a cache"),
    ],
)
def test_nothing_is_imported_before_it_is_needed(tmp_path: Path, arguments: list[str], never: tuple[str, ...]) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    ran = subprocess.run([sys.executable, "-c", TELL, *arguments], cwd=tmp_path, capture_output=True, text=True)
    assert {"argparse", "torchlint.frontends.cli"} <= {*ran.stderr.split()}
    assert set(never) & {*ran.stderr.split()} == set()
