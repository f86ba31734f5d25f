"""Settings that change, several workspaces, and editors that say what they should not."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import IO, TYPE_CHECKING, Any

import pytest

pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'torchlint[server]'")

from lsprotocol import types

from tests.frontends.server.client import FULL, PATIENCE, Editor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

Answer = dict[str, Any]
NET = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = torch.ones(3)
        self.layers = [nn.Linear(3, 3), nn.Linear(3, 3)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x * self.mask
"""


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


def run(play: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(play())  # type: ignore[arg-type]  # all of them are coroutines


def configure(folder: Path, text: str, name: str = "pyproject.toml") -> types.DidChangeWatchedFilesParams:
    """Write a configuration, and what an editor then says."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return types.DidChangeWatchedFilesParams([types.FileEvent(path.as_uri(), types.FileChangeType.Changed)])


async def shown_anew(editor: Editor, uri: str, does: Callable[[], object]) -> list[str]:
    """The codes shown after something that is no edit, and after which everything is shown again."""
    uris = set(editor.shown)
    editor.shown.clear()
    does()
    await editor.until(lambda: editor.shown.keys() == uris)
    return await editor.codes(uri)


# Settings.


def test_configuration_files_are_read_again(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()

    async def play() -> None:
        async with Editor(tmp_path, capabilities=FULL) as editor:
            watched = editor.client.workspace_did_change_watched_files
            editor.open(uri, NET)
            assert await editor.codes(uri) == ["TLC101", "TLC102"]
            change = configure(tmp_path, '[tool.torchlint]\nignore = ["TLC101"]\n')
            assert await shown_anew(editor, uri, lambda: watched(change)) == ["TLC102"]
            # A setting that is none says so, and what was found stays as it was.
            change = configure(tmp_path, '[tool.torchlint]\nignroe = ["TLC102"]\n')
            assert await shown_anew(editor, uri, lambda: watched(change)) == ["TLC102"]
            assert "did you mean 'ignore'" in await editor.message("pyproject.toml")
            change = configure(tmp_path, "[tool.torchlint\n")
            assert await shown_anew(editor, uri, lambda: watched(change)) == ["TLC102"]
            await editor.message("no valid TOML")
            (tmp_path / "pyproject.toml").unlink()
            change = configure(tmp_path, "[torchlint]\nselect = TLC101\n", "setup.cfg")
            assert await shown_anew(editor, uri, lambda: watched(change)) == ["TLC101"]
            assert len(editor.said) == 2

    run(play)


def test_a_configuration_that_is_broken_from_the_start(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    change = configure(tmp_path, "[tool.torchlint]\nselect = 1\n")

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open(uri, NET)
            assert await editor.codes(uri) == []
            await editor.message("select: must be a list")
            configure(tmp_path, "")
            watched = editor.client.workspace_did_change_watched_files
            assert await shown_anew(editor, uri, lambda: watched(change)) == ["TLC101", "TLC102"]

    run(play)


def test_an_editor_that_watches_no_files_saves_them(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open(uri, NET)
            assert await editor.codes(uri) == ["TLC101", "TLC102"]
            configure(tmp_path, '[tool.torchlint]\nignore = ["TLC101"]\n')
            saved = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
            assert await shown_anew(editor, uri, lambda: editor.client.text_document_did_save(saved)) == ["TLC102"]
            assert not editor.registered

    run(play)


def test_settings_of_the_editor(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    (tmp_path / "other.toml").write_text('[tool.torchlint]\nselect = ["TLC102"]\n', encoding="utf-8")

    async def play() -> None:
        async with Editor(tmp_path, options={"torchlint": {"ignore": ["TLC101"]}}) as editor:

            def say(settings: object) -> None:
                params = types.DidChangeConfigurationParams(settings)  # type: ignore[arg-type]  # JSON of any shape
                editor.client.workspace_did_change_configuration(params)

            editor.open(uri, NET)
            assert await editor.codes(uri) == ["TLC102"]
            assert await shown_anew(editor, uri, lambda: say({"torchlint": {"select": "TLC101"}})) == ["TLC101"]
            assert await shown_anew(editor, uri, lambda: say({"torchlint": {"config": "other.toml"}})) == ["TLC102"]
            assert await shown_anew(editor, uri, lambda: say({"torchlint": {"extendSelect": []}})) == [
                "TLC101",
                "TLC102",
            ]
            assert await shown_anew(editor, uri, lambda: say({"torchlint": {"selct": 1}})) == ["TLC101", "TLC102"]
            assert "did you mean 'select'" in await editor.message("torchlint.selct")
            assert await shown_anew(editor, uri, lambda: say({"torchlint": {"ignore": 3}})) == ["TLC101", "TLC102"]
            await editor.message("torchlint.ignore: must be a list")
            assert await shown_anew(editor, uri, lambda: say({"torchlint": {"targetVersion": "x"}}))
            await editor.message("torchlint.targetVersion: must be a torch version")

    run(play)


def test_each_workspace_has_its_own_settings(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    for folder in (one, two, three):
        folder.mkdir()
    configure(one, '[tool.torchlint]\nselect = ["TLC101"]\n')
    uris = [(folder / "a.py").as_uri() for folder in (one, two, three)]

    async def play() -> None:
        async with Editor(one, two, capabilities=FULL) as editor:
            for uri in uris:
                editor.open(uri, NET)
            assert [await editor.codes(uri) for uri in uris] == [["TLC101"], ["TLC101", "TLC102"], ["TLC101", "TLC102"]]
            # The editor is asked for each folder's settings, also for one that joins later.
            editor.settings = {two.as_uri(): {"ignore": ["TLC101"]}, three.as_uri(): {"ignore": ["TLC1"]}}
            nothing = types.DidChangeConfigurationParams(None)
            changed = editor.client.workspace_did_change_configuration
            assert await shown_anew(editor, uris[1], lambda: changed(nothing)) == ["TLC102"]
            assert await editor.codes(uris[0]) == ["TLC101"]
            event = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(three.as_uri(), "three")], [])
            joined = types.DidChangeWorkspaceFoldersParams(event)
            joins = editor.client.workspace_did_change_workspace_folders
            assert await shown_anew(editor, uris[2], lambda: joins(joined)) == []

    run(play)


# What should not be.


def test_documents_that_are_not_open(tmp_path: Path) -> None:
    uri, other = (tmp_path / "a.py").as_uri(), (tmp_path / "b.py").as_uri()

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open(uri, NET)
            editor.replace(other, "x = 1\n")
            await editor.message("b.py was changed, but had not been opened")
            editor.close(other)
            await editor.message("b.py was closed, but had not been opened")
            editor.change_notebook(other, types.NotebookDocumentCellChanges())
            assert await editor.hover(other, types.Position(0, 0)) is None
            assert await editor.actions(other, types.Range(types.Position(0, 0), types.Position(9, 0))) == []
            editor.open(uri, NET.replace("mask", "ones"))  # once more
            assert "`self.ones`" in (await editor.diagnostics(uri))[0].message

    run(play)


def sent(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def message(method: str, number: int | None = None, **params: object) -> bytes:
    content: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
    return sent(json.dumps(content if number is None else {**content, "id": number}).encode())


HELLO = message("initialize", 1, capabilities={}, processId=None, rootUri=None) + message("initialized")
OPEN = message(
    "textDocument/didOpen", textDocument={"uri": "file:///a.py", "languageId": "python", "version": 1, "text": NET}
)
BYE = message("shutdown", 99) + message("exit")


def conversation(*messages: bytes, folder: Path, last: int | None = None) -> tuple[int, list[Answer], str]:
    """What a server answers to raw messages: its exit status, its messages, and what it logged.

    It is said goodbye to after the answer with the number ``last``, or not at all.
    """
    command = [sys.executable, "-m", "torchlint", "server"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdin.write(b"".join(messages))
        server.stdin.flush()
        answers: list[Answer] = []
        while last is not None and not any(each.get("id") == last for each in answers):
            answers.append(answer(server.stdout))
        if last is not None:
            server.stdin.write(BYE)
        server.stdin.close()
        while head := server.stdout.peek():  # type: ignore[attr-defined]  # a pipe is buffered
            assert head
            answers.append(answer(server.stdout))
        return server.wait(PATIENCE), answers, server.stderr.read().decode()


def answer(out: IO[bytes]) -> Answer:
    """The next message of a server."""
    length = 0
    while line := out.readline().strip():
        name, _, value = line.partition(b":")
        length = int(value) if name == b"Content-Length" else length
    found: Answer = json.loads(out.read(length))
    return found


def said(answers: list[Answer]) -> list[str]:
    return [each["params"]["message"] for each in answers if each.get("method") == "window/showMessage"]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        pytest.param(sent(b"{nonsense"), "cannot be read", id="no-json"),
        pytest.param(sent(b"[1, 2]"), "no JSON-RPC message", id="no-object"),
        pytest.param(sent(b"{}"), "no JSON-RPC message", id="empty-object"),
        pytest.param(sent(b'"\xff\xfe"'), "cannot be read", id="no-utf-8"),
        pytest.param(message("textDocument/didOpen"), "textDocument/didOpen without what it must have", id="no-params"),
        pytest.param(message("textDocument/didChange", textDocument=3), "didChange without", id="wrong-type"),
        pytest.param(message("no/such"), None, id="unknown-notification"),
        pytest.param(sent(b'{"jsonrpc": "1.0", "method": "exit"}'), "no JSON-RPC message", id="other-version"),
        pytest.param(message("$/cancelRequest", id=77), None, id="nothing-to-cancel"),
        pytest.param(sent(b'{"jsonrpc": "2.0", "id": 5, "result": null}'), None, id="answer-to-nothing"),
    ],
)
def test_malformed_messages_are_said_and_survived(tmp_path: Path, bad: bytes, words: str | None) -> None:
    hover = message("textDocument/hover", 2, textDocument={"uri": "file:///a.py"}, position={"line": 7, "character": 9})
    status, answers, log = conversation(HELLO, OPEN, bad, hover, folder=tmp_path, last=2)
    assert status == 0
    assert [each for each in said(answers) if words and words in each] or words is None
    assert len(said(answers)) == (words is not None)
    answer = next(each for each in answers if each.get("id") == 2)
    assert "TLC101" in str(answer["result"])
    assert "bug in torchlint" not in log


def test_requests_that_cannot_be_answered_get_an_error(tmp_path: Path) -> None:
    hover = message("textDocument/hover", 7, textDocument={"uri": "file:///a.py"}, position={"line": 0, "character": 0})
    broken = message("textDocument/hover", 8, textDocument={"uri": "file:///a.py"}, position={"line": "x"})
    unknown = message("no/such", 9)
    status, answers, _ = conversation(hover, OPEN, HELLO, broken, unknown, folder=tmp_path, last=9)
    codes = {each["id"]: each["error"]["code"] for each in answers if "error" in each}
    assert codes == {7: -32002, 8: -32602, 9: -32601}
    assert status == 0


@pytest.mark.parametrize("end", [b"", message("exit")])
def test_an_editor_that_goes_without_a_word(tmp_path: Path, end: bytes) -> None:
    status, answers, log = conversation(HELLO, OPEN, end, folder=tmp_path)
    assert status == 1
    assert answers[0]["id"] == 1
    assert "bug in torchlint" not in log


def test_without_pygls_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pygls'] = None; from torchlint.frontends.cli import main; sys.exit(main(['server']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert ran.returncode == 2
    assert ran.stderr == "error: the language server needs pygls: pip install 'torchlint[server]'\n"


def test_nothing_heavy_is_imported_for_the_other_commands() -> None:
    code = (
        "import sys, torchlint.frontends.cli as cli; cli.parser_of(cli.COMMANDS); "
        "print({'pygls', 'lsprotocol', 'asyncio'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
