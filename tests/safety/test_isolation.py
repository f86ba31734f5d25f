"""Nothing of a linted folder runs, nothing is started from it, and nothing is written that was not asked for."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from audited import Audited, Event
from hostile import FAULT, PACKAGES, STANDARD_NAMES, git, modules, programs, repository

from torchlint.frontends.formats import FORMATS

AGENT_LOG = """\
Traceback (most recent call last):
  File "train_00.py", line 4, in <module>
    w += 1
RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the hostile repository is written for a POSIX shell")


class Hostile:
    """A hostile repository, and the environment in which it is linted."""

    def __init__(self, folder: Path) -> None:
        self.root, self.marker = folder / "repository", folder / "ran"
        self.root.mkdir()
        programs(self.root, 34)
        modules(self.root, self.marker)
        repository(self.root, self.marker)
        self.audited = Audited(folder, self.root)
        self.before = self.files()
        self.marker.unlink(missing_ok=True)  # what ran while it was made

    def files(self) -> dict[str, bytes]:
        """What is in the working tree and in git's folder."""
        return {str(each.relative_to(self.root)): each.read_bytes() for each in self.root.rglob("*") if each.is_file()}

    def check(self, *arguments: str, program: str = "torchlint", status: int = 1, **more: str) -> str:
        """Run ``torchlint check`` or another program; what it prints."""
        command = ["check", *arguments] if program == "torchlint" else arguments
        ran = self.audited.run(self.audited.command(program, *command), **more)
        assert ran.returncode == status, ran.stderr + ran.stdout
        assert "Traceback" not in ran.stderr
        return ran.stdout

    def is_unharmed(self, *changed: str, writes: tuple[str, ...] = (), started: int | None = 1) -> None:
        """Nothing ran, and nothing was written but the files ``changed`` and what begins with ``writes``.

        All interpreters but those that were ``started`` here are isolated; None where another program starts some.
        """
        assert not self.marker.exists(), self.marker.read_text(encoding="utf-8")
        now = self.files()
        assert {name for name in self.before.keys() | now if self.before.get(name) != now.get(name)} == set(changed)
        events = self.audited.events()
        loaded = [each for each in events if each.name == "loaded"]
        assert loaded, "no interpreter had the audit hook"
        if started is not None:
            assert sum(each.arguments == ["plain"] for each in loaded) == started
        allowed = (str(self.audited.home), os.devnull, "/dev/tty", "/dev/ptmx", *writes)
        bad = [each for each in events if each.name != "loaded" and not self._is_expected(each, changed, allowed)]
        assert bad == []

    def _is_expected(self, event: Event, changed: tuple[str, ...], allowed: tuple[str, ...]) -> bool:
        name, arguments = event
        if name in ("subprocess.Popen", "os.posix_spawn"):  # from Python 3.13 on, one means both
            started = arguments[0]
            return started in (self.audited.python, os.path.realpath(self.audited.python), shutil.which("git"))
        if name in ("os.fork", "os.kill", "os.killpg", "ctypes.dlopen", "os.forkpty"):
            return True
        if name.startswith(("os.", "shutil.")) or name == "open":
            folders = {str((self.root / each).parent) for each in changed}
            return all(self._may_write(each, folders, allowed) for each in arguments if each.startswith(os.sep))
        return False

    def _may_write(self, path: str, folders: set[str], allowed: tuple[str, ...]) -> bool:
        return path.startswith(allowed) or str(Path(path).parent) in folders or path in folders


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    return Hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def hostile(made: Hostile) -> Hostile:
    made.audited.events()
    return made


def findings(text: str) -> int:
    return len(json.loads(text))


@pytest.mark.parametrize("jobs", ["1", "2", "4"])
def test_check(hostile: Hostile, jobs: str) -> None:
    assert findings(hostile.check("--jobs", jobs, "--output-format", "json", "--no-cache")) == 35
    hostile.is_unharmed()


def test_default_jobs_and_a_cache(hostile: Hostile) -> None:
    for _ in range(2):
        assert findings(hostile.check("--output-format", "json")) == 35
    hostile.is_unharmed(started=2)


@pytest.mark.parametrize("output_format", FORMATS)
def test_formats(hostile: Hostile, output_format: str) -> None:
    assert hostile.check("--output-format", output_format, "--no-cache")
    hostile.is_unharmed()


def test_an_output_file(hostile: Hostile, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    hostile.check("--output-format", "html", "--output-file", str(report), "--no-cache")
    assert report.stat().st_size
    hostile.is_unharmed(writes=(str(tmp_path),))


@pytest.mark.parametrize("option", [("--diff-base", "HEAD"), ("--diff-base", "main...")], ids=" ".join)
def test_changes_since_a_revision(hostile: Hostile, option: tuple[str, str]) -> None:
    (hostile.root / "train_00.py").write_text(FAULT.replace("1\n", "2\n"), encoding="utf-8")
    try:
        assert findings(hostile.check(*option, "--output-format", "json", "--no-cache")) == 1
    finally:
        (hostile.root / "train_00.py").write_text(FAULT, encoding="utf-8")
    hostile.is_unharmed()


def test_a_commit_that_a_partial_clone_lacks(hostile: Hostile) -> None:
    hostile.check("--diff-base", "1" * 40, "--no-cache", status=2)
    blob = git(hostile.root, "rev-parse", "HEAD:train_00.py").strip()
    kept = hostile.root / ".git" / "objects" / blob[:2] / blob[2:]
    kept.rename(hostile.root.parent / "blob")
    try:
        hostile.check("--diff-base", "HEAD", "--no-cache", "train_00.py", status=2)
    finally:
        (hostile.root.parent / "blob").rename(kept)
    hostile.is_unharmed(started=2)


def test_fix(hostile: Hostile) -> None:
    name = "train_01.py"
    hostile.check("--fix", "--unsafe-fixes", "--no-cache", name, status=0)
    try:
        assert "no_grad" in (hostile.root / name).read_text(encoding="utf-8")
        hostile.is_unharmed(name)
        (hostile.root / name).write_text(f"{FAULT}\n", encoding="utf-8")
        ran = hostile.audited.run(
            hostile.audited.command("torchlint", "check", "--fix", "--unsafe-fixes", "--no-cache", name)
        )
        assert ran.returncode == 2
        assert "uncommitted" in ran.stderr
    finally:
        (hostile.root / name).write_text(FAULT, encoding="utf-8")
    hostile.audited.events()


def test_pre_commit_hook(hostile: Hostile) -> None:
    hostile.check("--force-exclude", "train_00.py", "lesson.ipynb", "signal.py")
    hostile.is_unharmed()


def test_flake8(hostile: Hostile) -> None:
    out = hostile.check("--isolated", "--select", "TLC", "--jobs", "2", program="flake8")
    assert out.count("TLC201") == 34
    hostile.is_unharmed(writes=("/dev/shm",), started=None)


def test_the_server_for_agents(hostile: Hostile) -> None:
    mcp = pytest.importorskip("mcp", reason="the SDK mcp is not installed")
    command, *arguments = hostile.audited.command("torchlint", "mcp")
    environment, folder = hostile.audited.environment(), str(hostile.root)
    server = mcp.StdioServerParameters(command=command, args=arguments, cwd=folder, env=environment)

    async def talk() -> None:
        async with mcp.Client(server) as client:
            result = await client.call_tool("check", {"paths": ["."], "limit": 200})
            assert result.structured_content["total"] == 35
            result = await client.call_tool("fix_preview", {"path": "train_00.py", "unsafe": True})
            assert "no_grad" in result.structured_content["diff"]
            for tool, asked in (("explain", {"target": "train_00.py:4"}), ("why", {"log": AGENT_LOG})):
                result = await client.call_tool(tool, asked)
                assert not result.is_error, result.content[0].text

    asyncio.run(talk())
    hostile.is_unharmed()


def test_codemod(hostile: Hostile) -> None:
    ran = hostile.audited.run(
        hostile.audited.command(
            "libcst",
            "codemod",
            "-x",
            "torchlint.frontends.codemod.Fix",
            "-j",
            "2",
            "-u",
            "3",
            "--unsafe-fixes",
            "train_00.py",
            "os.py",
        )
    )
    assert "no_grad" in ran.stdout, ran.stderr
    hostile.is_unharmed(writes=("/dev/shm",), started=None)


@pytest.mark.skipif(
    sys.version_info < (3, 11), reason="Python 3.10 imports most of its library by PYTHONPATH at its start"
)
def test_a_python_path_that_names_the_folder(tmp_path: Path) -> None:
    root, marker = tmp_path / "repository", tmp_path / "ran"
    root.mkdir()
    programs(root, 34)
    modules(root, marker)
    audited = Audited(tmp_path, root)
    for name in (*audited.starts(audited.python), "sitecustomize", "usercustomize"):  # Python's own, before any program
        (root / f"{name}.py").unlink(missing_ok=True)
    for path in (".", f"{os.pathsep}.", str(root)):
        for jobs in "12":
            command = audited.command("torchlint", "check", "--jobs", jobs, "--output-format", "json", "--no-cache")
            ran = audited.run(command, PYTHONPATH=path)
            assert findings(ran.stdout) == 35, ran.stderr
            assert not marker.exists(), marker.read_text(encoding="utf-8")


def test_watch(hostile: Hostile) -> None:
    pytest.importorskip("watchfiles")
    process = subprocess.Popen(
        hostile.audited.command("torchlint", "check", "--no-cache", "--watch"),
        cwd=hostile.root,
        env=hostile.audited.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    endless = threading.Timer(120, process.kill)
    endless.start()
    assert process.stdout is not None
    with process.stdout:
        for _ in range(2):
            assert any("Found 35 findings" in line for line in process.stdout)
            assert any("Watching" in line for line in process.stdout)
            (hostile.root / "train_00.py").write_text(FAULT, encoding="utf-8")
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)
    endless.cancel()
    hostile.is_unharmed()


def test_language_server(hostile: Hostile) -> None:
    pytest.importorskip("pygls")
    from tests.frontends.server.client import Editor

    async def edit() -> list[str]:
        command = hostile.audited.command("torchlint", "server")
        async with Editor(hostile.root, command=command, environment=hostile.audited.environment()) as editor:
            uri = (hostile.root / "train_00.py").as_uri()
            editor.open(uri, FAULT)
            return await editor.codes(uri)

    assert asyncio.run(edit()) == ["TLC201"]
    hostile.is_unharmed()


def test_all_names_are_hostile() -> None:
    assert len(STANDARD_NAMES) >= 45
    assert {"libcst", "torch", "rich", "pygls"} <= set(PACKAGES)
