"""``--fix`` of many files: each is written as soon as it can be, and results stay true."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.frontends.commands import check
from tests.safety.killing import FAULT, FIXED
from torchlint.engine import fix, workers
from torchlint.frontends import uncommitted

if TYPE_CHECKING:
    from torchlint.engine.workers import Check, Checked, Task


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def texts() -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(Path().glob("*.py"))}


def when_checked(monkeypatch: pytest.MonkeyPatch, name: str) -> list[dict[str, str]]:
    """What all files have in them at the moment when the file ``name`` is to be checked."""
    seen = []
    check_file = workers.check_file

    def look(task: Task, check: Check) -> Checked:
        if task.path == name:
            seen.append(texts())
        return check_file(task, check)

    monkeypatch.setattr(workers, "check_file", look)
    return seen


def test_other_files_do_not_wait_for_a_slow_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b.py", "c.py"):
        Path(name).write_text(FAULT)
    Path("a.py").write_text(FAULT + "# and much more that takes long\n")
    seen = when_checked(monkeypatch, "a.py")
    ran = check("--fix", "--output-format", "concise")
    assert (ran.status, ran.err) == (0, "")
    assert [(each["b.py"], each["c.py"]) for each in seen] == [(FIXED, FIXED)]


def test_a_diff_is_in_the_order_of_paths() -> None:
    Path("a.py").write_text(FAULT + "# large\n")
    Path("b.py").write_text(FAULT)
    ran = check("--diff")
    assert ran.out.index("+++ b/a.py") < ran.out.index("+++ b/b.py")
    assert FIXED not in texts().values()


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three faulty files, of which ``c.py`` is checked last."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    for number, name in enumerate(("a.py", "b.py", "c.py")):
        Path(name).write_text(FAULT + "#\n" * number)
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")


@pytest.mark.usefixtures("repository")
def test_git_is_asked_once_and_files_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = uncommitted.uncommitted
    monkeypatch.setattr(uncommitted, "uncommitted", lambda paths: asked.append(list(paths)) or real(paths))
    seen = when_checked(monkeypatch, "c.py")
    assert check("--fix", "--output-format", "concise").status == 0
    assert asked == [["a.py", "b.py", "c.py"]]
    assert FAULT not in seen[0].values()


@pytest.mark.usefixtures("repository")
def test_nothing_is_written_where_the_last_file_would_be_and_has_uncommitted_changes() -> None:
    Path("c.py").write_text(FAULT + "# not committed\n")
    before = texts()
    ran = check("--fix")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.endswith("  c.py\n")
    assert texts() == before


@pytest.mark.usefixtures("repository")
def test_files_wait_only_for_those_with_uncommitted_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("b.py").write_text(
        "import torch\n# not committed, and nothing to fix in all this, which is larger than a.py\n" * 4
    )
    b, c = when_checked(monkeypatch, "b.py"), when_checked(monkeypatch, "c.py")
    Path("c.py").write_text(FAULT + "#\n" * 300)
    git("commit", "-q", "-m", "second", "--", "c.py")
    assert check("--fix", "--output-format", "concise").status == 0
    assert b[0]["a.py"] == FAULT
    assert c[0]["a.py"] == FIXED


@pytest.mark.usefixtures("repository")
def test_a_link_and_what_it_leads_to_are_both_uncommitted() -> None:
    Path("link.py").symlink_to("a.py")
    Path("a.py").write_text("x = 1\n")
    assert uncommitted.uncommitted(["a.py", "link.py"]) == ["a.py", "link.py"]


def test_what_was_saved_while_it_was_fixed_is_told_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text(FAULT)
    Path("b.py").write_text(FAULT)
    fix_source = fix.fix_source

    def save(*arguments: object) -> fix.FixResult:
        result = fix_source(*arguments)
        if result.before.path == "a.py":
            Path("a.py").write_text("x = 1\n")
        return result

    monkeypatch.setattr(fix, "fix_source", save)
    ran = check("--fix")
    assert (ran.status, ran.err) == (2, "error: a.py: cannot be fixed: it was changed meanwhile\n")
    assert texts() == {"a.py": "x = 1\n", "b.py": FIXED}


def test_comments_go_to_what_is_there_now(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text(FAULT)
    check_file = workers.check_file

    def save(task: Task, check: Check) -> Checked:
        checked = check_file(task, check)
        Path("a.py").write_text("# a new line\n" + FAULT)
        return checked

    monkeypatch.setattr(workers, "check_file", save)
    ran = check("--add-noqa")
    assert (ran.status, ran.err) == (0, "a.py: suppressed 1 with noqa comments\n")
    expected = FAULT.replace("dtype=torch.bool)\n", "dtype=torch.bool)  # noqa: TLC101\n")
    assert Path("a.py").read_text() == "# a new line\n" + expected


def test_what_a_baseline_knows_is_not_gone_because_others_were_fixed() -> None:
    Path("a.py").write_text(FAULT)
    assert check("--write-baseline", "known.json").status == 0
    Path("a.py").write_text(FAULT.replace("self.mask", "self.other") + FAULT.replace("Net", "Other"))
    ran = check("--fix", "--baseline", "known.json", "--output-format", "concise")
    assert (ran.status, ran.err) == (0, "")
    assert Path("a.py").read_text().count("register_buffer") == 1
