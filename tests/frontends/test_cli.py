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
    "pathspec",
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
        pytest.param(["check", "a.py"], NEVER[:-3], id="with a cache"),
    ],
)
def test_nothing_is_imported_before_it_is_needed(tmp_path: Path, arguments: list[str], never: tuple[str, ...]) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    ran = subprocess.run([sys.executable, "-c", TELL, *arguments], cwd=tmp_path, capture_output=True, text=True)
    assert {"argparse", "torchlint.frontends.cli"} <= {*ran.stderr.split()}
    assert set(never) & {*ran.stderr.split()} == set()
