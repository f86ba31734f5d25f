"""IPython's own syntax -> plain Python.

Magics, shell commands and help requests are replaced where they stand, so that every line of real Python keeps its
line and its columns. Inside strings and brackets nothing is replaced: there ``%``, ``!`` and ``?`` start no command.
"""

from __future__ import annotations

import ast
import re
import warnings

from torchlint.errors import SourceError

BLOCK = "if 1:"
"""The line that makes an indented cell valid; IPython accepts such a cell and Python alone does not."""

# Cell magics that run their body as Python in the notebook's own process; the body of any other is no code of ours.
_PYTHON_CELLS = re.compile(
    "capture|debug|heat|ipytest|lprun|manim|memit|mprun|notify|prun|pyinstrument|scalene|snakeviz|time|timeit|torchlint"
)

_CELL_MAGIC = re.compile(r"(?P<before>(?:[ \t]*(?:#[^\n]*)?\n)*)[ \t]*%%(?P<name>\w*)[^\n]*")

# What decides where a logical line ends: strings, comments, brackets, line ends. A string without an end ends with the
# text, though there may be a backslash: nothing is looked through twice.
_PIECE = re.compile(
    r'"""[^"\\]*(?:(?:\\.?|"(?!""))[^"\\]*)*(?:"""|\Z)'
    r"|'''[^'\\]*(?:(?:\\.?|'(?!''))[^'\\]*)*(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'(?:\\.|[^'\\\n])*'?"
    r"|\\\n|#[^\n]*|[()\[\]{}]|\n",
    re.DOTALL,
)

# A command runs to the end of its line, a backslash continues it, and quotes and brackets mean nothing in it.
_COMMAND_LINES = re.compile(r"(?:[^\n]*\\\n)*[^\n]*\n?")

# No statement of Python starts like one of these; the last but one is `x?`, the last a command without its `%`.
_COMMAND = re.compile(
    r"(?P<indent>[ \t]*)(?=\S)(?:"
    r"(?P<target>(?:[\w.,:* \t]|\[[^\]\n]*\]|\([^)\n]*\))+?=[ \t]*)(?=[%!])"
    r"|(?=[%!?,;/])"
    r"|(?=[^#'\"\n]*\?[ \t]*$)"
    r"|(?=(?:cat|cd|conda|cp|ls|mamba|mkdir|mv|pip|rm|rmdir)[ \t]+[\w./~-])"
    r")",
    re.MULTILINE,
)

_CODE = re.compile(r"^([ \t]*)[^\s#]", re.MULTILINE)

# Line magics that run the rest of their line as Python, with their options.
_MEASURED = re.compile(
    r"%(?:(?P<name>time)"
    r"|(?:timeit|memit)(?:[ \t]+-[a-zA-Z]+[ \t]*\d*)*"
    r"|(?:prun|lprun|mprun)(?:[ \t]+-(?:[lsTDfmu][ \t]*\S+|[a-zA-Z]+))*"
    r")[ \t]+(?=\S)"
)


def plain_python(cell: str) -> tuple[str, str]:
    """The text of a cell as Python with as many lines, and the indentation that IPython takes off them.

    Where there is one, the text needs the line ``BLOCK`` before it. Lines of ``cell`` end in ``\\n``.
    Raises: SourceError with the line and column in the cell where it is no Python.
    """
    if _error_in(cell) is None:
        return cell, ""
    plain = _neutralised(cell)
    error = _error_in(plain)
    if error is None:
        return plain, ""
    first = _CODE.search(plain)
    indent = first[1] if first else ""
    if _error_in(f"{BLOCK}\n{plain}") is None and _error_in(dedented(plain, indent)) is None:
        return plain, indent
    raise error


def dedented(text: str, indent: str) -> str:
    """The text of a cell as IPython runs it: each line that starts with the cell's indentation is moved."""
    return "\n".join(line.removeprefix(indent) for line in text.split("\n"))


def _error_in(text: str, mode: str = "exec") -> SourceError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text, mode=mode)
    except SyntaxError as error:
        return SourceError(error.msg, max(error.lineno or 1, 1), max(error.offset or 1, 1))
    except (ValueError, RecursionError, MemoryError) as error:
        return SourceError(str(error) or "too deeply nested")
    return None


def _neutralised(cell: str) -> str:
    magic = _CELL_MAGIC.match(cell)
    start = 0
    parts = []
    if magic:
        if not _PYTHON_CELLS.fullmatch(magic["name"]):
            return "\n" * cell.count("\n")
        parts.append(magic["before"])
        start = magic.end()
    while start < len(cell):
        command = _COMMAND.match(cell, start)
        if command:
            end = _end_of_command(cell, start)
            parts.append(_replacement(command, cell[command.end() : end]))
        else:
            end = _end_of_logical_line(cell, start)
            parts.append(cell[start:end])
        start = end
    return "".join(parts)


def _end_of_command(cell: str, start: int) -> int:
    lines = _COMMAND_LINES.match(cell, start)
    return lines.end() if lines else len(cell)


def _end_of_logical_line(cell: str, start: int) -> int:
    depth = 0
    for match in _PIECE.finditer(cell, start):
        piece = match.group()
        if piece in ("(", "[", "{"):
            depth += 1
        elif piece in (")", "]", "}"):
            depth -= 1
        elif piece == "\n" and depth <= 0:
            return match.end()
    return len(cell)


def _replacement(command: re.Match[str], text: str) -> str:
    """Python that stands for a command; ``text`` is the command without its indentation and assignment target."""
    target = command["target"]
    measured = _MEASURED.match(text)
    if measured:
        statement = text[measured.end() :]
        opening = _opening(statement) if target is None else _value_opening(measured["name"], statement)
        if opening is not None:
            return command.group() + opening.ljust(measured.end()) + statement
    # A call is what IPython itself makes of the command: a value of which nothing is known.
    plain = "pass" if target is None else "get_ipython()"
    return command.group() + plain + "\n" * text.count("\n")


def _opening(statement: str) -> str | None:
    """What to put in place of the magic before a measured statement; None where that is no Python by itself."""
    if _is_expression(statement):
        # The magic shows or measures the value, so it is not thrown away.
        return "_ = "
    opening = f"{BLOCK} "
    return opening if _error_in(opening + statement) is None else None


def _value_opening(magic: str | None, statement: str) -> str | None:
    """The same for the right side of an assignment: of these magics only ``%time`` gives the expression's value."""
    return "" if magic == "time" and _is_expression(statement) else None


def _is_expression(statement: str) -> bool:
    return _error_in(statement.rstrip(" \t\n;"), "eval") is None
