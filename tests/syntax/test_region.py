"""A region is parsed alone, and its nodes still know where they stand in the file."""

from __future__ import annotations

import ast

import libcst as cst
import libcst.matchers as m
import pytest

from torchlint.syntax.gate import Gate, Sign, Trigger
from torchlint.syntax.outline import Outline, RegionKind
from torchlint.syntax.region import ParsedTexts, Region, children, walk
from torchlint.syntax.source import Source

STATE = Gate.of([Trigger(Sign.TENSOR_STORE), Trigger(Sign.CONTAINER_STORE)])


def regions(text: str, gate: Gate) -> list[Region]:
    source = Source(text, "a.py")
    return [Region(source, each) for each in Outline.of(ast.parse(text), text, gate).regions]


class Names(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: list[cst.Name] = []

    def visit_Name(self, node: cst.Name) -> None:
        self.found.append(node)


def names(region: Region) -> list[cst.Name]:
    visitor = Names()
    walk(region.module, visitor)
    return visitor.found


TEXTS = [
    pytest.param("class A:\n    def f(self):\n        mark\n", id="top level"),
    pytest.param("if x:\n    class A:\n        def f(self):\n            mark\n", id="indented"),
    pytest.param("if x:\n\tclass A:\n\t\tdef f(self):\n\t\t\tmark\n", id="tabs"),
    pytest.param("if x:\r\n    class A:\r\n        mark = 'é' + mark\r\n", id="CRLF"),
    pytest.param("class A:\r    mark = 1\r", id="CR"),
    pytest.param("class A:\n    x = 'é😀'; mark\n", id="non-ASCII"),
    pytest.param("class A:\n    x = '''\nno indent 'é\n'''\n    mark\n", id="multi-line string"),
    pytest.param("if x:\n    class A:\n        x = '''\nno indent\n'''; mark", id="no last newline"),
    pytest.param("class A:\n    x = (1,\n2,\n  mark)\n    y = 1 + \\\n mark\n", id="continued lines"),
    pytest.param("@mark\nclass A(mark):\n    pass\nmark\ndef f(): mark\n", id="several regions"),
    pytest.param("# é\n\n\x0cclass A:\n    # mark\n    mark  # é\n", id="form feed and comments"),
    pytest.param("if x:\n    \x0c    class A:\n\x0c\n        \x0c        mark\n", id="form feeds in the indentation"),
    pytest.param("class A: mark\n", id="one line"),
    pytest.param("class A:\n    @mark\n    async def f(self, *, mark=mark): await mark\n", id="async"),
]


@pytest.mark.parametrize("text", TEXTS)
def test_spans_are_what_ast_says(text: str) -> None:
    source = Source(text, "a.py")
    tree = ast.parse(text)
    expected = {
        source.offset_of_bytes(node.lineno, node.col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "mark"
    }
    marks = [(region, node) for region in regions(text, Gate.open()) for node in names(region) if node.value == "mark"]
    for region, node in marks:
        assert region.code(node) == "mark"
        assert region.line(node) == region.place(node).line
    found = {region.span(node).start for region, node in marks}
    keywords = sum("mark=mark" in line for line in text.splitlines())
    assert expected <= found
    assert len(found) == len(expected) + keywords


SKELETON = """
if True:
    class A(nn.Module):
        '''Text.'''

        def __init__(self):
            self.x = torch.ones(3)

        def dropped(self):
            return 'é'

        def forward(self, x):
            é = x + self.x
            return é + mark

        dropped_too = 1
"""


def test_spans_with_dropped_members() -> None:
    (region,) = regions(SKELETON, STATE)
    found = [node for node in names(region) if node.value == "mark"]
    assert [region.source.data.index(b"mark")] == [region.span(node).start for node in found]
    assert "dropped" not in region.module.code
    assert region.place(found[0]).line == SKELETON[: SKELETON.index("mark")].count("\n") + 1


def test_parentheses_are_no_part_of_a_span() -> None:
    (region,) = regions("x = (a)\n", Gate.open())
    (target, value) = names(region)
    assert (region.code(target), region.code(value)) == ("x", "a")


def test_edits() -> None:
    (region,) = regions("class A:\n    é = b\n", Gate.open())
    node = next(node for node in names(region) if node.value == "b")
    edit = region.replace(node, "c")
    data = region.source.data
    assert data[: edit.span.start] + edit.text.encode() + data[edit.span.end :] == "class A:\n    é = c\n".encode()
    assert (edit.place.line, edit.place.column) == (2, 9)


ORDERED = """
@a
def b(c: d = e, *f, g=h, **i) -> j:
    k = l[m:n] if o else p
    with q as r:
        for s in t(u, v=w):
            try:
                x
            except y as z:
                raise aa from bb
            else:
                cc
            finally:
                dd
    match ee:
        case ff(gg, hh=ii) if jj:
            kk
    return {ll: mm for nn in oo if pp}
"""


def test_walk_visits_each_name_once_and_statements_in_order() -> None:
    module = cst.parse_module(ORDERED)
    visitor = Names()
    walk(module, visitor)
    found = [node.value for node in visitor.found]
    assert len(set(found)) == len(found)
    rebuilt = Names()
    module.visit(rebuilt)
    assert set(found) == {node.value for node in rebuilt.found}
    order = ["k", "q", "s", "x", "aa", "cc", "dd", "ee", "kk"]
    assert [name for name in found if name in order] == order


class Enter(cst.CSTVisitor):
    def __init__(self) -> None:
        self.events: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.events.append(f"+{type(node).__name__}")
        return not isinstance(node, cst.Call)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self.events.append(f"-{type(original_node).__name__}")


def test_walk_honours_what_a_visitor_does_not_want_to_see() -> None:
    visitor = Enter()
    walk(cst.parse_expression("a + f(b)"), visitor)
    assert visitor.events == [
        "+BinaryOperation",
        "+Name",
        "-Name",
        "+Add",
        "-Add",
        "+Call",
        "-Call",
        "-BinaryOperation",
    ]


def test_children_are_code() -> None:
    node = cst.parse_expression("f( # comment\n a,)")
    assert [type(each).__name__ for each in children(node)] == ["Name", "Arg"]


CLASS = """\
@dataclass
class A(B, metaclass=C):  # why

    # first

    x = 1; y = 2  # both

    def f(self): pass
    @property

    # between
    def g(self):

        # inside
        return 'é'

    if x:
        def h(self):
            return 1 + \\
                2
    z = 3
"""


@pytest.mark.parametrize(
    "text", [CLASS, CLASS.replace("    ", "\t"), CLASS.replace("\n", "\r\n"), CLASS + "\n\nb = 1\n"]
)
def test_a_class_put_together_from_its_members_is_the_one_parsed_whole(text: str) -> None:
    source, outlines = Source(text, "a.py"), Outline.of(ast.parse(text), text, Gate.open()).regions
    (outline,) = (each for each in outlines if each.kind is RegionKind.CLASS)
    earlier, whole = ParsedTexts(), Region(source, outline).module
    first, second = Region(source, outline, earlier), Region(source, outline, earlier)
    for region in (first, second):
        assert region.module.deep_equals(whole)
        assert region.module.code == whole.code
    assert first.module is not second.module  # what two regions share could not be told apart

    earlier.next_version()
    changed = text.replace("z = 3", "z = 4")
    third = Region(Source(changed, "a.py"), outline, earlier)
    assert third.module.deep_equals(Region(Source(changed, "a.py"), outline).module)
    (before,), (after,) = (
        [each for each in walk_functions(region.module) if each.name.value == "g"] for region in (second, third)
    )
    assert before is after


def walk_functions(module: cst.Module) -> list[cst.FunctionDef]:
    return [each for each in m.findall(module, m.FunctionDef()) if isinstance(each, cst.FunctionDef)]
