"""Import names become files on disk: relative, absolute, through packages, and read again when they change."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

import pytest

from torchlint.syntax.library import Library
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from pathlib import Path

CLASS = "class A: pass\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(folder: Path, name: str, importer: str) -> list[str]:
    return [
        f"{path.relative_to(folder).as_posix()}:{rest}"
        for path, rest in Library().find(name, folder / importer, lambda _: None)
    ]


PACKAGE = {
    "setup.py": "",
    "p/__init__.py": CLASS,
    "p/a.py": CLASS,
    "p/b.py": "",
    "p/q/__init__.py": "",
    "p/q/c.py": CLASS,
    "top.py": CLASS,
}
IMPORTS = [
    pytest.param(".a.A", "p/b.py", ["p/a.py:A"], id="sibling"),
    pytest.param(".q.c.A", "p/b.py", ["p/q/c.py:A"], id="into a package"),
    pytest.param("..a.A", "p/q/c.py", ["p/a.py:A"], id="parent"),
    pytest.param(".A", "p/b.py", ["p/__init__.py:A"], id="from the package itself"),
    pytest.param("p.a.A", "p/b.py", ["p/a.py:A"], id="absolute inside the package"),
    pytest.param("p.a.A", "top.py", ["p/a.py:A"], id="absolute from outside"),
    pytest.param("p.A", "top.py", ["p/__init__.py:A"], id="package"),
    pytest.param("top.A", "p/q/c.py", ["top.py:A"], id="absolute to the top"),
    pytest.param("p.q.c.A", "p/q/c.py", [], id="itself"),
    pytest.param("nowhere.A", "top.py", [], id="missing"),
    pytest.param(".nowhere.A", "p/b.py", [], id="missing sibling"),
    pytest.param("A", "top.py", [], id="no module"),
    pytest.param("." * 99 + "A", "top.py", [], id="above the root"),
]


@pytest.mark.parametrize(("name", "importer", "expected"), IMPORTS)
def test_find(tmp_path: Path, name: str, importer: str, expected: list[str]) -> None:
    write(tmp_path, PACKAGE)
    assert found(tmp_path, name, importer) == expected


def test_what_the_answer_depends_on(tmp_path: Path) -> None:
    write(tmp_path, PACKAGE)
    looked_at: list[Path] = []
    list(Library().find(".missing.A", tmp_path / "p" / "b.py", looked_at.append))
    assert looked_at == [tmp_path / "p" / "missing.py", tmp_path / "p" / "missing" / "__init__.py"]


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    library = Library()
    path = tmp_path / "a.py"
    assert library.outline(path) is None
    path.write_text("class A: pass\n", encoding="utf-8")
    first = library.outline(path)
    assert first is not None
    assert set(first.class_lines) == {"A"}
    assert library.outline(path) is first
    path.write_text("class LongerName: pass\n", encoding="utf-8")
    second = library.outline(path)
    assert second is not None
    assert set(second.class_lines) == {"LongerName"}
    path.unlink()
    assert library.outline(path) is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"class (", id="no Python"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"x = 1\x00", id="NUL"),
        pytest.param(b"(" * 5000 + b")" * 5000, id="nested deeply"),
    ],
)
def test_what_cannot_be_read_has_no_outline(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert Library().outline(path) is None


def test_the_text_of_an_editor_goes_before_the_disk(tmp_path: Path) -> None:
    library = Library()
    path = tmp_path / "a.py"
    path.write_text("class OnDisk: pass\n", encoding="utf-8")
    source = Source("class Typed: pass\n", str(path))
    outline = library.outline_of(source, lambda: ast.parse(source.text))
    assert set(outline.class_lines) == {"Typed"}
    assert library.outline_of(source, lambda: pytest.fail("parsed twice")) is outline


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_links(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": CLASS})
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "c.py").symlink_to(tmp_path / "missing.py")
    (tmp_path / "d.py").symlink_to(tmp_path / "d.py")
    library = Library()
    outline = library.outline(tmp_path / "b.py")
    assert outline is not None
    assert set(outline.class_lines) == {"A"}
    assert library.outline(tmp_path / "c.py") is None
    assert library.outline(tmp_path / "d.py") is None


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    assert Library().outline(tmp_path / "a.py") is None
