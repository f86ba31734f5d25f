"""How a program is laid out, and bytes that are none: line endings, indentation, comments, encodings, damage."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from typing import TYPE_CHECKING

from tests.edits import edited

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_COMMENTS = (
    *(
        "# noqa",
        "# noqa: TLC101",
        "# NOQA:TLC101,TLC202 E501",
        "# noqa : tlc",
        "#noqa:",
        "# noqa: TLC101[x]",
        "# x # noqa",
    ),
    *("# torchlint: ignore", "# torchlint: ignore[unregistered-tensor] why", "# torchlint: ignore[TLC202, TLC999,]"),
    *(
        "# torchlint: skip-file",
        "# torchlint:ignore[",
        "# torchlint: ignore[]]",
        "#torchlint: ignore[é]",
        "# type: ignore",
    ),
    *(
        "# flake8: noqa",
        "# flake8: noqa: TLC1",
        "# noqa: TOR101",
        "# é🎉 \u2028",
        "# torchlint: ignore [TLC101]",
        "# fmt: off",
    ),
)
_PIECES = (
    *(
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        b"\r",
        b"\r\n",
        b"\n",
        b"\x0c",
        b"\t",
        b"\x1a",
        b"\\\n",
        b"\\\r\n",
        b"\xef\xbb\xbf",
    ),
    *(
        b"\xe2\x80\xa8",
        b"\x85",
        b"(",
        b")",
        b"[",
        b"]",
        b"{",
        b"}",
        b'"""',
        b"'''",
        b"'",
        b'"',
        b"f'{",
        b"#",
        b":",
        b";",
    ),
    *(
        b"\\N{SNOWMAN}",
        b"0777",
        b"1_000",
        b"1e999",
        b"0x" + b"f" * 999,
        b"9" * 5000,
        b"lambda:",
        b"*",
        b"**",
        b":=",
        b"->",
    ),
    *(
        b"async ",
        b"await ",
        b"yield ",
        b"match x:\n",
        b"case _:\n",
        b"type X[T] = T\n",
        b"print 1\n",
        b"\xcf\x80",
        b"\xf0\x9d\x94\xb5",
    ),
)
_CODINGS = (
    "latin-1",
    "cp1252",
    "utf-8-sig",
    "utf-16",
    "utf-7",
    "shift_jis",
    "rot13",
    "undefined",
    "hex",
    "idna",
    "nope",
)
_SIMPLE = re.compile(
    r"^( *)(?!(?:class|def|if|for|while|with|try|else|elif|except|finally|match|case|async|@|#)\b)(\S.*)$"
)
_MOST = 30_000


def laid_out(text: str, rng: random.Random) -> bytes:
    """The bytes of a program in some layout that changes nothing of what it does, mostly."""
    for _ in range(rng.randint(1, 3)):
        text = rng.choice(_LAYOUTS)(text, rng)
    if rng.random() < 0.3:
        newline = rng.choice(("\r\n", "\r", "\n\x0c", "\n\n"))
        text = text.replace("\n", newline, -1 if rng.random() < 0.6 else rng.randint(1, 9))
    if rng.random() < 0.2:
        text = text.rstrip("\n")
    if rng.random() < 0.2:
        return _encoded(text, rng)
    return text.encode("utf-8", "surrogatepass")


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The bytes after a few changes that know nothing of Python."""
    data = data[:_MOST]
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice((0, 0, 1, 2, 10, 100)))
        match rng.randrange(6):
            case 0:
                data = data[:at] + data[end:]
            case 1:
                data = data[:end] + data[at:]
            case 2:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
            case 3:
                start = rng.randrange(len(data) + 1)
                data = data[:at] + data[start : start + rng.choice((5, 50, 500))] + data[end:]
            case _:
                data = data[:at] + rng.choice(_PIECES) * rng.choice((1, 1, 1, 2, 9)) + data[end:]
    return data


def _encoded(text: str, rng: random.Random) -> bytes:
    if rng.random() < 0.4:
        return codecs.BOM_UTF8 + text.encode()
    coding = rng.choice(_CODINGS)
    try:
        return f"# -*- coding: {coding} -*-\n{text}".encode(coding)
    except (LookupError, UnicodeError, AssertionError):
        return f"# -*- coding: {coding} -*-\n{text}".encode("latin-1", "replace")


# Layouts.


def _comments(text: str, rng: random.Random) -> str:
    """Comments at the ends of lines and between them."""
    lines = text.split("\n")
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(lines))
        if rng.random() < 0.7:
            lines[at] += "  " + rng.choice(_COMMENTS)
        else:
            lines.insert(at, " " * rng.choice((0, 0, 4, 3)) + rng.choice(_COMMENTS))
    return "\n".join(lines)


def _semicolons(text: str, rng: random.Random) -> str:
    """Statements of one indentation joined in one line."""
    lines: list[str] = []
    for line in text.split("\n"):
        this, last = _SIMPLE.match(line), _SIMPLE.match(lines[-1]) if lines else None
        if this and last and this[1] == last[1] and rng.random() < 0.4:
            lines[-1] += f"; {this[2]}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _headers(text: str, rng: random.Random) -> str:
    """Blocks of one line beside their header."""
    return re.sub(
        r":\n +(\S[^\n]*)(?=\n(?! {4}))", lambda found: f": {found[1]}" if rng.random() < 0.6 else found[0], text
    )


def _tabs(text: str, rng: random.Random) -> str:
    return re.sub(r"^( {4})+", lambda found: "\t" * (len(found[0]) // 4), text, flags=re.MULTILINE)


def _one_space(text: str, rng: random.Random) -> str:
    return re.sub(r"^( {4})+", lambda found: " " * (len(found[0]) // 4), text, flags=re.MULTILINE)


def _indented(text: str, rng: random.Random) -> str:
    body = text.replace("\n", "\n    ")
    return f"{rng.choice(('if True', 'def main()', 'class Main', 'async def main()', 'with x'))}:\n    {body}"


def _broken_lines(text: str, rng: random.Random) -> str:
    """Blanks and line breaks, some behind backslashes, between the tokens."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return text
    lines = text.split("\n")
    for token in reversed(tokens):
        if token.type != tokenize.OP or token.start[0] != token.end[0] or rng.random() > 0.2:
            continue
        row, column = token.end
        line = lines[row - 1]
        blank = rng.choice((" ", "  ", "\t", " \\\n  ", "\\\n", "\n" if token.string in "([{," else " "))
        if token.string not in ("\\", "!") and line[column:].strip() not in ("", "\\"):
            lines[row - 1] = line[:column] + blank + line[column:]
    return "\n".join(lines)


def _parentheses(text: str, rng: random.Random) -> str:
    """Values in parentheses, with comments inside."""

    def wrapped(found: re.Match[str]) -> str:
        if rng.random() < 0.5:
            return found[0]
        return f"{found[1]}({rng.choice(('', '  # why', '  # noqa'))}\n{' ' * rng.randint(0, 9)}{found[2]}\n)"

    return re.sub(r"^([\w ]+ = )(\w[\w.()\[\], ]*)$", wrapped, text, flags=re.MULTILINE)


def _unicode_names(text: str, rng: random.Random) -> str:
    """Names that Python reads as others than are written: it normalises them."""
    name = rng.choice(re.findall(r"\b[a-z]\w*\b", text) or ["x"])
    return re.sub(rf"\b{name}\b", rng.choice(("ﬁx", "é", "ℌ", "𝔵", "x́", "ª", name[:-1] + "ｘ")), text)


_LAYOUTS: tuple[Callable[[str, random.Random], str], ...] = (
    *(_comments, _comments, _semicolons, _headers, _tabs, _one_space, _indented, _broken_lines, _broken_lines),
    *(_parentheses, _unicode_names, edited, edited),
)
