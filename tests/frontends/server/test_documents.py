"""What an editor is shown about its documents while they change."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'torchlint[server]'")

from lsprotocol import types

from tests.frontends.server.client import FULL, Editor, whole
from torchlint.rule import all_rules

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

CODE = types.NotebookCellKind.Code
MARKUP = types.NotebookCellKind.Markup
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
WIDE = NET.replace("self.mask = ", "é = '𝔘🎉'; self.mask = ", 1)


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


def run(play: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(play())  # type: ignore[arg-type]  # all of them are coroutines


def of_command_line(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "torchlint", "check", "--output-format", "json", "--no-cache", *arguments, "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr.decode()
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


def places(diagnostics: Sequence[types.Diagnostic]) -> list[tuple[str, int, int, int, int]]:
    """Code and range as the command line counts; the editor counts code points."""
    return sorted(
        (
            str(each.code),
            each.range.start.line + 1,
            each.range.start.character + 1,
            each.range.end.line + 1,
            each.range.end.character + 1,
        )
        for each in diagnostics
    )


def position(line: int, character: int) -> types.Position:
    return types.Position(line, character)


def typing(line: int, character: int, text: str, taken: int = 0) -> types.TextDocumentContentChangePartial:
    """Put in some text in the place of ``taken`` characters of a line."""
    start = position(line, character)
    return types.TextDocumentContentChangePartial(types.Range(start, position(line, character + taken)), text)


# The same as everywhere.


def test_the_same_findings_as_on_the_command_line(tmp_path: Path) -> None:
    """Ten files, unusual ones among them, and two notebooks; texts come to an editor decoded, whatever the file has."""
    examples = Path(__file__).parents[2] / "examples"
    rules = [each.examples[0].code.replace("⟦", "").replace("⟧", "") for each in all_rules().values()][:5]
    files = {f"rule{number}.py": text for number, text in enumerate(rules)}
    files |= {"plain.py": NET, "wide.py": WIDE, "crlf.py": NET.replace("\n", "\r\n"), "cr.py": NET.replace("\n", "\r")}
    files |= {
        "feed.py": NET.replace("\n\n\nclass", "\n\f\nclass").replace("(3)", "(3)  # a\x0cb\x0b\x1c\x85\u2028c", 1)
    }
    files |= {"train.py": (examples / "train.py").read_text(encoding="utf-8")}
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode())
    cells = [(CODE, "%matplotlib inline\nimport torch\nfrom torch import nn"), (MARKUP, "# Ünï"), (CODE, WIDE)]
    notebooks = {
        "made.ipynb": cells,
        "lesson.ipynb": [
            (CODE if each["cell_type"] == "code" else MARKUP, "".join(each["source"]))
            for each in json.loads((examples / "lesson.ipynb").read_text(encoding="utf-8"))["cells"]
        ],
    }
    for name, each in notebooks.items():
        json_cells = [
            {"cell_type": "code" if kind is CODE else "markdown", "source": text, "metadata": {}} for kind, text in each
        ]
        (tmp_path / name).write_text(json.dumps({"cells": json_cells, "metadata": {}, "nbformat": 4}))
    expected: dict[str, list[tuple[str, int, int, int, int]]] = {}
    for found in of_command_line(tmp_path):
        uri = (tmp_path / found["path"]).as_uri() + (f"#cell{found['cell'] - 1}" if found["cell"] else "")
        place = (found["code"], found["line"], found["column"], found["end_line"], found["end_column"])
        expected.setdefault(uri, []).append(place)

    async def play() -> None:
        shown: dict[str, list[tuple[str, int, int, int, int]]] = {}
        async with Editor(tmp_path, encoding=types.PositionEncodingKind.Utf32) as editor:
            for name, text in files.items():
                uri = (tmp_path / name).as_uri()
                editor.open(uri, text)
                shown[uri] = places(await editor.diagnostics(uri))
            for name, each in notebooks.items():
                for uri, (kind, _) in zip(editor.open_notebook((tmp_path / name).as_uri(), each), each, strict=True):
                    shown[uri] = places(await editor.diagnostics(uri)) if kind is CODE else []
        assert {uri: each for uri, each in shown.items() if each} == {uri: sorted(e) for uri, e in expected.items()}
        assert sum(map(len, expected.values())) > 15

    run(play)


@pytest.mark.parametrize(("encoding", "start"), [("utf-8", 25), ("utf-16", 20), ("utf-32", 18)])
def test_columns_count_in_the_units_agreed_on(tmp_path: Path, encoding: str, start: int) -> None:
    uri = (tmp_path / "a.py").as_uri()

    async def play() -> None:
        async with Editor(tmp_path, encoding=types.PositionEncodingKind(encoding)) as editor:
            assert editor.capabilities_of_server is not None
            assert editor.capabilities_of_server.position_encoding == encoding
            editor.open(uri, WIDE)
            found = next(each for each in await editor.diagnostics(uri) if each.code == "TLC101")
            assert found.range == types.Range(position(7, start), position(7, start + len("self.mask")))
            # What is typed behind wide characters is put where it was typed.
            editor.change(uri, typing(7, start + 5, "x"), typing(7, start + 6, "y", taken=1), typing(13, 24, "xy", 1))
            found = next(each for each in await editor.diagnostics(uri) if each.code == "TLC101")
            assert found.message.startswith("`self.xyask`"), found.message

    run(play)


def test_related_places_tags_and_severity(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    text = (
        "import torch\n\nw = torch.ones(3, requires_grad=True)\nz = w.sin().sum()\nz.backward(retain_graph=True)\n"
        "print(w.data + 1)\nprint(w)  # noqa: TLC101\ny = w.exp()\ny.add_(1)\ny.sum().backward()\n"
    )

    async def play() -> None:
        async with Editor(tmp_path, options={"settings": {"certainty": "advice"}}) as editor:
            editor.open(uri, text)
            found = {str(each.code): each for each in await editor.diagnostics(uri)}
            saved = found["TLC202"]
            assert saved.severity is types.DiagnosticSeverity.Error
            assert saved.source == "torchlint"
            assert "PyTorch raises: one of the variables" in saved.message
            related = [(each.location.range.start.line, each.message) for each in saved.related_information or ()]
            assert [line for line, _ in related] == [7, 9]
            assert all(each.location.uri == uri for each in saved.related_information or ())
            assert found["TLC402"].tags == (types.DiagnosticTag.Unnecessary,)
            assert found["TLC003"].tags == (types.DiagnosticTag.Unnecessary,)
            assert found["TLC302"].tags == (types.DiagnosticTag.Deprecated,)
            assert found["TLC302"].severity is types.DiagnosticSeverity.Information
            assert saved.tags is None

    run(play)


# While typing.


def test_broken_text_keeps_what_was_found_and_moves_it(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open(uri, NET)
            assert await editor.codes(uri) == ["TLC101", "TLC102"]
            editor.change(uri, typing(3, 0, "def broken(\n\n"))
            broken = {str(each.code): each.range.start.line for each in await editor.diagnostics(uri)}
            assert broken == {"TLC001": 3, "TLC101": 9, "TLC102": 10}
            editor.change(uri, typing(9, 8, "(", taken=0))
            assert sorted(await editor.codes(uri)) == ["TLC001", "TLC102"]  # its own line changed
            editor.change(uri, typing(9, 8, "", taken=1))
            assert sorted(await editor.codes(uri)) == ["TLC001", "TLC101", "TLC102"]
            removed = types.TextDocumentContentChangePartial(types.Range(position(3, 0), position(5, 0)), "")
            editor.change(uri, removed)
            assert {str(e.code): e.range.start.line for e in await editor.diagnostics(uri)} == {
                "TLC101": 7,
                "TLC102": 8,
            }

    run(play)


def test_random_edits_leave_what_a_fresh_server_has(tmp_path: Path) -> None:
    """The small brother of ``python -m tests.benchmarks.editor --edits 10000``, with form feeds and wide characters."""
    from tests.benchmarks.editor import Typist

    uri = (tmp_path / "a.py").as_uri()
    parts = [each.examples[0].code.replace("⟦", "").replace("⟧", "") for each in all_rules().values()]
    random.Random(5).shuffle(parts)
    text = WIDE + "\f\n" + "\n\n".join(parts[:8])

    async def play() -> None:
        typist = Typist(text, 7)
        async with Editor(tmp_path, encoding=types.PositionEncodingKind.Utf32) as editor:
            editor.open(uri, text)
            for number in range(300):
                editor.change(uri, typist.edit())
                if number % 3 == 0:
                    await editor.diagnostics(uri)
                if number % 60 == 59:
                    editor.replace(uri, typist.valid)
                    used = await editor.diagnostics(uri)
                    async with Editor(tmp_path, encoding=types.PositionEncodingKind.Utf32) as other:
                        other.open(uri, typist.valid)
                        assert await other.diagnostics(uri) == used, number
                    editor.replace(uri, typist.text)

    run(play)


def test_edits_beyond_the_end_are_at_the_end(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open(uri, NET[: NET.index("        self.layers")])
            end = types.Range(position(500, 9), position(900, 0))
            rest = NET[NET.index("        self.layers") :]
            editor.change(uri, types.TextDocumentContentChangePartial(end, rest))
            assert await editor.codes(uri) == ["TLC101", "TLC102"]
            editor.change(uri, typing(7, 4000, "  # noqa"))
            assert await editor.codes(uri) == ["TLC102"]

    run(play)


def test_what_is_closed_is_cleared_and_opened_anew(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open(uri, NET)
            assert await editor.codes(uri)
            editor.close(uri)
            await editor.until(lambda: not editor.shown[uri].diagnostics)
            assert await editor.actions(uri, whole(NET)) == []
            editor.open(uri, NET.replace("self.mask", "self.ones"))
            assert "`self.ones`" in (await editor.diagnostics(uri))[0].message

    run(play)


def test_what_is_closed_while_it_is_checked_shows_nothing(tmp_path: Path) -> None:
    uris = [(tmp_path / f"{number}.py").as_uri() for number in range(6)]

    async def play() -> None:
        async with Editor(tmp_path) as editor:
            for uri in uris:
                editor.open(uri, NET * 20)
                if uri != uris[-1]:
                    editor.close(uri)
            assert await editor.codes(uris[-1])
            assert all(not editor.shown[uri].diagnostics for uri in uris[:-1])
            assert not editor.said

    run(play)


def test_other_languages_and_untitled_documents(tmp_path: Path) -> None:
    async def play() -> None:
        async with Editor(tmp_path) as editor:
            editor.open("untitled:Untitled-1", NET)
            assert await editor.codes("untitled:Untitled-1") == ["TLC101", "TLC102"]
            editor.open("file:///a.txt", NET, language="plaintext")
            assert await editor.codes("file:///a.txt") == []

    run(play)


# Other files.


def test_what_depends_on_another_file_follows_it(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    base = tmp_path / "base.py"
    text = NET.replace("from torch import nn", "from torch import nn\nfrom base import Base").replace(
        "(nn.Module)", "(Base)"
    )
    text = text.replace("def forward", "def run")

    async def play() -> None:
        async with Editor(tmp_path, capabilities=FULL) as editor:
            await editor.until(lambda: True)
            editor.open(uri, text)
            assert await editor.codes(uri) == []
            base.write_text(
                "from torch import nn\n\n\nclass Base(nn.Module):\n"
                "    def forward(self, x):\n        return self.run(x)\n"
            )
            created = types.FileEvent(base.as_uri(), types.FileChangeType.Created)
            shown = editor.shown.pop(uri)
            editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([created]))
            await editor.until(lambda: uri in editor.shown)
            assert await editor.codes(uri) == ["TLC101", "TLC102"]
            base.write_text("class Base:\n    pass\n")
            changed = types.FileEvent(base.as_uri(), types.FileChangeType.Changed)
            editor.shown.pop(uri)
            editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
            await editor.until(lambda: uri in editor.shown)
            assert list(editor.shown[uri].diagnostics) == list(shown.diagnostics)
            assert editor.registered[0].method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES

    run(play)


# Notebooks.


def test_cells_of_a_notebook(tmp_path: Path) -> None:
    uri = (tmp_path / "a.ipynb").as_uri()
    cells = [
        (CODE, "%pip install torch\nimport torch\nw = torch.ones(3, requires_grad=True)"),
        (MARKUP, "# words"),
        (CODE, "é = 1; y = w.exp()\ny.add_(1)"),
        (CODE, "y.sum().backward()"),
    ]

    async def play() -> None:
        async with Editor(tmp_path, capabilities=FULL) as editor:
            assert editor.capabilities_of_server is not None
            assert editor.capabilities_of_server.notebook_document_sync is not None
            uris = editor.open_notebook(uri, cells)
            (found,) = await editor.diagnostics(uris[2])
            assert (found.code, found.range.start.line) == ("TLC202", 1)
            related = [(each.location.uri, each.location.range.start.line) for each in found.related_information or ()]
            assert related == [(uris[2], 0), (uris[3], 0)]
            assert await editor.codes(uris[0]) == await editor.codes(uris[3]) == []

            # The cell that went wrong is broken: the others are still checked, and what was found in it stays.
            editor.versions[uris[2]] = 2
            content = types.NotebookDocumentCellContentChanges(
                types.VersionedTextDocumentIdentifier(2, uris[2]), [typing(0, 0, "def f(\n")]
            )
            editor.change_notebook(uri, types.NotebookDocumentCellChanges(text_content=[content]))
            assert {(str(e.code), e.range.start.line) for e in await editor.diagnostics(uris[2])} == {
                ("TLC001", 0),
                ("TLC202", 2),
            }

            # Without the backward nothing is wrong any more; a cell that is gone shows nothing.
            editor.versions[uris[2]] = 3
            content = types.NotebookDocumentCellContentChanges(
                types.VersionedTextDocumentIdentifier(3, uris[2]),
                [types.TextDocumentContentChangePartial(types.Range(position(0, 0), position(1, 0)), "")],
            )
            structure = types.NotebookDocumentCellChangeStructure(
                types.NotebookCellArrayChange(3, 1), did_close=[types.TextDocumentIdentifier(uris[3])]
            )
            editor.change_notebook(uri, types.NotebookDocumentCellChanges(structure=structure, text_content=[content]))
            assert await editor.codes(uris[2]) == []

            # A new cell brings it back.
            new = f"{uri}#new"
            structure = types.NotebookDocumentCellChangeStructure(
                types.NotebookCellArrayChange(3, 0, [types.NotebookCell(CODE, new)]),
                did_open=[types.TextDocumentItem(new, "python", 1, "y.sum().backward()")],
            )
            editor.shown.pop(uris[2])
            editor.change_notebook(uri, types.NotebookDocumentCellChanges(structure=structure))
            assert await editor.codes(uris[2]) == ["TLC202"]

            identifier = types.NotebookDocumentIdentifier(uri)
            closed = [types.TextDocumentIdentifier(each) for each in (*uris[:3], new)]
            editor.client.notebook_document_did_close(types.DidCloseNotebookDocumentParams(identifier, closed))
            await editor.until(lambda: not editor.shown[uris[2]].diagnostics)
            assert not editor.said

    run(play)
