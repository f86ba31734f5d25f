"""Which torch a project asks for, by its own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchlint.engine.declared import declared

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("requirements.txt", "numpy\ntorch>=1.8,<2\n", ((1, 8), (1, 13))),
        ("requirements.txt", "torch==1.7.1+cu110\n", ((1, 7), (1, 7))),
        ("requirements.txt", "torch~=2.1\n", ((2, 1), (2, 999))),
        ("requirements.txt", "torchvision==0.15\npytorch-lightning<2\n# torch<2\n", (None, None)),
        ("requirements.txt", "torch>=2.4; python_version > '3.9'\n", ((2, 4), None)),
        ("pyproject.toml", '[project]\ndependencies = ["torch >= 2.1, < 2.3"]\n', ((2, 1), (2, 2))),
        ("pyproject.toml", '[tool.poetry.dependencies]\ntorch = "^2.1"\n', ((2, 1), (2, 999))),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\ntorch = {version = "<=2.2", optional = true}\n',
            (None, (2, 2)),
        ),
        ("setup.py", "setup(install_requires=['torch>=1.6.0'])\n", ((1, 6), None)),
        ("environment.yml", "dependencies:\n  - pytorch=1.13\n", ((1, 13), (1, 13))),
        ("uv.lock", '[[package]]\nname = "torch"\nversion = "2.5.1"\n', ((2, 5), (2, 5))),
    ],
)
def test_declared(tmp_path: Path, name: str, text: str, expected: object) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "package"
    inner.mkdir()
    assert declared(inner) == expected


def test_nearest_files_count(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("torch==2.0\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "requirements.txt").write_text("torch==2.1\n")
    assert declared(inner) == ((2, 1), (2, 1))


def test_several_files_together(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("torch>=1.13\n")
    (tmp_path / "pyproject.toml").write_text('dependencies = ["torch>=2.0,<2.2"]\n')
    assert declared(tmp_path) == ((1, 13), None)
