"""An environment in which every interpreter writes down what it starts, writes and executes, isolated ones too."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path
from typing import NamedTuple

import torchlint

SCRIPTS = {
    "torchlint": "from torchlint.__main__ import main",
    "flake8": "from flake8.main.cli import main",
    "libcst": "from libcst.tool import main as run\ndef main(): return run('libcst', sys.argv[1:])",
}
_ENDLESS = 240


class Event(NamedTuple):
    """What an interpreter did: the name of Python's audit event, and its arguments as text."""

    name: str
    arguments: list[str]


class Audited:
    """A virtual environment with this torchlint, all that it needs, and a hook that each interpreter loads."""

    def __init__(self, folder: Path, watched: Path) -> None:
        self.folder, self.watched, self.log = folder / "environment", watched, folder / "audit.log"
        self.home = folder / "home"
        (self.home / "temporary").mkdir(parents=True)
        venv.create(self.folder, symlinks=os.name != "nt")
        self.bin = self.folder / ("Scripts" if os.name == "nt" else "bin")
        site = Path(sysconfig.get_path("purelib", vars={"base": str(self.folder)}))
        shutil.copy(Path(__file__).with_name("audit_hook.py"), site)
        here = sysconfig.get_path("purelib")
        lines = [
            "import audit_hook",
            str(Path(torchlint.__file__).parents[1]),
            f"import site; site.addsitedir({here!r})",
        ]
        (site / "audited.pth").write_text("\n".join(lines), encoding="utf-8")
        for name, text in SCRIPTS.items():
            (self.bin / name).write_text(f"import sys\n{text}\nsys.exit(main())\n", encoding="utf-8")

    @property
    def python(self) -> str:
        return str(self.bin / ("python.exe" if os.name == "nt" else "python"))

    def command(self, program: str, *arguments: str) -> list[str]:
        """A program of the environment, as its console script starts it."""
        return [self.python, str(self.bin / program), *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        """The variables that its programs need; ``more`` goes on top."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GIT_", "XDG_"))}
        return {
            **kept,
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "TMPDIR": str(self.home / "temporary"),
            "AUDIT_LOG": str(self.log),
            "AUDIT_WATCHED": str(self.watched),
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }

    def run(self, command: list[str], stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the watched folder."""
        return subprocess.run(
            command,
            cwd=self.watched,
            env=self.environment(**more),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_ENDLESS,
            check=False,
        )

    def events(self) -> list[Event]:
        """What happened since the last question."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [Event(name, arguments) for name, arguments in map(json.loads, lines)]

    def starts(self, program: str) -> set[str]:
        """The names that Python itself imports before a program's first line, with every variable as here."""
        code = "import sys; print(*(name.partition('.')[0] for name in sys.modules))"
        ran = subprocess.run([program, "-c", code], env=self.environment(), capture_output=True, text=True, check=True)
        return set(ran.stdout.split())
