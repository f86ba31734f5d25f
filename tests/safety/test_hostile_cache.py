"""The cache in the hands of strangers: what a cloned repository, another user or a full disk can make of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from torchlint.engine.sealed_store import user_folder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes, owners and pipes are POSIX's")

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
OLD_FOLDER = ".torchlint_cache"
FAULTY = "import torch\n\nw = torch.zeros(3, requires_grad=True)\nw.add_(1)\n"
SOMEBODY = 12345

# What SQLite takes for the journal of a transaction over several databases that a crash cut short.
JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
PAGE = 4096
LOCK_PAGE = 2**30 // PAGE + 1


def hot_journal(target: Path) -> bytes:
    """A rollback journal without pages that names ``target`` as its super-journal."""
    name = os.fsencode(target)
    header = b"".join([JOURNAL_MAGIC, *(number.to_bytes(4, "big") for number in (0, 0, 1, 512, PAGE))])
    tail = [LOCK_PAGE.to_bytes(4, "big"), name, len(name).to_bytes(4, "big"), sum(name).to_bytes(4, "big")]
    return header.ljust(512, b"\0") + b"".join([*tail, JOURNAL_MAGIC])


class Repository:
    """A cloned repository with one fault in it, a user with a cache, and a folder of theirs beside it."""

    def __init__(self, root: Path) -> None:
        self.folder, self.caches, self.outside = root / "repository", root / "caches", root / "outside"
        for each in (self.folder, self.caches, self.outside):
            each.mkdir()
        (self.folder / "a.py").write_text(FAULTY, encoding="utf-8")
        self.target = self.outside / "thesis.tex"
        self.target.write_text("years of work", encoding="utf-8")
        self.cache = self.caches / "torchlint"

    def run(self, *arguments: str, before: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "torchlint", "check", "--output-format", "concise", *arguments]
        if before:
            command = ["sh", "-c", f'{before}; exec "$@"', "sh", *command]
        env = {**os.environ, "XDG_CACHE_HOME": str(self.caches), **env}
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=120)

    def check(self, *arguments: str, said: str = "", **env: str) -> None:
        """Run twice; the fault must be found, nothing else said, and nothing done to what is not torchlint's."""
        before = snapshot(self.outside)
        for _ in range(2):
            ran = self.run(*arguments, **env)
            assert "TLC201" in ran.stdout
            assert ran.returncode == 1
            assert ran.stderr.count("\n") == bool(said)
            assert said in ran.stderr
        assert snapshot(self.outside) == before

    def store(self, folder: Path | None = None) -> Path:
        (found,) = (folder or self.cache).glob("*.results")
        return found


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """All that is in a folder: kinds and modes, times, contents."""
    found = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        status = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
        found[str(path)] = (status.st_mode, status.st_mtime_ns, content)
    return found


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.mark.parametrize("arguments", [(), ("--cache-dir", OLD_FOLDER)], ids=["default", "cache-dir"])
def test_a_hostile_journal_deletes_nothing(repository: Repository, arguments: tuple[str, ...]) -> None:
    folder = repository.folder / OLD_FOLDER
    folder.mkdir(0o700)
    (folder / "results.db").write_bytes((b"SQLite format 3\0" + PAGE.to_bytes(2, "big")).ljust(PAGE, b"\0"))
    for name in ("results.db-journal", "results.db-wal", "results.db-shm"):
        (folder / name).write_bytes(hot_journal(repository.target))
    before = snapshot(folder)
    repository.check(*arguments)
    after = snapshot(folder)
    assert {name: after[name][2] for name in before} == {name: before[name][2] for name in before}


@pytest.mark.parametrize(
    "arguments",
    [(), ("--jobs", "2"), ("--diff", "--unsafe-fixes"), ("--statistics",), ("--no-cache",)],
    ids=" ".join,
)
def test_nothing_is_written_into_the_tree(repository: Repository, arguments: tuple[str, ...]) -> None:
    folder = repository.folder / OLD_FOLDER
    folder.mkdir()
    (folder / "results.db").write_bytes(b"of an older version")
    (folder / ".gitignore").write_bytes(b"")
    (repository.folder / "b.py").write_text(FAULTY, encoding="utf-8")
    before = snapshot(repository.folder)
    assert repository.run(*arguments).stdout
    assert snapshot(repository.folder) == before


def test_no_link_is_followed(repository: Repository) -> None:
    (repository.folder / OLD_FOLDER).symlink_to("../outside")
    (repository.folder / "cache").symlink_to("../outside", target_is_directory=True)
    repository.check()
    repository.check("--cache-dir", OLD_FOLDER, said="--cache-dir: .torchlint_cache keeps no results: a symbolic link")
    repository.check("--cache-dir", "cache/torchlint", said="leads it out of the working folder")
    repository.check("--cache-dir", str(repository.folder / "cache/deep/er"), said="a symbolic link leads it")
    link = repository.caches / "link"
    link.symlink_to("../outside", target_is_directory=True)
    repository.check("--cache-dir", str(link), said="it is a symbolic link")


def test_the_users_own_links_above_the_cache_are_theirs(repository: Repository) -> None:
    link = repository.caches / "link"
    link.symlink_to("real", target_is_directory=True)
    (repository.caches / "real").mkdir()
    repository.check(XDG_CACHE_HOME=str(link))
    assert repository.store(repository.caches / "real/torchlint").stat().st_size


FORGE = """
import sys
from torchlint.engine import check
from torchlint.frontends.cli import main
check.check_source = lambda source, settings: check.FileResult(source.path, ())
sys.exit(main(sys.argv[1:]))
"""


def test_a_forged_result_is_not_believed(repository: Repository) -> None:
    command = [sys.executable, "-c", FORGE, "check", "--cache-dir", "kept", "--jobs", "1"]
    for caches in ("forgers", "caches"):
        env = {**os.environ, "XDG_CACHE_HOME": str(repository.folder.parent / caches)}
        subprocess.run(command, cwd=repository.folder, env=env, check=True, capture_output=True)
        ran = repository.run("--cache-dir", "kept")
        # Only who has the user's own key could forge it: that this is believed shows that the forgery is a good one.
        assert ("TLC201" in ran.stdout) is (caches == "forgers")
        for each in (repository.folder / "kept").iterdir():
            each.unlink()


def test_only_the_user_can_look_into_it(repository: Repository) -> None:
    repository.check()
    repository.check("--cache-dir", "kept")
    kept = repository.folder / "kept"
    for folder in (repository.cache, kept):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    assert not (kept / "key").exists()
    key = (repository.cache / "key").read_bytes()
    assert len(key) == 32
    assert len({*key}) > 8


def test_the_key_is_never_shown(repository: Repository) -> None:
    repository.check()
    key = (repository.cache / "key").read_bytes()
    (repository.caches / "torchlint").chmod(0o777)
    for arguments in ((), ("--cache-dir", "kept")):
        ran = repository.run(*arguments)
        for shown in (key.hex(), repr(key), key.decode("latin-1")):
            assert shown not in ran.stdout + ran.stderr


def writable_by_others(repository: Repository) -> None:
    repository.cache.chmod(0o777)


def writable_by_the_group(repository: Repository) -> None:
    repository.cache.chmod(0o770)


def belongs_to_somebody(repository: Repository) -> None:
    os.chown(repository.cache, SOMEBODY, SOMEBODY)


def is_a_link(repository: Repository) -> None:
    repository.cache.rename(repository.caches / "real")
    repository.cache.symlink_to("real")


def is_a_dangling_link(repository: Repository) -> None:
    repository.cache.rename(repository.caches / "real")
    repository.cache.symlink_to("../outside/new")


def is_a_pipe(repository: Repository) -> None:
    repository.cache.rename(repository.caches / "real")
    os.mkfifo(repository.cache)


FOLDERS = [
    pytest.param(writable_by_others, "is open to others"),
    pytest.param(writable_by_the_group, "is open to others"),
    pytest.param(belongs_to_somebody, "belongs to somebody", marks=pytest.mark.skipif(not AS_ROOT, reason="no root")),
    pytest.param(is_a_link, "symbolic link"),
    pytest.param(is_a_dangling_link, "symbolic link"),
    pytest.param(is_a_pipe, "no folder"),
]


@pytest.mark.parametrize(("change", "why"), FOLDERS, ids=lambda each: getattr(each, "__name__", None))
def test_a_folder_that_is_not_the_users_alone_is_not_used(repository: Repository, change: object, why: str) -> None:
    assert callable(change)
    repository.check()
    change(repository)
    before = snapshot(repository.caches)
    repository.check()
    repository.check("--cache-dir", str(repository.caches / "good"), said="cannot be used")  # its key would be there
    assert snapshot(repository.caches) == before
    own = repository.folder.parent / "own"
    repository.check("--cache-dir", str(repository.cache), said=why, XDG_CACHE_HOME=str(own))
    assert snapshot(repository.caches) == before


def linked(path: Path, outside: Path) -> None:
    path.unlink()
    path.symlink_to(outside / "thesis.tex")


def piped(path: Path, outside: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def shared(path: Path, outside: Path) -> None:
    path.chmod(0o666)


def endless(path: Path, outside: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(2**40)


def given_away(path: Path, outside: Path) -> None:
    os.chown(path, SOMEBODY, SOMEBODY)


@pytest.mark.parametrize("name", ["store", "key"])
@pytest.mark.parametrize(
    "change",
    [linked, piped, shared, endless, pytest.param(given_away, marks=pytest.mark.skipif(not AS_ROOT, reason="no root"))],
)
def test_a_file_that_is_not_the_users_alone_is_replaced(repository: Repository, name: str, change: object) -> None:
    assert callable(change)
    repository.check()
    path = repository.store() if name == "store" else repository.cache / "key"
    old = path.read_bytes()
    change(path, repository.outside)
    repository.check()
    assert stat.S_ISREG(path.lstat().st_mode)
    assert stat.S_IMODE(path.lstat().st_mode) == 0o600
    if name == "key":
        assert path.read_bytes() != old


def test_a_full_disk_leaves_nothing_half_written(repository: Repository) -> None:
    for blocks in (0, 1):  # of 512 or 1024 bytes: nothing can be written, then only what is small
        ran = repository.run(before=f"ulimit -f {blocks}")
        assert "TLC201" in ran.stdout
        assert ran.stderr == ""
        left = [each for each in repository.cache.glob("*") if each.stat().st_size == 0 or each.suffix == ".tmp"]
        assert left == []
    repository.check()
    assert (repository.cache / ".gitignore").read_bytes() == b"*\n"
    assert (repository.cache / "CACHEDIR.TAG").read_bytes().endswith(b"safe to delete.\n")
    assert len((repository.cache / "key").read_bytes()) == 32
    assert len(repository.store().read_bytes().splitlines()) == 1


def test_no_home_no_cache_no_error(repository: Repository) -> None:
    home = repository.folder.parent / "home"
    home.mkdir(0o500)
    for env in ({"HOME": "/dev/null"}, {"HOME": str(home)}, {"HOME": "/proc/self"}):
        repository.check(XDG_CACHE_HOME="", **env)
    for folder in ("/dev/null", "/proc/self/nothing"):
        repository.check(XDG_CACHE_HOME=folder)


def test_a_relative_cache_folder_is_none(repository: Repository) -> None:
    """The standard says to ignore it: it would be in whatever tree is linted."""
    before = snapshot(repository.folder)
    repository.check(XDG_CACHE_HOME="relative", HOME=str(repository.outside.parent / "home"))
    assert snapshot(repository.folder) == before


def test_where_the_users_cache_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))
    assert user_folder() == tmp_path / "there/torchlint"
    assert not (tmp_path / "there").exists()
    import pwd

    def nobody(_: object) -> None:
        raise KeyError

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert user_folder() is None


@pytest.mark.skipif(not AS_ROOT, reason="only root can act for somebody else")
def test_root_leaves_nothing_of_its_own_in_a_users_home(repository: Repository) -> None:
    home = repository.folder.parent / "home"
    home.mkdir()
    os.chown(home, SOMEBODY, SOMEBODY)
    repository.check(XDG_CACHE_HOME=str(home / ".cache"))
    assert [*home.iterdir()] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("pyproject.toml", '[tool.torchlint]\ncache-dir = "kept"\n'), ("setup.cfg", "[torchlint]\ncache-dir = kept\n")],
)
def test_no_settings_say_where_results_are_kept(repository: Repository, name: str, text: str) -> None:
    (repository.folder / name).write_text(text, encoding="utf-8")
    ran = repository.run()
    assert ran.returncode == 2
    assert "cache-dir: is no setting; give --cache-dir on the command line" in ran.stderr
    assert not (repository.folder / "kept").exists()


def test_wrong_settings_here_do_not_keep_another_folder_from_being_checked(repository: Repository) -> None:
    here = repository.folder
    (here / "pyproject.toml").write_text("[tool.torchlint]\nnonsense = 1\n", encoding="utf-8")
    (repository.outside / "setup.cfg").write_text("[torchlint]\nselect = TLC2\n", encoding="utf-8")
    (repository.outside / "b.py").write_text(FAULTY, encoding="utf-8")
    repository.check("../outside")
    repository.check("../outside", "--no-cache")
