"""Nothing of a confirmed program outlives its limits or torchlint, and nothing that it does costs its exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from torchlint.confirm.plan import Form, Plan
from torchlint.confirm.run import Limits, Outcome, run

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds after which what should have happened will not."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are known as Linux knows them")

DETACHED = """\
import os, signal, sys, time
def sleeping(*numbers):
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
    held = bytearray(int(sys.argv[2]))
    held[::512] = b"1" * len(held[::512])
    time.sleep(600)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        sleeping(signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    sleeping(signal.SIGTERM)
if os.fork() == 0:
    os.setpgid(0, 0)
    if os.fork() == 0:
        sleeping()
    os._exit(0)
while len(open(sys.argv[1]).read().splitlines() if os.path.exists(sys.argv[1]) else ()) < 3:
    time.sleep(0.02)
"""
"""Starts three processes outside its own session or group, two of which have lost their parent."""


def confirmed(folder: Path, program: str, *arguments: str, limits: Limits | None = None) -> Outcome:
    path = folder / "program.py"
    path.write_text(program)
    return run(Plan(Form.SCRIPT, str(path), arguments), limits or Limits(PATIENCE))


def started(notes: Path) -> list[int]:
    return [int(each) for each in notes.read_text().split()] if notes.exists() else []


def lives(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def all_end(processes: list[int]) -> bool:
    until = time.monotonic() + PATIENCE
    while any(map(lives, processes)) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(map(lives, processes))


def end(processes: list[int]) -> None:
    for each in processes:
        if lives(each):
            os.kill(each, signal.SIGKILL)


def test_a_timeout_stops_what_detached_itself(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    outcome = confirmed(tmp_path, DETACHED + "time.sleep(600)\n", str(notes), "0", limits=Limits(5))
    processes = started(notes)
    try:
        assert outcome.status == 124
        assert len(processes) == 3
        assert not any(map(lives, processes))  # at once: the command must not end before them
    finally:
        end(processes)


def test_a_memory_limit_counts_what_detached_itself(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    limits = Limits(PATIENCE, 300 << 20)
    outcome = confirmed(tmp_path, DETACHED + "time.sleep(600)\n", str(notes), str(150 << 20), limits=limits)
    processes = started(notes)
    try:
        assert outcome.ending == "memory"
        assert outcome.status == 137
        assert not any(map(lives, processes))
    finally:
        end(processes)


def test_what_a_program_leaves_behind_as_it_ends_lives_on(tmp_path: Path) -> None:
    """As it does without torchlint."""
    notes = tmp_path / "notes"
    outcome = confirmed(tmp_path, DETACHED + "sys.exit(3)\n", str(notes), "0")
    processes = started(notes)
    try:
        assert (outcome.ending, outcome.status) == ("finished", 3)
        assert [lives(each) for each in processes] == [True, True, True]
    finally:
        end(processes)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_torchlint(tmp_path: Path, number: signal.Signals) -> None:
    notes, program = tmp_path / "notes", tmp_path / "program.py"
    program.write_text(DETACHED + "open(sys.argv[1], 'a').write(f'{os.getpid()}\\n')\ntime.sleep(600)\n")
    code = f"from tests.safety.test_confirm import *; confirmed({str(tmp_path)!r} and Path({str(tmp_path)!r}), "
    code += f"Path({str(program)!r}).read_text(), {str(notes)!r}, '0')"
    torchlint = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    processes: list[int] = []
    try:
        until = time.monotonic() + PATIENCE
        while len(started(notes)) < 4 and time.monotonic() < until:
            time.sleep(0.05)
        processes = started(notes)
        assert len(processes) == 4
        torchlint.send_signal(number)
        torchlint.wait(PATIENCE)
        assert all_end(processes)
    finally:
        torchlint.kill()
        torchlint.wait()
        end(processes)


RECORDS = """\
import os, sys
RECORDS = next(each for each in range(3, 1024) if os.path.exists(f"/proc/self/fd/{each}")
               and "torchlint" in os.readlink(f"/proc/self/fd/{each}"))
"""
"""A program that finds out where records go."""


@pytest.mark.parametrize(
    ("does", "ending", "status"),
    [
        pytest.param(
            "import glob, shutil, tempfile\n"
            "for each in glob.glob(tempfile.gettempdir() + '/torchlint-*'): shutil.rmtree(each, ignore_errors=True)\n"
            "name = os.readlink(f'/proc/self/fd/{RECORDS}')\n"
            "if os.path.exists(name): shutil.rmtree(os.path.dirname(name), ignore_errors=True)\n"
            "sys.exit(7)\n",
            "finished",
            7,
            id="removes-the-folder",
        ),
        pytest.param("os.ftruncate(RECORDS, 0)\nsys.exit(7)\n", "finished", 7, id="truncates"),
        pytest.param("os.close(RECORDS)\nsys.exit(7)\n", "left", 7, id="closes"),
        pytest.param("os.closerange(0, 1024)\nsys.exit(7)\n", "left", 7, id="closes-all"),
        pytest.param("os.write(RECORDS, bytes(range(256)) * 50)\nsys.exit(7)\n", "finished", 7, id="writes-bytes"),
        pytest.param("os.write(RECORDS, b'[' * 100_000 + b'\\n')\nsys.exit(7)\n", "finished", 7, id="nests"),
        pytest.param("os.write(RECORDS, b'{' * 5_000_000 + b'\\n')\nsys.exit(7)\n", "finished", 7, id="one-long-line"),
        pytest.param("os.write(RECORDS, b'\\n' * 300_000)\nsys.exit(7)\n", "finished", 7, id="many-lines"),
        pytest.param("os.write(RECORDS, b'9' * 100_000 + b'\\n')\nsys.exit(7)\n", "finished", 7, id="a-long-number"),
        pytest.param("os.truncate(RECORDS, 1 << 40)\nsys.exit(7)\n", "left", 7, id="a-hole-of-a-terabyte"),
        pytest.param(
            "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\nsys.exit(7)\n",
            "left",
            7,
            id="no-more-is-written",
        ),
        pytest.param("os._exit(7)\n", "left", 7, id="leaves"),
        pytest.param("import signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "killed", 139, id="is-killed"),
        pytest.param("import signal\nos.kill(os.getppid(), signal.SIGTERM)\nsys.exit(7)\n", "finished", 7, id="parent"),
        pytest.param("import signal\nos.kill(os.getppid(), 9)\nos.wait()\n", "killed", 137, id="kills-parent"),
    ],
)  # fmt: skip
def test_the_exit_status_survives(tmp_path: Path, does: str, ending: str, status: int) -> None:
    outcome = confirmed(tmp_path, RECORDS + does)
    assert (outcome.ending, outcome.status) == (ending, status)


def test_what_is_no_record_is_said(tmp_path: Path) -> None:
    from torchlint.confirm.confirmation import told

    outcome = confirmed(tmp_path, RECORDS + "os.write(RECORDS, b'[' * 100_000 + b'\\n[]\\n')\n")
    assert outcome.records.unreadable == 2
    assert "2 lines among the records are none" in "\n".join(told(outcome))


def test_nothing_is_imported_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """But by the program, which imports here nothing but what Python has built in."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    names = sorted({*sys.stdlib_module_names, "torchlint"} - set(sys.builtin_module_names) - {"__future__"})
    for name in names:
        (tmp_path / f"{name}.py").write_text("import sys\nsys.stderr.write(f'imported {__name__}')\n")
    monkeypatch.chdir(tmp_path)
    outcome = confirmed(elsewhere, "import sys\nprint('ran')\nsys.exit(7)\n")
    assert outcome.status == 7
    assert capfd.readouterr() == ("ran\n", "")
    # Nor beside the program itself.
    outcome = confirmed(tmp_path, "import sys\nprint('ran')\nsys.exit(7)\n")
    assert outcome.status == 7
    assert capfd.readouterr() == ("ran\n", "")
