"""Every ending leaves a report that says what is missing; the program's own ending is passed through."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.torch

PROGRAMS = Path(__file__).parent / "programs"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def _torch() -> None:
    pytest.importorskip("torch")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "endings.py").write_bytes((PROGRAMS / "endings.py").read_bytes())
    return tmp_path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "torchlint", "confirm", "--output-format", "json", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def confirmed(
    project: Path, *arguments: str, given: str = ""
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """The finished command, and the verdicts by code."""
    before = sorted(project.iterdir())
    report = project.parent / f"{project.name}.json"
    run = subprocess.run(
        command("--output-file", str(report), *arguments),
        cwd=project, env=environment(), input=given, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert sorted(project.iterdir()) == before  # nothing is written into the project
    found = json.loads(report.read_text())
    return run, {each["code"]: each["verdict"] for each in found}


def test_status_and_streams(project: Path) -> None:
    run, verdicts = confirmed(project, "endings.py", "status")
    assert run.returncode == 7
    assert run.stdout == "caught one of the variab\n"
    assert run.stderr.startswith("torchlint: The program ended with exit status 7 after ")
    assert verdicts["TLC202"]["kind"] == "confirmed"
    assert verdicts["TLC202"]["effect"] == "raises"
    assert [(each["role"], each["place"]["line"]) for each in verdicts["TLC202"]["seen"]] == [
        ("saved", 12), ("changed", 13), ("raised", 15),
    ]  # fmt: skip
    assert verdicts["TLC201"]["kind"] == "not reached"


def test_error(project: Path) -> None:
    plain = subprocess.run([sys.executable, "endings.py", "error"], cwd=project, capture_output=True, text=True)
    run, verdicts = confirmed(project, "endings.py", "error")
    assert run.returncode == plain.returncode == 1
    own, _, said = run.stderr.partition("torchlint: ")
    assert own == plain.stderr
    assert said.startswith("The program ended with an error, exit status 1")
    assert {code: each["kind"] for code, each in verdicts.items()} == {"TLC201": "confirmed", "TLC202": "confirmed"}


@pytest.mark.parametrize(
    ("way", "status", "words"),
    [("osexit", 5, "left with exit status 5"), ("kill", 137, "killed by SIGKILL")],
)
def test_left_and_killed(project: Path, way: str, status: int, words: str) -> None:
    run, verdicts = confirmed(project, "endings.py", way)
    assert run.returncode == status
    assert words in run.stderr
    assert verdicts["TLC202"]["kind"] == "confirmed"
    assert verdicts["TLC201"]["kind"] == "not reached"


def test_timeout_stops_the_whole_group(project: Path) -> None:
    run, verdicts = confirmed(project, "--timeout", "25", "endings.py", "sleep")
    assert run.returncode == 124
    assert "stopped after 25" in run.stderr
    assert "is missing" in run.stderr
    assert verdicts["TLC202"]["kind"] == "confirmed"
    assert "its time was up" in verdicts["TLC201"]["message"]
    assert not alive(int(run.stdout.split()[-1]))


def test_memory_limit(project: Path) -> None:
    run, verdicts = confirmed(project, "--memory-limit", "900M", "endings.py", "memory")
    assert run.returncode == 137
    assert "memory limit" in run.stderr
    assert verdicts["TLC202"]["kind"] == "confirmed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruption(project: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        command("endings.py", "sleep"), cwd=project, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stderr is not None  # as a report for programs has standard output to itself
    lines = [process.stderr.readline(), process.stderr.readline()]
    process.send_signal(number)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted after" in errors
    assert {each["code"]: each["verdict"]["kind"] for each in json.loads(out)}["TLC202"] == "confirmed"
    assert not alive(int(lines[1].split()[-1]))


def test_a_program_that_closes_all_it_does_not_know(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    run, verdicts = confirmed(project, "endings.py", "close", str(elsewhere))
    assert run.returncode == 0
    assert (elsewhere / "own.txt").read_text() == "mine"
    assert verdicts["TLC202"]["kind"] == "confirmed"


def test_input_arguments_and_main(project: Path) -> None:
    arguments = ("endings.py", "stdin", "--timeout", "-x")
    plain = subprocess.run(
        [sys.executable, *arguments], cwd=project, input="hello\n", capture_output=True, text=True, check=True
    )
    run, _ = confirmed(project, *arguments, given="hello\n")
    assert run.stdout == plain.stdout
    assert "hello" in run.stdout
    (project / "pack").mkdir()
    (project / "pack" / "__init__.py").write_text("")
    (project / "pack" / "run.py").write_bytes((PROGRAMS / "endings.py").read_bytes())
    arguments = ("-m", "pack.run", "stdin", "--timeout")
    plain = subprocess.run(
        [sys.executable, "-B", *arguments], cwd=project, input="hi\n", capture_output=True, text=True, check=True
    )
    run, verdicts = confirmed(project, *arguments, given="hi\n")
    assert run.stdout == plain.stdout
    assert verdicts["TLC202"]["kind"] == "confirmed"


def alive(process: int) -> bool:
    for _ in range(50):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        if "zombie" in Path(f"/proc/{process}/status").read_text():
            return False
        time.sleep(0.1)
    return True
