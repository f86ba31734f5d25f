"""What is printed does nothing to what shows it, and streams that cannot be written to end a run in one line."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from torchlint.engine.check import check_bytes
from torchlint.engine.settings import Settings
from torchlint.frontends.cli import main
from torchlint.frontends.flake8 import Plugin
from torchlint.frontends.formats import FORMATS
from torchlint.frontends.progress import ProgressBar
from torchlint.frontends.visible import as_line, visible

FAULTY = "import torch\nx = torch.ones(3, requires_grad=True)\nx.add_(1)\n"
HOSTILE = "a\x1b[31m\n::error::b\r##[error]\u202e\u200b\x9b.py"
FULL_DISK = Path("/dev/full")
TORCHLINT = f"{shlex.quote(sys.executable)} -m torchlint"
needs_posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such names and no such shell")

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
COMMAND = re.compile(r"^\s*::\w|##\w*\[", re.MULTILINE)


def shell(command: str, folder: Path, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command.replace("torchlint", TORCHLINT, 1)],
        cwd=folder,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text(FAULTY, encoding="utf-8")
    return tmp_path


# Names, code and messages.


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[31m", "␛[31m", id="escape"),
        pytest.param("a\r\nb\tc", "a␍␊b␉c", id="line ends"),
        pytest.param("\x7f\x9b\x85", "␡\ufffd\ufffd", id="C1"),
        pytest.param("a\u202eb\u2066c\u200fd", "a\ufffdb\ufffdc\ufffdd", id="direction"),
        pytest.param("a\u200bb\ufeffc\u2060d", "a\ufffdb\ufffdc\ufffdd", id="zero width"),
        pytest.param("a\u2028b\u2029c", "a\ufffdb\ufffdc", id="paragraphs"),
        pytest.param("a\udcffb", "a\ufffdb", id="unpaired surrogate"),
        pytest.param("größer 語 ∂", "größer 語 ∂", id="what can be seen"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == as_line(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("::error::x", "꞉:error::x", id="command"),
        pytest.param(" \t::error::x", " ␉::error::x", id="blanks that are shown"),
        pytest.param("  ::error::x", "  ꞉:error::x", id="after blanks"),
        pytest.param("a ::error::x", "a ::error::x", id="not at the start"),
        pytest.param("::", "::", id="no command"),
        pytest.param("a ##[error]x", "a ##⁅error]x", id="GitHub, the old way"),
        pytest.param("##vso[task.setvariable]", "##vso⁅task.setvariable]", id="Azure"),
        pytest.param("## [x](y)", "## [x](y)", id="Markdown"),
    ],
)
def test_lines_that_are_no_command(text: str, shown: str) -> None:
    assert as_line(text) == shown


@needs_posix
@pytest.mark.parametrize("arguments", [*(f"check --output-format {name}" for name in FORMATS), "check --statistics"])
def test_names_in_each_format(tmp_path: Path, arguments: str) -> None:
    (tmp_path / HOSTILE).write_text(FAULTY, encoding="utf-8")
    (tmp_path / f"broken{HOSTILE}").write_text("import torch\nx = (\n", encoding="utf-8")
    (tmp_path / f"gone{HOSTILE}").symlink_to(f"nowhere{HOSTILE}")
    ran = shell(f"torchlint {arguments} * ./*", tmp_path)
    assert not UNSEEN.search(ran.stdout + ran.stderr)
    assert not COMMAND.search(ran.stderr)
    if arguments.endswith(("full", "concise", "grouped", "pylint", "statistics")):
        assert not COMMAND.search(ran.stdout)
    else:  # for programs: names are exact, in their own notation
        assert all(re.match(r"::error [^:]*::", line) for line in re.findall(r"^\s*::.*", ran.stdout, re.MULTILINE))
    if arguments.endswith("json-lines"):
        assert {json.loads(line)["path"] for line in ran.stdout.splitlines()} >= {HOSTILE}
    elif "json" in arguments:
        assert {each["path"] for each in json.loads(ran.stdout)} >= {HOSTILE}
    if "junit" in arguments:
        assert ET.fromstring(ran.stdout).tag == "testsuites"


@needs_posix
@pytest.mark.parametrize(
    "arguments",
    [
        "check . --diff",
        "check . --add-noqa",
        "check . --write-baseline",
        "check --output-file",
        "check --config",
        "check --baseline",
        "check --confirmed",
        "check --diff-base",
        "check --select",
        "check --",
        "explain",
        "confirm --probe",
        "rule",
        "init",
        "completion",
        "",
    ],
)
@pytest.mark.parametrize("name", [HOSTILE, f"{HOSTILE}:1", f"--{HOSTILE}"])
def test_names_that_are_given(folder: Path, arguments: str, name: str) -> None:
    (folder / HOSTILE).write_text(FAULTY, encoding="utf-8")
    given = "" if arguments in ("check . --diff", "check . --add-noqa") else shlex.quote(name)
    ran = shell(f"torchlint {arguments} {given}", folder)
    assert not UNSEEN.search(ran.stdout + ran.stderr)
    assert not COMMAND.search(ran.stdout + ran.stderr)


@needs_posix
def test_names_in_settings(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(
        '[tool.torchlint]\nselect = ["a\\u001b[31m\\n::error::b\\u202e"]\n', encoding="utf-8"
    )
    ran = shell("torchlint check", folder)
    assert ran.returncode == 2
    assert not UNSEEN.search(ran.stderr)
    assert not COMMAND.search(ran.stderr)


def test_messages_in_flake8(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check_bytes(FAULTY.encode(), "a.py", Settings(Path.cwd()))
    result = replace(result, findings=(replace(result.findings[0], message=HOSTILE),))
    monkeypatch.setattr("torchlint.engine.check.check_source", lambda *arguments, **options: result)
    ((_, _, message, _),) = Plugin(ast.parse(FAULTY), "a.py", FAULTY.splitlines(keepends=True)).run()
    assert not UNSEEN.search(message)
    assert not COMMAND.search(message)


@needs_posix
def test_a_diff_of_an_odd_file_applies(folder: Path) -> None:
    (folder / "a.py").write_text(f'"""\n::error::\x0c\u202e"""\n{FAULTY}', encoding="utf-8", newline="\r\n")
    diff = subprocess.run(
        [sys.executable, "-m", "torchlint", "check", "--isolated", "--diff", "--unsafe-fixes", "a.py"],
        cwd=folder,
        capture_output=True,
    ).stdout
    assert diff
    subprocess.run(["git", "apply", "-"], cwd=folder, input=diff, check=True)
    assert shell("torchlint check --isolated --diff --unsafe-fixes a.py", folder).stdout == ""


# Streams.

COMMANDS = [
    "torchlint check a.py",
    "torchlint check a.py --output-format json",
    "torchlint check a.py --statistics",
    "torchlint check a.py --diff --unsafe-fixes",
    "torchlint upgrade a.py",
    "torchlint rules",
    "torchlint rule TLC101",
    "torchlint explain a.py:3",
    "torchlint completion bash",
    "torchlint --help",
    "torchlint --version",
    "torchlint check --help",
]


@needs_posix
@pytest.mark.parametrize("command", COMMANDS)
def test_standard_output_is_closed(folder: Path, command: str) -> None:
    ran = shell(f"{command} >&-", folder)
    assert (ran.returncode, ran.stderr) == (2, "error: standard output is closed\n")


@needs_posix
@pytest.mark.skipif(not FULL_DISK.exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("command", COMMANDS)
def test_standard_output_is_full(folder: Path, command: str) -> None:
    ran = shell(f"{command} >{FULL_DISK}", folder)
    assert (ran.returncode, ran.stderr) == (2, "error: [Errno 28] No space left on device\n")


@needs_posix
@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_reads_standard_output(folder: Path, command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = shell(command, folder, stdout=writer)
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (128 + 13, "")


@needs_posix
@pytest.mark.parametrize(
    ("command", "status"),
    [
        *((command, 1 if "check a.py" in command else 0) for command in COMMANDS),
        ("torchlint check nothing.py", 2),
        ("torchlint check --nothing", 2),
        ("torchlint nothing", 2),
        ("torchlint check --select nothing", 2),
        ("torchlint check a.py --add-noqa", 0),
        ("torchlint check a.py --write-baseline known.json", 0),
        ("torchlint confirm nothing.py", 2),
        ("torchlint explain a.py:1", 1),
    ],
)
@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full"])
def test_standard_error_is_lost(folder: Path, command: str, status: int, stream: str) -> None:
    ran = shell(f"{command} {stream}", folder)
    assert ran.returncode == status
    assert "Traceback" not in ran.stdout
    assert (folder / "a.py").read_text(encoding="utf-8").startswith(FAULTY[:20])


@needs_posix
def test_a_file_never_takes_the_number_of_a_closed_stream(folder: Path) -> None:
    (folder / "a.py").write_text(FAULTY, encoding="utf-8")
    ran = shell("torchlint check a.py --write-baseline known.json <&- 2>&-", folder)
    assert ran.returncode == 0
    assert json.loads((folder / "known.json").read_text(encoding="utf-8"))


@needs_posix
@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("torchlint check a.py", 1, ""),
        ("torchlint check -", 2, "error: -: standard input is closed\n"),
        ("torchlint server", 2, "error: standard input is closed\n"),
    ],
)
def test_standard_input_is_closed(folder: Path, command: str, status: int, said: str) -> None:
    ran = shell(f"{command} <&-", folder)
    assert (ran.returncode, ran.stderr) == (status, said)


def test_a_progress_bar_that_cannot_be_drawn_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("can't start new thread")

    progress = ProgressBar("checking")
    monkeypatch.setattr(progress, "_wanted", True)
    monkeypatch.setattr(progress, "_since", 0.0)
    monkeypatch.setattr("rich.progress.Progress.start", fail)
    with progress:
        progress(1, 2)
        progress(2, 2)


# The order of arguments.


@pytest.mark.parametrize(
    "arguments",
    [["a.py", "--isolated", "b.py"], [".", "--select", "TLC201", "a.py"], ["a.py", "--isolated", "--", "b.py"]],
)
def test_paths_may_stand_on_both_sides_of_an_option(
    tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(FAULTY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--quiet", "--output-format", "concise", *arguments]) == 1
    out = capsys.readouterr().out
    assert [line.partition(":")[0] for line in out.splitlines()] == ["a.py", "b.py"]
