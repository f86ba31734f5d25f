"""The same findings at the same places from every frontend, on the same ten files and notebooks."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

import places
import pytest

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


@pytest.mark.parametrize("frontend", [places.of_full, places.of_concise, places.of_sarif])
def test_same_places(frontend, folder: Path, expected: list[places.Where]) -> None:  # type: ignore[no-untyped-def]
    assert frontend(folder) == expected


@pytest.mark.skipif(
    not any(point.name == "TLC" for point in metadata.entry_points(group="flake8.extension")),
    reason="torchlint is not installed, so flake8 does not know the plugin",
)
def test_same_places_in_scripts_from_flake8(folder: Path, expected: list[places.Where]) -> None:
    assert places.of_flake8(folder) == sorted(each for each in expected if each.cell is None)
