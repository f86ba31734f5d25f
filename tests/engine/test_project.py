"""Files and folders -> results: order, processes that die, settings that are wrong, results of earlier runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine import checkers
from torchlint.engine import crew, workers
from torchlint.engine.cache import CacheLocation
from torchlint.engine.project import RunOptions, check_as_ready, check_paths
from torchlint.engine.settings import Settings
from torchlint.errors import ConfigError
from torchlint.syntax import reading

if TYPE_CHECKING:
    from torchlint.engine.check import FileResult

REPOSITORY = Path(__file__).parents[2]


def settings_for(folder: Path) -> Settings:
    return Settings(Path.cwd())


RUN = RunOptions(settings_for, jobs=1, check=checkers.count_lines)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def write(root: Path, count: int, **special: str) -> None:
    """``count`` files, the one numbered n with n lines; ``special`` gives other content by name."""
    for number in range(count):
        (root / f"f{number:03}.py").write_text("\n" * number, encoding="utf-8")
    for name, content in special.items():
        (root / f"{name}.py").write_text(content, encoding="utf-8")


def lines(results: list[FileResult]) -> dict[str, int]:
    return {result.path: result.findings[0].place.line for result in results if result.findings}


def calls() -> list[str]:
    log = Path("../log")
    found = log.read_text(encoding="utf-8").split() if log.exists() else []
    log.unlink(missing_ok=True)
    return sorted(found)


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_is_told_for_every_file(root: Path, jobs: int) -> None:
    write(root, 5)
    told: list[tuple[int, int]] = []
    run = replace(RUN, jobs=jobs, progress=lambda done, total: told.append((done, total)))
    paths = [".", "missing.py"]  # what is missing is done at once
    assert len(list(check_paths(paths, run))) == 6
    assert told == [(done, 6) for done in range(2, 7)]


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_the_order_of_paths(root: Path, jobs: int) -> None:
    write(root, 60)
    results = list(check_paths([".", "missing.py"], replace(RUN, jobs=jobs)))
    assert [result.path for result in results] == [f"f{number:03}.py" for number in range(60)] + ["missing.py"]
    assert lines(results) == {f"f{number:03}.py": number for number in range(60)}
    assert [result.error for result in results if result.error] == ["no such file or folder"]


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_check_that_raises_costs_its_own_file(root: Path, jobs: int) -> None:
    write(root, 40, f010="raise")
    errors = {result.path: result.error for result in check_paths(["."], replace(RUN, jobs=jobs)) if result.error}
    assert errors == {"f010.py": "internal error: ValueError: no such rule"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("crash", "ended unexpectedly with exit status 7", id="exit"),
        pytest.param(
            "kill",
            "was killed by SIGKILL",
            marks=pytest.mark.skipif(os.name == "nt", reason="no such signal"),
            id="killed",
        ),
    ],
)
def test_a_process_that_dies_loses_one_file(root: Path, content: str, words: str) -> None:
    write(root, 60, f000=content, f017=content, f018=content, f059=content)
    results = list(check_paths(["."], replace(RUN, jobs=2)))
    lost = [0, 17, 18, 59]
    assert [result.path for result in results] == [f"f{number:03}.py" for number in range(60)]
    assert lines(results) == {f"f{number:03}.py": number for number in range(60) if number not in lost}
    errors = {result.path: str(result.error) for result in results if result.error}
    assert sorted(errors) == [f"f{number:03}.py" for number in lost]
    assert all(words in error and error.endswith("it was not checked") for error in errors.values())


def test_every_file_kills_its_process(root: Path) -> None:
    write(root, 12, **{f"f{number:03}": "crash" for number in range(12)})
    assert [bool(result.error) for result in check_paths(["."], replace(RUN, jobs=3))] == [True] * 12


@pytest.mark.parametrize(
    ("program", "words"),
    [
        pytest.param("/nowhere/python", "No such file or directory", id="none"),
        pytest.param("/bin/false", "one ended unexpectedly with exit status 1 when it was started", id="dies"),
        pytest.param("", "there is no Python interpreter to start", id="frozen"),
    ],
)
def test_where_no_process_starts_the_files_are_checked_here(
    root: Path, monkeypatch: pytest.MonkeyPatch, program: str, words: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    write(root, 40)
    told: list[str] = []
    results = list(check_paths(["."], replace(RUN, jobs=4, tell=told.append)))
    assert lines(results) == {f"f{number:03}.py": number for number in range(40)}
    assert len(told) == 1
    assert words in told[0]


def test_where_no_thread_starts_the_files_are_checked_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(crew.Thread, "start", refuse)
    write(root, 40)
    told: list[str] = []
    assert len(list(check_paths(["."], replace(RUN, jobs=2, tell=told.append)))) == 40
    assert told == ["no other process can check files (can't start new thread); going on in this one"]


@pytest.mark.parametrize(("count", "expected"), [pytest.param(31, 1, id="few"), pytest.param(32, 7, id="many")])
def test_default_number_of_processes(root: Path, monkeypatch: pytest.MonkeyPatch, count: int, expected: int) -> None:
    asked = [1]

    def in_processes(tasks: list[workers.Task], check: workers.Check, jobs: int, tell: object) -> object:
        asked[0] = jobs
        return workers.check_here(tasks, check)

    monkeypatch.setattr(workers, "usable_cpus", lambda: 7)
    monkeypatch.setattr(crew, "check_in_processes", in_processes)
    write(root, count)
    assert len(list(check_paths(["."], replace(RUN, jobs=None)))) == count
    assert asked == [expected]


def test_an_unreadable_file_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, 2)

    def refuse(path: str, *, given: bool) -> bytes:
        if Path(path).name == "f000.py":
            raise PermissionError(13, "Permission denied")
        return reading.read_bytes(path, given=given)

    monkeypatch.setattr(workers, "read_bytes", refuse)
    first, second = check_paths(["."], RUN)
    assert (first.error, second.error) == ("cannot read it: Permission denied", None)


def test_a_bad_configuration_is_reported_once_and_the_others_go_on(root: Path) -> None:
    write(root, 2)
    for name in ("bad/a.py", "bad/b.py", "bad/sub/c.py"):
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_text("", encoding="utf-8")

    def strict(folder: Path) -> Settings:
        if "bad" in folder.parts:
            raise ConfigError("bad/setup.cfg: unknown key")
        return Settings(Path.cwd())

    results = list(check_paths([".", "bad"], replace(RUN, settings_for=strict)))
    assert [(result.path, result.error) for result in results] == [
        ("bad/a.py", "bad/setup.cfg: unknown key (3 files were not checked)"),
        ("f000.py", None),
        ("f001.py", None),
    ]


def test_extend_exclude_of_the_settings(root: Path) -> None:
    write(root, 3)
    run = replace(RUN, settings_for=lambda folder: Settings(root, extend_exclude=("f001.py",)))
    assert [result.path for result in check_paths(["."], run)] == ["f000.py", "f002.py"]
    assert [result.path for result in check_paths(["f001.py"], run)] == ["f001.py"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_only_what_changed_is_checked_again(root: Path, jobs: int) -> None:
    run = replace(RUN, check=checkers.log_calls, cache=CacheLocation(root), jobs=jobs)
    write(root, 20, user="needs f003.py\nneeds missing.py\n")
    os.utime(root / "f003.py", ns=(0, 0))
    time.sleep(0.02)
    first = list(check_paths(["."], run))
    assert len(calls()) == 21
    assert list(check_paths(["."], run)) == first
    assert calls() == []
    write(root, 0, f003="changed\n", f005="\n")
    changed = list(check_paths(["."], run))
    assert calls() == ["f003.py", "f005.py", "user.py"]
    assert lines(changed) == {**lines(first), "f003.py": 1, "f005.py": 1}
    assert [result.path for result in check_paths(["f000.py", "./f001.py"], run)] == ["./f001.py", "f000.py"]
    assert list(check_paths(["."], replace(run, settings_for=lambda folder: Settings(root, ignore=("TLC1",)))))
    assert len(calls()) == 21


def test_each_result_is_there_as_soon_as_it_can_be_and_large_files_come_last(root: Path) -> None:
    write(root, 3, f001="much to do\n" * 10)
    found: list[str] = []
    results = list(check_as_ready([".", "missing.py"], RUN, found.extend, set()))
    assert found == ["f000.py", "f002.py", "f001.py"]
    assert [result.path for result in results] == ["missing.py", "f000.py", "f002.py", "f001.py"]


def test_what_depends_on_a_file_that_is_changed_meanwhile_is_no_result_for_later(root: Path) -> None:
    run = replace(RUN, check=checkers.log_calls, cache=CacheLocation(root))
    write(root, 3, user="needs f000.py\n", user2="needs f001.py\n")
    written: set[str] = set()
    for result in check_as_ready(["."], run, lambda paths: None, written):
        if result.path == "f000.py":
            write(root, 0, f000="changed\n")
            written.add(os.path.realpath("f000.py"))
    calls()
    assert len(list(check_paths(["."], run))) == 5
    assert calls() == ["f000.py", "user.py"]


def test_per_file_ignores_count_only_for_their_files(root: Path) -> None:
    run = replace(RUN, check=checkers.log_calls, cache=CacheLocation(root))
    write(root, 3)
    for ignored in ({"f001.py": ("TLC101",)}, {"f001.py": ("TLC101",), "f002.py": ("TLC1",)}):
        settings = Settings(root, per_file_ignores=ignored)
        list(check_paths(["."], replace(run, settings_for=lambda folder, settings=settings: settings)))
    assert calls() == ["f000.py", "f001.py", "f002.py", "f002.py"]


def test_errors_are_tried_again(root: Path) -> None:
    run = replace(RUN, cache=CacheLocation(root))
    write(root, 2, f001="raise")
    for _ in range(2):
        assert [bool(result.error) for result in check_paths(["."], run)] == [False, True]


def test_a_run_that_is_left_early_keeps_what_it_has(root: Path) -> None:
    run = replace(RUN, check=checkers.log_calls, cache=CacheLocation(root))
    write(root, 5)
    results = check_paths(["."], run)
    next(results)
    next(results)
    results.close()  # type: ignore[attr-defined]
    calls()
    assert len(list(check_paths(["."], run))) == 5
    assert calls() == ["f002.py", "f003.py", "f004.py"]


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: object, seconds: float = 15) -> bool:
    assert callable(condition)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


SCRIPT = """
import sys
from pathlib import Path
from tests.engine import checkers
from torchlint.engine.project import RunOptions, check_paths
from torchlint.engine.settings import Settings

if __name__ == "__main__":
    run = RunOptions(lambda folder: Settings(Path.cwd()), jobs=2, check=checkers.sleep_long)
    try:
        list(check_paths(["."], run))
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_leaves_no_process(root: Path) -> None:
    write(root, 40)
    script = root.parent / "run.py"
    script.write_text(SCRIPT, encoding="utf-8")
    log = Path("../log")
    process = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stderr is not None
    with process.stderr:
        assert wait_until(lambda: log.exists() and len(log.read_text(encoding="utf-8").split()) == 2)
        workers_seen = [int(line) for line in log.read_text(encoding="utf-8").split()]
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stderr.read() == ""
        assert wait_until(lambda: not any(alive(worker) for worker in workers_seen))


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_idle_process_ends_with_the_one_that_started_it(root: Path) -> None:
    script = root.parent / "run.py"
    script.write_text(
        "import os, signal, time\n"
        "from tests.engine import checkers\n"
        "from torchlint.engine import crew\n"
        "if __name__ == '__main__':\n"
        "    worker = crew.Worker(checkers.count_lines)\n"
        "    worker.wait_until_ready()\n"
        "    print(worker.process.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    ran = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, check=False)
    worker = int(ran.stdout)
    assert wait_until(lambda: not alive(worker))
