"""What an editor can do about a finding: fixes, suppression, the rule's document."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'torchlint[server]'")

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.frontends.server.client import FULL, Editor, applied, whole

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

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
CODE = types.NotebookCellKind.Code


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


def run(play: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(play())  # type: ignore[arg-type]  # all of them are coroutines


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def fixed_by_command_line(path: Path, *arguments: str) -> str:
    path.write_bytes(PROGRAM.encode())
    command = [sys.executable, "-m", "torchlint", "check", "--no-cache", "--fix", *arguments, path.name]
    subprocess.run(command, cwd=path.parent, capture_output=True, check=False)
    return path.read_bytes().decode()


def edits_of(action: types.CodeAction, uri: str) -> list[types.TextEdit]:
    assert action.edit is not None
    if action.edit.changes:
        return list(action.edit.changes[uri])
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.uri == uri
    return [each for each in change.edits if isinstance(each, types.TextEdit)]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_actions_come_with_their_edits_where_the_editor_cannot_ask_later(tmp_path: Path, newline: str) -> None:
    uri = (tmp_path / "a.py").as_uri()
    text = PROGRAM.replace("\n", newline)

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open(uri, text)
            found = {each.title: each for each in await editor.actions(uri, whole(text))}
            kinds = sorted(str(each.kind) for each in found.values())
            suppress = ["quickfix.torchlint.suppress"] * 2
            assert kinds == ["quickfix.torchlint.safe", *suppress, "quickfix.torchlint.unsafe", "source.fixAll.torchlint"]
            safe = next(each for each in found.values() if each.kind == "quickfix.torchlint.safe")
            assert safe.title.startswith("TLC202, safe fix: ")
            assert safe.is_preferred
            assert [each.code for each in safe.diagnostics or ()] == ["TLC202"]
            unsafe = next(each for each in found.values() if each.kind == "quickfix.torchlint.unsafe")
            assert unsafe.title.startswith("TLC102, unsafe fix: ")
            assert not unsafe.is_preferred
            everything = found["torchlint: apply all safe fixes"]

            # Each edit comes to what the command line writes, wide characters and line ends included.
            by_command_line = fixed_by_command_line(tmp_path / "b.py", "--select", "TLC202").replace("\n", newline)
            for action in (safe, everything):
                assert applied(text, edits_of(action, uri), utf16) == by_command_line
            both = applied(text, [*edits_of(safe, uri), *edits_of(unsafe, uri)], utf16)
            assert both == fixed_by_command_line(tmp_path / "b.py", "--unsafe-fixes").replace("\n", newline)

    run(play)


def test_edits_are_worked_out_when_an_action_is_chosen(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()

    async def play() -> None:
        async with Editor(tmp_path, capabilities=FULL) as editor:
            editor.open(uri, PROGRAM)
            found = await editor.actions(uri, whole(PROGRAM), ["source.fixAll"])
            assert [str(each.kind) for each in found] == ["source.fixAll.torchlint"]
            assert found[0].edit is None
            resolved = await editor.resolve(found[0])
            fixed = applied(PROGRAM, edits_of(resolved, uri), utf16)
            assert fixed == fixed_by_command_line(tmp_path / "b.py")
            assert resolved.edit is not None
            (change,) = resolved.edit.document_changes or ()
            assert isinstance(change, types.TextDocumentEdit)
            assert change.text_document.version == 1

            editor.replace(uri, PROGRAM + "\n")
            with pytest.raises(JsonRpcException, match="has changed; ask for code actions again"):
                await editor.resolve(found[0])
            with pytest.raises(JsonRpcException, match="cannot be resolved"):
                await editor.resolve(types.CodeAction("another tool's", data={"a": 1}))

            assert [each.kind for each in await editor.actions(uri, whole(PROGRAM), ["refactor"])] == []
            assert len(await editor.actions(uri, whole(PROGRAM), ["quickfix"])) == 4
            line = types.Range(types.Position(0, 0), types.Position(1, 0))
            assert [str(each.kind) for each in await editor.actions(uri, line)] == ["source.fixAll.torchlint"]

    run(play)


def test_suppression_is_what_flake8_reads(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    text = PROGRAM.replace("[nn.Linear(3, 3), nn.Linear(3, 3)]", "[\n            nn.Linear(3, 3),\n            nn.Linear(3, 3)]")

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open(uri, text)
            now = text
            for _ in range(2):
                action = (await editor.actions(uri, whole(now), ["quickfix.torchlint.suppress"]))[0]
                now = applied(now, edits_of(action, uri), utf16)
                editor.replace(uri, now)
            assert await editor.codes(uri) == []
            assert "y.add_(1)  # noqa: TLC202\n" in now
            assert "self.layers = [  # noqa: TLC102\n" in now
            (tmp_path / "a.py").write_bytes(now.encode())
            flake8 = [sys.executable, "-m", "flake8", "--isolated", "--select", "TLC", "a.py"]
            assert subprocess.run(flake8, cwd=tmp_path, capture_output=True, check=False).stdout == b""

    run(play)


def test_actions_in_a_notebook(tmp_path: Path) -> None:
    uri = (tmp_path / "a.ipynb").as_uri()
    cells = [
        (CODE, "%matplotlib inline\nimport torch\nw = torch.ones(3, requires_grad=True)\ny = w.exp()"),
        (types.NotebookCellKind.Markup, "# words"),
        (CODE, '!echo "é"\né = "🎉"; y.add_(1)'),
        (CODE, "y.sum().backward()"),
    ]

    async def play() -> None:
        async with Editor(tmp_path, capabilities=FULL) as editor:
            uris = editor.open_notebook(uri, cells)
            assert await editor.codes(uris[2]) == ["TLC202"]
            fix, suppress, everything = await editor.actions(uris[2], whole(cells[2][1]))
            assert applied(cells[2][1], edits_of(await editor.resolve(fix), uris[2]), utf16) == (
                '!echo "é"\né = "🎉"; y = y.add(1)'
            )
            assert applied(cells[2][1], edits_of(await editor.resolve(everything), uris[2]), utf16) == (
                '!echo "é"\né = "🎉"; y = y.add(1)'
            )
            assert applied(cells[2][1], edits_of(await editor.resolve(suppress), uris[2]), utf16) == (
                '!echo "é"\né = "🎉"; y.add_(1)  # noqa: TLC202'
            )
            hover = await editor.hover(uris[2], types.Position(1, 12))
            assert hover is not None
            assert "TLC202 saved-inplace" in hover

    run(play)


def test_hover_shows_the_document_of_the_rule(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open(uri, PROGRAM + "print(1)  # noqa: TLC101\n")
            found = next(each for each in await editor.diagnostics(uri) if each.code == "TLC202")
            text = await editor.hover(uri, found.range.start)
            assert text is not None
            assert text.startswith("**TLC202 saved-inplace** (certain): `y` is changed here")
            assert "PyTorch raises: " in text
            assert "Fix (safe): " in text
            document = [sys.executable, "-m", "torchlint", "rule", "TLC202"]
            assert subprocess.run(document, capture_output=True, encoding="utf-8", check=True).stdout in text
            assert await editor.hover(uri, types.Position(0, 0)) is None
            unused = await editor.hover(uri, types.Position(PROGRAM.count("\n"), 20))
            assert unused is not None
            assert "unused-suppression" in unused

    run(play)
