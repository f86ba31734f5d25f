"""What somebody else put there is read only where it is a regular file, and only so much of it."""

from __future__ import annotations

import io
import os
import socket
import threading
from pathlib import Path

import pytest

from torchlint.errors import SourceError
from torchlint.syntax import notebook, reading
from torchlint.syntax.reading import read_bytes, read_head, read_stream

unix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\r\n\xff")
    (tmp_path / "link.py").symlink_to("a.py")
    assert read_bytes(tmp_path / "a.py") == read_bytes(str(tmp_path / "link.py")) == b"x = 1\r\n\xff"
    assert read_head(tmp_path / "a.py", 3) == b"x ="
    assert read_head(tmp_path / "a.py", 300) == b"x = 1\r\n\xff"


def special(path: Path, kind: str) -> None:
    if kind == "named pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(os.path.relpath(path))  # its name may not be long
    else:
        path.symlink_to("/dev/zero")


@unix
@pytest.mark.parametrize("kind", ["named pipe", "socket", "character device"])
def test_what_is_no_regular_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.chdir(tmp_path)
    special(tmp_path / "a.py", kind)
    for read in (read_bytes, lambda path: read_bytes(path, given=True), lambda path: read_head(path, 10)):
        with pytest.raises(OSError, match=f"it is a {kind}") as caught:
            read(tmp_path / "a.py")
        assert (caught.value.strerror, caught.value.filename) == (f"it is a {kind}", str(tmp_path / "a.py"))


@unix
def test_what_becomes_a_pipe_before_it_is_opened_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    seen = (tmp_path / "file").stat()
    monkeypatch.setattr(os, "stat", lambda path: seen)
    with pytest.raises(OSError, match="it is a named pipe"):
        read_bytes(tmp_path / "pipe")


def test_a_folder_and_nothing_are_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_bytes(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "a.py")


def test_a_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "a.py").open("wb") as file:
        file.truncate(3 << 30)
    with pytest.raises(OSError, match="it is larger than 12 MB"):
        read_bytes(tmp_path / "a.py")
    (tmp_path / "b.py").write_bytes(b"12345")
    assert read_bytes(tmp_path / "b.py", 5) == b"12345"
    with pytest.raises(OSError, match="larger"):
        read_bytes(tmp_path / "b.py", 4)


def test_a_notebook_may_be_larger_than_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.ipynb").write_bytes(b" " * 11_000_000)
    assert len(read_bytes(tmp_path / "a.ipynb")) == 11_000_000
    monkeypatch.setattr(notebook, "MAX_BYTES", 3)
    cell = b'{"cells": [{"cell_type": "code", "source": "x=1%s"}]}'
    assert notebook.read_notebook(cell % b"", "a.ipynb").text == "x=1"
    with pytest.raises(SourceError, match="its code is larger than"):
        notebook.read_notebook(cell % b"2", "a.ipynb")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="no such files here")
def test_a_file_may_have_more_than_its_size_says() -> None:
    assert Path("/proc/self/maps").stat().st_size == 0
    assert b"[stack]" in read_bytes("/proc/self/maps")
    with pytest.raises(OSError, match="larger"):
        read_bytes("/proc/self/maps", 20)


@unix
def test_a_pipe_of_the_shell_is_read_where_the_user_names_it() -> None:
    ours, theirs = os.pipe()

    def write() -> None:
        with os.fdopen(theirs, "wb") as file:
            file.write(b"x" * 200_000)

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(ours):
        with pytest.raises(OSError, match="it is a named pipe"):
            read_bytes(f"/dev/fd/{ours}")
        with pytest.raises(OSError, match="larger"):
            read_bytes(f"/dev/fd/{ours}", 50_000, given=True)
        assert len(read_bytes(f"/dev/fd/{ours}", given=True)) > 100_000
    writer.join(10)


def test_standard_input_has_the_limits_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 3)
    assert read_stream(io.BytesIO(b"abc"), "-") == b"abc"
    assert read_stream(io.BytesIO(b"abcd"), "a.ipynb") == b"abcd"
    with pytest.raises(OSError, match="larger"):
        read_stream(io.BytesIO(b"abcd"), "-")
