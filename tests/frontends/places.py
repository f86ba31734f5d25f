"""Ten files and notebooks with faults, non-ASCII lines among them, and where each frontend says that the faults are.

A place is what people see: path, cell (None outside of notebooks), 1-based line, 1-based column in code points, code.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import NamedTuple

EXAMPLES = Path(__file__).parents[1] / "examples"

LAYERS = """\
import torch
from torch import nn


class {name}(nn.Module):
    def __init__(self):
        super().__init__()
        {before}self.mask = torch.ones(3, dtype=torch.bool)  # {comment}
        self.layers = [nn.Linear(3, 3), nn.Linear(3, 3)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x.masked_fill(self.mask, 0)
"""
STORY = """\
import torch

gewicht = torch.ones(3, requires_grad=True)
größe = gewicht.exp(); größe.mul_(2)  # 日本語
print("🎉", größe.sum().backward())
print(gewicht.data)
"""


class Where(NamedTuple):
    """Where a frontend says that something was found."""

    path: str
    cell: int | None
    line: int
    column: int
    code: str


def ten_files(folder: Path) -> None:
    """Write the files: six scripts and four notebooks, one of them with IPython's own syntax."""
    layers = LAYERS.format(name="Net", before="", comment="plain")
    wide = LAYERS.format(name="Größe", before="é = '𝔘ñí'; ", comment="→ 日本語")
    files = {
        "layers.py": layers.encode(),
        "größe.py": wide.encode(),
        "crlf.py": b"\xef\xbb\xbf" + wide.replace("\n", "\r\n").encode(),
        "latin.py": b"# coding: latin-1\n"
        + LAYERS.format(name="Net", before="x = 'é'; ", comment="ü").encode("latin-1"),
        "stories/story.py": STORY.encode(),
        "compact.ipynb": notebook(["# Größe\n", wide], indent=None),
        "escaped.ipynb": notebook(["%matplotlib inline\n" + STORY], indent=1, ascii_only=True),
        "split.ipynb": notebook(STORY.splitlines(keepends=True), indent=4),
    }
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    for name in ("train.py", "lesson.ipynb"):
        shutil.copy(EXAMPLES / name, folder)


def notebook(cells: list[str], indent: int | None, ascii_only: bool = False) -> bytes:
    """A notebook with a text cell before each cell of code; its sources are lists of lines where it is indented."""
    made: list[dict[str, object]] = []
    for text in cells:
        source = text if indent is None else text.splitlines(keepends=True)
        made.append({"cell_type": "markdown", "metadata": {}, "source": ["# é\n", "🎉"]})
        made.append({"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source})
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=indent, ensure_ascii=ascii_only).encode()


def torchlint(folder: Path, *arguments: str) -> str:
    """What ``torchlint check`` prints in ``folder``, which no CI system has checked out."""
    command = [sys.executable, "-m", "torchlint", "check", "--no-cache", *arguments]
    elsewhere = {key: each for key, each in os.environ.items() if key not in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")}
    ran = subprocess.run(command, cwd=folder, env=elsewhere, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode in (0, 1), ran.stderr
    return ran.stdout


def of_full(folder: Path) -> list[Where]:
    return in_full(torchlint(folder, "--color", "never"))


def in_full(text: str) -> list[Where]:
    """The places in what ``--output-format full`` wrote."""
    place = re.compile(r"^ *--> (.+?)(?::(\d+):(\d+)|: cell (\d+), line (\d+), column (\d+))$")
    found, code = [], ""
    for row in text.splitlines():
        if head := re.match(r"TLC\d{3}", row):
            code = head.group()
        if at := place.match(row):
            path, line, column, cell, cell_line, cell_column = at.groups()
            found.append(Where(path, _number(cell), int(line or cell_line), int(column or cell_column), code))
    return found


def of_concise(folder: Path) -> list[Where]:
    place = re.compile(r"(.+?):(?:cell (\d+):)?(\d+):(\d+): (TLC\d{3}) ")
    found = map(place.match, torchlint(folder, "--output-format", "concise").splitlines())
    return [Where(at[1], _number(at[2]), int(at[3]), int(at[4]), at[5]) for at in found if at]


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def of_json(folder: Path) -> list[Where]:
    found = json.loads(torchlint(folder, "--output-format", "json"))
    return [Where(each["path"], each["cell"], each["line"], each["column"], each["code"]) for each in found]


def of_flake8(folder: Path) -> list[Where]:
    """Those of the scripts: flake8 reads no notebooks, and calls a syntax error E999."""
    form = "%(path)s:%(row)d:%(col)d:%(code)s"
    command = [sys.executable, "-m", "flake8", "--isolated", "--select", "TLC", "--jobs", "1", "--format", form, "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert not ran.stderr
    rows = [line.removeprefix("./").split(":") for line in ran.stdout.splitlines()]
    return sorted(Where(path, None, int(line), int(column), code) for path, line, column, code in rows)


def of_server(folder: Path) -> list[Where]:
    """Those in an editor, which has notebooks open as notebooks and counts columns in UTF-16, as most do."""
    from lsprotocol.types import NotebookCellKind

    from tests.frontends.server.client import Editor

    kinds = {"code": NotebookCellKind.Code, "markdown": NotebookCellKind.Markup}

    async def shown() -> list[Where]:
        found: list[Where] = []

        async def add(uri: str, text: str, path: str, cell: int | None = None) -> None:
            lines = text.splitlines()
            for each in await editor.diagnostics(uri):
                at = each.range.start
                before = lines[at.line].encode("utf-16-le")[: 2 * at.character].decode("utf-16-le")
                found.append(Where(path, cell, at.line + 1, len(before) + 1, str(each.code)))

        async with Editor(folder) as editor:
            for file in sorted(each for each in folder.rglob("*") if each.suffix in (".py", ".ipynb")):
                path, uri, text = file.relative_to(folder).as_posix(), file.as_uri(), decoded(file.read_bytes())
                if file.suffix == ".py":
                    editor.open(uri, text)
                    await add(uri, text, path)
                    continue
                cells = [(each["cell_type"], "".join(each["source"])) for each in json.loads(text)["cells"]]
                uris = editor.open_notebook(uri, [(kinds[kind], source) for kind, source in cells])
                for number, (cell_uri, (kind, source)) in enumerate(zip(uris, cells, strict=True), 1):
                    if kind == "code":
                        await add(cell_uri, source, path, number)
        return sorted(found, key=lambda each: (each.path, each.cell or 0, each.line, each.column, each.code))

    return asyncio.run(shown())


def decoded(data: bytes) -> str:
    """A file's text as editors have it: without a byte order mark, its line endings as they are."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)
