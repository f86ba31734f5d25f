"""Notebooks: programs cut into cells, IPython's own syntax between them, and JSON that no notebook has."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.fuzz.layout import damaged

if TYPE_CHECKING:
    import random

_MAGICS = (
    *(
        "%matplotlib inline",
        "%%time\n",
        "%%bash\nrm -rf x\n",
        "!pip install torch",
        "!!ls",
        "x = !ls",
        "y = %time z",
        "?x",
        "x??",
    ),
    *(
        "%%writefile a.py\n",
        "%load_ext x",
        "files = %sx ls\n",
        ";f 1 2",
        ",f 1 2",
        "/f 1",
        "%%capture out\n",
        "%cd ..",
        "!ls {x} $y",
    ),
    *(
        "%%html\n<b>",
        "%%python2\nprint 1",
        "  %time x = 1",
        "for i in x:\n    !echo {i}",
        "if 1:\n    %time y = 2",
        "%",
        "!",
        "?",
        "%%",
    ),
    *(
        "await x",
        "async with x: pass",
        "return 1",
        "%timeit -n1 \\\n x",
        "!ls \\\n -l",
        "x = !ls \\\n",
        "%%time\n%%time\nx = 1",
        "\\",
    ),
)
_ODD: tuple[object, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1e308,
        10**40,
        "",
        "x",
        "\ud800",
        [],
        {},
        [[]],
        [None, "x\n", 3],
        {"a": 1},
        "\x00",
        "x\r\ny\rz",
    ),
    *(["x", "=", "1"], ["a\n", "b\r\n"], "python", "R", [["x"]], "\u2028", "é🎉"),
)
_KEYS = (
    "cells",
    "cell_type",
    "source",
    "metadata",
    "outputs",
    "nbformat",
    "worksheets",
    "input",
    "language",
    "kernelspec",
)


def notebook(text: str, rng: random.Random) -> bytes:
    """The bytes of a notebook with the program in its cells."""
    cells = [_cell(each, rng) for each in _pieces(text, rng)]
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        cells.insert(rng.randrange(len(cells) + 1), _cell(rng.choice(_MAGICS), rng))
    content: dict[str, object] = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    if rng.random() < 0.1:
        content = {"worksheets": [{"cells": cells}], "nbformat": 3}
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        _spoil(content, rng)
    data = _written(content, rng)
    return damaged(data, rng) if rng.random() < 0.15 else data


def _pieces(text: str, rng: random.Random) -> list[str]:
    lines = text.split("\n")
    cuts = [at for at, line in enumerate(lines) if at and re.match(r"[^\s)\]}]", line)]
    chosen = sorted(rng.sample(cuts, min(len(cuts), rng.randint(0, 4))))
    return ["\n".join(lines[start:end]) for start, end in zip([0, *chosen], [*chosen, len(lines)], strict=True)]


def _cell(text: str, rng: random.Random) -> dict[str, object]:
    if rng.random() < 0.15:
        indent = rng.choice(("  ", "    ", "\t"))
        text = "\n".join(indent + line for line in text.split("\n"))
    if rng.random() < 0.15:
        text = f"{rng.choice(_MAGICS)}\n{text}"
    if rng.random() < 0.1:
        text = text.replace("\n", rng.choice(("\r\n", "\r", "\n\n", "\n\x0c")))
    outputs = [{"output_type": "stream", "text": ["x" * 10 ** rng.randint(0, 5)]}] if rng.random() < 0.1 else []
    source: object = text if rng.random() < 0.4 else re.findall(r"[^\n]*\n|[^\n]+", text)
    return {
        "cell_type": rng.choice(("code", "code", "code", "code", "markdown", "raw")),
        "execution_count": None,
        "metadata": {},
        "outputs": outputs,
        "source": source,
    }


def _spoil(content: dict[str, object], rng: random.Random) -> None:
    """Put something odd in the place of something, or at a key that is not there."""
    holders: list[dict[str, object]] = [content]
    cells = content.get("cells")
    if isinstance(cells, list):
        holders += [each for each in cells if isinstance(each, dict)]
    holder = rng.choice(holders)
    key = rng.choice((*holder, *_KEYS)) if rng.random() < 0.8 else "\ud800"
    holder[key] = rng.choice(_ODD)
    if rng.random() < 0.1 and isinstance(cells, list):
        cells.append(rng.choice(_ODD))


def _written(content: object, rng: random.Random) -> bytes:
    text = json.dumps(
        content,
        ensure_ascii=rng.random() < 0.5,
        indent=rng.choice((None, 0, 1, 4, "\t")),
        separators=rng.choice((None, (",", ":"), (" , ", " : "))),
    )
    if rng.random() < 0.1:
        text = text.replace('"source"', rng.choice(('"\\u0073ource"', '"source": "x = 1", "source"')))
    if rng.random() < 0.1:
        text = text.replace("/", "\\/").replace("e", "\\u0065", 3)
    if rng.random() < 0.1:
        text = rng.choice(("\ufeff", " \r\n\t", "")) + text + rng.choice(("\n", "x", "\x00", " {}"))
    return text.encode("utf-8", "surrogatepass")
