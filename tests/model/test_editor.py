"""Edits of statements and calls: exactly what is meant, and nothing where that cannot be had."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import pytest

import torchlint
from torchlint.model.fixes.editor import Layout
from torchlint.model.fixes.no_grad import enclosed
from torchlint.syntax.notebook import apply_to_notebook
from torchlint.syntax.read_source import read_source
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from torchlint.finding import Edit


def layout_of(text: str) -> Layout:
    return Layout(Source(text, "example.py"), ast.parse(text))


def applied(layout: Layout, *edits: Edit | None) -> str:
    data = layout.source.data
    for edit in sorted((each for each in edits if each is not None), key=lambda each: each.span, reverse=True):
        data = data[: edit.span.start] + edit.text.encode() + data[edit.span.end :]
    return data.decode()


def call_in(layout: Layout) -> ast.Call:
    return next(each for each in ast.walk(layout.tree) if isinstance(each, ast.Call))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        pytest.param("f(x)", "x", id="the parentheses of a call are not its argument's"),
        pytest.param("f((x))", "(x)", id="its own are"),
        pytest.param("f( ( (x) ) )", "( (x) )", id="as many as there are"),
        pytest.param("(f)(x)", "x", id="a callee in parentheses"),
        pytest.param("f((x), 1)", "(x)", id="one of two arguments"),
        pytest.param("f(a=(x))", "(x)", id="a keyword's value"),
        pytest.param("(\n  # why\n  x)", "x", id="a comment keeps them apart"),
        pytest.param("(x, 1)", "x", id="a tuple's are the tuple's"),
    ],
)
def test_whole(text: str, whole: str) -> None:
    layout = layout_of(text)
    name = next(each for each in ast.walk(layout.tree) if isinstance(each, ast.Name) and each.id == "x")
    assert layout.source.slice(layout.whole(name)) == whole


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("f()", "f(k=True)", id="none"),
        pytest.param("f(x)", "f(x, k=True)", id="one"),
        pytest.param("f(x,)", "f(x, k=True)", id="a trailing comma"),
        pytest.param("f((x) )", "f((x), k=True )", id="parentheses and a blank"),
        pytest.param("f(\n    x,\n)", "f(\n    x,\n    k=True,\n)", id="a line each"),
        pytest.param(
            "f(\n    x,  # why, then\n)", "f(\n    x,\n    k=True,  # why, then\n)", id="a comment with a comma"
        ),
        pytest.param("f(x, a=1)", "f(x, a=1, k=True)", id="after a keyword"),
    ],
)
def test_add_keyword(before: str, after: str) -> None:
    layout = layout_of(before)
    assert applied(layout, layout.add_keyword(call_in(layout), "k=True")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("f(k=True)", "f()", id="alone"),
        pytest.param("f(k=True, )", "f()", id="alone, with a comma"),
        pytest.param("f(x, k=True)", "f(x)", id="last"),
        pytest.param("f(x, k=(True), a=1)", "f(x, a=1)", id="between"),
        pytest.param("f(\n    x,\n    k=True,\n)", "f(\n    x,\n)", id="on a line of its own"),
        pytest.param("f(x,  # why\n  k=True)", None, id="a comment is not lost"),
        pytest.param("f(x, k=True, **more)", None, id="more keywords that are not seen"),
    ],
)
def test_remove_keyword(before: str, after: str | None) -> None:
    layout = layout_of(before)
    edit = layout.remove_keyword(call_in(layout), "k")
    assert (applied(layout, edit) if edit else None) == after


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1; y = 2", id="two on a line"),
        pytest.param("if x: y = 2", id="a suite on the line of its header"),
        pytest.param("\\\ny = 2", id="after a backslash"),
    ],
)
def test_lines_are_shared(text: str) -> None:
    layout = layout_of(text)
    assigned = [each for each in ast.walk(layout.tree) if isinstance(each, ast.Assign)]
    statement = next(each for each in assigned if isinstance(each.value, ast.Constant) and each.value.value == 2)
    assert layout.lines(statement) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("with a:\n    x = 1\n\n    y = 2\nz", "x = 1\n\ny = 2\nz", id="two statements"),
        pytest.param("if b:\n  with a:\n    if c:\n      x\n", "if b:\n  if c:\n    x\n", id="deeper ones"),
        pytest.param('with a:\n    x = """\n  text"""\n', 'x = """\n  text"""\n', id="a text stays as it is"),
        pytest.param("with (\n    a\n):\n    x\n", "x\n", id="a header over several lines"),
        pytest.param("with a:\n    x\n\f    y\n", "x\n\fy\n", id="a form feed, which indentation starts after"),
        pytest.param("with a:  # why\n    x\n", None, id="a comment is not lost"),
        pytest.param("with a: x\n", None, id="a suite on the line of its header"),
        pytest.param("with a:\n    f(\n  1)\n", None, id="a line that is not indented"),
    ],
)
def test_dissolve(before: str, after: str | None) -> None:
    layout = layout_of(before)
    block = next(each for each in ast.walk(layout.tree) if isinstance(each, ast.With))
    edits = layout.dissolve(block)
    assert (applied(layout, *edits) if edits else None) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("@a\n@b\ndef f():\n    x\n", "new\n@a\n@b\ndef f():\n    x\n", id="a function"),
        pytest.param("@ (a)\nclass C:\n    x\n", "new\n@ (a)\nclass C:\n    x\n", id="a class, a blank, parentheses"),
        pytest.param("async def f(): x\n", "new\nasync def f(): x\n", id="no decorator"),
    ],
)
def test_before_decorators(before: str, after: str) -> None:
    layout = layout_of(before)
    edits = layout.before(layout.tree.body[0], "new")
    assert edits is not None
    assert applied(layout, *edits) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x\n\ny", "with a:\n    x\n\n    y", id="blank lines stay blank"),
        pytest.param("\fx\ny", "\fwith a:\n    x\n    y", id="a form feed before the first"),
        pytest.param("x\n \f\fy", "with a:\n    x\n \f\f    y", id="form feeds before another"),
    ],
)
def test_enclose(before: str, after: str) -> None:
    layout = layout_of(before)
    edits = layout.enclose(layout.tree.body[0], layout.tree.body[-1], "with a:")
    assert edits is not None
    assert applied(layout, *edits) == after
    ast.parse(after)


def test_no_block_where_ipython_would_take_its_indentation() -> None:
    cell = {"cell_type": "code", "source": "  x = 1\ny = 2"}
    source = read_source(json.dumps({"cells": [cell]}).encode(), "a.ipynb")
    layout = Layout(source, ast.parse(source.text))
    of_cell = layout.tree.body[1]
    assert layout.enclose(of_cell, of_cell, "with a:") is None


def test_what_joins_a_block_holds_it() -> None:
    layout = layout_of("with torch.no_grad():\n    a = 1\nw.add_(1)\n")
    block, write = layout.tree.body
    edits = enclosed(layout, [write], "torch.no_grad")
    assert edits is not None
    assert applied(layout, *edits) == "with torch.no_grad():\n    a = 1\n    w.add_(1)\n"
    dissolved = layout.dissolve(block)  # type: ignore[arg-type]
    assert dissolved is not None
    assert any(
        one.span.start < other.span.end and other.span.start < one.span.end for one in edits for other in dissolved
    )


def test_lines_after_the_last_of_a_cell_stay_in_it() -> None:
    cells = [{"cell_type": "code", "source": each} for each in ("for x in y:\n    z = x", "")]
    data = json.dumps({"cells": cells}).encode()
    source = read_source(data, "a.ipynb")
    layout = Layout(source, ast.parse(source.text))
    loop = layout.tree.body[0]
    assert isinstance(loop, ast.For)
    edits = layout.after(loop.body[-1], "w = z")
    assert edits is not None
    fixed = json.loads(apply_to_notebook(data, source, edits))
    assert ["".join(each["source"]) for each in fixed["cells"]] == ["for x in y:\n    z = x\n    w = z", ""]


UPDATE = "import torch\n\nw = torch.ones(3, requires_grad=True)\nw.sum().backward()\nw -= 0.1 * w.grad"
UPDATED = UPDATE.replace("w -=", "with torch.no_grad():\n    w -=")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(UPDATE, UPDATED, id="no newline at the end"),
        pytest.param(f"{UPDATE}\n".replace("\n", "\r\n"), f"{UPDATED}\n".replace("\n", "\r\n"), id="Windows"),
        pytest.param(
            f"if True:\n    from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n{UPDATE[12:]}",
            f"if True:\n    from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n{UPDATE[12:]}",
            id="a name that exists for type checkers only",
        ),
    ],
)
def test_a_whole_file(before: str, after: str) -> None:
    assert torchlint.fix_source(before) == after
