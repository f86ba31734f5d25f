"""Which files a run looks at."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from torchlint.engine import discovery
from torchlint.engine.discovery import DEFAULT_EXCLUDES, Exclusion, Listed, discover
from torchlint.engine.ignore import IgnorePatterns

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
needs_symlinks = pytest.mark.skipif(os.name == "nt", reason="symlinks need rights on Windows")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("", encoding="utf-8")


def ignore(root: Path, folder: str, *patterns: str) -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / ".gitignore").write_text("\n".join(patterns) + "\n", encoding="utf-8")


def shown(*paths: str) -> list[str]:
    listed = discover(paths)
    assert all(each.error is None for each in listed), listed
    return [each.path for each in listed]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(["."], ["a.py", "src/b.py"], id="here"),
        pytest.param(["./"], ["a.py", "src/b.py"], id="here-with-slash"),
        pytest.param(["src"], ["src/b.py"], id="folder"),
        pytest.param(["src/"], ["src/b.py"], id="folder-with-slash"),
        pytest.param(["./src"], ["./src/b.py"], id="as-given"),
        pytest.param(["src/.."], ["src/../a.py", "src/../src/b.py"], id="parent"),
        pytest.param(["src", "a.py"], ["a.py", "src/b.py"], id="sorted"),
        pytest.param(["a.py", "./a.py", ".", "src/b.py"], ["a.py", "src/b.py"], id="no-duplicates"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_shown_paths(root: Path, given: list[str], expected: list[str]) -> None:
    make(root, "a.py", "src/b.py", "src/readme.txt")
    assert shown(*given) == expected


def test_absolute_folder(root: Path) -> None:
    make(root, "src/b.py")
    assert [each.absolute for each in discover([str(root)])] == shown(str(root)) == [f"{root.as_posix()}/src/b.py"]


def test_suffixes(root: Path) -> None:
    make(root, "a.py", "b.pyi", "c.ipynb", "d.pyc", "e.txt", "py", ".py")
    assert shown(".") == [".py", "a.py", "b.pyi", "c.ipynb"]


@pytest.mark.parametrize("name", sorted(DEFAULT_EXCLUDES))
def test_default_excludes(root: Path, name: str) -> None:
    make(root, f"{name}/a.py", f"src/{name}/b.py", "src/c.py")
    assert shown(".") == ["src/c.py"]
    assert shown(name) == [f"{name}/a.py"]


def test_a_file_given_by_name_is_always_listed(root: Path) -> None:
    make(root, "build/gen.py", "script", "ignored.py")
    ignore(root, ".", "ignored.py")
    assert shown("build/gen.py", "script", "ignored.py") == ["build/gen.py", "ignored.py", "script"]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        pytest.param(["*.py"], [], id="suffix"),
        pytest.param(["/a.py"], ["sub/a.py", "sub/b.py"], id="anchored"),
        pytest.param(["sub/"], ["a.py"], id="folder"),
        pytest.param(["sub"], ["a.py"], id="name"),
        pytest.param(["a.py/"], ["a.py", "sub/a.py", "sub/b.py"], id="folder-pattern-and-file"),
        pytest.param(["*.py", "!b.py"], ["sub/b.py"], id="negated"),
        pytest.param(["sub/", "!sub/b.py"], ["a.py"], id="no-way-back-from-an-ignored-folder"),
        pytest.param(["sub/*", "!sub/b.py"], ["a.py", "sub/b.py"], id="way-back-from-its-content"),
        pytest.param(["# *.py", "", "   ", "\\", "["], ["a.py", "sub/a.py", "sub/b.py"], id="nothing-said"),
        pytest.param(["a.py\r"], ["sub/b.py"], id="crlf"),
        pytest.param(["**/b.py"], ["a.py", "sub/a.py"], id="two-stars"),
    ],
)
def test_gitignore(root: Path, patterns: list[str], expected: list[str]) -> None:
    make(root, "a.py", "sub/a.py", "sub/b.py")
    ignore(root, ".", *patterns)
    assert shown(".") == expected


def test_nested_gitignore_decides_first(root: Path) -> None:
    make(root, "a.py", "sub/a.py", "sub/b.py")
    ignore(root, ".", "a.py")
    ignore(root, "sub", "!a.py", "/b.py")
    assert shown(".") == ["sub/a.py"]


def test_gitignore_with_a_byte_order_mark_and_bytes_that_are_no_utf8(root: Path) -> None:
    make(root, "a.py", "b.py")
    (root / ".gitignore").write_bytes(b"\xef\xbb\xbfa.py\n\xff\xfe\n")
    assert shown(".") == ["b.py"]


def test_ignore_files_above_the_given_folder(root: Path) -> None:
    make(root, "repo/pkg/sub/a.py", "repo/pkg/sub/b.py", "repo/pkg/sub/c.py", "repo/pkg/sub/d.py")
    (root / "repo/.git/info").mkdir(parents=True)
    (root / "repo/.git/info/exclude").write_text("c.py\n", encoding="utf-8")
    ignore(root, "repo", "a.py", "d.py")
    ignore(root, "repo/pkg", "!d.py")
    ignore(root, ".", "b.py")  # above the repository: not git's business
    assert shown("repo/pkg/sub") == ["repo/pkg/sub/b.py", "repo/pkg/sub/d.py"]


def test_no_repository_no_ignore_files_above(root: Path) -> None:
    make(root, "pkg/a.py")
    ignore(root, ".", "a.py")
    assert shown("pkg") == ["pkg/a.py"]
    assert shown(".") == []


def test_an_ignored_folder_given_by_name_is_walked(root: Path) -> None:
    make(root, "out/a.py", "out/b.py", "out/deep/c.py")
    (root / ".git").mkdir()
    ignore(root, ".", "out/")
    ignore(root, "out", "b.py")
    assert shown("out") == ["out/a.py", "out/deep/c.py"]
    assert shown("out/deep") == ["out/deep/c.py"]


def test_exclude_file_of_a_linked_worktree(root: Path) -> None:
    make(root, "tree/a.py", "tree/b.py")
    (root / "main/.git/info").mkdir(parents=True)
    (root / "main/.git/info/exclude").write_text("b.py\n", encoding="utf-8")
    (root / "main/.git/worktrees/tree").mkdir(parents=True)
    (root / "main/.git/worktrees/tree/commondir").write_text("../..\n", encoding="utf-8")
    (root / "tree/.git").write_text(f"gitdir: {root}/main/.git/worktrees/tree\n", encoding="utf-8")
    assert shown("tree") == ["tree/a.py"]


def test_extend_exclude_is_relative_to_its_configuration_and_cannot_be_negated(root: Path) -> None:
    make(root, "conf/src/a.py", "conf/src/gen/b.py", "conf/src/c_pb2.py")
    ignore(root, "conf/src", "!gen", "!c_pb2.py")
    excludes = Exclusion(((str(root / "conf"), ("src/gen", "*_pb2.py")),))
    asked: list[str] = []

    def excludes_for(folder: str) -> Exclusion:
        asked.append(folder)
        return excludes

    assert [each.path for each in discover(["conf/src"], excludes_for)] == ["conf/src/a.py"]
    assert asked == [str(root / "conf/src")]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        pytest.param("conf/src/a.py", True, id="kept"),
        pytest.param("conf/src/gen/deep/b.py", False, id="in an excluded folder"),
        pytest.param("conf/src/c_pb2.py", False, id="excluded by its name"),
        pytest.param("conf/venv/d.py", False, id="in a folder that is always excluded"),
        pytest.param("venv/e.py", True, id="the settings are not of that folder"),
    ],
)
def test_forced_excludes_hold_for_files_given_by_name(root: Path, path: str, kept: bool) -> None:
    make(root, path)
    excludes = Exclusion(((str(root / "conf"), ("src/gen/", "*_pb2.py")),))
    assert [each.path for each in discover([path], lambda folder: excludes)] == [path]
    assert [each.path for each in discover([path], lambda folder: excludes, force=True)] == [path] * kept


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("models/ney.py", "models/net.py"),
        ("modles/net.py", "models/net.py"),
        ("modles/neet.py", "models/net.py"),
        ("models/net", "models/net.py"),
        ("model", "models"),
        ("modelz/", "models"),
        ("models/notes.tx", None),
        ("a.pz/b.py", None),
        ("else/where/net.py", None),
        ("", None),
    ],
)
def test_what_a_missing_path_may_have_meant(root: Path, given: str, meant: str | None) -> None:
    make(root, "models/net.py", "models/notes.txt", "a.py")
    (listed,) = discover([given])
    assert listed.error == "no such file or folder" + (f"; did you mean {meant!r}?" if meant else "")


def test_missing_paths_are_reported_and_the_others_go_on(root: Path) -> None:
    make(root, "a.py")
    by_path = {each.path: each.error for each in discover(["nothing.py", "a.py", "nu\0l.py"])}
    assert len(by_path) == 3
    assert by_path["a.py"] is None
    assert by_path["nothing.py"] == "no such file or folder"
    assert "null" in str(by_path["nu\0l.py"])


@needs_symlinks
def test_symlinks(root: Path) -> None:
    make(root, "real/a.py", "elsewhere/b.py")
    make(root, "pkg/c.py")
    (root / "pkg/link.py").symlink_to(root / "real/a.py")
    (root / "pkg/broken.py").symlink_to("nowhere.py")
    (root / "pkg/itself.py").symlink_to("itself.py")
    (root / "pkg/loop").symlink_to(".")
    (root / "pkg/again").symlink_to("../elsewhere")
    (root / "pkg/more").symlink_to("../elsewhere")
    assert shown("pkg") == ["pkg/again/b.py", "pkg/c.py", "pkg/link.py"]


@needs_symlinks
def test_a_file_is_shown_by_its_real_path_where_that_is_walked_too(root: Path) -> None:
    make(root, "z/a.py")
    (root / "a").symlink_to("z")
    assert shown(".") == ["z/a.py"]
    assert shown("a") == ["a/a.py"]


@needs_symlinks
@pytest.mark.parametrize(
    ("target", "words"),
    [
        pytest.param("nowhere.py", "points to 'nowhere.py', which does not exist", id="broken"),
        pytest.param("link.py", "cannot read it", id="loop"),
    ],
)
def test_a_bad_symlink_given_by_name_is_an_error(root: Path, target: str, words: str) -> None:
    (root / "link.py").symlink_to(target)
    (listed,) = discover(["link.py"])
    assert words in str(listed.error)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_pipes_in_folders_are_passed_by(root: Path) -> None:
    os.mkfifo(root / "pipe.py")
    assert shown(".") == []


def test_an_unreadable_folder_is_reported_and_the_others_go_on(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(root, "good/a.py", "secret/b.py")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("secret"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(discovery.os, "scandir", refuse)
    assert discover(["."]) == [
        Listed("good/a.py", str(root / "good/a.py")),
        Listed("secret", str(root / "secret"), "cannot read this folder: Permission denied"),
    ]


def test_deep_folders(root: Path) -> None:
    folder = root
    for _ in range(300):
        folder = folder / "d"
    try:
        folder.mkdir(parents=True)
    except OSError:
        pytest.skip("this file system has no paths that long")
    make(folder, "a.py")
    assert shown(".") == ["d/" * 300 + "a.py"]


PATTERNS = (
    """
*.py|a.py|/a.py|!a.py|src/|/src|!src/|src/*|!src/a.py|**/a.py|a/**/b.py|a/**|!b.py|lib/b.py|*|!*/|/*|!/src|!/src/|b|!b
[ab].py|?.py|\\!a.py|src/**/a.py|!lib|!*.py|!|/|[|a[|**|lib/|[!a].py|[a-b]*|[[:alpha:]].py|[]a].py|[a\\]].py|\\a.py|a\\
a.p[^z]|***/a.py|s**c/a.py|lib/**/|**/src/*|src/**|/**/b.py|*a*/*|a//b.py|//a.py|[b-a].py|[/]a.py|src[/]a.py|src?a.py
[[:foo:]].py|[a-|# c|a.py |a.py\\ |a.py\t|
""".strip()
    .replace("\n", "|")
    .split("|")
)


@needs_git
@pytest.mark.parametrize("seed", range(40))
def test_what_is_ignored_is_what_git_ignores(root: Path, seed: int) -> None:
    choose = random.Random(seed)
    subprocess.run(["git", "init", "-q", "."], check=True)
    folders = [""]
    for _ in range(6):
        folders.append(f"{choose.choice(folders)}{choose.choice(['a', 'b', 'src', 'lib'])}/")
    for folder in dict.fromkeys(folders):
        make(root, f"{folder}a.py", f"{folder}b.py")
        if not folder or choose.random() < 0.5:
            ignore(root, folder, *choose.choices(PATTERNS, k=choose.randint(1, 4)))
    exclude = Path(".git/info/exclude")
    exclude.parent.mkdir(exist_ok=True)
    exclude.write_text("\n".join(choose.choices(PATTERNS, k=choose.randint(0, 2))) + "\n", encoding="utf-8")
    arguments = ["git", "-c", "core.excludesFile=", "ls-files", "--others", "--exclude-standard"]
    listed = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.splitlines()
    assert shown(".") == sorted(path for path in listed if path.endswith(".py"))


@pytest.mark.parametrize("glob", ["", "#", "!", "/", "[", "[!", "[a-", "[[:x:]]", "a\\"])
def test_patterns_that_match_nothing(glob: str) -> None:
    patterns = IgnorePatterns.of("/base", [glob])
    assert patterns is None
