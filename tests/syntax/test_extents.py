"""Places of nodes against LibCST's own provider of positions, which is the source of the fact."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from torchlint.syntax import extents

TEXTS = {
    "parentheses": "x = (  # why\n    (a + b)\n    * c\n)\n",
    "a decorated class": "@one\n@two(3)\nclass A(B, metaclass=C):\n\n    # why\n    def f(self, *, x=1): pass\n",
    "several on a line": "a = 1; b = f(a)[0:2, ...]; del a\n",
    "strings": "x = f\"{y!r:>{w}} {z}\" \"two\" '''three\nfour'''\n",
    "no last newline": "if a:\n    b()\nelse:\n    c()",
    "matching": "match a:\n    case [1, *rest] | {'k': v, **more} if v:\n        pass\n",
    "nothing": "",
    "this module": Path(extents.__file__).read_text(encoding="utf-8"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nodes_are_where_libcst_says(text: str) -> None:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    expected = {
        id(node): (at.start.line, at.start.column, at.end.line, at.end.column)
        for node, at in wrapper.resolve(PositionProvider).items()
        if not isinstance(node, cst.Module)
    }
    found = extents.extents_in(wrapper.module)
    assert {key: tuple(found[key]) for key in expected} == expected
