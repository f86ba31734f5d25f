"""The pages of the documentation as tests see them: their blocks of code, their headings and their links.

A comment right before a block says what becomes of the block, where its language does not:

``<!-- file: NAME -->``
    it is the file of that name, for the ``console`` blocks below it
``<!-- tested: FILE -->``
    the test in that file, a path from the root, reads it from the page
``<!-- not run: REASON -->``
    nothing runs it
``<!-- MARK -->``
    one of ``MARKS``, whose test reads it from the page

Without one, ``python`` runs under PyTorch, and prints the ``text`` that stands right below it, if any; of ``console``,
the lines after ``$`` are run and print what stands below them; and a line of ``sh`` must be a command that there is. In
what is printed, ``...`` stands for anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "torchlint" / "docs"
README = ROOT / "README.md"
PAGES = (README, *sorted(FOLDER.glob("*.md")))

MARKS = {
    "finding": "tests/test_readme.py",
    "story": "tests/frontends/test_drawing.py",
    "rule: sleeping_layer": "tests/test_readme.py",
    "place: a function of torch": "tests/test_readme.py",
    "place: a kind of value": "tests/test_readme.py",
    "place: a construct of Python": "tests/test_readme.py",
}
_NOTE = re.compile(r"<!-- (?:(file|tested|not run): )?(.+?) -->\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: where it stands, what the comment before it says, and what it prints."""

    page: Path
    line: int
    language: str
    text: str
    kind: str = ""
    value: str = ""
    prints: str | None = None

    @property
    def where(self) -> str:
        return f"{self.page.name}:{self.line}"


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """The blocks of a page in their order; a ``text`` that a ``python`` block prints is part of that one."""
    return tuple(_blocks(page, _tokens(page)))


def _blocks(page: Path, tokens: list[Token]) -> Iterator[Block]:
    taken = -1
    for number, token in enumerate(tokens):
        if token.type != "fence" or number == taken:
            continue
        before = tokens[number - 1]
        note = _NOTE.fullmatch(before.content) if before.type == "html_block" else None
        kind, value = (note[1] or "", note[2]) if note else ("", "")
        if value in MARKS:
            kind, value = "tested", MARKS[value]
        prints = None
        if token.info == "python" and not kind and number + 1 < len(tokens):
            after = tokens[number + 1]
            if after.type == "fence" and after.info == "text":
                prints, taken = after.content, number + 1
        yield Block(page, (token.map or [0])[0] + 1, token.info, token.content, kind, value, prints)


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links to them."""
    tokens = _tokens(page)
    return {_slug(tokens[number + 1].content) for number, each in enumerate(tokens) if each.type == "heading_open"}


def links(page: Path) -> set[str]:
    """Where a page's links and pictures lead."""
    inline = (child for token in _tokens(page) for child in token.children or ())
    return {str(child.attrs["href" if child.type == "link_open" else "src"]) for child in inline if _leads(child)}


def _leads(token: Token) -> bool:
    return token.type in ("link_open", "image")


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@cache
def _text_tokens(text: str) -> list[Token]:
    return MarkdownIt().enable("table").parse(text)


def _tokens(page: Path) -> list[Token]:
    return _text_tokens(page.read_text(encoding="utf-8"))


def read(page: str) -> str:
    """The text of the page of a topic."""
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8")


def block(text: str, language: str, after: str = "") -> str:
    """The first block of a language after some text."""
    found = re.search(rf"```{language}\n(.*?)```", text[text.index(after) :], re.DOTALL)
    assert found, f"no {language} block after {after!r}"
    return found[1]
