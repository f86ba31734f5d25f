"""Completion in the shells themselves: a key is pressed in each, and what it made of the line is run."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from torchlint.frontends.cli import COMMANDS, parser_of
from torchlint.frontends.completion import script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("pty", reason="Windows has no pseudo-terminals")

pytestmark = pytest.mark.program

# How each shell is started without its user's settings, and a torchlint that only says how it was run.
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(%s)"; torchlint() { echo "<$*>"; }'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -U compinit; compinit -D; eval "$(%s)"; torchlint() { echo "<$*>" }'),
    "fish": (["fish", "--no-config", "-i"], '%s | source; function torchlint; echo "<$argv>"; end'),
}
IN_A_SESSION = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>])")


class Shell:
    """A shell at a terminal, in ``folder``."""

    def __init__(self, name: str, folder: Path) -> None:
        command, self._setup = SHELLS[name]
        self._script = f"{sys.executable} -m torchlint completion {name}"
        self._ours, theirs = os.openpty()
        env = {**os.environ, "TERM": "xterm", "HOME": str(folder), "PS1": "$ ", "INPUTRC": os.devnull}
        self._process = subprocess.Popen(
            [sys.executable, "-c", IN_A_SESSION, *command],
            cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def set_up(self) -> None:
        self.run(self._setup % self._script + "; torchlint ready", "<ready>")

    def run(self, keys: str, expected: str) -> None:
        """Press the keys one group after the other, as people do, and Return; wait for what the command prints."""
        for group in re.findall(r"\t|[^\t]+", keys):
            os.write(self._ours, group.encode())
            self._read(0.3)
        os.write(self._ours, b"\r")
        seen, end = "", time.monotonic() + 60
        while expected not in seen and time.monotonic() < end:
            seen += self._read(0.2)
        assert expected in seen, seen

    def _read(self, quiet: float) -> str:
        """What is printed until nothing more comes for ``quiet`` seconds."""
        seen = b""
        while select.select([self._ours], [], [], quiet)[0]:
            seen += os.read(self._ours, 65536)
        return ESCAPES.sub("", seen.decode(errors="replace"))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shell]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    for name in ("model.py", "lesson.ipynb", "model.txt", "settings.toml"):
        (tmp_path / name).write_text("")
    opened = Shell(request.param, tmp_path)
    try:
        opened.set_up()
        yield opened
    finally:
        opened.close()


def test_what_is_completed(shell: Shell) -> None:
    shell.run("torchlint ch\t", "<check")
    shell.run("torchlint check --unsafe\t", "<check --unsafe-fixes")
    shell.run("torchlint check --output-format conc\t", "<check --output-format concise")
    shell.run("torchlint check m\t", "<check model.py")
    shell.run("torchlint check les\t", "<check lesson.ipynb")
    shell.run("torchlint check --config sett\t", "<check --config settings.toml")
    shell.run("torchlint check --select unregistered-t\t", "<check --select unregistered-tensor")
    shell.run("torchlint rule TLC20\t7", "<rule TLC207")
    shell.run("torchlint completion fi\t", "<completion fish")
    shell.run("torchlint expl\tles\t", "<explain lesson.ipynb")
    shell.run("torchlint confirm --time\t", "<confirm --timeout")


@pytest.mark.parametrize("shell", [*SHELLS, "powershell"])
def test_all_commands_and_their_options_are_known(shell: str) -> None:
    parser = parser_of(COMMANDS)
    (commands,) = (each.choices for each in parser._actions if isinstance(each.choices, dict))
    options = {name: {word for action in each._actions for word in action.option_strings}
               for name, each in commands.items()}  # fmt: skip
    text = script(parser, shell)
    assert {*options} == {*COMMANDS}
    for name, words in options.items():
        assert re.search(rf"\b{name}\b", text)
        for word in words - {"-h", "--help"}:
            assert word.lstrip("-") in text


def test_an_unknown_shell_is_told() -> None:
    command = [sys.executable, "-m", "torchlint", "completion", "tcsh"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "not 'tcsh'" in ran.stderr
