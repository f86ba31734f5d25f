"""The programs and the faults that can be put into them, as their folders have them."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "programs"
FAULTS = "faults.toml"

KINDS = {
    "changed": "what a pending backward keeps is changed in place",
    "freed": "a backward goes through a graph a second time",
    "cut": "a backward starts at what has no graph",
    "lost": "a part of the gradient never arrives",
    "data": "a write past autograd spoils a gradient",
    "leaf": "a leaf, or a view that may not be, is changed in place",
    "mode": "a grad mode is not in force, or in force where it should not be",
    "unregistered": "a module does not know its parameter, layer or table",
    "discarded": "a result is thrown away",
    "flag": "requires_grad is set where it does not help",
    "zero": "gradients of several steps add up",
    "softmax": "probabilities go into a loss of logits",
    "retained": "a graph is kept in vain",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a program's file; ``cell`` is the 1-based position among all cells of a notebook."""

    file: str
    cell: int | None
    line: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Put ``new`` in the place of ``old``, which stands once in a file.

    ``kind`` is empty where the edit is harmless. Of what proves a fault one is given: ``raises`` is a part of what
    PyTorch says, ``shows`` is an expression that is true afterwards in the main module, and ``differs`` one that has
    another value than without the fault. ``surfaces`` are lines, word for word, at which it may be reported too.
    """

    name: str
    kind: str
    file: str
    old: str
    new: str
    raises: str = ""
    shows: str = ""
    differs: str = ""
    surfaces: tuple[str, ...] = ()
    harmless: bool = False

    @property
    def expressions(self) -> tuple[str, ...]:
        """What is evaluated after a run."""
        return tuple(each for each in (self.shows, self.differs) if each)


@dataclass(frozen=True, slots=True)
class Program:
    """A folder with a program; ``main`` is the file that is run."""

    folder: Path
    main: str
    edits: tuple[Edit, ...]

    @property
    def name(self) -> str:
        return self.folder.name

    def texts(self) -> dict[str, str]:
        """Its files by their paths within the folder."""
        paths = sorted(each for each in self.folder.rglob("*") if each.suffix in {".py", ".ipynb"})
        return {each.relative_to(self.folder).as_posix(): each.read_text("utf-8") for each in paths}


def read_programs() -> list[Program]:
    """All programs, in the order of their names."""
    return [_read(path.parent) for path in sorted(FOLDER.glob(f"*/{FAULTS}"))]


def _read(folder: Path) -> Program:
    table: dict[str, Any] = tomllib.loads((folder / FAULTS).read_text("utf-8"))
    edits = []
    for each in table["fault"]:
        known = {"kind": "", **each, "surfaces": tuple(each.get("surfaces", ()))}
        edits.append(Edit(**known))
    return Program(folder, table["main"], tuple(edits))


def problems(program: Program) -> Iterator[str]:
    """What is wrong with how a program's edits are written."""
    texts = program.texts()
    names = [each.name for each in program.edits]
    for edit in program.edits:
        where = f"{program.name}: {edit.name}"
        if names.count(edit.name) > 1:
            yield f"{where}: there are two of this name"
        if edit.file not in texts:
            yield f"{where}: there is no {edit.file}"
            continue
        times = sum(text.count(edit.old) for _, text in cells(edit.file, texts[edit.file]))
        if times != 1:
            yield f"{where}: what is replaced stands {times} times in {edit.file}"
        if edit.old == edit.new:
            yield f"{where}: nothing is changed"
        proofs = sum(map(bool, (edit.raises, edit.shows, edit.differs, edit.harmless)))
        if proofs != 1:
            yield f"{where}: {proofs} proofs instead of one"
        if edit.harmless == (edit.kind in KINDS) or (edit.harmless and edit.kind):
            yield f"{where}: unknown kind {edit.kind!r}"
        for line in edit.surfaces:
            if not spots_of(line, applied(texts, edit)):
                yield f"{where}: no line reads {line!r}"


def cells(file: str, text: str) -> list[tuple[int | None, str]]:
    """The code of a file: one text, or those of a notebook's cells with their numbers."""
    if not file.endswith(".ipynb"):
        return [(None, text)]
    book: dict[str, Any] = json.loads(text)
    numbered = enumerate(book["cells"], 1)
    return [(number, "".join(each["source"])) for number, each in numbered if each["cell_type"] == "code"]


def applied(texts: dict[str, str], edit: Edit) -> dict[str, str]:
    """The files of a program after an edit."""
    text = texts[edit.file]
    if edit.file.endswith(".ipynb"):
        book: dict[str, Any] = json.loads(text)
        for each in book["cells"]:
            if each["cell_type"] == "code":
                source = "".join(each["source"]).replace(edit.old, edit.new)
                each["source"] = source.splitlines(keepends=True)
        return {**texts, edit.file: json.dumps(book, indent=1)}
    return {**texts, edit.file: text.replace(edit.old, edit.new)}


def touched(texts: dict[str, str], edit: Edit) -> list[Spot]:
    """The lines that an edit changed, as they are afterwards; around what it took away, the two neighbours."""
    for cell, text in cells(edit.file, texts[edit.file]):
        if edit.old in text:
            old = text.splitlines()
            new = text.replace(edit.old, edit.new).splitlines()
            first = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), len(old))
            same = 0
            while same < min(len(old), len(new)) - first and old[-1 - same] == new[-1 - same]:
                same += 1
            lines = range(first + 1, len(new) - same + 1) or (first, first + 1)
            return [Spot(edit.file, cell, line) for line in lines]
    return []


def spots_of(line: str, texts: dict[str, str]) -> list[Spot]:
    """Where a line stands that reads so, but for the white space around it."""
    return [
        Spot(file, cell, number)
        for file, text in texts.items()
        for cell, code in cells(file, text)
        for number, each in enumerate(code.splitlines(), 1)
        if each.strip() == line.strip()
    ]
