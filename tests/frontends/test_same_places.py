"""The same findings at the same places from every frontend, on the same ten files and notebooks.

Those of pre-commit are compared where it is run, in ``test_pre_commit``.
"""

from __future__ import annotations

import json
from importlib import metadata
from typing import TYPE_CHECKING

import places
import pytest
from ci_reports import READERS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("ten")
    places.ten_files(made)
    (made / "pyproject.toml").write_text("")
    return made


@pytest.fixture(scope="module")
def expected(folder: Path) -> list[places.Where]:
    return places.of_json(folder)


def test_something_is_found_everywhere(folder: Path, expected: list[places.Where]) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".py", ".ipynb")}
    assert len(files) == 10
    assert {each.path for each in expected} == files
    assert {"TLC101", "TLC102", "TLC202"} <= {each.code for each in expected}


@pytest.mark.parametrize("frontend", [places.of_full, places.of_concise])
def test_same_places(frontend, folder: Path, expected: list[places.Where]) -> None:  # type: ignore[no-untyped-def]
    assert frontend(folder) == expected


@pytest.mark.skipif(
    not any(point.name == "TLC" for point in metadata.entry_points(group="flake8.extension")),
    reason="torchlint is not installed, so flake8 does not know the plugin",
)
def test_same_places_in_scripts_from_flake8(folder: Path, expected: list[places.Where]) -> None:
    assert places.of_flake8(folder) == sorted(each for each in expected if each.cell is None)


def test_same_places_from_the_language_server(folder: Path, expected: list[places.Where]) -> None:
    pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'torchlint[server]'")
    assert places.of_server(folder) == expected


@pytest.mark.parametrize("output_format", READERS)
def test_same_places_for_ci_systems(output_format: str, folder: Path, expected: list[places.Where]) -> None:
    """They know nothing of notebooks: the cell and its line are in the text, the place is that in the .ipynb file."""
    found = list(READERS[output_format](places.torchlint(folder, "--output-format", output_format)))
    assert [(each.path, each.code) for each in found] == [(each.path, each.code) for each in expected]
    for shown, where in zip(found, expected, strict=True):
        if where.cell is None:
            assert (shown.line, shown.column) == (where.line, where.column)
        else:
            assert shown.text.startswith(f"cell {where.cell}, line {where.line}: ")
            text = places.decoded((folder / where.path).read_bytes())
            source = "".join(json.loads(text)["cells"][where.cell - 1]["source"])
            wanted = source.splitlines()[where.line - 1][where.column - 1 :]
            at = text.splitlines()[shown.line - 1][shown.column - 1 :]
            assert at.startswith((json.dumps(wanted)[1:-1], json.dumps(wanted, ensure_ascii=False)[1:-1]))
