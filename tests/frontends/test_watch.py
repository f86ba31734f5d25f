"""``--watch``, as a program on a terminal and on a pipe."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import check

pytest.importorskip("watchfiles")

GOOD = "import torch\n\nx = torch.ones(3)\nprint(x)\n"
BAD = GOOD.replace("print", "x.abs()\nprint")
PATIENCE_S = 30


@pytest.fixture(autouse=True)
def made_up_rules():
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("")
    Path("a.py").write_text(GOOD)
    return tmp_path


class Watching:
    """``torchlint check --watch``, and what it has written since the last question."""

    def __init__(self, *arguments: str, terminal: bool = False) -> None:
        self._theirs = None
        if terminal:
            import pty

            self._ours, self._theirs = pty.openpty()
        else:
            self._ours, self._theirs = os.pipe()
        command = [sys.executable, "-m", "torchlint", "check", "--no-cache", "--watch", *arguments]
        self.process = subprocess.Popen(command, stdout=self._theirs, stderr=subprocess.STDOUT, start_new_session=True)
        os.set_blocking(self._ours, False)

    def until(self, text: str) -> str:
        """What is written up to ``text``."""
        said = ""
        end = time.monotonic() + PATIENCE_S
        while text not in said:
            assert time.monotonic() < end, said
            try:
                said += os.read(self._ours, 65536).decode().replace("\r\n", "\n")
            except BlockingIOError:
                time.sleep(0.02)
        return said

    def interrupt(self) -> int:
        """Ctrl-C; the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE_S)


@contextlib.contextmanager
def watching(*arguments, terminal=False):
    made = Watching(*arguments, terminal=terminal)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def replaced(name, text):
    """Write a file as editors do: another takes its place."""
    Path(f"{name}~").write_text(text)
    Path(f"{name}~").replace(name)


def test_each_change_is_checked():
    with watching() as program:
        assert "Nothing found" in program.until("Ctrl-C ends.")
        Path("a.py").write_text(BAD)
        assert "a.py:4:1" in program.until("Ctrl-C ends.")
        replaced("a.py", GOOD)
        assert "Nothing found" in program.until("Ctrl-C ends.")
        Path("new.py").write_text(BAD)
        assert "new.py:4:1" in program.until("Ctrl-C ends.")
        Path("new.py").unlink()
        assert "Nothing found" in program.until("Ctrl-C ends.")
        assert program.interrupt() == 130
        assert program.until("interrupted")


def test_settings_are_read_again_and_may_be_wrong_for_a_while():
    Path("a.py").write_text(BAD)
    with watching("a.py") as program:
        assert "Found 1 finding" in program.until("Ctrl-C ends.")
        Path("pyproject.toml").write_text("[tool.torchlint]\nignor = []\n")
        assert "did you mean 'ignore'?" in program.until("Ctrl-C ends.")
        Path("pyproject.toml").write_text('[tool.torchlint]\nignore = ["TLC207"]\n')
        assert "Nothing found" in program.until("Ctrl-C ends.")


def test_what_does_not_matter_changes_nothing():
    Path("build").mkdir()
    with watching() as program:
        program.until("Ctrl-C ends.")
        Path("build/b.py").write_text(BAD)
        Path("note.txt").write_text("x")
        time.sleep(1)
        Path("c.py").write_text(BAD)
        said = program.until("Ctrl-C ends.")
        assert said.count("Ctrl-C ends.") == 1
        assert "c.py:4:1" in said


def test_fixing_settles():
    Path("a.py").write_text(BAD)
    with watching("--fix", "--unsafe-fixes") as program:
        assert "Fixed 1 fault" in program.until("Ctrl-C ends.")
        assert Path("a.py").read_text() == BAD.replace("x.abs()", "x = x.abs()")
        Path("c.py").write_text(BAD)
        assert "Fixed 1 fault" in program.until("Fixed")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_only_a_terminal_is_cleared():
    with watching(terminal=True) as program:
        assert program.until("Ctrl-C ends.").startswith("\x1b[2J\x1b[3J\x1b[H")
    with watching() as program:
        assert "\x1b" not in program.until("Ctrl-C ends.")


def test_standard_input_cannot_be_watched():
    ran = check("--watch", "-")
    assert (ran.status, ran.out) == (2, "")
    assert "--watch waits for files to change, and - is none" in ran.err


def test_a_path_must_exist():
    ran = check("--watch", "missing.py")
    assert (ran.status, ran.err) == (2, "error: --watch: missing.py: no such file or folder\n")


def test_wrong_options_end_it():
    ran = check("--watch", "--select", "TLC999")
    assert ran.status == 2
    assert "no rule is called 'TLC999'" in ran.err


def test_without_watchfiles_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    ran = check("--watch")
    assert (ran.status, ran.out) == (2, "")
    assert "pip install watchfiles" in ran.err
