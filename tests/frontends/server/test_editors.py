"""Real programs that are not torchlint's: a headless Neovim, and python-lsp-server with its flake8 plugin."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'torchlint[server]'")

from lsprotocol import types

from tests.docs.pages import read
from tests.frontends.server.client import PATIENCE, Editor

pytestmark = pytest.mark.program

PROGRAM = """\
import torch
from torch import nn

é = "𝔘"; w = torch.ones(3, requires_grad=True)
y = w.exp()
é = "🎉"; y.add_(1)
y.sum().backward()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3, 3), nn.Linear(3, 3)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
"""


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture
def path_with_torchlint() -> dict[str, str]:
    """An environment in which ``torchlint`` and ``flake8`` are those of this Python."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def of_page(language: str) -> str:
    """The one block of a language that the page has."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", read("editors"), re.DOTALL)
    return str(block)


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed: apt-get install neovim")
@pytest.mark.skipif(
    not (Path(sys.executable).parent / "torchlint").is_file(), reason="torchlint is not installed as a command"
)
def test_neovim_with_the_configuration_of_the_page(tmp_path: Path, path_with_torchlint: dict[str, str]) -> None:
    (tmp_path / "init.lua").write_text(of_page("lua"), encoding="utf-8")
    (tmp_path / "a.py").write_text(PROGRAM, encoding="utf-8")
    driver = Path(__file__).with_name("neovim.lua")
    command = ["nvim", "--headless", "-n", "-i", "NONE", "-u", "init.lua", "a.py", "-c", f"luafile {driver}"]
    environment = {**path_with_torchlint, "RESULT": str(tmp_path / "result.json"), "XDG_STATE_HOME": str(tmp_path)}
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True, timeout=5 * PATIENCE)
    result: dict[str, Any] = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert "error" not in result, result["error"]
    # Neovim's columns count bytes.
    shown = [(each["code"], each["line"], each["column"], each["end_column"]) for each in result["shown"]]
    assert shown == [("TLC202", 6, 14, 23), ("TLC102", 13, 9, 20)]
    assert {each["source"] for each in result["shown"]} == {"torchlint"}
    assert result["hover"].startswith("**TLC202 saved-inplace** (certain)")
    assert result["offered"][0].startswith("TLC202, safe fix: ")
    assert result["text"] == PROGRAM.replace("y.add_(1)", "y = y.add(1)").rstrip("\n")
    assert [each["code"] for each in result["left"]] == ["TLC102"]
    assert [each["code"] for each in result["broken"]] == ["TLC102", "TLC001"]


@pytest.mark.skipif(find_spec("pylsp") is None, reason="python-lsp-server is not installed")
def test_python_lsp_server_shows_what_flake8_finds(tmp_path: Path, path_with_torchlint: dict[str, str]) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/pyproject.toml").write_text('[tool.torchlint]\nignore = ["TLC102"]\n', encoding="utf-8")
    uris = [(tmp_path / name).as_uri() for name in ("a.py", "src/a.py")]
    settings = {"pylsp": {"plugins": {"flake8": {"enabled": True, "select": ["TLC", "E9"]}}}}

    def found(editor: Editor, uri: str) -> list[tuple[str, int, int]]:
        shown = editor.shown[uri].diagnostics if uri in editor.shown else ()
        return [
            (str(each.code), each.range.start.line + 1, each.range.start.character + 1)
            for each in shown
            if each.source == "flake8"
        ]

    async def play() -> None:
        command = (sys.executable, "-m", "pylsp")
        async with Editor(tmp_path, command=command, environment=path_with_torchlint) as editor:
            params = types.DidChangeConfigurationParams(settings)  # type: ignore[arg-type]  # JSON of any shape
            editor.client.workspace_did_change_configuration(params)
            for uri in uris:
                editor.open(uri, PROGRAM)
            await editor.until(lambda: bool(found(editor, uris[0]) and found(editor, uris[1])))
            assert found(editor, uris[0]) == [("TLC202", 6, 10), ("TLC102", 13, 9)]
            assert found(editor, uris[1]) == [("TLC202", 6, 10)]
            editor.replace(uris[1], PROGRAM.replace("y.add_(1)", "y.add_(1)  # noqa: TLC202"))
            await editor.until(lambda: not found(editor, uris[1]))

    asyncio.run(play())
