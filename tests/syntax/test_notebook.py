"""Notebooks: all code cells as one program, IPython's syntax out of the way, and fixes written back in place."""

from __future__ import annotations

import ast
import contextlib
import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchlint.errors import SourceError
from torchlint.finding import Edit, Span
from torchlint.syntax.notebook import apply_to_notebook, read_notebook, replace_cells
from torchlint.syntax.read_source import read_source

if TYPE_CHECKING:
    from torchlint.syntax.source import Source

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"


def parse(source: Source) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape
        ast.parse(source.text)


def code(*sources: str | list[str], **metadata: object) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "source": source, "outputs": []} for source in sources]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}, ensure_ascii=False).encode()


def program(*sources: str | list[str], **metadata: object) -> Source:
    return read_notebook(code(*sources, **metadata), "a.ipynb")


def source_texts(data: bytes) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(data)["cells"]]


def edit(source: Source, old: str, new: str) -> Edit:
    """The edit that replaces the only occurrence of ``old``."""
    assert source.data.count(old.encode()) == 1
    start = source.data.index(old.encode())
    span = Span(start, start + len(old.encode()))
    return Edit(span, source.place(span), new)


# IPython's syntax.

MAGICS = {
    "plain": ("x = 1\n", "x = 1\n"),
    "line magic": ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    "shell": ("!pip install 'a\nx = 1", "pass\nx = 1"),
    "double shell": ("!!ls", "pass"),
    "help before": ("?x\n??x.y", "pass\npass"),
    "help after": ("x?\nx.y??\n*.load*?", "pass\npass\npass"),
    "help on a magic": ("%time?", "pass"),
    "automatic call": ("/f x\n,f a b\n;f a", "pass\npass\npass"),
    "without the percent sign": ("pip install -q torch\ncd ..\nx = 1", "pass\npass\nx = 1"),
    "indented": ("if x:\n    !ls\n    %cd a\n    y?", "if x:\n    pass\n    pass\n    pass"),
    "the only body": (
        "try:\n    import a\nexcept E:\n    !pip install a\n",
        "try:\n    import a\nexcept E:\n    pass\n",
    ),
    "continued": ("!pip install \\\n    a \\\n    b\nx = 1", "pass\n\n\nx = 1"),
    "continued to the end": ("!ls \\", "pass"),
    "brackets and quotes in a command": ("!echo ( ' [\nx = 1", "pass\nx = 1"),
    "assigned shell": ("x = !ls -l\ny = 1", "x = get_ipython()\ny = 1"),
    "assigned to several": ("a, *b = !ls", "a, *b = get_ipython()"),
    "assigned to an item": ("d['k'] = !ls", "d['k'] = get_ipython()"),
    "assigned with a type": ("x: list = !ls", "x: list = get_ipython()"),
    "assigned magic": ("x = %sql SELECT 1", "x = get_ipython()"),
    "assigned and timed": ("x = %time f(y)", "x =       f(y)"),
    "assigned measurement is no value": ("x = %timeit -o f(y)", "x = get_ipython()"),
    "inline block": ("if x: y = !ls", "if x: y = get_ipython()"),
    "timed expression": ("%time f(x)", "_ =   f(x)"),
    "timed statement": ("%time x = f()", "if 1: x = f()"),
    "timed statements": ("%time a; b", "if 1: a; b"),
    "timed, no Python": ("%time for x in y: f()", "pass"),
    "timed, continued": ("%time f(a, \\\n        b)", "_ =   f(a, \\\n        b)"),
    "measured with options": ("%timeit -n 10 -r3 f(x)", "_ =".ljust(18) + "f(x)"),
    "profiled": ("%prun -s cumtime -q f(x)", "_ =".ljust(20) + "f(x)"),
    "profiled by line": ("%lprun -f g x = f()", "if 1:       x = f()"),
    "in a string": ("%x\ns = '''\n!ls\n%y\nx?\n'''", "pass\ns = '''\n!ls\n%y\nx?\n'''"),
    "in a raw string": ("!x\ns = r'\\''  # it's\n%y", "pass\ns = r'\\''  # it's\npass"),
    "in brackets": ("%x\nf(a\n% b)", "pass\nf(a\n% b)"),
    "in a string with an equals sign": ("%x\nprint('x = !ls')", "pass\nprint('x = !ls')"),
    "in a comment": ("%x\n# what?\ny = 1 # !ls", "pass\n# what?\ny = 1 # !ls"),
    "not equal": ("%x\nx != 3\nx %= 3\nz = x % 3", "pass\nx != 3\nx %= 3\nz = x % 3"),
    "conversion": ("%x\nf'{a!r}'", "pass\nf'{a!r}'"),
    "Python cell magic": ("%%time\nx = 1\n%cd a", "\nx = 1\npass"),
    "Python cell magic with a statement": ("%%timeit x = 1\nf(x)", "\nf(x)"),
    "two cell magics": ("%%capture out\n%%time\nx = 1", "\npass\nx = 1"),
    "cell magic after a comment": ("\n# c\n%%time\nx = 1", "\n# c\n\nx = 1"),
    "another language": ("%%bash\nls -l |\nfi", "\n\n"),
    "a file": ("%%writefile a.py\nimport torch\n", "\n\n"),
    "shell cell": ("%%!\nls", "\n"),
    "unknown cell magic": ("%%what\nx = 1", "\n"),
    "await": ("await f()\n%x", "await f()\npass"),
    "indented cell": ("  x = 1\n  %y", "if 1:\n  x = 1\n  pass"),
    "invalid escape": ("x = '\\d'", "x = '\\d'"),
    "empty": ("", ""),
    "unicode": ("ü = !ls '€'\nx = '😀'", "ü = get_ipython()\nx = '😀'"),
}


@pytest.mark.parametrize(("cell", "plain"), MAGICS.values(), ids=MAGICS)
def test_ipython_syntax(cell: str, plain: str) -> None:
    source = program(cell)
    parse(source)
    assert (source.text, source.problems) == (plain, ())


@pytest.mark.parametrize(
    ("cell", "line", "column"),
    [
        pytest.param("x = 1\nx = = 2\n", 2, 5, id="syntax error"),
        pytest.param("%x\n!y\nx = = 2\n", 3, 5, id="after magics"),
        pytest.param("x = '''\n!ls", 1, 5, id="open string"),
        pytest.param("if x:\n  y\n\tz", 3, None, id="indentation"),
        pytest.param("x = 1 \\", 1, None, id="open line"),
        pytest.param("\0", 1, 1, id="NUL"),
        pytest.param("'\ud800'", 1, 1, id="surrogate"),
        pytest.param("(" * 300, 1, None, id="nesting"),
        pytest.param("x y", 1, None, id="words"),
        pytest.param("  if x:\n\x0c    y = 1\n\x0c  z = 1", 1, None, id="indented as IPython cannot undo"),
    ],
)
def test_a_cell_that_is_no_python_is_left_out(cell: str, line: int, column: int | None) -> None:
    data = json.dumps(
        {"cells": [{"cell_type": "code", "source": each} for each in ("a = 1", cell, "b = 2")], "nbformat": 4}
    ).encode()
    source = read_notebook(data, "a.ipynb")
    parse(source)
    blank = "\n" * cell.count("\n")
    assert source.text == f"a = 1\n{blank}\nb = 2"
    [problem] = source.problems
    assert (problem.cell, problem.line) == (2, line)
    assert column is None or problem.column == column
    assert problem.message


# The program and its cell map.


def test_positions_count_inside_the_cell_and_among_all_cells() -> None:
    cells = [
        {"cell_type": "markdown", "source": "# a"},
        {"cell_type": "code", "source": ["x = 1\n", "y = 2\n"]},
        {"cell_type": "raw", "source": "z"},
        {"cell_type": "code", "source": []},
        {"cell_type": "code", "source": " w = 3"},
        {"cell_type": "code", "source": "v = 4\r\nu = 5\rt = 6\r"},
    ]
    source = read_notebook(json.dumps({"cells": cells}).encode(), "a.ipynb")
    assert source.text == "x = 1\ny = 2\n\n\nif 1:\n w = 3\nv = 4\nu = 5\nt = 6\n"
    assert [(cell.index, cell.first_line, cell.lines) for cell in source.cells] == [
        (2, 1, 3),
        (4, 4, 1),
        (5, 6, 1),
        (6, 7, 4),
    ]
    place = edit(source, "t = 6", "").place
    assert (place.cell, place.line, place.column, place.end_line, place.end_column) == (6, 3, 1, 3, 6)


@pytest.mark.parametrize(
    ("notebook", "text"),
    [
        pytest.param(
            {"worksheets": [{"cells": [{"cell_type": "code", "input": "x"}]}, {"cells": []}]}, "x", id="format 3"
        ),
        pytest.param(
            {"worksheets": [{"cells": [{"cell_type": "code", "language": "ruby", "input": ["x"]}]}]}, "", id="ruby cell"
        ),
        pytest.param({"cells": []}, "", id="no cells"),
        pytest.param(
            {"cells": [1, None, {}, {"cell_type": "code"}, {"cell_type": "code", "source": 3}]}, "\n", id="odd"
        ),
        pytest.param(
            {"cells": [{"cell_type": "code", "source": "x", "metadata": {"vscode": {"languageId": "html"}}}]},
            "",
            id="html cell",
        ),
    ],
)
def test_shapes_of_notebooks(notebook: object, text: str) -> None:
    assert read_notebook(json.dumps(notebook).encode(), "a.ipynb").text == text


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        pytest.param({}, "x", id="unknown"),
        pytest.param({"language_info": {"name": "python"}}, "x", id="python"),
        pytest.param({"language_info": {"name": "ipython"}}, "x", id="ipython"),
        pytest.param({"kernelspec": {"language": "julia"}}, "", id="julia kernel"),
        pytest.param({"kernelspec": {"language": "python"}, "language_info": {"name": "R"}}, "", id="R"),
    ],
)
def test_only_python_notebooks_are_programs(metadata: dict[str, object], text: str) -> None:
    assert program("x", **metadata).text == text


@pytest.mark.parametrize(
    ("data", "message", "line", "column"),
    [
        pytest.param(b"", "broken JSON", 1, 1, id="empty"),
        pytest.param(b'{\n "cells": [}', "broken JSON", 2, 12, id="broken"),
        pytest.param(b"[]", "no list of cells", 1, 1, id="array"),
        pytest.param(b'{"cells": 3}', "no list of cells", 1, 1, id="no list"),
        pytest.param(b'{"cells": [\xff]}', "not UTF-8", 1, 1, id="bytes"),
        pytest.param(b"[" * 100_000, "cannot be read", 1, 1, id="nesting"),
        pytest.param(b'{"cells": ' + b"1" * 5000 + b"}", "", 1, 1, id="number"),
        pytest.param(b"x = 1\n", "broken JSON", 1, 1, id="Python"),
    ],
)
def test_what_is_no_notebook(data: bytes, message: str, line: int, column: int) -> None:
    with pytest.raises(SourceError, match=f"no notebook: .*{message}") as caught:
        read_notebook(data, "a.ipynb")
    assert (caught.value.line, caught.value.column) == (line, column)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_bytes_crash(data: bytes) -> None:
    with contextlib.suppress(SourceError):
        read_notebook(data, "a.ipynb")


IPYTHON = st.lists(
    st.sampled_from(
        [
            "%",
            "!",
            "?",
            "x",
            " = ",
            "\n",
            "\n    ",
            "if x:",
            "%time ",
            "%%time\n",
            "'",
            '"""',
            "(",
            ")",
            "\\",
            "#",
            "ü",
            "1",
        ]
    ),
    max_size=20,
).map("".join)


@given(st.lists(IPYTHON, max_size=4))
def test_any_cells_make_a_program_with_their_lines(cells: list[str]) -> None:
    source = program(*cells)
    parse(source)
    assert [cell.lines for cell in source.cells] == [cell.count("\n") + 1 for cell in cells]


def test_read_source_tells_notebooks_by_their_name() -> None:
    assert read_source(code("x"), "a.ipynb").cells
    assert read_source(b"x", "a.py").text == "x"


# Writing back.

FORMATS = {
    "indented": (1, True, None),
    "two blanks, raw characters": (2, False, None),
    "compact": (None, True, (",", ":")),
    "one line": (None, False, None),
    "tabs": ("\t", False, None),
}


@pytest.mark.parametrize("as_lines", [True, False], ids=["lines", "string"])
@pytest.mark.parametrize(("indent", "ascii_only", "separators"), FORMATS.values(), ids=FORMATS)
def test_a_fix_is_written_as_the_file_is(indent: int, ascii_only: bool, separators: object, as_lines: bool) -> None:
    def dump(*sources: str) -> bytes:
        cells = [
            {
                "source": each.splitlines(keepends=True) if as_lines else each,
                "cell_type": "code",
                "outputs": ["é\n", 1.50],
            }
            for each in sources
        ]
        notebook = {"metadata": {}, "cells": cells, "nbformat": 4}
        return (json.dumps(notebook, indent=indent, ensure_ascii=ascii_only, separators=separators) + "\n").encode()

    data = dump("x = 'é'\n%magic\ny = 1", "%time z = 2\nlast", "w = '\"'")
    source = read_notebook(data, "a.ipynb")
    edits = [edit(source, "z = 2", "z = 'ü'"), edit(source, "y = 1", "y = 3\nv = 4"), edit(source, "x = ", "xx = ")]
    expected = dump("xx = 'é'\n%magic\ny = 3\nv = 4", "%time z = 'ü'\nlast", "w = '\"'")
    assert apply_to_notebook(data, source, edits) == expected
    assert apply_to_notebook(data, source, []) == data


def test_what_is_not_edited_keeps_its_spelling() -> None:
    data = (
        b'\xef\xbb\xbf{"nbformat_minor" : 5,\r\n'
        b' "cells":[ {"source" :[\r\n  "a = \'\\u00E9\\/\'\\n" ,\r\n  "b = 1"\r\n ],'
        b' "cell_type":"code","n":1e5} ] }\r\n\r\n'
    )
    source = read_notebook(data, "a.ipynb")
    assert apply_to_notebook(data, source, [edit(source, "b = 1", "b = '\N{EURO SIGN}'")]) == data.replace(
        b"b = 1", b"b = '\\u20ac'"
    )


REWRITES = {
    "last line removed": (["a\n", "b"], "\nb", "", ["a"]),
    "whole last line removed": ("a\nb", "b\n", "", "a\n"),
    "everything removed": (["a\n", "b"], "a\nb\n", "", []),
    "insertion before": (["%m\n", "b"], "b", "a\nb", ["%m\n", "a\n", "b"]),
    "own line ends": ("a\r\nb\r\n", "b", "b\nc", "a\r\nb\r\nc\r\n"),
    "after a timed statement": ("%time f(a)\nb", "f(a)", "g(a)", "%time g(a)\nb"),
    "before an assigned command": ("a = !ls\nb", "a = ", "c = ", "c = !ls\nb"),
    "lines in pieces": (["a", "\nb", " = 1\nc"], "b", "d", ["a\n", "d = 1\n", "c"]),
    "indented cell": ("  a\n  b", "a", "c", "  c\n  b"),
    "escapes": (["a = '\\\\n\\n'\n", "b"], "b", "c", ["a = '\\\\n\\n'\n", "c"]),
}


@pytest.mark.parametrize(("cell", "old", "new", "after"), REWRITES.values(), ids=REWRITES)
def test_edits(cell: str | list[str], old: str, new: str, after: str | list[str]) -> None:
    data = code("first", cell, "z")
    source = read_notebook(data, "a.ipynb")
    start = source.data.index(b"first\n") + 6
    start = source.data.index(old.encode(), start)
    span = Span(start, start + len(old.encode()))
    assert apply_to_notebook(data, source, [Edit(span, source.place(span), new)]) == code("first", after, "z")


@pytest.mark.parametrize(
    ("cell", "old"),
    [
        pytest.param("%m\nb", "pass", id="command"),
        pytest.param("%m\nb", "ss\nb", id="end of a command"),
        pytest.param("a = !ls", "get_ipython()", id="value of a command"),
        pytest.param("a\n%m\nb", "a\npass\nb", id="around a command"),
        pytest.param("%time a = 1", "if 1: a = 1", id="stand-in of a magic"),
        pytest.param("a", "first\na", id="two cells"),
        pytest.param("  a", "if 1:", id="outside cells"),
    ],
)
def test_edits_that_cannot_be_written_back(cell: str, old: str) -> None:
    data = code("first", cell, "z")
    source = read_notebook(data, "a.ipynb")
    with pytest.raises(SourceError):
        apply_to_notebook(data, source, [edit(source, old, "x")])


CELL_TEXT = st.text(st.sampled_from('ab"\\/\n\r\té€😀\u2028'), max_size=12)


@given(st.lists(CELL_TEXT, min_size=1, max_size=4), st.data())
def test_a_replaced_cell_has_its_text_and_the_others_their_bytes(texts: list[str], draw: st.DataObject) -> None:
    as_lines = draw.draw(st.booleans())
    sources = [text.splitlines(keepends=True) if as_lines else text for text in texts]
    notebook = {"cells": [{"cell_type": "code", "source": source} for source in sources]}
    data = json.dumps(notebook, indent=draw.draw(st.none() | st.integers(0, 2)), ensure_ascii=draw.draw(st.booleans()))
    index = draw.draw(st.integers(1, len(texts)))
    new = draw.draw(CELL_TEXT)
    written = replace_cells(data.encode(), {index: new})
    expected = [new if number == index else text for number, text in enumerate(texts, 1)]
    assert source_texts(written) == expected
    assert replace_cells(data.encode(), {}) == data.encode()


# Real notebooks.


@pytest.mark.parametrize(
    "path", sorted(SEEDS.glob("*.ipynb")) or [None], ids=lambda path: path.name if path else "none"
)
def test_real_notebooks_load_and_stay(path: Path | None) -> None:
    if path is None:
        pytest.skip("no notebooks here")
    data = path.read_bytes()
    source = read_source(data, path.as_posix())
    parse(source)
    assert source.cells
    assert source.problems == ()
    texts = source_texts(data)
    assert replace_cells(data, {cell.index: texts[cell.index - 1] for cell in source.cells}) == data
