"""``torchlint run`` and ``pytest --torchlint-why``: the line to blame below the traceback, and nothing else changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
PROGRAM = f"""\
import argparse, atexit, os, sys, threading
print(sys.argv, sys.path, __name__, __file__, getattr(__spec__, "name", None), __package__, sys.flags.optimize)
print(sorted(each for each in sys.modules if each.startswith("torchlint")), argparse.__file__, "random" in sys.modules)
atexit.register(print, "the end", flush=True)
what = os.environ.get("WHAT")
if what == "leave":
    sys.exit(7)
if what == "interrupt":
    raise KeyboardInterrupt
if what == "own":
    raise ValueError("none of PyTorch's")
if what == "hooked":
    sys.excepthook = lambda kind, error, traceback: print("my own", error)
if what == "torchlint":
    sys.path.append({str(ROOT)!r})
    import torchlint.hook
if what:
    def go():
        raise RuntimeError("{LEAF}")
    go()
"""


def run(folder: Path, *command: str, what: str = "", options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, *command],
        cwd=folder,
        env={**os.environ, "WHAT": what, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    for path in ("train.py", "package/train.py", "package/__main__.py"):
        (tmp_path / path).write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "random.py").write_text("", encoding="utf-8")  # a program may have a module of this name
    return tmp_path


PROGRAMS = {
    "script": ("train.py",),
    "arguments": ("train.py", "-m", "--lr", "1", "--", "-h"),
    "elsewhere": ("package/train.py", "a"),
    "folder": ("package", "--help"),
    "module": ("-m", "package.train", "--", "--help"),
    "package": ("-m", "package"),
    "no module": ("-m", "package.missing"),
}


@pytest.mark.parametrize("what", ["", "leave", "interrupt", "own", "raise", "hooked"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_runs_as_python_runs_it(folder: Path, program: str, what: str) -> None:
    if what not in ("", "raise") and program not in ("script", "module"):
        pytest.skip("the same for every form")
    plain = run(folder, *PROGRAMS[program], what=what)
    ours = run(folder, "-m", "torchlint", "run", *PROGRAMS[program], what=what)
    assert (ours.returncode, ours.stdout) == (plain.returncode, plain.stdout)
    error, _, told = ours.stderr.partition("\nRuntimeError at ")
    assert error == plain.stderr
    assert ("To blame" in told) == (what in ("raise", "hooked") and program != "no module")


def test_options_of_the_interpreter_go_on(folder: Path) -> None:
    options = ("-O", "-X", "dev", "-W", "error")
    plain = run(folder, "train.py", options=options)
    ours = run(folder, "-m", "torchlint", "run", "train.py", options=options)
    assert (ours.returncode, ours.stdout, ours.stderr) == (plain.returncode, plain.stdout, plain.stderr)


def test_a_program_with_the_hook_is_told_once(folder: Path) -> None:
    ran = run(folder, "-m", "torchlint", "run", "train.py", what="torchlint")
    assert ran.stderr.count("To blame, most likely: train.py:") == 1


def test_it_is_the_same_process(folder: Path) -> None:
    """A signal to what was started comes to the program."""
    (folder / "waits.py").write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n", "utf-8")
    command = [sys.executable, "-m", "torchlint", "run", "waits.py"]
    with subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    ) as ran:
        assert ran.stdout is not None
        assert int(ran.stdout.readline()) == ran.pid
        ran.send_signal(signal.SIGTERM)
    assert ran.returncode == -signal.SIGTERM


@pytest.mark.parametrize("words", [("missing.py",), (), ("-m",)])
def test_where_there_is_no_program(folder: Path, words: tuple[str, ...]) -> None:
    ran = run(folder, "-m", "torchlint", "run", *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: ")


TESTS = f"""\
import pytest

def fails():
    raise RuntimeError("{LEAF}")

@pytest.mark.parametrize("number", [1, 2])
def test_of_pytorch(number, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    fails()

def test_of_its_own():
    assert 1 == 2

@pytest.fixture
def broken():
    fails()

def test_fixture(broken):
    pass

@pytest.mark.xfail
def test_expected():
    fails()

def test_passes():
    with pytest.raises(RuntimeError):
        fails()
"""


@pytest.mark.parametrize("options", [(), ("-n", "2"), ("--tb=native",), ("--show-capture=no",)])
def test_below_a_failing_test(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", "--torchlint-why", *options)
    ran = run(tmp_path, *command)
    assert ran.returncode == 1
    assert ran.stdout.count("- torchlint why -") == 3
    assert ran.stdout.count("To blame, most likely: test_it.py:4") == 3
    assert "3 failed, 1 passed, 1 xfailed, 1 error" in ran.stdout


def test_tests_are_as_they_were_without_the_option(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    ran = run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert ran.returncode == 1
    assert "torchlint" not in ran.stdout
