"""The text of ``operation_table.py``: one block for all the names that have the same entry."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDTH = 118

HEADER = '''"""What the operations, layers and optimizers of PyTorch {version} do to autograd.

Written by ``python -m torchlint.model.api.derive``; do not edit. How an entry reads: ``operation_text.py``.
"""

from __future__ import annotations

TORCH_VERSION = "{version}"
'''


def render(sections: Mapping[str, Mapping[str, Sequence[str]]], version: str) -> str:
    """The written file: for each section, names with the lines of their entries."""
    parts = [HEADER.format(version=version)]
    for section, entries in sections.items():
        blocks: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for name, lines in entries.items():
            blocks[tuple(lines)].append(name)
        texts = sorted("\n".join(_block(sorted(names), lines)) for lines, names in blocks.items())
        parts.append(f'\n{section} = r"""\n' + "\n\n".join(texts) + '\n"""\n')
    return "".join(parts)


def _block(names: list[str], lines: Sequence[str]) -> Iterator[str]:
    yield from _wrapped(" ".join(names), "")
    for line in lines:
        yield from _wrapped(line, " ")


def _wrapped(text: str, indent: str) -> Iterator[str]:
    """The words of ``text`` in lines; what continues one is indented by two spaces."""
    line = indent
    for word in text.split():
        if line.strip() and len(line) + len(word) > WIDTH:
            yield line.rstrip()
            line = "  "
        line += f"{word} "
    yield line.rstrip()
