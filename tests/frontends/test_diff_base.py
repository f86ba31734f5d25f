"""``--diff-base``: only findings on lines that were changed since a git revision, with real git."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import places
import pytest
from commands import check, check_json
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from torchlint.frontends.changed_lines import ChangedLines
from torchlint.frontends.seams import Sources

FAULT = "import torch\n\nx = torch.ones(3)\nx.abs()\nprint(x)\n"
NEW = "x.exp()\nprint(x)\n"


@pytest.fixture(autouse=True)
def made_up_rules():
    """The real rules, unlike in the other tests of this folder."""


def git(*arguments):
    who = ("-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True).stdout


def commit():
    git("add", "-A")
    git("commit", "-q", "-m", "x")


@pytest.fixture(autouse=True)
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    git("init", "-q")
    Path("pyproject.toml").write_text("")
    Path("a.py").write_text(FAULT)
    commit()
    return tmp_path


def since(revision="HEAD", *arguments):
    return check_json("--diff-base", revision, *arguments).found


def test_nothing_has_changed():
    ran = check("--diff-base", "HEAD")
    assert ran.status == 0
    assert ran.out.endswith("Not shown: 1 finding, known or on unchanged lines.\n")


def test_a_new_line():
    Path("a.py").write_text(f"# moved\n{FAULT}{NEW}")
    assert since() == [("a.py", None, 7, "TLC207")]


def test_staged_and_committed_lines():
    Path("a.py").write_text(f"{FAULT}{NEW}")
    git("add", "-A")
    assert since() == [("a.py", None, 6, "TLC207")]
    commit()
    assert since() == []
    assert since("HEAD~1") == [("a.py", None, 6, "TLC207")]


def test_an_untracked_file_is_new():
    Path("b.py").write_text(FAULT)
    assert since() == [("b.py", None, 4, "TLC207")]
    Path(".gitignore").write_text("c.py\n")
    Path("c.py").write_text(FAULT)
    assert since("HEAD", "c.py") == [("c.py", None, 4, "TLC207")]


def test_a_renamed_file_is_the_old_one():
    git("mv", "a.py", "größe b.py")
    assert since() == []
    Path("größe b.py").write_text(f"{FAULT}{NEW}", encoding="utf-8")
    assert since() == [("größe b.py", None, 6, "TLC207")]


def test_line_endings_are_no_change():
    Path("a.py").write_bytes(f"{FAULT}{NEW}".replace("\n", "\r\n").encode())
    assert since() == [("a.py", None, 6, "TLC207")]


def test_a_fault_counts_where_it_surfaces():
    Path("s.py").write_text(places.STORY.replace(".backward()", ""), encoding="utf-8")
    commit()
    Path("s.py").write_text(places.STORY, encoding="utf-8")
    assert since() == [("s.py", None, 4, "TLC202")]


def test_notebooks_by_the_lines_of_cells():
    path = Path("n.ipynb")
    path.write_bytes(places.notebook([FAULT, NEW], indent=1))
    commit()
    path.write_bytes(places.notebook(["print(1)", FAULT, NEW], indent=None))
    assert since() == []
    path.write_bytes(
        places.notebook(["%matplotlib inline", FAULT, "x.sin()\n" + NEW, NEW.replace("exp", "cos")], indent=1)
    )
    assert since() == [("n.ipynb", 6, 1, "TLC207"), ("n.ipynb", 8, 1, "TLC207")]


def test_a_branch_since_it_left():
    git("checkout", "-q", "-b", "topic")
    Path("a.py").write_text(f"{FAULT}{NEW}")
    commit()
    git("checkout", "-q", "main")
    Path("a.py").write_text("import torch\n")
    commit()
    git("checkout", "-q", "topic")
    assert since("main...") == [("a.py", None, 6, "TLC207")]
    assert len(since("main")) == 2


def test_from_a_folder_inside(monkeypatch):
    Path("src").mkdir()
    Path("src/b.py").write_text(FAULT)
    commit()
    Path("src/b.py").write_text(f"{FAULT}{NEW}")
    monkeypatch.chdir("src")
    assert since() == [("b.py", None, 6, "TLC207")]
    assert since("HEAD", "..") == [("../src/b.py", None, 6, "TLC207")]


def test_a_hook_of_another_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere"))
    assert since() == []


def test_two_repositories(tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    git("init", "-q")
    Path("b.py").write_text(FAULT)
    commit()
    Path("b.py").write_text(f"{FAULT}{NEW}")
    assert since("HEAD", "b.py", "../a.py") == [("b.py", None, 6, "TLC207")]


def test_a_file_that_cannot_be_looked_at_counts_where_it_has_changed():
    Path("broken.py").write_text("import torch\nx = (\n)\n")
    Path("old.py").write_text("import torch\nx = (\n")
    Path("old.ipynb").write_text("{")
    commit()
    Path("broken.py").write_text("import torch\nx = (\n")
    assert since() == [("broken.py", None, 2, "TLC001")]
    Path("old.ipynb").write_text("[")
    assert ("old.ipynb", None, 1, "TLC001") in since()


def test_standard_input():
    ran = check_json("--diff-base", "HEAD", "--stdin-filename", "a.py", "-", stdin=f"{FAULT}{NEW}".encode())
    assert ran.found == [("a.py", None, 6, "TLC207")]
    assert check_json("--diff-base", "HEAD", "-", stdin=FAULT.encode()).found == [("-", None, 4, "TLC207")]


def test_only_changed_lines_are_fixed():
    Path("a.py").write_text(f"{FAULT}{NEW}")
    ran = check("--diff-base", "HEAD", "--fix", "--allow-dirty", "--unsafe-fixes")
    assert ran.status == 0
    assert Path("a.py").read_text() == f"{FAULT}x = x.exp()\nprint(x)\n"


def test_several_processes():
    for number in range(4):
        Path(f"f{number}.py").write_text(FAULT)
    commit()
    Path("f3.py").write_text(f"{FAULT}{NEW}")
    assert since("HEAD", "--jobs", "2") == [("f3.py", None, 6, "TLC207")]


def test_baseline_and_revision_together():
    Path("a.py").write_text(f"{FAULT}{NEW}")
    check("--write-baseline", "known.json")
    Path("a.py").write_text(f"{FAULT}{NEW}x.sin()\nprint(x)\n")
    assert since("HEAD", "--baseline", "known.json") == [("a.py", None, 8, "TLC207")]


@pytest.mark.parametrize("revision", ["nothing", "", "-x", "HEAD~9", "HEAD:a.py", "nothing..."])
def test_no_such_revision(revision, repository):
    ran = check(f"--diff-base={revision}")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(
        f"error: --diff-base: git knows no commit {revision.removesuffix('...')!r} in {repository}"
    )


def test_no_repository(tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("none"))
    ran = check("--diff-base", "HEAD")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"error: --diff-base: {Path.cwd()} is not in a git repository\n"


def test_no_git(monkeypatch):
    monkeypatch.setenv("PATH", "")
    ran = check("--diff-base", "HEAD")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: --diff-base needs git, which cannot be started: ")


LINES = st.lists(st.sampled_from(["a", "b", "c", "", "d", "eé", "@@ -1 +1 @@", "\\", "\x00"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(LINES, LINES)
def test_the_changed_lines_are_those_of_git_diff(repository, before, after):
    path = Path("t.py")
    path.write_text("".join(f"{each}\n" for each in before), encoding="utf-8", newline="\n")
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", "x")
    path.write_text("".join(f"{each}\n" for each in after), encoding="utf-8", newline="\n")
    sources = Sources({})
    changed = sorted(line for _, line in ChangedLines("HEAD", ["."], sources)._of(sources.get("t.py")))
    hunks = re.findall(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", git("diff", "-U0", "--text", "--", "t.py"), re.MULTILINE)
    assert changed == [line for start, count in hunks for line in range(int(start), int(start) + int(count or 1))]


def test_the_users_settings_of_git_change_nothing(tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text(
        "[color]\nui = always\n[core]\npager = false\nquotePath = true\n"
        "[diff]\nexternal = false\nnoprefix = true\nmnemonicPrefix = true\nrenames = false\nrelative = true\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    Path("a.py").write_text(f"{FAULT}{NEW}")
    assert since() == [("a.py", None, 6, "TLC207")]
    git("mv", "a.py", "é.py")
    assert since() == [("é.py", None, 6, "TLC207")]


def test_a_large_file_takes_no_time():
    text = "".join(f"def f{number % 50}():\n\n    return {number % 7}\n\n" for number in range(5000))
    Path("large.py").write_text(FAULT + text)
    commit()
    Path("large.py").write_text(f"# new\n{FAULT}{text.replace('return 3', 'return 9')}{NEW}")
    sources = Sources({})
    before = time.process_time()
    changed = ChangedLines("HEAD", ["."], sources)._of(sources.get("large.py"))
    assert time.process_time() - before < 2
    assert len(changed) == 1 + text.count("return 3") + NEW.count("\n")
