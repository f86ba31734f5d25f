"""Random edits of programs, for what must not depend on the way in which a text came about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_LINES = (
    "\n",
    "# why\n",
    "import os\n",
    "x = 1; y = 2\n",
    "def helper(x):\n    return x.data\n",
    "class Other(nn.Module):\n    pass\n",
    "    def other(self):\n        return self.x\n",
    "    @property\n",
    "\tz = 3\n",
    "else:\n",
    "\f\n",
    '"""\n',
    "a = \\\n",
)
_WORDS = ("x", "self", "torch", "+=", "detach", "data", "1", "(", "é🎉", "#", ":", '"', "\\", "\r")


def edited(text: str, chance: random.Random) -> str:
    """A text after one random edit: a word, or lines put in, taken away, doubled or swapped."""
    lines = text.splitlines(keepends=True)
    if not lines:
        return "import torch\n"
    kind, at, other = chance.random(), chance.randrange(len(lines)), chance.randrange(len(lines))
    if kind < 0.25:
        lines.insert(at, chance.choice(_LINES))
    elif kind < 0.4:
        del lines[at : at + chance.choice((1, 1, 3))]
    elif kind < 0.5:
        lines[at] = lines[at].rstrip("\n") + chance.choice(("  # noqa", "  # torchlint: skip-file", " # x")) + "\n"
    elif kind < 0.6:
        lines[at], lines[other] = lines[other], lines[at]
    elif kind < 0.7:
        lines.insert(at, lines[other])
    else:
        tokens = _TOKEN.findall(text)
        tokens[chance.randrange(len(tokens))] = chance.choice((*_WORDS, chance.choice(tokens)))
        return "".join(tokens)
    return "".join(lines)
