"""Files are written whole or not at all, and what else they are stays as it was."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from torchlint.engine.writing import write_atomically


def names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def test_write_keeps_the_mode_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o754)
    assert write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o754
    assert names(tmp_path) == ["a.py"]


def test_write_of_the_same_content_touches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"same")
    before = path.stat()
    assert not write_atomically(path, b"same")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


def test_write_follows_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "a.py"
    target.write_bytes(b"old")
    link = tmp_path / "link.py"
    link.symlink_to(target)
    assert write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert names(tmp_path / "real") == ["a.py"]


@pytest.mark.parametrize("failing", ["replace", "fsync", "chmod"])
def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(os if failing == "fsync" else Path, failing, fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.py"]


@pytest.mark.parametrize("kind", ["missing", "broken-link", "loop"])
def test_write_needs_a_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.py"
    if kind != "missing":
        path.symlink_to(path if kind == "loop" else tmp_path / "nowhere")
    with pytest.raises(OSError, match=r"a\.py|nowhere"):
        write_atomically(path, b"new")
    assert not (tmp_path / "nowhere").exists()


def test_a_read_only_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everything
    with pytest.raises(PermissionError, match="read-only"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.py"]


# New files.


def test_a_new_file_has_the_mode_of_a_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert write_atomically(tmp_path / "out.json", b"new", create=True)
    finally:
        os.umask(before)
    assert (tmp_path / "out.json").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o640
    assert names(tmp_path) == ["out.json"]


def test_an_old_file_is_replaced_where_a_new_one_may_be(tmp_path: Path) -> None:
    (tmp_path / "out.json").write_bytes(b"old")
    (tmp_path / "out.json").chmod(0o600)
    assert write_atomically(tmp_path / "out.json", b"new", create=True)
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o600


def test_a_new_file_may_be_what_a_link_points_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("out.json")
    assert write_atomically(tmp_path / "link", b"new", create=True)
    assert (tmp_path / "out.json").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    assert write_atomically(tmp_path / "pipe", b"new", create=True)
    reader.join(10)
    assert read == [b"new"]


@pytest.mark.parametrize("name", ["", "missing/out.json"])
def test_there_must_be_a_place_for_a_new_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match=r"missing|directory"):
        write_atomically(tmp_path / name, b"new", create=True)
    assert names(tmp_path) == []
