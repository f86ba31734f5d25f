"""``torchlint mcp``, asked by the client of the official SDK: every tool, and a repair from finding to clean."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

anyio = pytest.importorskip("anyio", reason="the SDK mcp is not installed")
mcp = pytest.importorskip("mcp", reason="the SDK mcp is not installed")

from torchlint.frontends.agents import answers  # noqa: E402
from torchlint.frontends.agents.server import INSTRUCTIONS, made  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

MODEL = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = [nn.Linear(2, 2) for _ in range(3)]

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        x.relu()
        return x


with torch.no_grad:
    Net()(torch.ones(1, 2))
"""
CRASH = """\
import torch
x = torch.randn(3, requires_grad=True)
y = torch.sigmoid(x)
y *= 2
y.sum().backward()
"""
LOG = """\
Traceback (most recent call last):
  File "/elsewhere/crash.py", line 5, in <module>
    y.sum().backward()
RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: \
[torch.FloatTensor [3]], which is output 0 of SigmoidBackward0, is at version 1; expected version 0 instead.
"""


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "crash.py").write_text(CRASH)
    return tmp_path


def talk(task: Callable[[Any], Awaitable[None]], server: object = None) -> None:
    """Let ``task`` talk to a server in this process, or to another."""

    async def session() -> None:
        async with mcp.Client(server or made()) as client:
            await task(client)

    anyio.run(session)


async def asked(client: Any, tool: str, **arguments: object) -> tuple[str, dict[str, Any]]:
    result = await client.call_tool(tool, arguments)
    (block,) = result.content
    assert not result.is_error, block.text
    return block.text, result.structured_content


async def refused(client: Any, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return str(result.content[0].text)


def test_the_tools_only_read_and_say_what_they_do() -> None:
    async def task(client: Any) -> None:
        tools = (await client.list_tools()).tools
        assert [each.name for each in tools] == ["check", "explain", "why", "fix_preview"]
        for each in tools:
            assert each.annotations.read_only_hint
            assert each.description
            assert each.output_schema["required"][0] == "version"
            assert all(part["description"] for part in each.input_schema["properties"].values())
            assert f"`{each.name}`" in INSTRUCTIONS

    talk(task)


@pytest.mark.program
def test_a_finding_is_repaired_over_standard_input_and_output(project: Path) -> None:
    """As an agent works: it finds, looks at a fix, applies that with a tool of its own, and looks again."""

    async def task(client: Any) -> None:
        codes = ["TLC102", "TLC207", "TLC502"]
        for _ in codes:
            text, data = await asked(client, "check", paths=["model.py"])
            found = data["findings"]
            assert [each["code"] for each in found] == codes[-len(found) :]
            assert found[0]["message"] in text
            diff = ""
            for unsafe in (False, True):
                where = {"path": "model.py", "line": found[0]["line"]}
                diff = diff or (await asked(client, "fix_preview", **where, unsafe=unsafe))[1]["diff"]
            assert diff.startswith("--- a/model.py\n+++ b/model.py\n")
            subprocess.run([shutil.which("git") or "git", "apply", "-"], input=diff.encode(), cwd=project, check=True)
        text, data = await asked(client, "check", paths=["model.py"])
        assert (data["total"], text) == (0, "Nothing found in 1 file, 1 of which uses PyTorch.")

    command = mcp.StdioServerParameters(command=sys.executable, args=["-m", "torchlint", "mcp"], cwd=str(project))
    talk(task, command)
    assert "nn.ModuleList" in (project / "model.py").read_text()


def test_nothing_is_written(project: Path) -> None:
    async def task(client: Any) -> None:
        text, data = await asked(client, "fix_preview", path="model.py", unsafe=True)
        assert data["fixed"] == {"TLC102": 1, "TLC207": 1, "TLC502": 1}
        assert "Nothing was written" in text
        text, data = await asked(client, "fix_preview", path="model.py", line=8)
        assert data["diff"] == ""
        assert "give unsafe=true" in text
        text, _ = await asked(client, "fix_preview", path="model.py", line=1)
        assert text == "Nothing is found there, so there is nothing to fix."

    talk(task)
    assert (project / "model.py").read_text() == MODEL


def test_explain_and_why() -> None:
    async def task(client: Any) -> None:
        text, data = await asked(client, "explain", target="model.py:13")
        assert [each["code"] for each in data["findings"]] == ["TLC207"]
        assert "# TLC207 discarded-result" in text
        text, data = await asked(client, "explain", target="model.py:1")
        assert (data["findings"], text.count("\n")) == ([], 3)
        assert (await asked(client, "explain", target="leaf-inplace"))[0].startswith("# TLC201 leaf-inplace\n")
        text, data = await asked(client, "why", log=LOG)
        assert (data["suspects"][0]["path"], data["suspects"][0]["line"]) == ("crash.py", 4)
        assert "To blame, certainly: crash.py:4" in text

    talk(task)


def test_mistakes_are_told() -> None:
    async def task(client: Any) -> None:
        assert "did you mean 'data-access'?" in await refused(client, "explain", target="data-acess")
        assert "no such file" in await refused(client, "fix_preview", path="gone.py")
        assert "no error" in await refused(client, "why", log="epoch 1: loss 0.3")
        assert "'TLC999'" in await refused(client, "check", paths=["."], select=["TLC999"])
        text, data = await asked(client, "check", paths=["modle.py"])
        assert data["errors"] == ["modle.py: no such file or folder; did you mean 'model.py'?"]
        assert data["errors"][0] in text

    talk(task)


def test_many_findings_are_told_in_short(project: Path) -> None:
    text = "import torch\nx = torch.ones(3)\n" + "x.abs()\n" * 9 + "print(x)\n"
    (project / "model.py").write_text(text)
    told, data = answers.check(["model.py"], (), "likely", 3)
    assert (len(data["findings"]), data["total"]) == (3, 9)
    assert told.count("-->") == 3
    assert "... and 3 more" in told
    assert json.dumps(data)


def test_what_changed_since_is_read_anew(project: Path) -> None:
    check = partial(answers.check, ["model.py"], (), "likely", 20)
    assert check().data["total"] == 3
    (project / "pyproject.toml").write_text('[tool.torchlint]\nignore = ["TLC102"]\n')
    assert check().data["total"] == 2
    (project / "model.py").write_text("import torch\n")
    assert check().data["total"] == 0


def test_without_the_sdk_it_says_what_to_install(project: Path) -> None:
    program = (
        "import sys; sys.modules['mcp'] = None\n"
        "from importlib import util; util.find_spec = lambda name, found=util.find_spec: None\n"
        "from torchlint.frontends.cli import main; sys.exit(main(['mcp']))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=project)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "error: the server for agents needs the SDK mcp, version 2: pip install 'torchlint[mcp]'\n"
