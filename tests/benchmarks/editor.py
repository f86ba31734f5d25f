"""How soon an editor sees what torchlint finds, and whether a long session wears the server out.

    python -m tests.benchmarks.editor                             # model files of transformers of about 2,000 lines
    python -m tests.benchmarks.editor --edits 10000 --files 1     # a long session

Run it from the root of the repository, in an environment in which ``torchlint[server]`` is installed. A real server is
talked to over its standard input and output. Each edit is one keystroke at a random place: most put in or take away a
character, some a line, some take back what the one before did. The time counts from the moment at which the change is
sent to that at which the diagnostics of that version have been read. A second server, which never saw anything but the
last text, must say the same.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import random
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from tests.benchmarks.__main__ import fetch
from tests.frontends.server.client import Editor

if TYPE_CHECKING:
    from collections.abc import Callable

URI = "file:///model.py"
_LINES_OF_A_MODEL = 2000
_STARTING = 3
"""Seconds after which a server has started."""
_MOST_BROKEN = 3
_TYPED = "abcxyz_0189 ()[]=.,:\"'#+*@é"
_LINES = ("\n", "    # why\n", "        x = x.detach()\n", "        self.scale = torch.ones(3)\n", "    return x\n")
_MEMORY_EVERY = 1000


class Typist:
    """Random edits of a text. What breaks it is taken back within a few keystrokes, as people do."""

    def __init__(self, text: str, seed: int) -> None:
        self.text = self.valid = text
        self._random = random.Random(seed)
        self._undo: list[tuple[int, str, str]] = []

    def edit(self) -> types.TextDocumentContentChangePartial:
        """The next edit, which changes ``text``; ``valid`` is the last text that was Python."""
        start, old, new = self._next()
        change = types.TextDocumentContentChangePartial(self._range(start, start + len(old)), new)
        self.text = self.text[:start] + new + self.text[start + len(old) :]
        if _is_python(self.text):
            self.valid = self.text
            self._undo.clear()
        return change

    def _next(self) -> tuple[int, str, str]:
        if self._undo and (len(self._undo) > _MOST_BROKEN or self._random.random() < 0.7):
            return self._undo.pop()
        at = self._random.randrange(len(self.text))
        kind = self._random.random()
        if kind < 0.5:
            old, new = "", self._random.choice(_TYPED)
        elif kind < 0.8:
            old, new = self.text[at], ""
        else:
            at = self.text.find("\n", at) + 1
            old, new = "", self._random.choice(_LINES)
        self._undo.append((at, new, old))
        return at, old, new

    def _range(self, start: int, end: int) -> types.Range:
        return types.Range(self._position(start), self._position(end))

    def _position(self, offset: int) -> types.Position:
        line = self.text.count("\n", 0, offset)
        return types.Position(line, offset - (self.text.rfind("\n", 0, offset) + 1))


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
    return True


@dataclass(slots=True)
class Session:
    """What one server was like: milliseconds to the first diagnostics and after each edit, MB now and then, and how
    many of the texts were Python. ``last`` is the last text that was, ``shown`` what was shown about it."""

    first: float = 0.0
    latencies: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    valid: int = 0
    last: str = ""
    shown: list[types.Diagnostic] = field(default_factory=list)


async def play(text: str, edits: int, seed: int, folder: Path) -> Session:
    """One session of random edits."""
    session, typist = Session(), Typist(text, seed)
    async with Editor(folder, encoding=types.PositionEncodingKind.Utf32) as editor:
        await asyncio.sleep(_STARTING)
        session.first = await _timed(editor, lambda: editor.open(URI, text))
        for number in range(edits):
            if number % _MEMORY_EVERY == 0:
                session.memory.append(_memory(editor))
            change = typist.edit()
            session.latencies.append(await _timed(editor, partial(editor.change, URI, change)))
            session.valid += typist.text == typist.valid
        session.memory.append(_memory(editor))
        editor.replace(URI, typist.valid)
        session.last, session.shown = typist.valid, await editor.diagnostics(URI)
    return session


async def fresh(text: str, folder: Path) -> list[types.Diagnostic]:
    """What a server shows that never saw anything else."""
    async with Editor(folder, encoding=types.PositionEncodingKind.Utf32) as editor:
        editor.open(URI, text)
        return await editor.diagnostics(URI)


async def _timed(editor: Editor, send: Callable[[], None]) -> float:
    """Milliseconds from sending something to having read the diagnostics of that version."""
    before = time.perf_counter()
    send()
    await editor.diagnostics(URI)
    return (time.perf_counter() - before) * 1000


def _memory(editor: Editor) -> float:
    """MB that the server's process has in memory; 0 where the system does not say."""
    assert editor.process is not None
    try:
        status = Path(f"/proc/{editor.process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def report(path: Path, lines: int, session: Session) -> None:
    """Print what one session was like."""
    ordered = sorted(session.latencies)
    at = {share: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.9, 0.99)}
    print(
        f"{path.name}: {lines:,} lines; first {session.first:.0f} ms; {len(ordered):,} edits, {session.valid:,} of them to "
        f"valid Python: median {at[0.5]:.0f} ms, 90 % {at[0.9]:.0f} ms, 99 % {at[0.99]:.0f} ms, "
        f"most {ordered[-1]:.0f} ms; memory {', '.join(f'{each:.0f}' for each in session.memory)} MB",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--files", type=int, default=3, help="how many model files, those nearest to 2,000 lines first")
    parser.add_argument("--name", default="modeling_", help="what the names of the files begin with")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "torchlint-benchmarks")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    found = {each: each.read_text(encoding="utf-8") for each in fetch("transformers", options.cache).files}
    models = [each for each in found if each.name.startswith(options.name)]
    models.sort(key=lambda each: abs(found[each].count("\n") - _LINES_OF_A_MODEL))
    differ = 0
    with tempfile.TemporaryDirectory() as name:
        for path in models[: options.files]:
            session = asyncio.run(play(found[path], options.edits, options.seed, Path(name)))
            report(path, found[path].count("\n"), session)
            if asyncio.run(fresh(session.last, Path(name))) != session.shown:
                print("   a fresh server shows something else")
                differ += 1
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())
