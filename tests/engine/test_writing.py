"""Files are written whole or not at all, and what else they are stays as it was."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from torchlint.engine import writing
from torchlint.engine.writing import replace_atomically, write_atomically

NOT_ROOT = hasattr(os, "geteuid") and os.geteuid() != 0
unix = pytest.mark.skipif(sys.platform == "win32", reason="no such files here")


@pytest.fixture(autouse=True)
def new_run() -> None:
    """Each test is a run of its own."""
    writing._remove_unfinished.cache_clear()


def names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def test_write_keeps_the_mode_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o754)
    assert replace_atomically(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o754
    assert names(tmp_path) == ["a.py"]


def test_write_of_the_same_content_touches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"same")
    before = path.stat()
    assert not replace_atomically(path, b"same", b"same")
    assert not replace_atomically(path, b"old", b"same")
    write_atomically(path, b"same")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


def test_write_follows_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "a.py"
    target.write_bytes(b"old")
    link = tmp_path / "link.py"
    link.symlink_to(target)
    assert replace_atomically(link, b"old", b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert names(tmp_path / "real") == ["a.py"]


@pytest.mark.parametrize("failing", ["write", "replace", "fsync", "fchmod"])
def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    class Full:
        """An open file on a disk that is full."""

        def __init__(self, descriptor: int, mode: str) -> None:
            self.descriptor = descriptor

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            os.close(self.descriptor)

        write = fail

    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fdopen" if failing == "write" else failing, Full if failing == "write" else fail)
    with pytest.raises(OSError, match="disk full"):
        replace_atomically(path, b"old", b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.py"]


@pytest.mark.parametrize("kind", ["missing", "broken-link", "loop"])
def test_write_needs_a_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.py"
    if kind != "missing":
        path.symlink_to(path if kind == "loop" else tmp_path / "nowhere")
    with pytest.raises(OSError, match=r"a\.py|nowhere"):
        replace_atomically(path, b"old", b"new")
    assert not (tmp_path / "nowhere").exists()


def test_a_read_only_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everything
    for write in (lambda: replace_atomically(path, b"old", b"new"), lambda: write_atomically(path, b"new")):
        with pytest.raises(PermissionError, match="read-only"):
            write()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.py"]


# What somebody else does with the file.


def test_what_was_changed_meanwhile_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"newer")
    with pytest.raises(OSError, match="it was changed meanwhile"):
        replace_atomically(path, b"old", b"new")
    assert path.read_bytes() == b"newer"
    assert names(tmp_path) == ["a.py"]


@pytest.mark.parametrize("step", ["fsync", "fchmod"])
@pytest.mark.parametrize("how", ["in place", "replaced"])
def test_an_editor_that_saves_while_the_new_file_is_written_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, how: str
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    real = getattr(os, step)

    def save(*arguments: object) -> None:
        real(*arguments)
        to = path if how == "in place" else tmp_path / "saved"
        to.write_bytes(b"of the editor")
        to.replace(path)

    monkeypatch.setattr(os, step, save)
    with pytest.raises(OSError, match="it was changed meanwhile"):
        replace_atomically(path, b"old", b"new")
    assert path.read_bytes() == b"of the editor"
    assert names(tmp_path) == ["a.py"]


def test_what_has_become_of_it_already_is_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (fsync(descriptor), path.write_bytes(b"new")))
    assert not replace_atomically(path, b"old", b"new")
    assert names(tmp_path) == ["a.py"]


@unix
def test_a_file_that_becomes_a_pipe_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda descriptor: (path.unlink(), os.mkfifo(path)))
    with pytest.raises(OSError, match="it is a named pipe"):
        replace_atomically(path, b"old", b"new")
    assert names(tmp_path) == ["a.py"]


# What else a file is.


def test_hard_links_stay_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    (tmp_path / "other.py").hardlink_to(path)
    for write in (lambda: replace_atomically(path, b"old", b"new"), lambda: write_atomically(path, b"new")):
        with pytest.raises(OSError, match="more than one name"):
            write()
    assert path.read_bytes() == (tmp_path / "other.py").read_bytes() == b"old"
    assert path.samefile(tmp_path / "other.py")


@unix
@pytest.mark.skipif(NOT_ROOT, reason="only root may give files away")
def test_the_owner_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    os.chown(path, 4321, 1234)
    path.chmod(0o2640)
    assert replace_atomically(path, b"old", b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (4321, 1234, 0o2640)


@unix
def test_a_file_whose_owner_cannot_stay_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    status = list(path.stat())
    status[stat.ST_UID] += 1
    real = Path.stat
    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr(Path, "stat", lambda self, **how: os.stat_result(status) if self == path else real(self, **how))
    with pytest.raises(PermissionError, match="its owner and group could not be kept"):
        replace_atomically(path, b"old", b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.py"]


@pytest.fixture
def with_attributes(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.comment", b"mine")
    except (AttributeError, OSError):
        pytest.skip("no extended attributes here")
    return path


def test_extended_attributes_stay(with_attributes: Path) -> None:
    assert replace_atomically(with_attributes, b"old", b"new")
    assert os.getxattr(with_attributes, "user.comment") == b"mine"


def test_a_file_whose_attributes_cannot_stay_is_refused(with_attributes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "setxattr", refuse)
    with pytest.raises(PermissionError, match=r"its attribute user\.comment could not be kept"):
        replace_atomically(with_attributes, b"old", b"new")
    assert with_attributes.read_bytes() == b"old"


@unix
def test_only_its_owner_may_read_the_new_file_before_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o644)
    modes = []
    fchmod = os.fchmod

    def note(descriptor: int, mode: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        fchmod(descriptor, mode)

    monkeypatch.setattr(os, "fchmod", note)
    assert replace_atomically(path, b"old", b"new")
    assert (modes, stat.S_IMODE(path.stat().st_mode)) == ([0o600], 0o644)


def test_a_folder_that_takes_no_files_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", ".torchlint-abc.tmp")

    (tmp_path / "a.py").write_bytes(b"old")
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(PermissionError, match="no file can be made in its folder") as caught:
        replace_atomically(tmp_path / "a.py", b"old", b"new")
    assert caught.value.filename == str(tmp_path)


# What killed runs leave.


WRITER = """
import os, sys, time
from pathlib import Path
from torchlint.engine import writing

os.fsync = lambda descriptor: (print("writing", flush=True), time.sleep(600))
writing.replace_atomically(Path("a.py"), b"old", b"new")
"""


def writer(folder: Path) -> subprocess.Popen[str]:
    """A process that is just writing ``a.py``."""
    (folder / "a.py").write_bytes(b"old")
    started = subprocess.Popen([sys.executable, "-c", WRITER], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "writing\n"
    return started


@unix
def test_what_a_killed_run_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_bytes(b"old")
    with writer(tmp_path) as living:
        assert replace_atomically(tmp_path / "b.py", b"old", b"new")
        assert len(names(tmp_path)) == 3
        living.kill()
    assert len(names(tmp_path)) == 3
    writing._remove_unfinished.cache_clear()
    assert replace_atomically(tmp_path / "b.py", b"new", b"newer")
    assert sorted(names(tmp_path)) == ["a.py", "b.py"]
    assert (tmp_path / "a.py").read_bytes() == b"old"


@unix
def test_nothing_else_is_removed(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"old")
    (tmp_path / ".torchlint-folder__.tmp").mkdir()
    (tmp_path / ".torchlint-abcdefghi.tmp").write_bytes(b"")
    (tmp_path / ".torchlint-abcdefgh.tmp~").write_bytes(b"")
    (tmp_path / ".torchlint-abcdefgh.tmp").symlink_to("a.py")
    before = sorted(names(tmp_path))
    assert replace_atomically(tmp_path / "a.py", b"old", b"new")
    assert sorted(names(tmp_path)) == before


@unix
def test_a_file_that_was_removed_before_it_was_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_bytes(b"old")
    lock, made = writing._lock, []

    def late(descriptor: int) -> bool:
        made.append(descriptor)
        if len(made) == 1:
            next(tmp_path.glob(".torchlint-*")).unlink()
        return lock(descriptor)

    monkeypatch.setattr(writing, "_lock", late)
    assert replace_atomically(tmp_path / "a.py", b"old", b"new")
    assert len(made) == 2
    assert names(tmp_path) == ["a.py"]


# New files.


def test_a_new_file_has_the_mode_of_a_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "out.json", b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "out.json").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o640
    assert names(tmp_path) == ["out.json"]


def test_an_old_file_is_replaced_where_a_new_one_may_be(tmp_path: Path) -> None:
    (tmp_path / "out.json").write_bytes(b"old")
    (tmp_path / "out.json").chmod(0o600)
    write_atomically(tmp_path / "out.json", b"new")
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o600


def test_a_new_file_may_be_what_a_link_points_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("out.json")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "out.json").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_atomically(tmp_path / "pipe", b"new")
    reader.join(10)
    assert read == [b"new"]


@pytest.mark.parametrize("name", ["", "missing/out.json"])
def test_there_must_be_a_place_for_a_new_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match=r"missing|directory"):
        write_atomically(tmp_path / name, b"new")
    assert names(tmp_path) == []
